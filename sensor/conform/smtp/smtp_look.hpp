#pragma once
/// A mail's text, looked at a stretch at a time.
#include <cstddef>
#include <cstdint>
#include <span>

namespace sw::smtp {

/// What is said of size octets behind p[0], without looking at one of them for itself.
struct Look {
    bool odd = false;   ///< a CR or LF alone, a NUL, or a line that begins with a dot
    bool high = false;  ///< octets above 127
};
using LookAt = Look(const std::uint8_t* p, std::size_t size);

inline Look look_portably(const std::uint8_t* p, std::size_t size) {
    std::uint8_t odd = 0, all = 0;
    for (std::size_t i = 0; i < size; ++i) {
        const std::uint8_t a = p[i], b = p[i + 1];
        odd |= static_cast<std::uint8_t>((a == '\r') ^ (b == '\n')) | static_cast<std::uint8_t>(b == 0) |
               static_cast<std::uint8_t>((a == '\n') & (b == '.'));
        all |= b;
    }
    return {odd != 0, all >= 0x80};
}

/// Those that this processor has, the fastest last. All say the same.
std::span<LookAt* const> looks();

}  // namespace sw::smtp
