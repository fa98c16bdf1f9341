// span-watcher: the command line. One row a noun and verb.
#include <fmt/format.h>

#include <cstdio>
#include <exception>

#include "collector/cli/options.hpp"
#include "collector/cli/replay.hpp"
#include "collector/cli/rules_verbs.hpp"

namespace {

struct Verb {
    const char* noun;
    const char* verb;
    int (*run)(const sw::Options&);
};

constexpr Verb verbs[] = {
    {"replay", "", sw::replay},
    {"rules", "check", sw::rules_check},
    {"rules", "show", sw::rules_show},
};

int run(int argc, char** argv) {
    const sw::ParsedOptions parsed = sw::parse_options(argc, argv);
    if (!parsed.options) return sw::to_int(parsed.exit);
    for (const Verb& v : verbs)
        if (parsed.options->noun == v.noun && parsed.options->verb == v.verb) return v.run(*parsed.options);
    return sw::to_int(sw::ExitCode::input);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& e) {  // of the libraries below: out of memory, mostly
        fmt::print(stderr, "span-watcher: {}\n", e.what());
        return sw::to_int(sw::ExitCode::environment);
    }
}
