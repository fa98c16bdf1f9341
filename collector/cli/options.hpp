#pragma once
/// The command line of span-watcher, as plain data. CLI11 is used in options.cpp only.
#include <optional>
#include <string>
#include <vector>

#include "rules/base/exit_code.hpp"
#include "rules/policy/policy.hpp"

namespace sw {

enum class Listing : std::uint8_t { none, grey, all };
enum class Colour : std::uint8_t { automatic, always, never };

struct ReplayOptions {
    std::vector<std::string> files;  ///< "-": standard input
    std::optional<Mode> mode;        ///< instead of the policy's
    Listing packets = Listing::none;
    std::string write;  ///< pcapng to write, "" none
    ReasonSet ignore;
    double grace = 0;  ///< seconds
    bool no_progress = false;
};

struct Options {
    std::string noun, verb;
    bool json = false;
    bool unconfined = false;
    Colour colour = Colour::automatic;
    std::string policy = "/etc/span-watcher/policy.toml";
    std::vector<std::string> policy_files;  ///< rules check|show: several; empty: policy
    ReplayOptions replay;
};

/// What the arguments ask for; or, when there is nothing to run (help, version, an error), how to end.
struct ParsedOptions {
    std::optional<Options> options;
    ExitCode exit = ExitCode::clean;
};

/// Prints help and version on stdout, errors on stderr.
ParsedOptions parse_options(int argc, char** argv);

}  // namespace sw
