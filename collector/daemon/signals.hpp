#pragma once
/// What a collector is asked by signals: TERM and INT end it, USR1 (and INFO) tells counters, HUP reads the policy again.

namespace sw {

void catch_collector_signals();
bool collector_must_end();
/// Was it asked since the last call?
bool collector_totals_asked();
bool collector_reload_asked();

}  // namespace sw
