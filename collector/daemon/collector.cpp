#include "collector/daemon/collector.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <cstdio>

#include "collector/daemon/retention.hpp"
#include "collector/daemon/signals.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

using namespace std::chrono_literals;

constexpr int look_again_ms = 100;
constexpr std::size_t alarms_a_turn = 100;
constexpr auto retention_pause = 1h;

Spool::Instant steady() { return std::chrono::steady_clock::now(); }

void say(const std::string& text) { fmt::print(stderr, "span-collector: {}\n", text); }

}  // namespace

ExitCode Collector::run() {
    if (auto done = bear(alarms_.recall(options_->alarms)); !done) return finish(Unexpected{done.error()});
    beat();
    say("ready: " + status());
    notifier_->ready(status());
    Result<bool> more = true;
    while (!collector_must_end()) {
        more = turn(steady());
        if (!more) break;
        if (collector_totals_asked()) say(totals());
        if (collector_reload_asked() && !options_->policy.empty()) logs_->reload(options_->policy);
        if (!*more) wait();
    }
    return finish(more);
}

std::string Collector::status() const {
    const std::size_t log_sources = options_->log_spools.size() + (logs_->descriptor() >= 0);
    return fmt::format("{} spools{} into {}{}", spools_->size(),
                       log_sources == 0 ? "" : fmt::format(" and {} other log sources", log_sources), escape_for_display(options_->db),
                       options_->unconfined ? "; UNCONFINED" : "");
}

/// Until something comes in on the socket, or it is time to look again.
void Collector::wait() {
    pollfd socket{logs_->descriptor(), POLLIN, 0};
    ::poll(&socket, socket.fd >= 0, look_again_ms);
}

/// true: there may be more at once.
Result<bool> Collector::turn(Instant now) {
    bool more = false;
    for (Spool& spool : *spools_) {
        auto n = spool.turn(now);
        if (!n) return Unexpected{n.error()};
        more |= *n > 0;
    }
    auto lines = logs_->turn(now);
    if (!lines) return Unexpected{lines.error()};
    more |= *lines > 0;
    if (now >= tell_not_before_) {
        auto told = tell();
        if (!told) return Unexpected{told.error()};
        more |= *told == alarms_a_turn;
    }
    if (now >= next_second_)
        if (auto done = every_second(now); !done) return Unexpected{done.error()};
    return more;
}

/// Some of what is due: reading goes on in between.
Result<std::size_t> Collector::tell() {
    auto n = alarms_.tell(alarms_a_turn);
    if (auto done = bear(n ? Result<Done>(Done{}) : Unexpected{n.error()}); !done) return Unexpected{done.error()};
    return n ? *n : 0;
}

Result<Done> Collector::every_second(Instant now) {
    next_second_ = now + 1s;
    beat();
    notifier_->watchdog();
    if (auto done = logs_->every_second(now); !done) return done;
    return now >= next_retention_ ? bear(retain(now)) : Result<Done>(Done{});
}

/// A step a second while there is something to remove, then a look an hour.
Result<Done> Collector::retain(Instant now) {
    auto gone = retain_step(*store_, wall_clock() + -options_->retain);
    if (!gone) next_retention_ = now + 1min;
    if (!gone) return Unexpected{gone.error()};
    if (*gone == 0) next_retention_ = now + retention_pause;
    return Done{};
}

/// What a full or locked store refused is tried again in a second; a damaged one ends us.
Result<Done> Collector::bear(const Result<Done>& done) {
    if (!done && done.error().code == ExitCode::integrity) return done;
    store_trouble_ = done ? std::string() : done.error().text;
    if (!done) tell_not_before_ = steady() + 1s;
    return Done{};
}

void Collector::beat() {
    AlarmHeartbeat b;
    b.at = wall_clock();
    b.who = "span-collector";
    b.frames = records();
    if (b.frames != beaten_) last_record_ = b.at;
    beaten_ = b.frames;
    b.last_frame = last_record_;
    b.trouble = trouble();
    if (journal_->heartbeat(b)) alarms_.written();
}

std::string Collector::trouble() const {
    for (const Spool& spool : *spools_)
        if (!spool.trouble().empty()) return spool.trouble();
    if (!logs_->trouble().empty()) return logs_->trouble();
    return store_trouble_;
}

std::uint64_t Collector::records() const {
    std::uint64_t sum = logs_->lines();
    for (const Spool& spool : *spools_) sum += spool.records();
    return sum;
}

std::string Collector::totals() const {
    Ingest::Totals sum;
    std::string waited;
    for (const Spool& spool : *spools_) {
        const Ingest::Totals& t = spool.totals();
        sum.packets += t.packets;
        sum.findings_new += t.findings_new;
        sum.samples += t.samples;
        sum.samples_dropped += t.samples_dropped;
        if (!spool.is_open()) waited += fmt::format("; {} is not read", spool.name());
    }
    return fmt::format(
        "{} records: {} packets, {} new findings, {} packets kept whole, {} not for want of room; {}; {} alarms of findings{}", records(),
        sum.packets, sum.findings_new, sum.samples, sum.samples_dropped, logs_->totals(), alarms_.told(), waited);
}

ExitCode Collector::finish(const Result<bool>& last) {
    notifier_->stopping();
    Result<Done> done = Done{};
    if (last) {
        for (Spool& spool : *spools_)
            if (done) done = spool.commit(steady());
        if (done) done = logs_->commit(steady());
        if (done)
            if (auto told = tell(); !told) done = Unexpected{told.error()};
    } else {
        done = Unexpected{last.error()};
    }
    if (!done) {
        ring_(Severity::critical, "store", done.error().text + "; the collector ends");
        say(done.error().text);
    }
    beat();
    say(totals());
    return done ? ExitCode::clean : done.error().code;
}

}  // namespace sw
