#pragma once
/// The clock of this machine: for when a person or this program did something. Packets bring their own time.
#include <chrono>

#include "rules/base/time.hpp"

namespace sw {

inline Timestamp wall_clock() {
    return {std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

}  // namespace sw
