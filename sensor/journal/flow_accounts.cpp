#include "sensor/journal/flow_accounts.hpp"

#include <algorithm>
#include <utility>

#include "sensor/journal/ledger_book.hpp"

namespace sw {
namespace {

FiveTuple tuple_of(const Flow& flow) {
    const auto sport = static_cast<std::uint16_t>(flow.ends.ports), dport = static_cast<std::uint16_t>(flow.ends.ports >> 16);
    return {address_of(flow, 0), address_of(flow, 1), sport, dport, flow.ends.proto()};
}

}  // namespace

void FlowAccount::add(Timestamp ts, std::uint32_t len, bool answers) {
    first = is_new() ? ts : std::min(first, ts);
    last = is_new() ? ts : std::max(last, ts);
    ++packets[answers];
    octets[answers] += len;
}

FlowAccount& FlowAccounts::at(std::uint32_t slot) {
    if (slot >= accounts_.size()) accounts_.resize(std::max<std::size_t>(slot + 1, accounts_.size() + accounts_.size() / 2));
    return accounts_[slot];
}

void FlowAccounts::ended(std::uint64_t judged, std::uint32_t slot, const Flow& flow, bool complete) {
    ended_.push_back({judged, slot, flow.rule, flow.provisional, complete, tuple_of(flow)});
}

void FlowAccounts::tell(std::uint64_t judged, bool quiet) {
    for (; !ended_.empty() && ended_.front().judged <= judged; ended_.pop_front()) {
        const Ended& e = ended_.front();
        const FlowAccount a = std::exchange(at(e.slot), {});
        FlowRecord record{.rule = policy_->rules[e.rule].name,
                          .tuple = e.tuple,
                          .packets = {a.packets[0], a.packets[1]},
                          .octets = {a.octets[0], a.octets[1]},
                          .first = a.first,
                          .last = a.last,
                          .provisional = e.provisional,
                          .complete = e.complete};
        ledger_->ended(e.slot, record);
        if (!quiet && !a.is_new()) sink_->flow(record);
    }
}

}  // namespace sw
