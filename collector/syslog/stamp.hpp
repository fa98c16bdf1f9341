#pragma once
/// Times as senders write them. Private to this room.
#include <chrono>
#include <optional>
#include <string_view>

#include "rules/base/time.hpp"

namespace sw {

struct StampReading {
    std::size_t octets = 0;          ///< of the stamp; 0: nothing like a time stands here
    std::optional<Timestamp> value;  ///< unset: like a time, but none (31 February)
    bool zone = false;               ///< it named its zone
};

/// 2006-11-10T10:43:21.156+02:00 (RFC 3339; also with a space for the T, a comma before the fraction, no zone).
StampReading read_iso_stamp(std::string_view s, std::chrono::seconds zone);

/// Oct  1 17:46:12, with all that is put around it: any case, a year behind the day or the time, a fraction, a colon at the
/// end, a '.' or '*' in front (a router whose clock is not set). Without a year it is the one nearest to received.
StampReading read_bsd_stamp(std::string_view s, Timestamp received, std::chrono::seconds zone);

}  // namespace sw
