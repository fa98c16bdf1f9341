#pragma once
/// What the files of an alarm journal are called: writer and reader.
#include <string_view>

namespace sw {

inline constexpr std::string_view alarm_suffix = ".alarms";
/// Heartbeats have files of their own, small and soon removed, so that they never push alarms out.
inline constexpr std::string_view beat_suffix = ".beats";

}  // namespace sw
