#pragma once
/// Packet time: nanoseconds since 1970-01-01T00:00:00Z, as the capture says. Never the clock of this machine.
#include <chrono>
#include <compare>
#include <cstdint>
#include <limits>
#include <string>

namespace sw {

using Duration = std::chrono::nanoseconds;

/// range: the years 1677 to 2262; readers saturate what a file claims beyond it.
struct Timestamp {
    std::int64_t ns = 0;

    auto operator<=>(const Timestamp&) const = default;
    /// Both stop at the ends of the range: a capture may claim its last instant, and engines add lifetimes to it.
    friend Timestamp operator+(Timestamp t, Duration d) {
        std::int64_t sum;
        return {__builtin_add_overflow(t.ns, d.count(), &sum) ? end_towards(d.count()) : sum};
    }
    friend Duration operator-(Timestamp a, Timestamp b) {
        std::int64_t gap;
        return Duration{__builtin_sub_overflow(a.ns, b.ns, &gap) ? end_towards(a.ns) : gap};
    }

private:
    static constexpr std::int64_t end_towards(std::int64_t sign) {
        return sign < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
    }
};

/// RFC 3339 with nanoseconds, UTC: 2026-11-21T23:20:00.123456789Z
std::string to_rfc3339(Timestamp t);

}  // namespace sw
