#pragma once
/// A step function from 32-bit numbers to class numbers, made once and asked for every packet.
#include <algorithm>
#include <array>
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

    /// cost: five vector comparisons where there are at most 16 cuts; else one table step where they lie evenly, one more for each
    ///       cluster of clusters
    std::uint16_t operator()(std::uint32_t x) const {
        if (nodes_.empty()) return 0;
        return class_of_[few_cuts_ ? among_few(x) : interval(x)];
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
    static constexpr std::size_t few = 16, in_a_bucket = 4;

    /// Branches that depend on x would be mispredicted under attack; the one left is the step to a deeper node.
    std::size_t interval(std::uint32_t x) const {
        std::uint32_t next = is_node;
        do {
            const Node& n = nodes_[next & ~is_node];
            const std::uint32_t near = std::clamp(x, n.first, n.last);
            next = buckets_[n.table + ((near - n.first) >> n.shift)];
        } while ((next & is_node) != 0);
        // Cuts behind the bucket are greater than x anyway, so the count can be fixed.
        const std::uint32_t* cut = &lower_[next + 1];
        std::size_t i = next;
        for (std::size_t j = 0; j < in_a_bucket; ++j) i += x >= cut[j] ? 1u : 0u;
        return i;
    }
    /// The same, four comparisons at a time.
    std::size_t among_few(std::uint32_t x) const {
        const std::int32_t turned = turn(x);
        Four above{};  // -1 for each cut that is above x
        for (const Four& cuts : cuts_) above += cuts > turned;
        return few - static_cast<std::size_t>(-(above[0] + above[1] + above[2] + above[3]));
    }
    /// In an order in which signed comparisons compare unsigned numbers.
    static std::int32_t turn(std::uint32_t x) { return static_cast<std::int32_t>(x ^ 0x80000000u); }
    void add_node(std::uint32_t from, std::uint32_t to);

    std::vector<std::uint32_t> lower_;
    std::vector<std::uint16_t> class_of_;
    std::vector<Node> nodes_;
    std::vector<std::uint32_t> buckets_;
    using Four = std::int32_t __attribute__((vector_size(16)));
    std::array<Four, few / 4> cuts_{};  ///< where there are few: turned, the rest beyond any number's
    bool few_cuts_ = false;
};

}  // namespace sw
