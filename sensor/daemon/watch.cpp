#include "sensor/daemon/watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "rules/base/text.hpp"
#include "sensor/daemon/signals.hpp"

namespace sw {
namespace {

constexpr Duration drain_limit = std::chrono::milliseconds{500};
constexpr Duration quiet = std::chrono::seconds{1};  ///< what the kernel may be late with a frame, beyond its hold
constexpr std::uint64_t sync_at = 100;               // greylisted packets

std::uint64_t denied(const EngineCounters& c) { return c.greylisted + c.blacklisted; }

void say(const std::string& text) { fmt::print(stderr, "span-sensor: {}\n", text); }

RunFacts facts_of(const SensorOptions& o) { return {.interface = o.live.interface, .grace = o.grace, .unconfined = o.unconfined}; }

std::string or_unknown(const std::optional<std::uint64_t>& n) { return n ? fmt::format("{}", *n) : "unknown"; }

}  // namespace

Watch::Watch(const SensorOptions& options, Intake& source, JournalWriter& spool, AlarmWriter& alarms, const PolicyPlace& place,
             Policy policy, const Notifier& notifier)
    : options_(&options),
      source_(&source),
      spool_(&spool),
      place_(&place),
      notifier_(&notifier),
      now_(Instant::now()),
      bell_(alarms, escape_for_display(options.live.interface)),
      stretch_(now_.wall, source.counters()),
      sink_(spool, stretch_, source, bell_),
      health_(bell_, stretch_, source, now_) {
    use(std::make_unique<Judging>(std::move(policy), facts_of(options), sink_));
    next_second_ = now_.steady + second;
    next_stretch_ = now_.steady + stretch_length;
    next_window_ = now_.steady + mirror_window;
}

Watch::~Watch() { source_->glance_by(nullptr); }

/// From now on. The one before must not be gone before nobody glances by it.
void Watch::use(std::unique_ptr<Judging> judging) {
    source_->glance_by(&judging->engine());
    judging_ = std::move(judging);
}

ExitCode Watch::run() {
    flush(true);
    beat(now_, source_->counters());
    const std::string status =
        fmt::format("{}, policy {} (sha256 {}){}", escape_for_display(options_->live.interface), escape_for_display(place_->path()),
                    judging_->policy().sha256, options_->unconfined ? "; UNCONFINED" : "");
    say("ready: " + status);
    notifier_->ready(status);
    while (!stop_asked() && !failure_) {
        now_ = Instant::now();
        const Duration wait = std::clamp<Duration>(next_second_ - now_.steady, Duration{0}, patience);
        if (take(next(wait))) flush_greylisted();
        now_ = Instant::now();
        if (now_.steady >= next_second_) every_second(now_);
        obey_signals();
    }
    return finish();
}

/// false: there was nothing to take, or it could not be judged.
bool Watch::take(Intake::Taken taken) {
    if (taken.frames == 0) {
        // now_ is from before the wait: what came until then has been taken.
        judging_->pass_time(now_.wall + -(options_->live.hold + quiet));
        return denied(judging_->counters()) != flushed_denied_;
    }
    if (!taken.glanced) judging_->glance({frames_.data(), taken.frames}, glances_);
    if (auto done = judging_->take({frames_.data(), taken.frames}, {glances_.data(), taken.frames}, sides_); !done) failure_ = done.error();
    return true;
}

/// What people wait for reaches the file at once, but a flood does not make a flush of every batch.
void Watch::flush_greylisted() {
    const std::uint64_t waiting = denied(judging_->counters()) - flushed_denied_;
    if (waiting == 0 || Instant::now().steady - flushed_ < flush_pause) return;
    flush(waiting >= sync_at);
}

void Watch::flush(bool sync) {
    const Duration began = Instant::now().steady;
    static_cast<void>(spool_->flush(sync));  // what fails is asked for by failed()
    flushed_ = Instant::now().steady;
    slowest_flush_ = std::max(slowest_flush_, flushed_ - began);
    flushed_denied_ = denied(judging_->counters());
}

void Watch::every_second(const Instant& now) {
    next_second_ = now.steady + second;
    const LiveCounters counters = source_->counters();
    const LiveSource::State state = source_->state();
    if (state == LiveSource::State::gone)
        failure_ = Error{ExitCode::environment,
                         fmt::format("{} is gone; a confined sensor cannot open it again: start it anew when the interface is back",
                                     escape_for_display(options_->live.interface))};
    health_.look(now, counters, state, *spool_);
    if (now.steady >= next_window_) look_at_mirror(now);
    if (now.steady >= next_stretch_) end_stretch();
    beat(now, counters);
    flush(true);
    notifier_->watchdog();
}

void Watch::look_at_mirror(const Instant& now) {
    next_window_ = now.steady + mirror_window;
    const bool was = both_ways_;
    both_ways_ = sides_.both_ways();
    if (was && !both_ways_)
        bell_.ring(Severity::high, "mirror",
                   "for a minute, nearly all TCP connections were heard from one end only: the mirror seems to copy one direction");
    if (!was && both_ways_) bell_.ring(Severity::notice, "mirror", "both ends of connections are heard again, or too little to tell");
}

void Watch::beat(const Instant& now, const LiveCounters& counters) {
    sink_.heartbeat({.at = now.wall, .frames = before_.frames + judging_->counters().frames, .samples_dropped = spool_->samples_dropped()});
    AlarmHeartbeat beat;
    beat.at = now.wall;
    beat.frames = before_.frames + judging_->counters().frames;
    beat.dropped = Stretch::lost(counters);
    if (judging_->last_frame() != Timestamp{}) beat.last_frame = judging_->last_frame();
    beat.trouble = health_.trouble();
    beat.both_ways = both_ways_;
    bell_.beat(std::move(beat));
}

void Watch::end_stretch() {
    next_stretch_ = Instant::now().steady + stretch_length;
    health_.look_back(source_->counters(), *spool_);
    judging_->end_stretch();
}

/// Atomic: the new policy is whole and compiles, or the old one stays. Conversations begin anew under the new one: what is
/// under way is judged again by its next packet, as after a start.
void Watch::reload() {
    auto text = place_->read();
    auto policy = text ? usable_policy(place_->path(), std::move(*text), source_->link()) : Result<Policy>(Unexpected{text.error()});
    if (!policy) {
        say(policy.error().text + "; the old policy stays");
        bell_.ring(Severity::high, "policy", "the new policy is not used, the old one stays: " + policy.error().text);
        return;
    }
    health_.look_back(source_->counters(), *spool_);
    judging_->end();
    const EngineCounters& c = judging_->counters();
    before_.frames += c.frames;
    before_.allowed += c.allowed;
    before_.greylisted += c.greylisted;
    before_.blacklisted += c.blacklisted;
    use(std::make_unique<Judging>(std::move(*policy), facts_of(*options_), sink_));
    next_stretch_ = Instant::now().steady + stretch_length;
    flush(true);
    const std::string sha256 = judging_->policy().sha256;
    say(fmt::format("policy {} (sha256 {}) is in force", escape_for_display(place_->path()), sha256));
    bell_.ring(Severity::notice, "policy", fmt::format("the policy was read again: sha256 {} is in force", sha256));
}

void Watch::obey_signals() {
    if (reload_asked()) reload();
    if (counters_asked()) say(totals());
}

/// What the kernel still holds, as far as that is not without end.
void Watch::drain() {
    const Duration until = Instant::now().steady + drain_limit, hold = options_->live.hold + std::chrono::milliseconds{20};
    source_->finish();
    while (!failure_ && Instant::now().steady < until && take(next(std::min(hold, drain_limit)))) flush_greylisted();
}

ExitCode Watch::finish() {
    notifier_->stopping();
    drain();
    now_ = Instant::now();
    if (failure_) {
        bell_.ring(Severity::high, "coverage", "the sensor ends: " + failure_->text);
        stretch_.note(failure_->text);
        say(failure_->text);
    }
    const LiveCounters counters = source_->counters();
    health_.look_back(counters, *spool_);
    judging_->end();
    beat(now_, counters);
    flush(true);
    say(totals());
    if (spool_->failed()) say(spool_->failed()->text);
    if (failure_) return failure_->code;
    return spool_->failed() ? ExitCode::environment : ExitCode::clean;
}

std::string Watch::totals() const {
    const EngineCounters& c = judging_->counters();
    const LiveCounters live = source_->counters();
    return fmt::format(
        "{} frames: {} allowed, {} greylisted, {} blacklisted; {} findings under this policy; dropped by the kernel {}, by the interface {}; "
        "{} packets not kept; slowest write {:.1f} ms",
        before_.frames + c.frames, before_.allowed + c.allowed, before_.greylisted + c.greylisted, before_.blacklisted + c.blacklisted,
        judging_->findings(), or_unknown(live.kernel_drops), or_unknown(live.interface_drops), spool_->samples_dropped(),
        std::chrono::duration<double, std::milli>(slowest_flush_).count());
}

}  // namespace sw
