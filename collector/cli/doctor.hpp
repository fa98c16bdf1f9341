#pragma once
/// span-watcher doctor: is this appliance set up as it must be, and if not, what mends it.
#include "collector/cli/options.hpp"

namespace sw {

int doctor(const Options& options);

}  // namespace sw
