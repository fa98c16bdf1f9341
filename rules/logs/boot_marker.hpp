#pragma once
/// The line with which a kernel says that it begins. Private to this room.
#include <chrono>
#include <optional>

#include "rules/base/time.hpp"
#include "rules/logs/log_line.hpp"

namespace sw {

enum class MarkerKind : std::uint8_t {
    none,
    copyright,     ///< the BSDs' first line
    bsd_version,   ///< their version, some lines later
    linux_version  ///< "Linux version ..."
};

struct Marker {
    MarkerKind kind = MarkerKind::none;
    bool by_kernel = false;         ///< has the kernel's facility, which no user's program can give its lines on its own host
    std::optional<Duration> clock;  ///< the kernel's, of any line that has one
};

/// Of lines that claim to be the kernel's, by facility or by program.
Marker marker_of(const LogLine& line);

}  // namespace sw
