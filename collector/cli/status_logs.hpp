#pragma once
/// What status says of log lines: who sends them and how, what is lost, whether receiving them makes this host speak, and what
/// is compared with the wire.
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "collector/logs/incoming_line.hpp"
#include "collector/store/store.hpp"

namespace sw {

struct LogFacts {
    struct Source {
        LogVia via = LogVia::file;
        std::string host, address;
        Timestamp first, last;
        std::uint64_t lines = 0, missing = 0;
        std::optional<Duration> skew;
        bool silent = false;
    };
    std::vector<Source> sources;
    struct Loss {
        std::string origin;
        std::uint64_t lost = 0;
        Timestamp last;  ///< hour
    };
    std::vector<Loss> losses;
    struct Pair {
        std::string host, service;
        std::optional<Timestamp> flow, line;
        std::uint64_t agreed = 0, alone = 0;
    };
    std::vector<Pair> witnesses;
    std::uint64_t lines = 0, octets = 0, not_indexed = 0;  ///< in the store now
    std::uint64_t learnt = 0, approved = 0;                ///< templates in force
};
Result<LogFacts> log_facts(Store& store);

/// "SILENT", or "NOT SILENT", and why: of what was heard at all.
struct Silence {
    bool silent = true;
    std::string why;
};
std::optional<Silence> silence_of(const LogFacts& facts);
/// "on", or what is missing.
std::string witness_state(const LogFacts::Pair& pair);

std::vector<std::string> log_problems(const LogFacts& facts);
std::vector<std::string> log_lines(const LogFacts& facts, Timestamp now);
nlohmann::ordered_json log_json(const LogFacts& facts);

}  // namespace sw
