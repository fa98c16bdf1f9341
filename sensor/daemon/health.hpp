#pragma once
/// What a sensor looks at once a second besides frames, and the alarms that come of it.
#include <optional>
#include <string>

#include "sensor/daemon/bell.hpp"
#include "sensor/daemon/clocks.hpp"
#include "sensor/daemon/intake.hpp"
#include "sensor/daemon/stretch.hpp"
#include "sensor/journal/growing.hpp"
#include "sensor/journal/journal_writer.hpp"

namespace sw {

class Health {
public:
    Health(Bell& bell, Stretch& stretch, const Intake& source, const Instant& now);

    /// Once a second: clock, link, transmitted frames, spool.
    void look(const Instant& now, const LiveCounters& counters, LiveSource::State state, const JournalWriter& spool);
    /// At the end of a stretch, before its coverage is told: what was lost in it.
    void look_back(const LiveCounters& counters, const JournalWriter& spool);

    /// "" or why nothing is captured or kept.
    std::string trouble() const;

private:
    void ring(Severity severity, const char* kind, const std::string& sentence, std::uint64_t count = 0);
    void look_at_clock(const Instant& now);
    void look_at_link(const Instant& now, const LiveCounters& counters, LiveSource::State state);
    void look_at_transmitted(const LiveCounters& counters);
    void look_at_spool(const JournalWriter& spool);

    Bell* bell_;
    Stretch* stretch_;
    const Intake* source_;
    ClockWatch clock_;
    Instant last_;
    std::optional<std::uint64_t> transmitted_, carrier_changes_;
    std::optional<Instant> down_since_;
    std::string spool_trouble_;
    std::uint64_t samples_dropped_ = 0, records_dropped_ = 0;
    Growing lost_frames_, lost_samples_, lost_records_;
};

}  // namespace sw
