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

Result<Done> confine_collector(const CollectorOptions& options, const Notifier& notifier) {
    if (options.unconfined) {
        mark_unconfined();
        fmt::print(stderr, "span-collector: UNCONFINED: this process keeps what its user may do\n");
        return Done{};
    }
    std::vector<std::string> writable{folder_of(options.db), options.alarms};
    for (const std::string& spool : options.spools) writable.push_back(present(spool));
    return confine(Role::collector, {}, writable, {.packets = {}, .notify = notifier.descriptor()});
}

/// A connection a spool: ingest sees what others wrote on theirs.
Result<Done> open_spools(const CollectorOptions& options, const Ring& ring, std::deque<Spool>& spools) {
    const SampleLimits limits{.octets = options.sample_octets};
    for (const std::string& folder : options.spools) {
        auto store = Store::open(options.db, Store::Access::review);
        if (!store) return Unexpected{store.error()};
        spools.emplace_back(folder, std::move(*store), limits, ring);
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

    // Nothing here needs privileges; and what is made from now on belongs to the collector's user.
    if (auto dropped = drop_privileges(options->user); !dropped) return failed(dropped.error());
    auto store = Store::open(options->db, Store::Access::ingest);
    if (!store) return failed(store.error());
    auto alarms = AlarmWriter::open(options->alarms);
    if (!alarms) return failed(alarms.error());
    const Ring ring(**alarms);
    if (!store->set_aside().empty()) {
        const std::string text = fmt::format("{}: was damaged: set aside as {}, and a new store begins", escape_for_display(options->db),
                                             escape_for_display(store->set_aside()));
        fmt::print(stderr, "span-collector: {}\n", text);
        ring(Severity::critical, "store", text);
    }

    // From here on no socket can be made, nothing sent, and nothing written but in the folders of store, alarms and spools.
    if (auto confined = confine_collector(*options, *notifier); !confined) return failed(confined.error());
    std::deque<Spool> spools;
    if (auto opened = open_spools(*options, ring, spools); !opened) return failed(opened.error());
    return to_int(Collector(*options, *store, spools, **alarms, *notifier).run());
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
