#pragma once
/// What the store knows of hosts and what they may say, in memory: read whole, written by LogIngest as it changes. What people
/// decide in other processes is noticed and read again between two commits.
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "collector/logs/incoming_line.hpp"
#include "collector/logs/log_cause.hpp"
#include "collector/logs/log_ingest.hpp"
#include "collector/store/database.hpp"
#include "rules/logs/boot_tracker.hpp"
#include "rules/logs/log_judge.hpp"

namespace sw {

/// One row of log_source: what the store has, and what came since the last commit.
struct LogSourceRow {
    std::int64_t id = 0;  ///< 0: not in the store yet
    LogVia via = LogVia::file;
    Address address;
    std::string host, mac;
    Timestamp first, last;
    std::optional<std::uint64_t> sequence;
    std::optional<std::int64_t> zone;  ///< seconds
    std::optional<std::int64_t> skew;  ///< nanoseconds
    bool silent = false;
    std::uint64_t lines = 0, octets = 0, missing = 0;  ///< since the last commit
    bool changed = false;
};

/// A boot whose window closed since the last commit.
struct ClosedBoot {
    Timestamp marker;
    BootList list;
    std::uint32_t number = 0;  ///< its finding within this run of Ingest: that it is otherwise, or its learning; 0: none in this run
    std::int64_t finding = 0;  ///< the same as a row, if it is one already; 0: none
};

/// One host: what a person wants learnt of it, and what it calls itself.
struct LogHostRow {
    Timestamp learn_from, learn_until;  ///< everything received in between
    std::int64_t learning = 0;          ///< finding of its last learning; 0: none
    bool frozen = false;                ///< that stands allowed
    std::set<std::string, std::less<>> claims;
    bool learns = false;                ///< right now
    std::uint32_t learning_number = 0;  ///< the last learning's finding within this run of Ingest; 0: none in it
    std::vector<std::pair<std::string, std::uint32_t>> new_claims;  ///< learnt, under which finding; not written yet
    std::uint64_t boot_lines_written = 0;                           ///< of the boot that goes on
    std::vector<ClosedBoot> closed_boots;                           ///< not written yet
    bool discard = false;                                           ///< what its last learning learnt is to be thrown away
    bool changed = false;
};

class LogBook {
public:
    static Result<std::unique_ptr<LogBook>> load(Database& db, const LogRules& rules);

    LogJudge judge;
    BootTracker boots;
    std::vector<LogSourceRow> sources;
    std::map<std::string, LogHostRow, std::less<>> hosts;

    /// Findings that the store has, by key; and how many undecided ones there are that a fold would take, by the fold's key, and by host
    /// and reason: who makes a host say a thousand new things must not drown what it says of a new user.
    struct Members {
        std::unordered_set<std::string> known;
        std::unordered_map<std::string, std::uint32_t> of_fold, of_host;
        void add(const LogCause& cause, bool undecided);
        static std::string host_key(const LogCause& cause);
    } members;
    std::vector<std::string> problems;  ///< rows that could not be used, a line each

private:
    LogBook(LogJudge j, BootTracker b) : judge(std::move(j)), boots(std::move(b)) {}
    Result<Done> load_sources(Database& db);
    Result<Done> load_hosts(Database& db);
    Result<Done> load_boots(Database& db, BootRow& row);
    Result<Done> load_templates(Database& db);
    Result<Done> load_members(Database& db);
};

/// Changes whenever a person decided on a finding or changed what is learnt: then the book is to be loaded again.
Result<std::string> log_token(Database& db);
/// For those who change it: setting log_version, in the caller's transaction.
Result<Done> bump_log_version(Database& db);

/// Setting log_hash_key; made if it is not there.
Result<std::array<std::uint8_t, 16>> log_hash_key(Database& db);

LogLimits limits_of(const LogSection& section);
BootSettings boot_settings_of(const LogSection& section);

/// What a host is called: the name that [names] gives its address alone, else the address.
std::string host_name_of(const Policy& policy, const Address& address);

}  // namespace sw
