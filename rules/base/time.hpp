#pragma once
/// Packet time: nanoseconds since 1970-01-01T00:00:00Z, as the capture says. Never the clock of this machine.
#include <chrono>
#include <compare>
#include <cstdint>
#include <string>

namespace sw {

using Duration = std::chrono::nanoseconds;

/// range: the years 1677 to 2262; readers saturate what a file claims beyond it.
struct Timestamp {
    std::int64_t ns = 0;

    auto operator<=>(const Timestamp&) const = default;
    friend Timestamp operator+(Timestamp t, Duration d) { return {t.ns + d.count()}; }
    friend Duration operator-(Timestamp a, Timestamp b) { return Duration{a.ns - b.ns}; }
};

/// RFC 3339 with nanoseconds, UTC: 2026-11-21T23:20:00.123456789Z
std::string to_rfc3339(Timestamp t);

}  // namespace sw
