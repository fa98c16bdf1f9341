#include "sensor/capture/time_scale.hpp"

#include <algorithm>
#include <limits>

namespace sw {

namespace {

__extension__ typedef __int128 Wide;  // 2^64 ticks times 10^9 needs 94 bits

std::uint64_t power_of_10(unsigned n) {
    std::uint64_t v = 1;
    while (n-- > 0) v *= 10;
    return v;
}

}  // namespace

TimeScale::TimeScale(std::uint8_t tsresol, std::int64_t offset_s) : offset_s_(offset_s) {
    const unsigned exponent = tsresol & 0x7f;
    if (tsresol & 0x80) {
        multiply_ = 1'000'000'000;
        shift_ = exponent;
    } else if (exponent <= 9) {
        multiply_ = power_of_10(9 - exponent);
    } else {
        // 10^19 is the largest power that fits; beyond it every tick count is less than 2 ns.
        multiply_ = exponent <= 28 ? 1 : 0;
        finer_ = true;
        divide_ = power_of_10(std::min(exponent - 9, 19u));
    }
}

Timestamp TimeScale::at(std::uint64_t ticks) const {
    using Limits = std::numeric_limits<std::int64_t>;
    if (finer_) ticks /= divide_;
    Wide ns = Wide{ticks} * multiply_;
    ns >>= shift_;
    ns += Wide{offset_s_} * 1'000'000'000;
    return {static_cast<std::int64_t>(std::clamp<Wide>(ns, Limits::min(), Limits::max()))};
}

}  // namespace sw
