#pragma once
/// A step function from 32-bit numbers to class numbers, made once and asked for every packet.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace sw {

class IntervalMap {
public:
    /// Everything is class 0.
    IntervalMap() = default;
    /// in: lower ascending, lower[0] == 0, fewer than 2^31; class_of[i] holds from lower[i] to just before lower[i+1]
    IntervalMap(std::vector<std::uint32_t> lower, std::vector<std::uint16_t> class_of);

    /// cost: a comparison a cut where there are at most 16; else one table step where cuts lie evenly, one more for each cluster of
    ///       clusters
    std::uint16_t operator()(std::uint32_t x) const {
        if (nodes_.empty()) return 0;
        return class_of_[small_ ? cuts_up_to<small>(x, 0) : interval(x)];
    }
    bool constant() const { return nodes_.empty(); }
    std::size_t octets() const;  ///< of memory

private:
    /// Some cuts in a row, spread over a table of 2^shift wide buckets that starts at the first of them.
    struct Node {
        std::uint32_t first = 0, last = 0;  ///< cuts
        std::uint32_t table = 0, shift = 0;
    };
    /// A bucket holds the number of the interval before its first cut, or, marked, the node for its many cuts.
    static constexpr std::uint32_t is_node = std::uint32_t{1} << 31;
    static constexpr std::size_t few = 4, small = 16;

    /// Branches that depend on x would be mispredicted under attack; the one left is the step to a deeper node.
    std::size_t interval(std::uint32_t x) const {
        std::uint32_t next = is_node;
        do {
            const Node& n = nodes_[next & ~is_node];
            const std::uint32_t near = std::clamp(x, n.first, n.last);
            next = buckets_[n.table + ((near - n.first) >> n.shift)];
        } while ((next & is_node) != 0);
        // Cuts behind the bucket are greater than x anyway, so the count can be fixed.
        return cuts_up_to<few>(x, next);
    }
    /// interval, and how many of the n cuts behind it are not above x
    template <std::size_t n>
    std::size_t cuts_up_to(std::uint32_t x, std::size_t interval) const {
        const std::uint32_t* cut = &lower_[interval + 1];
        for (std::size_t j = 0; j < n; ++j) interval += x >= cut[j] ? 1u : 0u;
        return interval;
    }
    void add_node(std::uint32_t from, std::uint32_t to);

    std::vector<std::uint32_t> lower_;
    std::vector<std::uint16_t> class_of_;
    std::vector<Node> nodes_;
    std::vector<std::uint32_t> buckets_;
    bool small_ = false;
};

}  // namespace sw
