#pragma once
/// The loop of span-sensor: frames are judged and recorded as they come; once a second everything else is looked at.
#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "rules/base/notify.hpp"
#include "sensor/daemon/bell.hpp"
#include "sensor/daemon/health.hpp"
#include "sensor/daemon/intake.hpp"
#include "sensor/daemon/judging.hpp"
#include "sensor/daemon/live_sink.hpp"
#include "sensor/daemon/mirror_sides.hpp"
#include "sensor/daemon/options.hpp"
#include "sensor/daemon/policy_place.hpp"
#include "sensor/daemon/stretch.hpp"
#include "sensor/journal/alarm_journal.hpp"
#include "sensor/journal/journal_writer.hpp"

namespace sw {

class Watch {
public:
    /// All arguments must outlive it.
    Watch(const SensorOptions& options, Intake& source, JournalWriter& spool, AlarmWriter& alarms, const PolicyPlace& place, Policy policy,
          const Notifier& notifier);
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch();

    /// Until a signal ends it (clean), or the interface is gone or cannot be judged (environment, input).
    ExitCode run();

private:
    static constexpr Duration second{std::chrono::seconds{1}}, stretch_length{std::chrono::seconds{10}},
        mirror_window{std::chrono::minutes{1}}, patience{std::chrono::milliseconds{250}}, flush_pause{std::chrono::milliseconds{100}};

    bool take(Intake::Taken taken);
    Intake::Taken next(Duration wait) { return source_->next(frames_, glances_, wait); }
    void every_second(const Instant& now);
    void look_at_mirror(const Instant& now);
    void beat(const Instant& now, const LiveCounters& counters);
    void flush_greylisted();
    void flush(bool sync);
    void end_stretch();
    void reload();
    void obey_signals();
    void use(std::unique_ptr<Judging> judging);
    void drain();
    ExitCode finish();
    std::string totals() const;

    const SensorOptions* options_;
    Intake* source_;
    JournalWriter* spool_;
    const PolicyPlace* place_;
    const Notifier* notifier_;
    Instant now_;
    Bell bell_;
    Stretch stretch_;
    LiveSink sink_;
    Health health_;
    std::unique_ptr<Judging> judging_;
    MirrorSides sides_;
    bool both_ways_ = true;
    std::optional<Error> failure_;
    std::array<Frame, Judging::most_frames> frames_;
    std::vector<Glance> glances_{Judging::most_frames};
    Duration next_second_{0}, next_stretch_{0}, next_window_{0}, flushed_{0}, slowest_flush_{0};
    std::uint64_t flushed_denied_ = 0;  ///< greylisted and blacklisted packets that are in the file
    EngineCounters before_;             ///< of the runs under earlier policies
};

}  // namespace sw
