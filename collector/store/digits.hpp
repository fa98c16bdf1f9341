#pragma once
/// How often people hear of the same thing again: when its count has one digit more.
#include <cstdint>

namespace sw {

/// Decimal digits; 1 for 0.
constexpr unsigned digits_of(std::uint64_t count) {
    unsigned digits = 1;
    for (; count >= 10; count /= 10) ++digits;
    return digits;
}

}  // namespace sw
