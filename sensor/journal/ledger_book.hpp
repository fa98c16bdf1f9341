#pragma once
/// The conversations that a policy wants kept account of one by one (ledger = true): who they are of and what their ends called
/// themselves, while they live; by slot in the engine's flow table.
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sensor/conform/machine.hpp"
#include "sensor/journal/flow_accounts.hpp"
#include "sensor/journal/record.hpp"

namespace sw {

class LedgerBook {
public:
    static constexpr std::size_t most_names = 8, most_octets = 256;  ///< of a conversation; of a name: what is longer is cut

    explicit LedgerBook(const Policy& policy);

    /// Does any rule want it?
    bool in_use() const { return in_use_; }
    bool wants(int rule) const { return in_use_ && rule >= 0 && policy_->rules[static_cast<std::size_t>(rule)].ledger; }

    /// A conversation's first packet. tuple: initiator first
    void opened(std::uint32_t slot, int rule, const FiveTuple& tuple, Timestamp ts, bool provisional);
    /// Its next packet: is it time to tell of it again? Once an interval of packet time.
    bool is_due(std::uint32_t slot, Timestamp ts);

    /// The engine says, when so many frames of the run were judged; hostile octets.
    void told(std::uint64_t judged, std::uint32_t slot, Side by, Told what, std::string_view value);
    /// Enter what was told until then. out: slots that have a name more
    std::vector<std::uint32_t> enter(std::uint64_t judged);

    /// The record of a conversation that lives, with what it sent so far.
    std::optional<FlowRecord> live(std::uint32_t slot, const FlowAccount& account) const;
    /// It ended: into its record, and out of the book. One that is not in the book stays as it is.
    void ended(std::uint32_t slot, FlowRecord& record);

private:
    struct Entry {
        int rule = 0;
        FiveTuple tuple;
        Timestamp opened, interval;
        bool provisional = false;
        std::vector<FlowName> names;
    };
    struct Heard {
        std::uint64_t judged = 0;
        std::uint32_t slot = 0;
        FlowName name;
    };

    const Policy* policy_;
    bool in_use_ = false;
    std::unordered_map<std::uint32_t, Entry> entries_;
    std::deque<Heard> heard_;
};

}  // namespace sw
