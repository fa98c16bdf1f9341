#pragma once
/// SIGINT and SIGTERM end a replay after the frames in hand; SIGUSR1 (and SIGINFO where there is one) asks for a line.

namespace sw {

void catch_signals();
/// The signal that asked to stop, or 0.
int stop_signal();
/// Was a status line asked for since the last call?
bool status_wanted();

}  // namespace sw
