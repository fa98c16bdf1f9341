#include "sensor/daemon/mirror_sides.hpp"

#include <algorithm>
#include <utility>

namespace sw {
namespace {

/// The same for both directions.
std::size_t place_of(const CommonFrame& c, bool& swapped) {
    std::uint64_t one = std::uint64_t{c.src} << 16 | c.sport, other = std::uint64_t{c.dst} << 16 | c.dport;
    swapped = other < one;
    if (swapped) std::swap(one, other);
    return ((one * 0x9e3779b97f4a7c15u) ^ (other * 0xc2b2ae3d27d4eb4fu)) >> 52;
}

}  // namespace

void MirrorSides::see(std::span<const Glance> glances) {
    for (const Glance& g : glances) {
        if (!g.is_common || g.common.proto != 6) continue;
        bool swapped = false;
        std::uint8_t& ends = seen_[place_of(g.common, swapped)];
        ends = static_cast<std::uint8_t>(ends | (swapped ? 2 : 1));
        ++packets_;
    }
}

bool MirrorSides::both_ways() {
    const auto heard = std::count_if(seen_.begin(), seen_.end(), [](std::uint8_t ends) { return ends != 0; });
    const auto from_both = std::count(seen_.begin(), seen_.end(), 3);
    const bool one_sided = packets_ >= enough && from_both * 8 < heard;
    seen_.fill(0);
    packets_ = 0;
    return !one_sided;
}

}  // namespace sw
