#pragma once
/// Counts over time as one line of blocks.
#include <string>
#include <vector>

#include "collector/store/queue.hpp"

namespace sw {

struct Sparkline {
    std::string line;   ///< a column an interval, lowest block for the least packets, a blank for none
    Duration column{};  ///< how long one is
    Timestamp start;    ///< of the first
    std::uint64_t most = 0;
};

/// in:  counts ordered by start   most_columns at least 1   blocks Unicode's, or ASCII where a terminal knows no others
/// The interval is the shortest of a row of round ones (5 minutes ... 4 weeks, then doubled) that fits.
Sparkline sparkline(const std::vector<Queue::Count>& counts, std::size_t most_columns, bool blocks);

/// Does the environment (LC_ALL, LC_CTYPE, LANG) speak of UTF-8?
bool locale_is_utf8();

}  // namespace sw
