#pragma once
/// The instants that people type: so long ago, a date, or RFC 3339.
#include <optional>
#include <string_view>

#include "rules/base/time.hpp"

namespace sw {

/// "90s", "15m", "1h", "7d", "2w" before now; "2026-11-21" (its midnight, UTC); RFC 3339 with or without seconds, fraction and
/// zone (UTC without). Nothing if it is none of these or outside 1678 to 2261.
std::optional<Timestamp> instant_from(std::string_view text, Timestamp now);

}  // namespace sw
