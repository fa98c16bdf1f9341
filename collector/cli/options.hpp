#pragma once
/// The command line of span-watcher, as plain data. CLI11 is used in options.cpp only.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rules/base/exit_code.hpp"
#include "rules/policy/policy.hpp"

namespace sw {

enum class Listing : std::uint8_t { none, grey, all };
enum class Colour : std::uint8_t { automatic, always, never };

struct ReplayOptions {
    std::vector<std::string> files;  ///< "-": standard input
    std::optional<Mode> mode;        ///< instead of the policy's
    Listing packets = Listing::none;
    std::string write;  ///< pcapng to write, "" none
    ReasonSet ignore;
    double grace = 0;  ///< seconds
    bool eve = false;  ///< an alert a packet that is not allowed, and nothing else
    bool no_progress = false;
    bool again = false;  ///< count captures that the store has already
};

/// queue VERB, export and what they share: which findings, and who decides why.
struct QueueOptions {
    std::vector<std::int64_t> ids;
    std::string match;                    ///< all of list's filters and --match, as one expression (collector/store/match.hpp)
    std::optional<std::uint64_t> expect;  ///< with --match: how many findings that must be
    std::string message;                  ///< -m
    std::string as;                       ///< --as NAME: root only
    std::optional<std::int64_t> if_version;
    std::string sort = "priority";
    std::uint64_t limit = 50, page = 1;
    std::uint64_t samples = 16;  ///< show: so many
    bool hex = true, dissect = true;
    std::string write;         ///< allow: the policy file to edit
    bool add = false;          ///< allow: into the store's whitelist of lines
    std::string owner, until;  ///< allow: default the analyst, 90 days from now
    std::int64_t review = 0;   ///< undo: 0 is the analyst's last decision
    bool verify = false;       ///< history
    std::string head;          ///< history --verify: a hash noted earlier
    std::string output = "-";  ///< export: file
};

/// alarm VERB; status and doctor take its journals. Signed as the queue's decisions are: QueueOptions::message and as.
struct AlarmOptions {
    std::vector<std::string> journals;  ///< folders; empty: where the daemons keep theirs
    std::vector<std::string> ids;
    bool all = false;             ///< ack
    std::string since, severity;  ///< list; "": any
    std::uint64_t limit = 50;
};

/// logs VERB. Signed as the queue's decisions are: QueueOptions::message and as.
struct LogsOptions {
    std::vector<std::string> files;  ///< replay, test; import: directories
    std::vector<std::string> words;  ///< search
    std::string host, program, state, since, until, verdict;
    std::optional<std::int64_t> finding;
    std::string line;    ///< test: one, instead of files
    std::string within;  ///< announce, learn --for: 30m, 2h, 7d
    std::string zone;    ///< replay: "+01:00"
    std::uint64_t limit = 100;
    bool values = false;  ///< list
    bool learn = false;   ///< replay
    bool stored = false;  ///< learn: from what the store has
    bool stop = false;    ///< learn
    bool again = false;   ///< replay
};

/// ledger list
struct LedgerOptions {
    std::vector<std::string> rules, addresses;
    std::string since, until;  ///< "": any
    bool live = false;
    std::uint64_t limit = 50;
};

struct DoctorOptions {
    std::string interface;            ///< "": those that are prepared for a sensor
    std::vector<std::string> spools;  ///< folders; empty: where the daemons keep theirs
};

struct Options {
    std::string noun, verb;
    bool json = false;
    bool unconfined = false;
    Colour colour = Colour::automatic;
    std::string policy = "/etc/span-watcher/policy.toml";
    std::string db;                         ///< --db; "" where none was named: replay then keeps nothing, others use default_store
    std::vector<std::string> policy_files;  ///< rules check|show: several; empty: policy
    ReplayOptions replay;
    QueueOptions queue;
    AlarmOptions alarm;
    LedgerOptions ledger;
    LogsOptions logs;
    DoctorOptions doctor;
};
inline constexpr const char* default_store = "/var/lib/span-watcher/store.db";

/// What the arguments ask for; or, when there is nothing to run (help, version, an error), how to end.
struct ParsedOptions {
    std::optional<Options> options;
    ExitCode exit = ExitCode::clean;
};

/// Prints help and version on stdout, errors on stderr.
ParsedOptions parse_options(int argc, char** argv);

}  // namespace sw
