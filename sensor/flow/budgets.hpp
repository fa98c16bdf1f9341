#pragma once
/// What conversations may spend of their rules' budgets: octets, time, a number within an hour, hours of the day.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rules/policy/policy.hpp"
#include "sensor/flow/mapped_array.hpp"

namespace sw {

/// A budget that a packet exceeds, with its figures.
struct Overspent {
    Reason reason = Reason::budget_bytes;
    std::uint64_t used = 0, most = 0;  ///< octets; seconds; conversations; hours: the minute of the day, unused
};

class Budgets {
public:
    /// policy must outlive it. capacity: of the flow table
    /// memory: 16 octets a flow, where a rule limits octets or time; 8 a conversation within an hour of rules that limit their number
    Budgets(const Policy& policy, std::uint32_t capacity);

    /// Does any rule have a budget?
    bool in_use() const { return in_use_; }
    /// Must a rule's conversations be asked about packet by packet?
    bool watches(int rule) const { return in_use_ && policy_->rules[static_cast<std::size_t>(rule)].budget.any(); }

    /// A conversation opens (slot in the flow table), or is taken up in the middle. now: packet time that never goes back.
    /// out: why it is not to be allowed: it comes outside the hours, or too many came within the last hour
    std::optional<Overspent> open(int rule, std::uint32_t slot, Timestamp now, Timestamp ts);
    /// One of its packets, the first too. What exceeds is counted all the same.
    std::optional<Overspent> spend(int rule, std::uint32_t slot, std::uint32_t octets, Timestamp now, Timestamp ts);
    /// Outside the hours of a rule? For modes without conversations.
    bool closed(int rule, Timestamp ts) const;

    /// "10,214 octets of 10,000 that admin allows"
    std::string words(const Overspent& over, int rule, Timestamp ts) const;

    /// A new trace begins: nothing was spent.
    void clear();

private:
    struct Account {
        Timestamp since;
        std::uint64_t octets = 0;
    };
    /// When the last so many conversations of a rule opened; the oldest is overwritten.
    struct Openings {
        std::vector<Timestamp> times;
        std::size_t oldest = 0;
    };
    const Budget& budget(int rule) const { return policy_->rules[static_cast<std::size_t>(rule)].budget; }

    const Policy* policy_;
    bool in_use_ = false;
    std::unique_ptr<MappedArray<Account>> accounts_;  ///< by slot
    std::vector<Openings> openings_;                  ///< by rule
};

}  // namespace sw
