#pragma once
/// alarm list|show|ack: what rang, and who has seen it.
#include "collector/cli/options.hpp"

namespace sw {

int alarm_list(const Options& options);
int alarm_show(const Options& options);
int alarm_ack(const Options& options);

}  // namespace sw
