// span-sensor: judges what passes on one interface. main() reads as the list of powers that it gives up.
#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>

#include "rules/base/notify.hpp"
#include "rules/confine/confine.hpp"
#include "rules/confine/drop.hpp"
#include "sensor/daemon/fan_in.hpp"
#include "sensor/daemon/options.hpp"
#include "sensor/daemon/policy_place.hpp"
#include "sensor/daemon/signals.hpp"
#include "sensor/daemon/watch.hpp"

namespace {

using namespace sw;

int failed(const Error& error) {
    fmt::print(stderr, "span-sensor: {}\n", error.text);
    return to_int(error.code);
}

Result<Done> confine_sensor(const SensorOptions& options, const PolicyPlace& place, const Descriptors& known) {
    const Role role = options.threads > 1 ? Role::sensor_threads : Role::sensor;
    if (!options.unconfined) return confine(role, {place.folder()}, {options.spool, options.alarms}, known);
    mark_unconfined();
    fmt::print(stderr, "span-sensor: UNCONFINED: this process keeps what its user may do\n");
    return Done{};
}

/// A descriptor 0, 1 or 2 that was closed would be given to the next file we open, and be written into.
void fill_standard_descriptors() {
    for (int fd = 0; fd <= 2; ++fd)
        if (::fcntl(fd, F_GETFD) < 0 && ::open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) < 0) std::abort();
}

Result<std::vector<LiveSource>> open_rings(const SensorOptions& options) {
    if (options.threads > 1) return LiveSource::open_shares(options.live, options.threads);
    auto one = LiveSource::open(options.live);
    if (!one) return Unexpected{one.error()};
    std::vector<LiveSource> rings;
    rings.push_back(std::move(*one));
    return rings;
}

std::unique_ptr<Intake> intake_of(std::vector<LiveSource>& rings, const SensorOptions& options) {
    if (rings.size() == 1) return std::make_unique<OneRing>(rings.front());
    return std::make_unique<FanIn>(rings, options.live.hold);
}

int run(int argc, char** argv) {
    const auto options = parse_sensor_options(argc, argv);
    if (!options) return failed(options.error());
    if (!options->answer.empty()) return fmt::print("{}", options->answer), 0;
    if (sodium_init() < 0) return failed({ExitCode::environment, "libsodium: no random numbers"});
    catch_sensor_signals();
    const auto notifier = Notifier::from_environment();
    if (!notifier) return failed(notifier.error());

    if (options->user.empty() && ::geteuid() == 0)
        return failed({ExitCode::environment, "started by root, so say who to become: --user NAME"});
    // The packet device is all that needs privileges: they end here.
    auto rings = open_rings(*options);
    if (!rings) return failed(rings.error());
    if (auto dropped = drop_privileges(options->user); !dropped) return failed(dropped.error());

    auto spool = JournalWriter::open(options->spool, options->limits);
    if (!spool) return failed(spool.error());
    auto alarms = AlarmWriter::open(options->alarms);
    if (!alarms) return failed(alarms.error());
    const auto place = PolicyPlace::open(options->policy);
    if (!place) return failed(place.error());
    auto text = place->read();
    if (!text) return failed(text.error());

    // From here on no socket can be made, nothing sent, and nothing written but into the two journals.
    Descriptors known{.packets = {}, .notify = notifier->descriptor()};
    for (const LiveSource& ring : *rings) known.packets.push_back(ring.descriptor());
    if (auto confined = confine_sensor(*options, *place, known); !confined) return failed(confined.error());

    auto policy = usable_policy(options->policy, std::move(*text), rings->front().link());
    if (!policy) return failed(policy.error());
    const auto intake = intake_of(*rings, *options);
    return to_int(Watch(*options, *intake, **spool, **alarms, *place, std::move(*policy), *notifier).run());
}

}  // namespace

int main(int argc, char** argv) {
    fill_standard_descriptors();
    try {
        return run(argc, argv);
    } catch (const std::exception& e) {  // of the libraries below: out of memory, mostly
        fmt::print(stderr, "span-sensor: {}\n", e.what());
        return to_int(ExitCode::environment);
    }
}
