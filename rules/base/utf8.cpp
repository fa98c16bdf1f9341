#include "rules/base/utf8.hpp"

namespace sw {

CodePoint next_code_point(std::string_view s) {
    const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(s[i]); };
    const std::uint8_t lead = at(0);
    if (lead < 0x80) return {lead, 1};
    const std::size_t n = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || s.size() < n) return {};
    std::uint32_t value = lead & (0xffu >> (n + 1));
    for (std::size_t i = 1; i < n; ++i) {
        if ((at(i) & 0xc0) != 0x80) return {};
        value = value << 6 | (at(i) & 0x3fu);
    }
    constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < least[n] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return {};
    return {value, n};
}

bool is_control(std::uint32_t c) { return c < 0x20 || (c >= 0x7f && c < 0xa0); }

bool is_deceptive(std::uint32_t c) {
    return c == 0x061c || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x2069) || c == 0xfeff ||
           (c >= 0xfff9 && c <= 0xfffb);
}

}  // namespace sw
