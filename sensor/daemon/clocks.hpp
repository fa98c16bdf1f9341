#pragma once
/// The wall clock for people and records, the steady one for intervals; and whether the first was set.
#include <chrono>
#include <optional>

#include "rules/base/time.hpp"

namespace sw {

struct Instant {
    Timestamp wall;
    Duration steady{0};

    static Instant now() {
        return {{std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch()).count()},
                std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch())};
    }
};

/// The steady clock stands still while the machine sleeps: a sleep looks like a step, and is a gap all the same.
class ClockWatch {
public:
    static constexpr Duration tolerance = std::chrono::seconds{1};

    explicit ClockWatch(const Instant& start) : last_(start) {}

    /// By how much the wall clock stepped since the last call, if that is more than the tolerance.
    std::optional<Duration> step(const Instant& now) {
        const Duration moved = (now.wall - last_.wall) - (now.steady - last_.steady);
        last_ = now;
        if (moved <= tolerance && moved >= -tolerance) return std::nullopt;
        return moved;
    }

private:
    Instant last_;
};

}  // namespace sw
