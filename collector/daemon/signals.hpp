#pragma once
/// What a collector is asked by signals: TERM and INT end it, USR1 (and INFO) tells counters. HUP changes nothing: it holds no
/// file that anybody rotates.

namespace sw {

void catch_collector_signals();
bool collector_must_end();
/// Was it asked since the last call?
bool collector_totals_asked();

}  // namespace sw
