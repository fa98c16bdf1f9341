#pragma once
/// The command line of span-collector(8).
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "rules/base/result.hpp"
#include "rules/base/time.hpp"

namespace sw {

struct CollectorOptions {
    std::vector<std::string> spools;
    std::string db, alarms;
    std::string user;                                ///< to become; "": who we are
    Duration retain = std::chrono::hours{24 * 400};  ///< of flows, charts and the hours of decided findings
    std::uint64_t sample_octets = std::uint64_t{256} << 20;
    bool unconfined = false;
    std::string answer;  ///< --help, --version: print it, and that is all
};

/// errors: one line that names the option and what it takes (code input)
Result<CollectorOptions> parse_collector_options(int argc, char** argv);

}  // namespace sw
