#include "rules/analysis/interval_map.hpp"

#include <algorithm>
#include <utility>

namespace sw {
namespace {

constexpr std::uint32_t buckets_a_cut = 4;

std::uint32_t shift_for(std::uint32_t span, std::uint32_t cuts) {
    std::uint32_t shift = 0;
    while ((span >> shift) >= cuts * buckets_a_cut) ++shift;
    return shift;
}

}  // namespace

IntervalMap::IntervalMap(std::vector<std::uint32_t> lower, std::vector<std::uint16_t> class_of)
    : lower_(std::move(lower)), class_of_(std::move(class_of)) {
    const std::size_t intervals = lower_.size();
    if (intervals < 2) return;
    few_cuts_ = intervals <= few + 1;
    for (std::size_t i = 0; i < few; ++i) cuts_[i / 4][i % 4] = turn(i + 1 < intervals ? lower_[i + 1] : UINT32_MAX);
    lower_.insert(lower_.end(), in_a_bucket, UINT32_MAX);
    class_of_.insert(class_of_.end(), few, class_of_.back());
    add_node(1, static_cast<std::uint32_t>(intervals - 1));
}

void IntervalMap::add_node(std::uint32_t from, std::uint32_t to) {
    const std::uint32_t base = lower_[from], span = lower_[to] - base;
    const auto table = static_cast<std::uint32_t>(buckets_.size());
    const std::uint32_t shift = shift_for(span, to - from + 1);
    nodes_.push_back({base, lower_[to], table, shift});
    buckets_.resize(table + (span >> shift) + 1);
    std::uint32_t before = from - 1;
    for (std::uint64_t b = 0; b <= span >> shift; ++b) {
        const std::uint64_t last = base + ((b + 1) << shift) - 1;
        std::uint32_t end = before;
        while (end < to && lower_[end + 1] <= last) ++end;
        const bool many = end - before > in_a_bucket;
        buckets_[table + b] = many ? is_node | static_cast<std::uint32_t>(nodes_.size()) : before;
        if (many) add_node(before + 1, end);
        before = end;
    }
}

std::size_t IntervalMap::octets() const {
    return lower_.size() * sizeof lower_[0] + class_of_.size() * sizeof class_of_[0] + nodes_.size() * sizeof nodes_[0] +
           buckets_.size() * sizeof buckets_[0];
}

}  // namespace sw
