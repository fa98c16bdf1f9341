#include "rules/logs/kernel_clock.hpp"

#include <cstdint>

#include "rules/logs/octet_class.hpp"

namespace sw {

std::size_t kernel_clock_digits(std::string_view text) {
    if (!text.starts_with('[')) return 0;
    std::size_t at = 1;
    while (at < text.size() && at < 8 && text[at] == ' ') ++at;
    const std::size_t whole = at;
    while (at < text.size() && is_digit_octet(text[at])) ++at;
    if (at == whole || at > 13 || at + 7 >= text.size() || text[at] != '.' || text[at + 7] != ']') return 0;
    for (std::size_t i = 1; i <= 6; ++i)
        if (!is_digit_octet(text[at + i])) return 0;
    return at + 8;
}

std::size_t kernel_clock_octets(std::string_view text) {
    const std::size_t n = kernel_clock_digits(text);
    return n != 0 && n < text.size() && text[n] == ' ' ? n + 1 : n;
}

std::optional<Duration> kernel_clock(std::string_view text) {
    const std::size_t n = kernel_clock_digits(text);
    if (n == 0) return std::nullopt;
    std::int64_t micros = 0;  // at most twelve digits and six
    for (const char c : text.substr(0, n))
        if (is_digit_octet(c)) micros = micros * 10 + (c - '0');
    return std::chrono::microseconds{micros} > std::chrono::hours{24 * 365 * 100} ? Duration{std::chrono::hours{24 * 365 * 100}}
                                                                                  : Duration{std::chrono::microseconds{micros}};
}

}  // namespace sw
