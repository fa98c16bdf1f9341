#pragma once
/// Who talked to whom, summed up by interval of packet time until it is told. Bounded: what comes beyond max_rows is
/// summed up by rule alone, under no addresses.
#include <cstdint>
#include <map>
#include <vector>

#include "rules/policy/policy.hpp"
#include "sensor/journal/record.hpp"

namespace sw {

class ChartTable {
public:
    static constexpr std::size_t max_rows = 65'536;

    ChartTable(const Policy& policy, RecordSink& sink) : policy_(&policy), sink_(&sink) {}

    struct Key {
        Timestamp start;
        std::uint16_t rule = 0;
        Address initiator, responder;
        std::uint8_t proto = 0;
        std::uint16_t port = 0;
        auto operator<=>(const Key&) const = default;
    };
    struct Row {
        std::uint64_t packets = 0, octets = 0, flows = 0;
    };
    static Timestamp interval_of(Timestamp ts);

    /// Is the interval among the two that are summed up now? If not, all rows are told and it becomes one of them.
    bool holds(Timestamp start) const { return !rows_.empty() && start >= base_ && start - base_ <= chart_interval; }
    /// lifetime: the row stays where it is until told() changes
    Row& row(const Key& key);
    /// Tell all rows and forget them.
    void tell();
    /// How often tell() was called.
    std::uint32_t told() const { return told_; }

private:
    const Policy* policy_;
    RecordSink* sink_;
    Timestamp base_;
    std::map<Key, Row> rows_;
    std::uint32_t told_ = 1;
};

}  // namespace sw
