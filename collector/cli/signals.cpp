#include "collector/cli/signals.hpp"

#include <csignal>

namespace sw {
namespace {

volatile std::sig_atomic_t stopped_by = 0;
volatile std::sig_atomic_t status_asked = 0;

void on_stop(int signal) { stopped_by = signal; }
void on_status(int) { status_asked = 1; }

void handle(int signal, void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    sigaction(signal, &action, nullptr);  // no SA_RESTART: a read of standard input must end
}

}  // namespace

void catch_signals() {
    handle(SIGINT, on_stop);
    handle(SIGTERM, on_stop);
    handle(SIGUSR1, on_status);
    handle(SIGPIPE, SIG_IGN);  // a reader that left shows as EPIPE, and the evidence is still flushed
#ifdef SIGINFO
    handle(SIGINFO, on_status);
#endif
}

int stop_signal() { return stopped_by; }

bool status_wanted() {
    const bool wanted = status_asked != 0;
    status_asked = 0;
    return wanted;
}

}  // namespace sw
