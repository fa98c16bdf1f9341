// span-collector: takes what sensors recorded into the store. main() reads as the list of powers that it gives up.
#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <exception>

#include "collector/daemon/collector.hpp"
#include "collector/daemon/signals.hpp"
#include "rules/base/text.hpp"
#include "rules/confine/confine.hpp"
#include "rules/confine/drop.hpp"

namespace {

using namespace sw;

int failed(const Error& error) {
    fmt::print(stderr, "span-collector: {}\n", error.text);
    return to_int(error.code);
}

/// A descriptor 0, 1 or 2 that was closed would be given to the next file we open, and be written into.
void fill_standard_descriptors() {
    for (int fd = 0; fd <= 2; ++fd)
        if (::fcntl(fd, F_GETFD) < 0 && ::open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) < 0) std::abort();
}

std::string folder_of(std::string path) {
    while (path.size() > 1 && path.back() == '/') path.pop_back();
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

/// A spool that is not there yet will be made in its folder.
std::string present(const std::string& spool) {
    struct stat status {};
    return ::stat(spool.c_str(), &status) == 0 ? spool : folder_of(spool);
}

/// What its policy imports lies in folders of its own.
std::vector<std::string> readable(const CollectorOptions& options, const LogRules& rules) {
    std::vector<std::string> folders = rules.policy->log.import;
    if (!options.policy.empty()) folders.push_back(folder_of(options.policy));
    return folders;
}

Result<Done> confine_collector(const CollectorOptions& options, const LogRules& rules, const Notifier& notifier, int socket) {
    if (options.unconfined) {
        mark_unconfined();
        fmt::print(stderr, "span-collector: UNCONFINED: this process keeps what its user may do\n");
        return Done{};
    }
    std::vector<std::string> writable{folder_of(options.db), options.alarms};
    for (const std::string& spool : options.spools) writable.push_back(present(spool));
    for (const std::string& spool : options.log_spools) writable.push_back(present(spool));
    if (!options.log_journal.empty()) writable.push_back(options.log_journal);
    return confine(Role::collector, readable(options, rules), writable, {.packets = {}, .notify = notifier.descriptor(), .syslog = socket});
}

/// The supervisor's, or our own; or none.
Result<std::optional<LogSocket>> open_socket(const CollectorOptions& options) {
    auto passed = LogSocket::from_environment();
    if (!passed) return passed;
    if (*passed && options.log_journal.empty())
        return unexpected("a socket was handed over: name the folder where what comes in on it is kept first (--log-journal)");
    if (*passed || options.log_udp.empty()) return passed;
    auto bound = LogSocket::bind(options.log_udp);
    if (!bound) return Unexpected{bound.error()};
    return std::optional<LogSocket>(std::move(*bound));
}

Result<LogRules> open_rules(const CollectorOptions& options) {
    if (options.policy.empty()) return no_log_rules();
    auto loaded = load_log_rules(options.policy);
    if (!loaded) return Unexpected{loaded.error()};
    if (!loaded->problems.empty())
        fmt::print(stderr, "span-collector: {} imported rules are not used (span-watcher logs import lists them)\n",
                   loaded->problems.size());
    return std::move(loaded->rules);
}

/// Its own connection, as each spool has.
Result<std::unique_ptr<LogKeeper>> open_logs(const CollectorOptions& options, LogRules rules, std::optional<LogSocket> socket,
                                             const Ring& ring) {
    std::unique_ptr<DatagramReceiver> receiver;
    if (socket) {
        constexpr JournalLimits limits{.segment_octets = 16u << 20, .total_octets = 1u << 30};
        auto opened = DatagramReceiver::open(std::move(*socket), options.log_journal, limits, options.unconfined);
        if (!opened) return Unexpected{opened.error()};
        receiver = std::move(*opened);
    }
    auto store = Store::open(options.db, Store::Access::review);
    if (!store) return Unexpected{store.error()};
    return LogKeeper::open(options, std::move(*store), std::move(rules), std::move(receiver), ring);
}

/// A connection a spool: ingest sees what others wrote on theirs.
Result<Done> open_spools(const CollectorOptions& options, const Ring& ring, const LogKeeper& logs, std::deque<Spool>& spools) {
    const SampleLimits limits{.octets = options.sample_octets};
    for (const std::string& folder : options.spools) {
        auto store = Store::open(options.db, Store::Access::review);
        if (!store) return Unexpected{store.error()};
        spools.emplace_back(folder, std::move(*store), limits, ring, [&logs](const std::string& spool) { return logs.read_to(spool); });
    }
    return Done{};
}

int run(int argc, char** argv) {
    const auto options = parse_collector_options(argc, argv);
    if (!options) return failed(options.error());
    if (!options->answer.empty()) return fmt::print("{}", options->answer), 0;
    if (sodium_init() < 0) return failed({ExitCode::environment, "libsodium: no random numbers"});
    catch_collector_signals();
    const auto notifier = Notifier::from_environment();
    if (!notifier) return failed(notifier.error());

    // A port below 1024 is all that may need privileges; what is made from now on belongs to the collector's user.
    auto socket = open_socket(*options);
    if (!socket) return failed(socket.error());
    if (auto dropped = drop_privileges(options->user); !dropped) return failed(dropped.error());
    auto store = Store::open(options->db, Store::Access::ingest);
    if (!store) return failed(store.error());
    auto alarms = AlarmWriter::open(options->alarms);
    if (!alarms) return failed(alarms.error());
    auto rules = open_rules(*options);
    if (!rules) return failed(rules.error());
    const Ring ring(**alarms);
    if (!store->set_aside().empty()) {
        const std::string text = fmt::format("{}: was damaged: set aside as {}, and a new store begins", escape_for_display(options->db),
                                             escape_for_display(store->set_aside()));
        fmt::print(stderr, "span-collector: {}\n", text);
        ring(Severity::critical, "store", text);
    }

    // From here on no socket can be made, nothing sent, and nothing written but in the folders of store, alarms and spools.
    const int descriptor = *socket ? (*socket)->descriptor() : -1;
    if (auto confined = confine_collector(*options, *rules, *notifier, descriptor); !confined) return failed(confined.error());
    auto logs = open_logs(*options, std::move(*rules), std::move(*socket), ring);
    if (!logs) return failed(logs.error());
    std::deque<Spool> spools;
    if (auto opened = open_spools(*options, ring, **logs, spools); !opened) return failed(opened.error());
    return to_int(Collector(*options, *store, spools, **logs, **alarms, *notifier).run());
}

}  // namespace

int main(int argc, char** argv) {
    fill_standard_descriptors();
    try {
        return run(argc, argv);
    } catch (const std::exception& e) {  // of the libraries below: out of memory, mostly
        fmt::print(stderr, "span-collector: {}\n", e.what());
        return to_int(ExitCode::environment);
    }
}
