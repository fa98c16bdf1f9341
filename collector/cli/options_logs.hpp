#pragma once
/// The verbs of logs, for options.cpp.
#include "collector/cli/options.hpp"

namespace CLI {
class App;
}

namespace sw {

void add_logs(CLI::App& app, Options& o);

}  // namespace sw
