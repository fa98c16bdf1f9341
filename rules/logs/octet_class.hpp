#pragma once
/// What each octet is to the scanner. Private to this room.
#include <array>
#include <cstdint>
#include <string_view>

namespace sw {

namespace octet {
inline constexpr std::uint8_t word = 1;  ///< part of a word; everything else delimits words
inline constexpr std::uint8_t digit = 2;
inline constexpr std::uint8_t hex = 4;     ///< a-f, A-F
inline constexpr std::uint8_t letter = 8;  ///< any other letter
inline constexpr std::uint8_t dot = 16;
inline constexpr std::uint8_t sign = 32;   ///< - +
inline constexpr std::uint8_t other = 64;  ///< anything else in a word
inline constexpr std::uint8_t control = 128;

constexpr std::array<std::uint8_t, 256> make_classes() {
    std::array<std::uint8_t, 256> t{};
    for (unsigned c = 0; c < 256; ++c) {
        if (c >= '0' && c <= '9') {
            t[c] = word | digit;
        } else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') {
            t[c] = word | ((c | 0x20) <= 'f' ? hex : letter);
        } else if (c >= 0x80) {
            t[c] = word | other;
        } else if (c == 0x7f || (c < 0x20 && c != '\t')) {
            t[c] = control;
        }
    }
    for (const char c : std::string_view("_@%~!*&^$\\?")) t[static_cast<unsigned char>(c)] = word | other;
    t['.'] = word | dot;
    t['-'] = t['+'] = word | sign;
    return t;
}
inline constexpr std::array<std::uint8_t, 256> classes = make_classes();
}  // namespace octet

inline std::uint8_t octet_class(char c) { return octet::classes[static_cast<unsigned char>(c)]; }
inline bool is_word_octet(char c) { return (octet_class(c) & octet::word) != 0; }
inline bool is_digit_octet(char c) { return (octet_class(c) & octet::digit) != 0; }

/// Any of C0 but TAB, or DEL.
inline bool has_control(std::string_view s) {
    unsigned bad = 0;
    for (const char c : s) {
        const auto o = static_cast<unsigned char>(c);
        bad |= static_cast<unsigned>(o < 0x20 && o != '\t') | static_cast<unsigned>(o == 0x7f);
    }
    return bad != 0;
}

}  // namespace sw
