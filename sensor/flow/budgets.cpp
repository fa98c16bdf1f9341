#include "sensor/flow/budgets.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sw {
namespace {

constexpr Duration hour = std::chrono::hours{1};

std::uint64_t seconds(Duration d) { return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(d).count()); }

/// "1,234,567"
std::string grouped(std::uint64_t n) {
    std::string text = std::to_string(n);
    for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
    return text;
}

}  // namespace

Budgets::Budgets(const Policy& policy, std::uint32_t capacity) : policy_(&policy) {
    bool accounts = false;
    for (const Rule& r : policy.rules) {
        in_use_ = in_use_ || r.budget.any();
        accounts = accounts || r.budget.max_bytes || r.budget.max_duration;
    }
    if (!in_use_) return;
    openings_.resize(policy.rules.size());
    if (accounts) accounts_ = std::make_unique<MappedArray<Account>>(std::size_t{capacity} + 1);
}

bool Budgets::closed(int rule, Timestamp ts) const {
    const auto& hours = budget(rule).hours;
    return hours && !within(*hours, ts, policy_->timezone_offset);
}

std::optional<Overspent> Budgets::open(int rule, std::uint32_t slot, Timestamp now, Timestamp ts) {
    const Budget& b = budget(rule);
    if (accounts_ != nullptr) (*accounts_)[slot] = {now, 0};
    if (closed(rule, ts)) return Overspent{Reason::budget_hours, 0, 0};
    if (!b.max_flows_per_hour) return std::nullopt;
    Openings& o = openings_[static_cast<std::size_t>(rule)];
    if (o.times.size() < *b.max_flows_per_hour) {
        o.times.push_back(now);
        return std::nullopt;
    }
    Timestamp& oldest = o.times[o.oldest];
    if (now - oldest < hour) return Overspent{Reason::budget_flows, o.times.size() + 1, *b.max_flows_per_hour};
    oldest = now;
    o.oldest = (o.oldest + 1) % o.times.size();
    return std::nullopt;
}

std::optional<Overspent> Budgets::spend(int rule, std::uint32_t slot, std::uint32_t octets, Timestamp now, Timestamp ts) {
    const Budget& b = budget(rule);
    if (b.max_bytes || b.max_duration) {
        Account& a = (*accounts_)[slot];
        a.octets += octets;
        if (b.max_bytes && a.octets > *b.max_bytes) return Overspent{Reason::budget_bytes, a.octets, *b.max_bytes};
        if (b.max_duration && now - a.since > *b.max_duration)
            return Overspent{Reason::budget_duration, seconds(now - a.since), seconds(*b.max_duration)};
    }
    if (closed(rule, ts)) return Overspent{Reason::budget_hours, 0, 0};
    return std::nullopt;
}

std::string Budgets::words(const Overspent& over, int rule, Timestamp ts) const {
    const Rule& r = policy_->rules[static_cast<std::size_t>(rule)];
    switch (over.reason) {
        case Reason::budget_bytes:
            return fmt::format("{} octets, {} allows {}", grouped(over.used), r.name, grouped(over.most));
        case Reason::budget_duration:
            return fmt::format("{} s, {} allows {} s", grouped(over.used), r.name, grouped(over.most));
        case Reason::budget_flows:
            return fmt::format("more than the {} of {}", grouped(over.most), r.name);
        case Reason::budget_hours:
            return fmt::format("{} ({}), {} allows {}", time_of_day(ts, policy_->timezone_offset), offset_text(policy_->timezone_offset),
                               r.name, r.budget.hours ? to_string(*r.budget.hours) : "");
        default:
            return {};
    }
}

void Budgets::clear() {
    for (Openings& o : openings_) o = {};
}

}  // namespace sw
