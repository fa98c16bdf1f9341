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
    std::vector<std::string> log_spools;                   ///< folders that a syslog daemon fills
    std::string log_udp;                                   ///< "192.0.2.66:514"; "": none, or the one that the supervisor hands over
    std::string log_journal;                               ///< folder for what comes in on it
    std::string policy;                                    ///< ""; else log lines are judged by it
    std::string user;                                      ///< to become; "": who we are
    Duration retain = std::chrono::hours{24 * 400};        ///< of flows, charts and the hours of decided findings
    Duration log_retain = std::chrono::hours{24 * 400};    ///< of log lines
    std::uint64_t log_octets = std::uint64_t{4096} << 20;  ///< of log lines, as received
    std::uint64_t sample_octets = std::uint64_t{256} << 20;
    bool unconfined = false;
    std::string answer;  ///< --help, --version: print it, and that is all
};

/// errors: one line that names the option and what it takes (code input)
Result<CollectorOptions> parse_collector_options(int argc, char** argv);

}  // namespace sw
