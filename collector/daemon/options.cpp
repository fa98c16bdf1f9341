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
    "usage: span-collector --spool FOLDER [--spool FOLDER ...] --db FILE --alarms FOLDER\n"
    "                      [--retain-days N] [--sample-budget MIB] [--user NAME] [--unconfined]\n";

enum Option : int { spool = 1, db, alarms, user, retain_days, sample_budget, unconfined, help, version };

const std::array<option, 10> long_options{{{"spool", required_argument, nullptr, spool},
                                           {"db", required_argument, nullptr, db},
                                           {"alarms", required_argument, nullptr, alarms},
                                           {"user", required_argument, nullptr, user},
                                           {"retain-days", required_argument, nullptr, retain_days},
                                           {"sample-budget", required_argument, nullptr, sample_budget},
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

Result<Done> take(CollectorOptions& o, int which, const char* value) {
    switch (which) {
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
        case retain_days: {
            const auto days = number("--retain-days", 36'500, value);
            if (!days) return Unexpected{days.error()};
            o.retain = std::chrono::hours{24} * static_cast<std::int64_t>(*days);
            break;
        }
        case sample_budget: {
            const auto mib = number("--sample-budget", 1u << 20, value);
            if (!mib) return Unexpected{mib.error()};
            o.sample_octets = *mib << 20;
            break;
        }
        default:
            break;
    }
    return Done{};
}

Result<Done> check(const CollectorOptions& o) {
    const std::string_view missing = o.spools.empty() ? "--spool" : o.db.empty() ? "--db" : o.alarms.empty() ? "--alarms" : "";
    if (!missing.empty()) return unexpected(fmt::format("{} is missing (--help lists the options)", missing));
    for (auto s = o.spools.begin(); s != o.spools.end(); ++s)
        if (std::find(o.spools.begin(), s, *s) != s)
            return unexpected(fmt::format("--spool {}: is named twice; name each spool once", escape_for_display(*s)));
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
