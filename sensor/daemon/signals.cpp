#include "sensor/daemon/signals.hpp"

#include <csignal>
#include <utility>

namespace sw {
namespace {

volatile std::sig_atomic_t stop = 0, reload = 0, counters = 0;

void on_signal(int signal) {
    if (signal == SIGTERM || signal == SIGINT)
        stop = 1;
    else if (signal == SIGHUP)
        reload = 1;
    else
        counters = 1;
}

void handle(int signal, void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    sigaction(signal, &action, nullptr);  // no SA_RESTART: waiting for frames must end
}

bool take(volatile std::sig_atomic_t& flag) {
    const bool was = flag != 0;
    if (was) flag = 0;
    return was;
}

}  // namespace

void catch_sensor_signals() {
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) handle(signal, on_signal);
#ifdef SIGINFO
    handle(SIGINFO, on_signal);
#endif
    handle(SIGPIPE, SIG_IGN);
}

bool stop_asked() { return stop != 0; }
bool reload_asked() { return take(reload); }
bool counters_asked() { return take(counters); }

}  // namespace sw
