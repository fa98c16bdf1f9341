#pragma once
/// A mail's text, looked at a stretch at a time.
#include <cstddef>
#include <cstdint>

namespace sw::smtp {

/// What is said of size octets behind p[0], without looking at one of them for itself.
struct Look {
    bool odd = false;   ///< a CR or LF alone, a NUL, or a line that begins with a dot
    bool ends = false;  ///< a line ends there
    bool high = false;  ///< octets above 127
};
using LookAt = Look(const std::uint8_t* p, std::size_t size);

/// The compiler makes vectors of it, as wide as the caller's processor has them.
[[gnu::always_inline]] inline Look look_at(const std::uint8_t* p, std::size_t size) {
    std::uint8_t odd = 0, ends = 0, all = 0;
    for (std::size_t i = 0; i < size; ++i) {
        const std::uint8_t a = p[i], b = p[i + 1];
        odd |= static_cast<std::uint8_t>((a == '\r') ^ (b == '\n')) | static_cast<std::uint8_t>(b == 0) |
               static_cast<std::uint8_t>((a == '\n') & (b == '.'));
        ends |= static_cast<std::uint8_t>(b == '\n');
        all |= b;
    }
    return {odd != 0, ends != 0, all >= 0x80};
}

/// The one for this processor.
LookAt* fastest_look();

}  // namespace sw::smtp
