// span-alarm: reads alarm journals, rings people. Its powers, given up one after the other.
#include <fmt/format.h>
#include <poll.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>

#include "collector/alarm/listener.hpp"
#include "rules/confine/confine.hpp"
#include "rules/confine/drop.hpp"

namespace {

constexpr timespec look_again{0, 100'000'000};

struct Asked {
    volatile std::sig_atomic_t end = 0, reopen = 0, counters = 0;
};
// Of the process, as signals are.
Asked asked;

void note(int signal) {
    if (signal == SIGTERM || signal == SIGINT) asked.end = signal;
    if (signal == SIGHUP) asked.reopen = 1;
    if (signal == SIGUSR1) asked.counters = 1;
}

/// Signals arrive only while it waits. Gives the mask to wait with.
sigset_t hold_signals() {
    struct sigaction action {};
    action.sa_handler = note;
    sigset_t held, before;
    ::sigemptyset(&held);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) {
        ::sigaction(signal, &action, nullptr);
        ::sigaddset(&held, signal);
    }
    std::signal(SIGPIPE, SIG_IGN);
    ::sigprocmask(SIG_BLOCK, &held, &before);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) ::sigdelset(&before, signal);
    return before;
}

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

sw::Result<sw::Done> give_up_powers(const sw::ListenerOptions& o) {
    if (auto dropped = sw::drop_privileges(""); !dropped) return dropped;
    if (o.unconfined) {
        sw::mark_unconfined();
        return sw::Done{};
    }
    std::vector<std::string> readable = o.journals, writable = {o.state};
    if (!o.file.empty()) writable.push_back(folder_of(o.file));
    if (!o.acks.empty()) readable.push_back(folder_of(o.acks));
    if (!o.command.empty()) readable.push_back(o.command);
    for (const std::string& path : o.terminals) writable.push_back(path);
    for (const std::string& path : o.leds) writable.push_back(path);
    for (const sw::SerialLine& line : o.serials) writable.push_back(line.path);
    return sw::confine(o.command.empty() ? sw::Role::alarm : sw::Role::alarm_command, readable, writable);
}

sw::Timestamp wall_clock() {
    return {std::chrono::duration_cast<sw::Duration>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

int listen(sw::Listener& listener, const sigset_t& waiting) {
    while (asked.end == 0) {
        const bool more = listener.step(std::chrono::steady_clock::now(), wall_clock());
        const timespec none{0, 0};
        ::ppoll(nullptr, 0, more ? &none : &look_again, &waiting);
        if (std::exchange(asked.reopen, 0) != 0) listener.reopen();
        if (std::exchange(asked.counters, 0) != 0) fmt::print(stderr, "span-alarm: {}\n", listener.counters());
    }
    listener.finish(std::chrono::steady_clock::now(), wall_clock());
    fmt::print(stderr, "span-alarm: {}\n", listener.counters());
    return sw::to_int(sw::ExitCode::clean);
}

int failed(const sw::Error& error) {
    fmt::print(stderr, "span-alarm: {}\n", error.text);
    return sw::to_int(error.code);
}

int run(int argc, char** argv) {
    const sw::ParsedListenerOptions parsed = sw::parse_listener_options(argc, argv);
    if (!parsed.options) return sw::to_int(parsed.exit);
    const sigset_t waiting = hold_signals();
    auto parts = sw::open_parts(*parsed.options);
    if (!parts) return failed(parts.error());
    if (const auto done = give_up_powers(*parsed.options); !done) return failed(done.error());
    sw::Listener listener(*parsed.options, std::move(*parts), std::chrono::steady_clock::now());
    return listen(listener, waiting);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& e) {  // of the libraries below: out of memory, mostly
        fmt::print(stderr, "span-alarm: {}\n", e.what());
        return sw::to_int(sw::ExitCode::environment);
    }
}
