#include "sensor/daemon/options.hpp"

#include <fmt/format.h>
#include <getopt.h>

#include <array>
#include <charconv>
#include <optional>
#include <string_view>

#include "rules/base/text.hpp"

namespace sw {
namespace {

constexpr std::string_view usage =
    "usage: span-sensor --interface NAME --policy FILE --spool FOLDER --alarms FOLDER\n"
    "                   [--ring MIB] [--hold MS] [--budget MIB] [--user NAME] [--grace SECONDS]\n"
    "                   [--threads N] [--unconfined]\n";

enum Option : int { interface = 1, policy, spool, alarms, ring, hold, budget, user, grace, threads, unconfined, help, version };

const std::array<option, 14> long_options{{{"interface", required_argument, nullptr, interface},
                                           {"policy", required_argument, nullptr, policy},
                                           {"spool", required_argument, nullptr, spool},
                                           {"alarms", required_argument, nullptr, alarms},
                                           {"ring", required_argument, nullptr, ring},
                                           {"hold", required_argument, nullptr, hold},
                                           {"budget", required_argument, nullptr, budget},
                                           {"user", required_argument, nullptr, user},
                                           {"grace", required_argument, nullptr, grace},
                                           {"threads", required_argument, nullptr, threads},
                                           {"unconfined", no_argument, nullptr, unconfined},
                                           {"help", no_argument, nullptr, help},
                                           {"version", no_argument, nullptr, version},
                                           {nullptr, 0, nullptr, 0}}};

/// A number option: what it is called, its range, and where its value goes.
struct Range {
    const char* name;
    std::uint64_t least, most;
};
constexpr Range ring_mib{"--ring", 1, 1024}, hold_ms{"--hold", 0, 1000}, budget_mib{"--budget", 1, 1u << 20}, grace_s{"--grace", 0, 86400},
    thread_count{"--threads", 1, LiveSource::most_shares};

Result<std::uint64_t> number(const Range& range, std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc{} && end == text.data() + text.size() && value >= range.least && value <= range.most) return value;
    return unexpected(
        fmt::format("{} {}: takes a whole number from {} to {}", range.name, escape_for_display(text), range.least, range.most));
}

Result<Done> take(SensorOptions& o, int which, const char* value) {
    const auto numeric = [&](const Range& range, auto assign) -> Result<Done> {
        const auto n = number(range, value);
        if (!n) return Unexpected{n.error()};
        assign(*n);
        return Done{};
    };
    switch (which) {
        case interface:
            o.live.interface = value;
            break;
        case policy:
            o.policy = value;
            break;
        case spool:
            o.spool = value;
            break;
        case alarms:
            o.alarms = value;
            break;
        case user:
            o.user = value;
            break;
        case unconfined:
            o.unconfined = true;
            break;
        case help:
            o.answer = usage;
            break;
        case version:
            o.answer = "span-sensor " SPAN_VERSION "\n";
            break;
        case ring:
            return numeric(ring_mib, [&](std::uint64_t n) { o.live.ring_octets = static_cast<std::uint32_t>(n << 20); });
        case hold:
            return numeric(hold_ms, [&](std::uint64_t n) { o.live.hold = std::chrono::milliseconds{n}; });
        case budget:
            return numeric(budget_mib, [&](std::uint64_t n) { o.limits.total_octets = n << 20; });
        case threads:
            return numeric(thread_count, [&](std::uint64_t n) { o.threads = static_cast<unsigned>(n); });
        case grace:
            return numeric(grace_s, [&](std::uint64_t n) { o.grace = std::chrono::seconds{n}; });
        default:
            break;
    }
    return Done{};
}

std::string_view missing_in(const SensorOptions& o) {
    if (o.live.interface.empty()) return "--interface";
    if (o.policy.empty()) return "--policy";
    if (o.spool.empty()) return "--spool";
    return o.alarms.empty() ? "--alarms" : "";
}

}  // namespace

Result<SensorOptions> parse_sensor_options(int argc, char** argv) {
    SensorOptions o;
    opterr = 0;
    for (int which; (which = ::getopt_long(argc, argv, "", long_options.data(), nullptr)) != -1;) {
        if (which == '?')
            return unexpected(
                fmt::format("{}: no such option, or its value is missing (--help lists them)", escape_for_display(argv[optind - 1])));
        if (auto taken = take(o, which, optarg); !taken) return Unexpected{taken.error()};
        if (!o.answer.empty()) return o;
    }
    if (optind < argc) return unexpected(fmt::format("{}: takes options only (--help lists them)", escape_for_display(argv[optind])));
    if (const std::string_view name = missing_in(o); !name.empty())
        return unexpected(fmt::format("{} is missing (--help lists the options)", name));
    return o;
}

}  // namespace sw
