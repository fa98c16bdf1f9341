#pragma once
/// How much of a conversation a rule allows, and when. All by packet time.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rules/base/time.hpp"

namespace sw {

/// A stretch of the day: minutes from midnight, to not included; over midnight where to is smaller. Both 0..1440.
struct DayHours {
    std::uint16_t from = 0, to = 0;

    bool operator==(const DayHours&) const = default;
};

struct Budget {
    std::optional<std::uint64_t> max_bytes;           ///< octets of a conversation's packets, both ways, link headers included
    std::optional<Duration> max_duration;             ///< of a conversation, first packet to last; whole seconds
    std::optional<std::uint32_t> max_flows_per_hour;  ///< conversations that open within any 60 minutes
    std::optional<DayHours> hours;

    bool any() const { return max_bytes || max_duration || max_flows_per_hour || hours; }
    bool operator==(const Budget&) const = default;
};

/// offset: of local time from UTC, in minutes
bool within(const DayHours& hours, Timestamp ts, int offset);
/// "07:00-20:00"; "24:00" only at the end
std::optional<DayHours> parse_hours(std::string_view text);
std::string to_string(const DayHours& hours);
/// "23:10", local
std::string time_of_day(Timestamp ts, int offset);

/// "90s", "30min", "8h", "2d": 1 second to 365 days
std::optional<Duration> parse_duration(std::string_view text);
/// In the largest unit that it is whole in.
std::string to_string(Duration whole_seconds);

/// "+02:00", "-05:30", "Z": minutes
std::optional<int> parse_offset(std::string_view text);
std::string offset_text(int minutes);

}  // namespace sw
