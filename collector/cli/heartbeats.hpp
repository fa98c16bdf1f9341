#pragma once
/// The newest heartbeat of every alarm journal: which daemons live, and do their work.
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "sensor/journal/alarm_journal.hpp"

namespace sw {

struct LastHeartbeat {
    std::string folder;
    std::optional<AlarmHeartbeat> beat;  ///< nothing: none was ever written, or it could not be read
    std::string unreadable;              ///< why it could not be read, one line; or ""
};

/// One for each folder, in their order. cost: a few system calls a folder
std::vector<LastHeartbeat> last_heartbeats(const std::vector<std::string>& folders);

/// Beyond this age a writer is late (span-alarm's own default); and a heartbeat from the future says that a clock stepped.
inline constexpr std::chrono::seconds late_heartbeat{5};

/// late_heartbeat and older, or never heard. What cannot be read is not known to be late.
bool is_late(const LastHeartbeat& last, Timestamp now);

/// "span-sensor span0", or the folder of one that was never heard; escaped.
std::string writer_of(const LastHeartbeat& last);

/// "1 s ago", "3 s ahead of this clock", "never", "unknown": escaped.
std::string age_of(const LastHeartbeat& last, Timestamp now);

}  // namespace sw
