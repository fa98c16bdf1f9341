// The supervisor, which only forks and waits, and its children, which run libtins on one frame each.
#include "collector/dissect/dissect_child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <new>
#include <optional>

#include "collector/dissect/limits.hpp"
#include "rules/confine/confine.hpp"

namespace sw::dissecting {
namespace {

constexpr int exit_memory = 3, exit_too_long = 4;

/// What the caller had open or handled is not ours.
void forget_the_caller(const UniqueFd& requests, const UniqueFd& answers) {
    for (const int s : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGUSR1, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) std::signal(s, SIG_DFL);
    std::signal(SIGINT, SIG_IGN);  // Ctrl-C is for the caller; we end when our requests do
    ::dup2(requests.get(), STDIN_FILENO);
    ::dup2(answers.get(), STDOUT_FILENO);
    if (const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC); null >= 0) ::dup2(null, STDERR_FILENO);
    ::closefrom(STDERR_FILENO + 1);
}

std::string packed(const std::vector<std::string>& lines) {
    std::string out;
    for (const std::string& line : lines) {
        const auto size = static_cast<std::uint16_t>(std::min<std::size_t>(line.size(), UINT16_MAX));
        out.append(reinterpret_cast<const char*>(&size), sizeof size).append(line, 0, size);
        if (out.size() > max_answer) break;
    }
    return out;
}

[[noreturn]] void out_of_memory() { ::_exit(exit_memory); }

[[noreturn]] void dissect_and_exit(const Request& request, const std::vector<std::uint8_t>& octets, int answer) {
    limit_child();
    std::set_new_handler(out_of_memory);
    Frame frame;
    frame.data = octets.data();
    frame.caplen = frame.len = static_cast<std::uint32_t>(octets.size());
    frame.link = {request.linktype, request.swapped != 0};
    const std::string text = packed(tins_lines(frame));
    if (text.size() > max_answer) ::_exit(exit_too_long);
    ::_exit(write_all(answer, text.data(), text.size()) ? 0 : 1);
}

Outcome outcome_of(int status) {
    if (WIFSIGNALED(status)) return WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL ? Outcome::cpu_limit : Outcome::crashed;
    switch (WEXITSTATUS(status)) {
        case 0:
            return Outcome::done;
        case exit_memory:
            return Outcome::memory;
        case exit_too_long:
            return Outcome::too_long;
        default:
            return Outcome::crashed;
    }
}

struct Reply {
    Outcome outcome = Outcome::no_process;
    std::string text;
};

/// Everything the child says until it ends; what is too much or too late ends it.
std::optional<Outcome> collect(int from, std::string& text) {
    std::array<char, 4096> piece;
    for (;;) {
        pollfd wanted{from, POLLIN, 0};
        const int ready = ::poll(&wanted, 1, patience_ms);
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) return Outcome::stuck;
        const ssize_t n = ::read(from, piece.data(), piece.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return std::nullopt;
        text.append(piece.data(), static_cast<std::size_t>(n));
        if (text.size() > max_answer) return Outcome::too_long;
    }
}

Reply run_child(const Request& request, const std::vector<std::uint8_t>& octets) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return {};
    UniqueFd from(ends[0]), to(ends[1]);
    const pid_t child = ::fork();
    if (child < 0) return {};
    if (child == 0) {
        from.reset();
        ::close(STDIN_FILENO);
        ::close(STDOUT_FILENO);
        dissect_and_exit(request, octets, to.get());
    }
    to.reset();
    Reply reply{Outcome::done, {}};
    const auto given_up = collect(from.get(), reply.text);
    if (given_up) ::kill(child, SIGKILL);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    reply.outcome = given_up.value_or(outcome_of(status));
    if (reply.outcome != Outcome::done) reply.text.clear();
    return reply;
}

bool answer(const Reply& reply) {
    Answer head;
    head.size = static_cast<std::uint32_t>(reply.text.size());
    head.outcome = reply.outcome;
    return write_all(STDOUT_FILENO, &head, sizeof head) && write_all(STDOUT_FILENO, reply.text.data(), reply.text.size());
}

[[noreturn]] void serve() {
    constexpr int for_ever = -1;
    Request request;
    std::vector<std::uint8_t> octets;
    while (read_all(STDIN_FILENO, &request, sizeof request, for_ever) && request.size <= max_request) {
        octets.resize(request.size);
        if (!read_all(STDIN_FILENO, octets.data(), octets.size(), for_ever) || !answer(run_child(request, octets))) break;
    }
    ::_exit(0);
}

}  // namespace

void supervise(UniqueFd requests, UniqueFd answers, bool unconfined) {
    forget_the_caller(requests, answers);
    limit_everybody();
    if (unconfined)
        mark_unconfined();
    else if (!confine(Role::dissector, {}))
        ::_exit(1);
    if (!answer({Outcome::ready, {}})) ::_exit(1);
    serve();
}

}  // namespace sw::dissecting
