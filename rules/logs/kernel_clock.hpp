#pragma once
/// "[   12.345678] " in front of a line of Linux' kernel: seconds since it began to run. Private to this room.
#include <chrono>
#include <optional>
#include <string_view>

#include "rules/base/time.hpp"

namespace sw {

/// Octets of the clock alone, "[   12.345678]"; 0: none.
std::size_t kernel_clock_digits(std::string_view text);
/// With the space behind it; 0: none.
std::size_t kernel_clock_octets(std::string_view text);
std::optional<Duration> kernel_clock(std::string_view text);

}  // namespace sw
