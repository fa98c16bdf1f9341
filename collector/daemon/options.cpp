#include "collector/daemon/options.hpp"

#include <fmt/format.h>
#include <getopt.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "rules/base/text.hpp"

namespace sw {
namespace {

constexpr std::string_view usage =
    "usage: span-collector --spool FOLDER [--spool FOLDER ...] --db FILE --alarms FOLDER [--policy FILE]\n"
    "                      [--log-spool FOLDER ...] [--log-udp ADDRESS:PORT] [--log-journal FOLDER]\n"
    "                      [--retain-days N] [--sample-budget MIB] [--log-days N] [--log-budget MIB] [--user NAME] [--unconfined]\n";

enum Option : int {
    spool = 1,
    db,
    alarms,
    user,
    retain_days,
    sample_budget,
    unconfined,
    help,
    version,
    policy,
    log_spool,
    log_udp,
    log_journal,
    log_days,
    log_budget
};

const std::array<option, 16> long_options{{{"spool", required_argument, nullptr, spool},
                                           {"db", required_argument, nullptr, db},
                                           {"alarms", required_argument, nullptr, alarms},
                                           {"user", required_argument, nullptr, user},
                                           {"retain-days", required_argument, nullptr, retain_days},
                                           {"sample-budget", required_argument, nullptr, sample_budget},
                                           {"policy", required_argument, nullptr, policy},
                                           {"log-spool", required_argument, nullptr, log_spool},
                                           {"log-udp", required_argument, nullptr, log_udp},
                                           {"log-journal", required_argument, nullptr, log_journal},
                                           {"log-days", required_argument, nullptr, log_days},
                                           {"log-budget", required_argument, nullptr, log_budget},
                                           {"unconfined", no_argument, nullptr, unconfined},
                                           {"help", no_argument, nullptr, help},
                                           {"version", no_argument, nullptr, version},
                                           {nullptr, 0, nullptr, 0}}};

Result<std::uint64_t> number(const char* name, std::uint64_t most, std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc{} && end == text.data() + text.size() && value >= 1 && value <= most) return value;
    return unexpected(fmt::format("{} {}: takes a whole number from 1 to {}", name, escape_for_display(text), most));
}

/// Days, at most a century.
Result<Done> take_days(const char* name, const char* value, Duration& out) {
    const auto days = number(name, 36'500, value);
    if (!days) return Unexpected{days.error()};
    out = std::chrono::hours{24} * static_cast<std::int64_t>(*days);
    return Done{};
}

Result<Done> take_mib(const char* name, const char* value, std::uint64_t& out) {
    const auto mib = number(name, 1u << 20, value);
    if (!mib) return Unexpected{mib.error()};
    out = *mib << 20;
    return Done{};
}

Result<Done> take(CollectorOptions& o, int which, const char* value) {
    switch (which) {
        case policy:
            o.policy = value;
            break;
        case log_spool:
            o.log_spools.emplace_back(value);
            break;
        case log_udp:
            o.log_udp = value;
            break;
        case log_journal:
            o.log_journal = value;
            break;
        case log_days:
            return take_days("--log-days", value, o.log_retain);
        case log_budget:
            return take_mib("--log-budget", value, o.log_octets);
        case spool:
            o.spools.emplace_back(value);
            break;
        case db:
            o.db = value;
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
            o.answer = "span-collector " SPAN_VERSION "\n";
            break;
        case retain_days:
            return take_days("--retain-days", value, o.retain);
        case sample_budget:
            return take_mib("--sample-budget", value, o.sample_octets);
        default:
            break;
    }
    return Done{};
}

Result<Done> check(const CollectorOptions& o) {
    const std::string_view missing = o.spools.empty() ? "--spool" : o.db.empty() ? "--db" : o.alarms.empty() ? "--alarms" : "";
    if (!missing.empty()) return unexpected(fmt::format("{} is missing (--help lists the options)", missing));
    for (const auto& [name, folders] : {std::pair{"--spool", &o.spools}, std::pair{"--log-spool", &o.log_spools}})
        for (auto s = folders->begin(); s != folders->end(); ++s)
            if (std::find(folders->begin(), s, *s) != s)
                return unexpected(fmt::format("{} {}: is named twice; name each spool once", name, escape_for_display(*s)));
    if (!o.log_udp.empty() && o.log_journal.empty())
        return unexpected("--log-journal is missing: the folder where what comes in on --log-udp is kept first");
    return Done{};
}

}  // namespace

Result<CollectorOptions> parse_collector_options(int argc, char** argv) {
    CollectorOptions o;
    opterr = 0;
    for (int which; (which = ::getopt_long(argc, argv, "", long_options.data(), nullptr)) != -1;) {
        if (which == '?')
            return unexpected(
                fmt::format("{}: no such option, or its value is missing (--help lists them)", escape_for_display(argv[optind - 1])));
        if (auto taken = take(o, which, optarg); !taken) return Unexpected{taken.error()};
        if (!o.answer.empty()) return o;
    }
    if (optind < argc) return unexpected(fmt::format("{}: takes options only (--help lists them)", escape_for_display(argv[optind])));
    if (auto checked = check(o); !checked) return Unexpected{checked.error()};
    return o;
}

}  // namespace sw
