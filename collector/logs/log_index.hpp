#pragma once
/// The index of words follows the lines, and old lines go: both a step at a time, between commits.
#include <cstdint>

#include "collector/store/store.hpp"
#include "rules/base/time.hpp"

namespace sw {

/// Index at most so many lines that are not indexed yet. Gives how many; 0: the index is complete.
/// cost: about 10 us a line, in one transaction
Result<std::int64_t> index_step(Store& store, std::int64_t most);

struct LogRetention {
    Timestamp before;          ///< lines received before go; those of a clock before 2020, or 30 years ahead, with those stored behind them
    std::uint64_t octets = 0;  ///< of all lines (what was received, not what the file takes); the oldest go beyond it; 0: no limit
};
/// Remove at most some thousand lines that are to go, from the index too. Findings, their samples, templates and counts stay.
/// Gives how many went.
Result<std::int64_t> log_retain_step(Store& store, const LogRetention& keep);

/// A line as the index and a search see it: escaped.
std::string searchable(Bytes raw);

}  // namespace sw
