#pragma once
/// Shorthands of the syslog tests.
#include <deque>
#include <string>
#include <string_view>

#include "collector/syslog/syslog_message.hpp"

namespace sw {

/// 2026-11-22T12:00:00Z: when the tests' messages are received.
inline constexpr Timestamp noon{std::int64_t{1'795'348'800} * 1'000'000'000};

/// Keeps a copy of the octets, so that they may be a temporary.
inline SyslogMessage read(std::string_view octets, Timestamp received = noon) {
    static std::deque<std::string> kept;
    return parse_syslog(kept.emplace_back(octets), received);
}

/// The oddities by name, in their order: "no-pri no-stamp".
inline std::string odd(const SyslogMessage& m) {
    std::string out;
    for (std::size_t i = 0; i < syslog_oddity_count; ++i)
        if (const auto o = static_cast<SyslogOddity>(i); m.odd.has(o)) out += (out.empty() ? "" : " ") + std::string(to_string(o));
    return out;
}

inline std::string claimed(const SyslogMessage& m) { return m.claimed ? to_rfc3339(*m.claimed) : "none"; }

/// Of the corpora, which hold any octets.
inline std::string decode_base64(std::string_view text) {
    static const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    std::uint32_t bits = 0;
    int have = 0;
    for (const char c : text) {
        const std::size_t value = digits.find(c);
        if (value == std::string::npos) break;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        have += 6;
        if (have >= 8) out += static_cast<char>(bits >> (have -= 8) & 0xff);
    }
    return out;
}

}  // namespace sw
