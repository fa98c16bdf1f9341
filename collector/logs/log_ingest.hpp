#pragma once
/// Lines into the store, exactly once: events, what they are findings of, what was learnt, and the positions they account for go
/// in one transaction. One of these a process takes the lines of all its sources, so that all share one whitelist.
#include <memory>
#include <span>
#include <string>

#include "collector/logs/incoming_line.hpp"
#include "collector/store/ingest.hpp"
#include "collector/store/store.hpp"
#include "rules/logs/log_policy.hpp"
#include "sensor/journal/record.hpp"

namespace sw {

struct LogIngestOptions {
    SampleLimits samples = {};
    bool live = false;         ///< of a daemon: new findings become alarms, and who falls silent is one
    bool learn = false;        ///< everything is learnt (logs replay --learn)
    bool only_learn = false;   ///< nothing else is kept: the lines are in the store already
    std::string marker = {};   ///< what tells this learning from others, with learn
    std::string host = {};     ///< of lines without a source: who said them, whatever they claim; "": as they claim
    std::string program = {};  ///< for the store's record: "span-collector 0.1.0"
    bool unconfined = false;
};

/// The policy that lines are judged by. Both are made once and live as long as anybody holds them.
struct LogRules {
    std::shared_ptr<const Policy> policy;
    std::shared_ptr<const LogPolicy> logs;
};

struct LogTotals {
    std::uint64_t lines = 0, octets = 0, known = 0, allowed = 0, learnt = 0, grey = 0, black = 0;
};

class LogIngest {
public:
    /// Reads what the store knows of hosts. store must outlive it, and is not written by others through the same connection.
    /// errors: the store's
    static Result<std::unique_ptr<LogIngest>> open(Store& store, LogRules rules, const LogIngestOptions& options);
    ~LogIngest();

    /// From the next line on.
    void set_rules(LogRules rules);

    /// Read, judge and keep a line. What goes wrong is told by commit().
    /// cost: about two microseconds for a known line, with its share of the commit four more
    void line(const IncomingLine& line);
    /// A conversation that ought to have left a line, as a sensor saw it.
    void opening(const OpeningRecord& opening);
    /// So many lines are known to be lost on their way here.
    void lost(std::string_view origin, Timestamp at, std::uint64_t lines);
    /// Conversations are known up to this moment of packet time; services: that its sensor's policy has rules for.
    void conversations_until(Timestamp ts);
    void sensor_policy(const RunRecord& run);

    /// Rows that wait: commit at comfortable, and at least once a second.
    std::size_t pending() const;
    static constexpr std::size_t comfortable = 10'000;

    /// How far a journal is in the store; a default position if nothing of it is.
    Result<LogPosition> position(const std::string& journal);
    /// All lines so far account for these journals up to here. now: to which moment (by the sources' clock) everything that was
    /// said has come; silence and missing witnesses are judged by it.
    /// errors: the store's; nothing since the last commit is in it then, and every further call fails until recover()
    Result<Done> commit(std::span<const LogPosition> positions, Timestamp now);
    /// After an error: what the sources gave since the last commit must be given again.
    Result<Done> recover();

    const LogTotals& totals() const;         ///< committed
    const Ingest::Totals& findings() const;  ///< committed
    /// Of this process's lines, uncommitted ones too: of one source's lines the one received last.
    Timestamp last_received() const;

private:
    class Impl;
    explicit LogIngest(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace sw
