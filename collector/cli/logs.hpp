#pragma once
/// span-watcher logs: log lines, what hosts are known to say, and what else they said.
#include "collector/cli/options.hpp"

namespace sw {

int logs_list(const Options& options);
int logs_search(const Options& options);
int logs_rare(const Options& options);
int logs_learn(const Options& options);
int logs_freeze(const Options& options);
int logs_announce(const Options& options);
int logs_test(const Options& options);
int logs_import(const Options& options);
int logs_replay(const Options& options);

}  // namespace sw
