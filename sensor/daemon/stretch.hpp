#pragma once
/// A stretch of live capture: what is known to be missing of it, put into the coverage that the recorder writes.
#include <cstdint>
#include <optional>
#include <string>

#include "sensor/capture/live_source.hpp"
#include "sensor/journal/record.hpp"

namespace sw {

class Stretch {
public:
    Stretch(Timestamp from, const LiveCounters& counters) : from_(from), then_(counters) {}

    void clock_stepped() { ++clock_steps_; }
    /// There was no link for (about) so long of it.
    void no_link(Duration d) { no_link_ += d; }
    void note(std::string error) { error_ = std::move(error); }
    /// An alarm about it is not on the disk: others had better tell it, too.
    void untold() { told_ = false; }

    /// The record for the stretch until now; the next one begins.
    void complete(CoverageRecord& record, Timestamp to, const LiveCounters& now);

    /// Frames lost since the stretch began, as far as anybody counts them.
    static std::optional<std::uint64_t> lost(const LiveCounters& counters);
    std::uint64_t lost_since(const LiveCounters& now) const;

private:
    std::string trouble() const;

    Timestamp from_;
    LiveCounters then_;
    std::uint64_t clock_steps_ = 0;
    Duration no_link_{0};
    std::string error_;
    bool told_ = true;
};

}  // namespace sw
