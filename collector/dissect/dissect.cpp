// The asking side: it trusts neither the supervisor nor what comes back.
#include "collector/dissect/dissect.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <optional>
#include <string_view>

#include "collector/dissect/dissect_child.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace dissecting {
namespace {

using Clock = std::chrono::steady_clock;

/// Readable before the deadline, or at its end?
bool wait_readable(int fd, Clock::time_point deadline) {
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
        if (left <= 0) return false;
        pollfd wanted{fd, POLLIN, 0};
        const int ready = ::poll(&wanted, 1, static_cast<int>(left));
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return false;
    }
}

}  // namespace

bool read_all(int fd, void* into, std::size_t size, int timeout_ms) {
    auto* at = static_cast<std::uint8_t*>(into);
    const auto deadline = Clock::now() + std::chrono::milliseconds(timeout_ms);
    while (size > 0) {
        if (timeout_ms >= 0 && !wait_readable(fd, deadline)) return false;
        const ssize_t n = ::read(fd, at, size);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        at += n;
        size -= static_cast<std::size_t>(n);
    }
    return true;
}

bool write_all(int fd, const void* from, std::size_t size) {
    const auto* at = static_cast<const std::uint8_t*>(from);
    while (size > 0) {
        const ssize_t n = ::write(fd, at, size);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        at += n;
        size -= static_cast<std::size_t>(n);
    }
    return true;
}

}  // namespace dissecting

namespace {

using namespace dissecting;

/// A supervisor that is gone is an answer, not our end.
class WithoutSigpipe {
public:
    WithoutSigpipe() {
        struct sigaction ignore {};
        ignore.sa_handler = SIG_IGN;
        ::sigaction(SIGPIPE, &ignore, &before_);
    }
    ~WithoutSigpipe() { ::sigaction(SIGPIPE, &before_, nullptr); }
    WithoutSigpipe(const WithoutSigpipe&) = delete;
    WithoutSigpipe& operator=(const WithoutSigpipe&) = delete;

private:
    struct sigaction before_ {};
};

std::string why_nothing(Outcome outcome) {
    switch (outcome) {
        case Outcome::cpu_limit:
            return "[dissection ended by its CPU limit]";
        case Outcome::memory:
            return "[dissection ended by its memory limit]";
        case Outcome::crashed:
            return "[dissection ended by a crash: the frame overflows libtins]";
        case Outcome::stuck:
            return "[dissection ended: it did not finish in time]";
        case Outcome::too_long:
            return "[dissection ended: its text is longer than 64 KiB]";
        case Outcome::no_process:
            return "[no dissection: no process could be started]";
        case Outcome::ready:
        case Outcome::done:
            break;
    }
    return "[no dissection: the dissector gave no answer]";
}

/// Names on the wire are octets, not text in some alphabet: nothing but ASCII is shown.
std::string ascii(std::string_view octets) {
    std::string out;
    for (const char c : escape_for_display(octets)) {
        if (static_cast<unsigned char>(c) < 0x80)
            out += c;
        else
            out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
    return out;
}

std::vector<std::string> lines_of(std::string_view octets) {
    std::vector<std::string> lines;
    while (octets.size() >= sizeof(std::uint16_t)) {
        std::uint16_t size = 0;
        std::memcpy(&size, octets.data(), sizeof size);
        octets.remove_prefix(sizeof size);
        lines.push_back(ascii(octets.substr(0, size)));
        octets.remove_prefix(std::min<std::size_t>(size, octets.size()));
    }
    if (lines.empty()) lines.push_back(why_nothing(Outcome::done));
    return lines;
}

std::optional<std::vector<std::string>> ask(int to, int from, const Frame& frame) {
    const WithoutSigpipe quiet;
    Request request;
    request.size = static_cast<std::uint32_t>(std::min<std::size_t>(frame.caplen, max_request));
    request.linktype = frame.link.linktype;
    request.swapped = frame.link.swapped;
    Answer answer;
    const int patience = patience_ms + 2'000;  // the supervisor's own comes first
    if (!write_all(to, &request, sizeof request) || !write_all(to, frame.data, request.size)) return std::nullopt;
    if (!read_all(from, &answer, sizeof answer, patience) || answer.size > max_answer) return std::nullopt;
    std::string text(answer.size, '\0');
    if (!read_all(from, text.data(), text.size(), patience)) return std::nullopt;
    if (answer.outcome != Outcome::done) return std::vector{why_nothing(answer.outcome)};
    return lines_of(text);
}

struct Pipe {
    UniqueFd read, write;

    static std::optional<Pipe> make() {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
        return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
    }
};

}  // namespace

Result<Dissector> Dissector::start(bool unconfined) {
    const auto cannot = [](const char* what) {
        return unexpected(fmt::format("start the dissector: {}: {} (queue show --no-dissect does without it)", what, std::strerror(errno)),
                          ExitCode::environment);
    };
    auto requests = Pipe::make(), answers = Pipe::make();
    if (!requests || !answers) return cannot("no pipe");
    const pid_t pid = ::fork();
    if (pid < 0) return cannot("no process");
    if (pid == 0) supervise(std::move(requests->read), std::move(answers->write), unconfined);
    Dissector made(pid, std::move(requests->write), std::move(answers->read));
    answers->write.reset();
    Answer hello;
    if (read_all(made.from_.get(), &hello, sizeof hello, patience_ms) && hello.outcome == Outcome::ready) return made;
    return unexpected("start the dissector: it could not be confined (queue show --no-dissect does without it)", ExitCode::environment);
}

std::vector<std::string> Dissector::dissect(const Frame& frame) {
    if (to_)
        if (auto lines = ask(to_.get(), from_.get(), frame)) return std::move(*lines);
    to_.reset();  // an answer that comes late would be taken for the next frame's
    from_.reset();
    return {why_nothing(Outcome::done)};
}

Dissector::~Dissector() {
    if (pid_ <= 0) return;
    to_.reset();
    from_.reset();
    ::waitpid(pid_, nullptr, 0);
}

}  // namespace sw
