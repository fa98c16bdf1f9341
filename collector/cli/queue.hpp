#pragma once
/// span-watcher queue VERB: the greylist queue on the command line. One file a verb, text and JSON side by side.
#include "collector/cli/options.hpp"

namespace sw {

int queue_list(const Options& options);
int queue_show(const Options& options);
int queue_take(const Options& options);
int queue_allow(const Options& options);
int queue_dismiss(const Options& options);
int queue_escalate(const Options& options);
int queue_reopen(const Options& options);
int queue_note(const Options& options);
int queue_undo(const Options& options);
int queue_history(const Options& options);

}  // namespace sw
