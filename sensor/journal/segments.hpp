#pragma once
/// The segments of a spool.
#include <cstdint>
#include <string>
#include <vector>

#include "sensor/journal/numbered_files.hpp"

namespace sw {

std::string segment_name(std::uint64_t number);

/// In order. Files of other names are not the journal's.
std::vector<SegmentEntry> list_segments(int folder);

/// Of the first segment that tells it; "" if none does.
std::string journal_id(int folder);

}  // namespace sw
