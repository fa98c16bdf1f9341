#include "rules/base/hex.hpp"

namespace sw {
namespace {

int value_of(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

}  // namespace

std::string to_hex(Bytes octets) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(2 * octets.size());
    for (const std::uint8_t o : octets) (text += digits[o >> 4]) += digits[o & 15];
    return text;
}

bool from_hex(std::string_view digits, std::string& octets) {
    octets.clear();
    if (digits.size() % 2 != 0) return false;
    octets.reserve(digits.size() / 2);
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        const int high = value_of(digits[i]), low = value_of(digits[i + 1]);
        if (high < 0 || low < 0) return false;
        octets += static_cast<char>(high << 4 | low);
    }
    return true;
}

}  // namespace sw
