#include "collector/daemon/signals.hpp"

#include <csignal>
#include <initializer_list>

namespace sw {
namespace {

volatile std::sig_atomic_t end = 0, totals = 0, reload = 0;

void on_signal(int signal) {
    if (signal == SIGTERM || signal == SIGINT)
        end = 1;
    else if (signal == SIGHUP)
        reload = 1;
    else
        totals = 1;
}

void handle(int signal, void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    sigaction(signal, &action, nullptr);  // no SA_RESTART: waiting must end
}

}  // namespace

void catch_collector_signals() {
    for (const int signal : {SIGTERM, SIGINT, SIGUSR1, SIGHUP}) handle(signal, on_signal);
#ifdef SIGINFO
    handle(SIGINFO, on_signal);
#endif
    handle(SIGPIPE, SIG_IGN);
}

bool collector_must_end() { return end != 0; }

bool collector_totals_asked() {
    const bool was = totals != 0;
    if (was) totals = 0;
    return was;
}

bool collector_reload_asked() {
    const bool was = reload != 0;
    if (was) reload = 0;
    return was;
}

}  // namespace sw
