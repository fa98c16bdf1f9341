#pragma once
/// span-watcher ledger: who used which service, from when to when.
#include "collector/cli/options.hpp"

namespace sw {

int ledger_list(const Options& options);

}  // namespace sw
