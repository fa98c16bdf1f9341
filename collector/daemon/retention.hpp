#pragma once
/// Old rows go, a few at a time: flows, sessions that are over, charts, and when the packets of decided findings came. Findings, samples,
/// coverage and reviews stay, and so does everything of a finding that nobody has decided on.
#include <cstdint>

#include "collector/store/store.hpp"
#include "rules/base/time.hpp"

namespace sw {

/// One step: rows from before `before` (packet time). Gives how many went; 0: there are no more, and freed pages went back to the
/// disk. cost: some 1,000 rows in one transaction (of a chart, one interval)
Result<std::int64_t> retain_step(Store& store, Timestamp before);

}  // namespace sw
