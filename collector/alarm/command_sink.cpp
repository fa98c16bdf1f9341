#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <deque>

#include "collector/alarm/sink.hpp"
#include "rules/base/text.hpp"
#include "rules/base/unique_fd.hpp"

namespace sw {
namespace {

constexpr std::size_t most_waiting = 256;
constexpr std::chrono::seconds time_limit{10};

/// Between fork and exec: only calls that are safe there.
[[noreturn]] void become(const char* program, char* const* argv, int input) {
    ::setpgid(0, 0);  // so that what it starts ends with it
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    ::dup2(input, STDIN_FILENO);
    const char* environment[] = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", nullptr};
    ::execve(program, argv, const_cast<char* const*>(environment));
    ::_exit(127);
}

class CommandSink final : public AlarmSink {
public:
    explicit CommandSink(std::string program) : program_(std::move(program)) {}
    CommandSink(const CommandSink&) = delete;
    CommandSink& operator=(const CommandSink&) = delete;
    ~CommandSink() override {
        if (child_ > 0) end_child();
    }

    const std::string& name() const override { return program_; }
    std::uint64_t dropped() const override { return dropped_; }

    void ring(const Ring& ring) override {
        if (waiting_.size() >= most_waiting) {
            ++dropped_;
            ++untold_;
            return;
        }
        std::string sentence = ring.sentence;
        if (untold_ > 0) sentence += fmt::format(" ({} alarms before this one did not reach the command)", std::exchange(untold_, 0));
        waiting_.push_back({std::string(to_string(ring.record.severity)), ring.record.id, std::move(sentence)});
    }

    void tick(Moment now) override {
        if (child_ > 0) look_after_child(now);
        if (child_ > 0 || waiting_.empty() || !back_off_.may_try(now)) return;
        if (start(waiting_.front(), now)) waiting_.pop_front();
    }

private:
    struct Words {
        std::string severity, id, sentence;
    };

    bool start(Words& w, Moment now) {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) return complain("starting", now);
        const UniqueFd input(ends[0]);
        UniqueFd sentence(ends[1]);
        const std::string line = w.sentence + '\n';  // fits into an empty pipe
        if (::write(sentence.get(), line.data(), line.size()) < 0) return complain("starting", now);
        sentence.reset();
        char* argv[] = {program_.data(), w.severity.data(), w.id.data(), w.sentence.data(), nullptr};
        child_ = ::fork();
        if (child_ == 0) become(program_.c_str(), argv, input.get());
        if (child_ < 0) return complain("starting", now);
        until_ = now + time_limit;
        return true;
    }

    void look_after_child(Moment now) {
        int status = 0;
        if (::waitpid(child_, &status, WNOHANG) == 0) {
            if (now < until_) return;
            end_child();
            fmt::print(stderr, "span-alarm: {} was ended after {} s: it must be done by then\n", escape_for_display(program_),
                       time_limit.count());
            return;
        }
        child_ = -1;
        const bool good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
        if (good) return back_off_.worked();
        fmt::print(stderr, "span-alarm: {} ended with {}\n", escape_for_display(program_),
                   WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    }

    void end_child() {
        ::kill(-child_, SIGKILL);
        ::kill(child_, SIGKILL);  // in case it has no group of its own yet
        ::waitpid(child_, nullptr, 0);
        child_ = -1;
    }

    bool complain(const char* act, Moment now) {
        fmt::print(stderr, "span-alarm: {} {}: {} (it is tried again)\n", act, escape_for_display(program_), std::strerror(errno));
        child_ = -1;
        back_off_.failed(now);
        return false;
    }

    std::string program_;
    std::deque<Words> waiting_;
    pid_t child_ = -1;
    Moment until_{};
    BackOff back_off_;
    std::uint64_t dropped_ = 0, untold_ = 0;
};

}  // namespace

std::unique_ptr<AlarmSink> command_sink(const std::string& program) { return std::make_unique<CommandSink>(program); }

}  // namespace sw
