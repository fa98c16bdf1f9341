#pragma once
/// span-watcher export pcapng | eve.
#include "collector/cli/options.hpp"

namespace sw {

int export_pcapng(const Options& options);
int export_eve(const Options& options);

}  // namespace sw
