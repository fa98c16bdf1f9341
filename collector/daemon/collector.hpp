#pragma once
/// The loop of span-collector.
#include <deque>
#include <string>

#include "collector/daemon/finding_alarms.hpp"
#include "collector/daemon/log_keeper.hpp"
#include "collector/daemon/options.hpp"
#include "collector/daemon/spool.hpp"
#include "rules/base/notify.hpp"

namespace sw {

class Collector {
public:
    /// All must outlive it. store: no spool's
    Collector(const CollectorOptions& options, Store& store, std::deque<Spool>& spools, LogKeeper& logs, AlarmWriter& journal,
              const Notifier& notifier)
        : options_(&options),
          store_(&store),
          spools_(&spools),
          logs_(&logs),
          journal_(&journal),
          notifier_(&notifier),
          ring_(journal),
          alarms_(store, journal) {}

    /// Until a signal ends it (clean), or the store is damaged (integrity): the next start sets it aside.
    ExitCode run();

private:
    using Instant = Spool::Instant;

    Result<bool> turn(Instant now);
    Result<std::size_t> tell();
    Result<Done> every_second(Instant now);
    Result<Done> retain(Instant now);
    Result<Done> bear(const Result<Done>& done);
    void beat();
    void wait();
    std::string status() const;
    ExitCode finish(const Result<bool>& last);
    std::string trouble() const;
    std::string totals() const;
    std::uint64_t records() const;

    const CollectorOptions* options_;
    Store* store_;
    std::deque<Spool>* spools_;
    LogKeeper* logs_;
    AlarmWriter* journal_;
    const Notifier* notifier_;
    Ring ring_;
    FindingAlarms alarms_;
    Instant next_second_{}, next_retention_{}, tell_not_before_{};
    std::string store_trouble_;
    std::uint64_t beaten_ = 0;  ///< records() of the last heartbeat
    std::optional<Timestamp> last_record_;
};

}  // namespace sw
