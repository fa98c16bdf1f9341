#pragma once
/// What a sensor is asked by signals: TERM and INT end it, HUP reads the policy again, USR1 (and INFO) tells counters.

namespace sw {

void catch_sensor_signals();
bool stop_asked();
/// Was it asked since the last call?
bool reload_asked();
bool counters_asked();

}  // namespace sw
