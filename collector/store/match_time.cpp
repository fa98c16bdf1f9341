#include "collector/store/match_time.hpp"

#include <charconv>
#include <chrono>

namespace sw {
namespace {

constexpr std::int64_t second = 1'000'000'000;

/// Takes exactly so many digits off the front.
std::optional<unsigned> digits(std::string_view& text, std::size_t count) {
    if (text.size() < count) return std::nullopt;
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + count, value);
    if (error != std::errc{} || end != text.data() + count) return std::nullopt;
    text.remove_prefix(count);
    return value;
}

bool eat(std::string_view& text, char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<unsigned> digits_after(std::string_view& text, char before, std::size_t count, unsigned most) {
    if (!eat(text, before)) return std::nullopt;
    const auto value = digits(text, count);
    return value && *value <= most ? value : std::nullopt;
}

std::optional<Duration> ago(std::string_view text) {
    if (text.size() < 2) return std::nullopt;
    std::int64_t unit = 0;
    switch (text.back()) {
        case 's':
            unit = 1;
            break;
        case 'm':
            unit = 60;
            break;
        case 'h':
            unit = 3600;
            break;
        case 'd':
            unit = 86400;
            break;
        case 'w':
            unit = 7 * 86400;
            break;
        default:
            return std::nullopt;
    }
    std::uint32_t value = 0;
    const char* last = text.data() + text.size() - 1;
    const auto [end, error] = std::from_chars(text.data(), last, value);
    constexpr std::int64_t longest = 200LL * 366 * 86400;
    if (error != std::errc{} || end != last || value > longest / unit) return std::nullopt;
    return std::chrono::seconds{value * unit};
}

/// Seconds and their fraction, if there are any: nanoseconds.
std::optional<std::int64_t> seconds_of(std::string_view& text) {
    if (text.empty() || text.front() != ':') return 0;
    const auto whole = digits_after(text, ':', 2, 59);
    if (!whole) return std::nullopt;
    std::int64_t ns = *whole * second;
    if (!eat(text, '.')) return ns;
    std::int64_t scale = second;
    std::size_t count = 0;
    for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1), ++count) {
        scale /= 10;
        ns += (text.front() - '0') * scale;
    }
    if (count == 0 || count > 9) return std::nullopt;
    return ns;
}

/// Offset from UTC, seconds.
std::optional<std::int64_t> zone_of(std::string_view& text) {
    if (text.empty() || eat(text, 'Z')) return 0;
    const char sign = text.front();
    if (sign != '+' && sign != '-') return std::nullopt;
    const auto hours = digits_after(text, sign, 2, 23);
    const auto minutes = hours ? digits_after(text, ':', 2, 59) : std::nullopt;
    if (!minutes) return std::nullopt;
    const std::int64_t offset = *hours * 3600 + *minutes * 60;
    return sign == '-' ? -offset : offset;
}

std::optional<std::int64_t> day_of(std::string_view& text) {
    const auto year = digits(text, 4);
    const auto month = year ? digits_after(text, '-', 2, 12) : std::nullopt;
    const auto day = month ? digits_after(text, '-', 2, 31) : std::nullopt;
    if (!day || *year < 1678 || *year > 2261) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)), std::chrono::month(*month), std::chrono::day(*day)};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date).time_since_epoch().count() * std::int64_t{86400} * second;
}

}  // namespace

std::optional<Timestamp> instant_from(std::string_view text, Timestamp now) {
    if (const auto back = ago(text)) return now + -*back;
    const auto day = day_of(text);
    if (!day) return std::nullopt;
    if (text.empty()) return Timestamp{*day};
    const auto hour = digits_after(text, 'T', 2, 23);
    const auto minute = hour ? digits_after(text, ':', 2, 59) : std::nullopt;
    const auto seconds = minute ? seconds_of(text) : std::nullopt;
    const auto zone = seconds ? zone_of(text) : std::nullopt;
    if (!zone || !text.empty()) return std::nullopt;
    return Timestamp{*day + (*hour * 3600 + *minute * 60 - *zone) * second + *seconds};
}

}  // namespace sw
