#pragma once
/// The monotonic clock: how long something lasted, whatever is done to the wall clock.
#include <chrono>

namespace sw {

using Moment = std::chrono::steady_clock::time_point;

}  // namespace sw
