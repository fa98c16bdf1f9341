#pragma once
/// UTF-8 octet by octet, and which characters are not what they look like.
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sw {

struct CodePoint {
    std::uint32_t value = 0;
    std::size_t octets = 0;  ///< 0: not UTF-8 here
};

/// The first code point of s, which is not empty. RFC 3629: no overlong forms, no surrogates, at most U+10FFFF.
CodePoint next_code_point(std::string_view s);

/// C0, DEL and C1.
bool is_control(std::uint32_t code_point);

/// Characters that reorder, hide or fake what stands around them (Unicode TR 36).
bool is_deceptive(std::uint32_t code_point);

}  // namespace sw
