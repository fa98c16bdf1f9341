#include "sensor/journal/ledger_book.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "rules/base/text.hpp"
#include "sensor/journal/chart_table.hpp"

namespace sw {
namespace {

/// What the ledger keeps of what conversations tell; "" for the rest.
std::string_view word_for(Told what) {
    switch (what) {
        case Told::banner:
            return "banner";
        case Told::hello_name:
            return "hello-name";
        case Told::server_name:
            return "server-name";
        case Told::certificate:
            return "certificate";
        case Told::ident:
            return "ident";
        default:
            return {};
    }
}

std::string text_of(Told what, std::string_view value) {
    if (what != Told::certificate) return escape_for_display(value.substr(0, LedgerBook::most_octets));
    std::string hex;
    for (const char c : value.substr(0, 32)) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return hex;
}

}  // namespace

LedgerBook::LedgerBook(const Policy& policy) : policy_(&policy) {
    in_use_ = std::any_of(policy.rules.begin(), policy.rules.end(), [](const Rule& r) { return r.ledger; });
}

void LedgerBook::opened(std::uint32_t slot, int rule, const FiveTuple& tuple, Timestamp ts, bool provisional) {
    Entry& e = entries_[slot];
    e = {};
    e.rule = rule;
    e.tuple = tuple;
    // As the flow table has it: an echo's requester has the identifier, the other end nothing.
    if (tuple.proto != 6 && tuple.proto != 17) e.tuple.dport = 0;
    e.opened = ts;
    e.interval = ChartTable::interval_of(ts);
    e.provisional = provisional;
}

bool LedgerBook::is_due(std::uint32_t slot, Timestamp ts) {
    const auto it = entries_.find(slot);
    const Timestamp interval = ChartTable::interval_of(ts);
    if (it == entries_.end() || interval <= it->second.interval) return false;
    it->second.interval = interval;
    return true;
}

void LedgerBook::told(std::uint64_t judged, std::uint32_t slot, Side by, Told what, std::string_view value) {
    const std::string_view word = word_for(what);
    if (!word.empty() && !value.empty()) heard_.push_back({judged, slot, {by == Side::responder, std::string(word), text_of(what, value)}});
}

std::vector<std::uint32_t> LedgerBook::enter(std::uint64_t judged) {
    std::vector<std::uint32_t> slots;
    for (; !heard_.empty() && heard_.front().judged <= judged; heard_.pop_front()) {
        Heard& h = heard_.front();
        const auto it = entries_.find(h.slot);
        if (it == entries_.end()) continue;
        std::vector<FlowName>& names = it->second.names;
        if (names.size() == most_names || std::find(names.begin(), names.end(), h.name) != names.end()) continue;
        names.push_back(std::move(h.name));
        if (slots.empty() || slots.back() != h.slot) slots.push_back(h.slot);
    }
    return slots;
}

std::optional<FlowRecord> LedgerBook::live(std::uint32_t slot, const FlowAccount& a) const {
    const auto it = entries_.find(slot);
    if (it == entries_.end() || a.is_new()) return std::nullopt;
    const Entry& e = it->second;
    FlowRecord r;
    r.rule = policy_->rules[static_cast<std::size_t>(e.rule)].name;
    r.tuple = e.tuple;
    for (int i = 0; i < 2; ++i) r.packets[i] = a.packets[i];
    for (int i = 0; i < 2; ++i) r.octets[i] = a.octets[i];
    r.first = a.first;
    r.last = a.last;
    r.provisional = e.provisional;
    r.ledger = r.live = true;
    r.opened = e.opened;
    r.names = e.names;
    return r;
}

void LedgerBook::ended(std::uint32_t slot, FlowRecord& record) {
    const auto it = entries_.find(slot);
    if (it == entries_.end()) return;
    record.ledger = true;
    record.tuple = it->second.tuple;
    record.opened = it->second.opened;
    record.names = std::move(it->second.names);
    entries_.erase(it);
}

}  // namespace sw
