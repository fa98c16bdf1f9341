#pragma once
/// Shorthands of the log tests.
#include <array>
#include <string>
#include <string_view>

#include "rules/logs/log_template.hpp"

namespace sw {

inline constexpr Timestamp noon{std::int64_t{1'795'348'800} * 1'000'000'000};  // 2026-11-22T12:00:00Z
inline constexpr std::array<std::uint8_t, 16> test_key{1, 2, 3};

/// From the host "mail"; borrows.
inline LogLine line(std::string_view program, std::string_view text, Timestamp received = noon) {
    LogLine l;
    l.host = "mail";
    l.program = program;
    l.text = text;
    l.received = received;
    return l;
}

inline LogLine kernel(std::string_view text, Timestamp received = noon) {
    LogLine l = line("kernel", text, received);
    l.facility = facility_kern;
    return l;
}

inline std::string template_text(std::string_view program, std::string_view text) {
    const auto t = template_of(line(program, text));
    return t ? t->text : "error: " + t.error().text;
}

}  // namespace sw
