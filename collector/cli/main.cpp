// span-watcher: the command line. One row a noun and verb.
#include <fcntl.h>
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <exception>

#include "collector/cli/alarm.hpp"
#include "collector/cli/doctor.hpp"
#include "collector/cli/export.hpp"
#include "collector/cli/ledger.hpp"
#include "collector/cli/logs.hpp"
#include "collector/cli/options.hpp"
#include "collector/cli/queue.hpp"
#include "collector/cli/replay.hpp"
#include "collector/cli/rules_verbs.hpp"
#include "collector/cli/status.hpp"

namespace {

struct Verb {
    const char* noun;
    const char* verb;
    int (*run)(const sw::Options&);
};

constexpr Verb verbs[] = {
    {"replay", "", sw::replay},
    {"rules", "check", sw::rules_check},
    {"rules", "show", sw::rules_show},
    {"queue", "list", sw::queue_list},
    {"queue", "show", sw::queue_show},
    {"queue", "take", sw::queue_take},
    {"queue", "allow", sw::queue_allow},
    {"queue", "dismiss", sw::queue_dismiss},
    {"queue", "escalate", sw::queue_escalate},
    {"queue", "reopen", sw::queue_reopen},
    {"queue", "note", sw::queue_note},
    {"queue", "undo", sw::queue_undo},
    {"queue", "history", sw::queue_history},
    {"logs", "list", sw::logs_list},
    {"logs", "search", sw::logs_search},
    {"logs", "rare", sw::logs_rare},
    {"logs", "learn", sw::logs_learn},
    {"logs", "freeze", sw::logs_freeze},
    {"logs", "announce", sw::logs_announce},
    {"logs", "test", sw::logs_test},
    {"logs", "import", sw::logs_import},
    {"logs", "replay", sw::logs_replay},
    {"export", "pcapng", sw::export_pcapng},
    {"export", "eve", sw::export_eve},
    {"alarm", "list", sw::alarm_list},
    {"alarm", "show", sw::alarm_show},
    {"alarm", "ack", sw::alarm_ack},
    {"ledger", "list", sw::ledger_list},
    {"status", "", sw::status},
    {"doctor", "", sw::doctor},
};

int run(int argc, char** argv) {
    const sw::ParsedOptions parsed = sw::parse_options(argc, argv);
    if (!parsed.options) return sw::to_int(parsed.exit);
    for (const Verb& v : verbs)
        if (parsed.options->noun == v.noun && parsed.options->verb == v.verb) return v.run(*parsed.options);
    return sw::to_int(sw::ExitCode::input);
}

/// A descriptor 0, 1 or 2 that was closed would be given to the next file we open, and be written into.
void fill_standard_descriptors() {
    for (int fd = 0; fd <= 2; ++fd)
        if (::fcntl(fd, F_GETFD) < 0 && ::open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) < 0) std::abort();
}

}  // namespace

int main(int argc, char** argv) {
    fill_standard_descriptors();
    try {
        return run(argc, argv);
    } catch (const std::exception& e) {  // of the libraries below: out of memory, mostly
        fmt::print(stderr, "span-watcher: {}\n", e.what());
        return sw::to_int(sw::ExitCode::environment);
    }
}
