#pragma once
/// span-watcher rules check | show.
#include "collector/cli/options.hpp"

namespace sw {

int rules_check(const Options& options);
int rules_show(const Options& options);

}  // namespace sw
