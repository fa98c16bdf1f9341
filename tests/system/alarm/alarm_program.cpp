#include "tests/system/alarm/alarm_program.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>

namespace sw::test {

AlarmPost::AlarmPost() {
    for (const char* name : {"sensor", "state", "log"}) std::filesystem::create_directory(at(name));
    sensor = writer_of(at("sensor"));
}

std::vector<std::string> AlarmPost::arguments(const std::vector<std::string>& more) const {
    std::vector<std::string> all = {"--journal", at("sensor"), "--state", at("state"), "--file", at("log/alarms")};
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

std::string AlarmPost::text_of(const std::string& name) const { return std::filesystem::exists(at(name)) ? text(name) : ""; }

AlarmProgram::AlarmProgram(const std::vector<std::string>& arguments) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    std::vector<std::string> words = arguments;
    words.insert(words.begin(), "span-alarm");
    std::vector<char*> argv;
    for (std::string& w : words) argv.push_back(w.data());
    argv.push_back(nullptr);
    // The leak detector stops the process with ptrace from a clone of it, which confinement forbids: it would be killed.
    ::setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
    pid_ = ::fork();
    if (pid_ == 0) {
        ::dup2(ends[1], STDERR_FILENO);
        ::execv(SPAN_ALARM, argv.data());
        ::_exit(127);
    }
    ::close(ends[1]);
    err_ = UniqueFd(ends[0]);
    ::fcntl(err_.get(), F_SETFL, O_NONBLOCK);
    REQUIRE(pid_ > 0);
}

AlarmProgram::~AlarmProgram() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

int AlarmProgram::end() {
    int status = 0;
    REQUIRE(comes_true([&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; }));
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

const std::string& AlarmProgram::said() {
    std::array<char, 4096> piece{};
    for (ssize_t n; (n = ::read(err_.get(), piece.data(), piece.size())) > 0;) said_.append(piece.data(), static_cast<std::size_t>(n));
    return said_;
}

}  // namespace sw::test
