#include "rules/policy/budget.hpp"

#include <fmt/format.h>

#include <charconv>

namespace sw {
namespace {

constexpr std::int64_t second = 1'000'000'000, day_minutes = 24 * 60;

struct Unit {
    std::string_view word;
    std::int64_t seconds;
};
constexpr Unit units[] = {{"d", 86'400}, {"h", 3'600}, {"min", 60}, {"s", 1}};

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t n = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (error != std::errc{} || end != text.data() + text.size() || text.empty() || text.front() == '-') return std::nullopt;
    return n;
}

/// "HH:MM", two digits each
std::optional<int> clock_time(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    const auto hour = number(text.substr(0, 2)), minute = number(text.substr(3));
    if (!hour || !minute || *minute > 59) return std::nullopt;
    return static_cast<int>(*hour * 60 + *minute);
}

std::string clock_text(int minutes) { return fmt::format("{:02}:{:02}", minutes / 60, minutes % 60); }

int minute_of_day(Timestamp ts, int offset) {
    const std::int64_t whole = ts.ns / second - (ts.ns % second < 0 ? 1 : 0);
    const std::int64_t minutes = (whole - (whole % 60 + 60) % 60) / 60 + offset;
    return static_cast<int>((minutes % day_minutes + day_minutes) % day_minutes);
}

}  // namespace

bool within(const DayHours& hours, Timestamp ts, int offset) {
    const int now = minute_of_day(ts, offset);
    return hours.from < hours.to ? now >= hours.from && now < hours.to : now >= hours.from || now < hours.to;
}

std::optional<DayHours> parse_hours(std::string_view text) {
    if (text.size() != 11 || text[5] != '-') return std::nullopt;
    const auto from = clock_time(text.substr(0, 5)), to = clock_time(text.substr(6));
    if (!from || !to || *from >= day_minutes || *to > day_minutes || *from == *to) return std::nullopt;
    return DayHours{static_cast<std::uint16_t>(*from), static_cast<std::uint16_t>(*to)};
}

std::string to_string(const DayHours& hours) { return clock_text(hours.from) + "-" + clock_text(hours.to); }

std::string time_of_day(Timestamp ts, int offset) { return clock_text(minute_of_day(ts, offset)); }

std::optional<Duration> parse_duration(std::string_view text) {
    constexpr std::int64_t most = 365 * 86'400;
    const std::size_t digits = text.find_first_not_of("0123456789");
    if (digits == std::string_view::npos) return std::nullopt;
    const auto n = number(text.substr(0, digits));
    for (const Unit& unit : units) {
        if (!n || text.substr(digits) != unit.word) continue;
        if (*n < 1 || *n > most / unit.seconds) return std::nullopt;
        return Duration{*n * unit.seconds * second};
    }
    return std::nullopt;
}

std::string to_string(Duration d) {
    const std::int64_t seconds = d.count() / second;
    for (const Unit& unit : units)
        if (seconds % unit.seconds == 0) return fmt::format("{}{}", seconds / unit.seconds, unit.word);
    return {};
}

std::optional<int> parse_offset(std::string_view text) {
    if (text == "Z") return 0;
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
    const auto minutes = clock_time(text.substr(1));
    if (!minutes || *minutes > 14 * 60) return std::nullopt;
    return text[0] == '-' ? -*minutes : *minutes;
}

std::string offset_text(int minutes) {
    if (minutes == 0) return "Z";
    return (minutes < 0 ? "-" : "+") + clock_text(minutes < 0 ? -minutes : minutes);
}

}  // namespace sw
