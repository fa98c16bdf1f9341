#include "sensor/daemon/health.hpp"

#include <fmt/format.h>

namespace sw {
namespace {

double seconds(Duration d) { return std::chrono::duration<double>(d).count(); }

}  // namespace

Health::Health(Bell& bell, Stretch& stretch, const Intake& source, const Instant& now)
    : bell_(&bell), stretch_(&stretch), source_(&source), clock_(now), last_(now) {
    const LiveCounters counters = source.counters();
    transmitted_ = counters.tx_packets;
    carrier_changes_ = counters.carrier_changes;
    if (!transmitted_)
        bell.ring(Severity::high, "transmitted",
                  "its tx_packets cannot be read (is /sys of this network namespace mounted?): frames sent from here would not be noticed");
}

void Health::look(const Instant& now, const LiveCounters& counters, LiveSource::State state, const JournalWriter& spool) {
    look_at_clock(now);
    look_at_link(now, counters, state);
    look_at_transmitted(counters);
    look_at_spool(spool);
    last_ = now;
}

void Health::look_at_clock(const Instant& now) {
    const auto step = clock_.step(now);
    if (!step) return;
    stretch_->clock_stepped();
    ring(Severity::notice, "clock",
         fmt::format("the wall clock stepped by {:+.3f} s (or this machine slept); times before and after do not fit together",
                     seconds(*step)));
}

void Health::look_at_link(const Instant& now, const LiveCounters& counters, LiveSource::State state) {
    const bool flapped = counters.carrier_changes && carrier_changes_ && *counters.carrier_changes != *carrier_changes_;
    carrier_changes_ = counters.carrier_changes;
    if (state != LiveSource::State::up) {
        stretch_->no_link(now.steady - last_.steady);
        if (down_since_) return;
        down_since_ = now;
        bell_->ring(Severity::high, "coverage", "no link: nothing is captured until it is back (is the cable in, the interface set up?)");
    } else if (down_since_) {
        bell_->ring(Severity::notice, "coverage",
                    fmt::format("the link is back; nothing was captured for {:.0f} s", seconds(now.steady - down_since_->steady)));
        down_since_.reset();
    } else if (flapped) {
        stretch_->note("the link went away for less than a second");
        bell_->ring(Severity::notice, "coverage", "the link went away and came back within a second");
    }
}

void Health::look_at_transmitted(const LiveCounters& counters) {
    if (counters.tx_packets == transmitted_) return;
    const bool sent = counters.tx_packets && transmitted_ && *counters.tx_packets > *transmitted_;
    const std::uint64_t frames = sent ? *counters.tx_packets - *transmitted_ : 0;
    const bool gone = source_->state() == LiveSource::State::gone;
    if (sent)
        bell_->ring(
            Severity::critical, "transmitted",
            fmt::format("{} frames were transmitted on the capture interface, which must never send; find out what sent them", frames),
            frames);
    else if (!gone)
        bell_->ring(Severity::critical, "transmitted", "its count of transmitted frames was set back or cannot be read any more");
    transmitted_ = counters.tx_packets;
}

void Health::look_at_spool(const JournalWriter& spool) {
    const std::string now = spool.failed() ? spool.failed()->text : "";
    if (now != spool_trouble_ && !now.empty()) bell_->ring(Severity::high, "store", "the spool cannot be written: " + now);
    if (now.empty() && !spool_trouble_.empty()) bell_->ring(Severity::notice, "store", "the spool is written again");
    spool_trouble_ = now;
}

/// Of a stretch: where its alarm is not on the disk, its coverage says so.
void Health::ring(Severity severity, const char* kind, const std::string& sentence, std::uint64_t count) {
    if (bell_->ring(severity, kind, sentence, count).empty()) stretch_->untold();
}

void Health::look_back(const LiveCounters& counters, const JournalWriter& spool) {
    if (lost_frames_.add(stretch_->lost_since(counters)))
        ring(Severity::high, "coverage",
             fmt::format("{} frames were lost before they could be judged (kernel or interface; a larger --ring may help)",
                         lost_frames_.sum()),
             lost_frames_.sum());
    if (lost_samples_.add(spool.samples_dropped() - samples_dropped_))
        ring(Severity::high, "store",
             fmt::format("{} packets are counted but not kept: the spool's budget or disk is spent", lost_samples_.sum()),
             lost_samples_.sum());
    if (lost_records_.add(spool.records_dropped() - records_dropped_))
        ring(Severity::high, "store", fmt::format("{} records did not find room in the spool", lost_records_.sum()), lost_records_.sum());
    samples_dropped_ = spool.samples_dropped();
    records_dropped_ = spool.records_dropped();
}

std::string Health::trouble() const {
    if (down_since_) return "no link";
    if (!source_->trouble().empty()) return "no capture: " + source_->trouble();
    return spool_trouble_;
}

}  // namespace sw
