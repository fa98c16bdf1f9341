#pragma once
/// Durations and zones as people type them.
#include <chrono>
#include <optional>
#include <string_view>

#include "rules/base/time.hpp"

namespace sw {

/// 90s, 30m, 2h, 7d, 2w: more than nothing, at most ten years.
std::optional<Duration> duration_from(std::string_view text);
/// +01:00, -0330, Z: at most 14 hours.
std::optional<std::chrono::seconds> zone_from(std::string_view text);

}  // namespace sw
