#pragma once
/// span-watcher status: is the store healthy, and is the queue worked.
#include "collector/cli/options.hpp"

namespace sw {

int status(const Options& options);

}  // namespace sw
