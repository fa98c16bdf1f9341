#include "sensor/journal/chart_table.hpp"

namespace sw {

Timestamp ChartTable::interval_of(Timestamp ts) {
    const std::int64_t interval = chart_interval.count(), into = ts.ns % interval;
    return ts + -Duration{into < 0 ? into + interval : into};
}

ChartTable::Row& ChartTable::row(const Key& key) {
    if (!holds(key.start)) {
        // Time went on by one interval: the one before stays open for what comes late.
        const bool next = !rows_.empty() && key.start > base_ && key.start - base_ <= 2 * chart_interval;
        tell();
        base_ = next ? key.start + -chart_interval : key.start;
    }
    if (const auto it = rows_.find(key); it != rows_.end()) return it->second;
    if (rows_.size() < max_rows) return rows_[key];
    Key fold;  // at most two intervals of every rule come on top
    fold.start = key.start;
    fold.rule = key.rule;
    return rows_[fold];
}

void ChartTable::tell() {
    for (const auto& [key, row] : rows_)
        sink_->chart({.start = key.start,
                      .rule = policy_->rules[key.rule].name,
                      .initiator = key.initiator,
                      .responder = key.responder,
                      .proto = key.proto,
                      .port = key.port,
                      .packets = row.packets,
                      .octets = row.octets,
                      .flows = row.flows});
    rows_.clear();
    ++told_;
}

}  // namespace sw
