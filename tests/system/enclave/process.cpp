#include "tests/system/enclave/process.hpp"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "tests/support/catch.hpp"

namespace sw::test {
namespace {

/// What systemd does for User= and AmbientCapabilities=CAP_NET_RAW.
bool become_user(const Unit& unit) {
    const passwd* user = ::getpwnam(unit.user.c_str());
    if (user == nullptr) return false;
    for (int capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability)
        if (!unit.packets || capability != CAP_NET_RAW) ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
    if (::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0 || ::setgroups(0, nullptr) != 0) return false;
    if (::setresgid(user->pw_gid, user->pw_gid, user->pw_gid) != 0 || ::setresuid(user->pw_uid, user->pw_uid, user->pw_uid) != 0)
        return false;
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
    if (unit.packets) sets[0].permitted = sets[0].inheritable = sets[0].effective = 1u << CAP_NET_RAW;
    if (::syscall(SYS_capset, &header, sets.data()) != 0) return false;
    if (unit.packets && ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_RAW, 0, 0) != 0) return false;
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

bool enter_unit(const Unit& unit) {
    if (!unit.network.empty() && !enter_host(unit.network.substr(unit.network.rfind('/') + 1))) return false;
    if (!unit.shown.empty() &&
        (::unshare(CLONE_NEWNS) != 0 || ::mount(unit.shown.c_str(), unit.shown_as.c_str(), nullptr, MS_BIND | MS_REC, nullptr) != 0))
        return false;
    ::umask(unit.umask);
    return unit.user.empty() || become_user(unit);
}

int code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

}  // namespace

void Process::become(const std::vector<std::string>& words, const std::string& output, const Unit* unit, const Host& host) {
    std::vector<char*> argv;
    for (const std::string& w : words) argv.push_back(const_cast<char*>(w.c_str()));
    argv.push_back(nullptr);
    const int out = ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(out, STDERR_FILENO);
    ::close(out);
    // The leak detector stops the process with ptrace, which confinement forbids.
    ::setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
    const bool ready = unit != nullptr ? enter_unit(*unit) : enter_host(host);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // behind a change of user, which clears it
    if (ready) ::execvp(argv[0], argv.data());
    ::_exit(127);
}

Process::Process(const Host& host, std::vector<std::string> words, const std::string& output) : output_(output) {
    pid_ = ::fork();
    if (pid_ == 0) become(words, output, nullptr, host);
    REQUIRE(pid_ > 0);
}

Process::Process(const Unit& unit, const std::vector<std::string>& more, const std::string& output) : output_(output) {
    std::vector<std::string> words = unit.starts.back();
    words.insert(words.end(), more.begin(), more.end());
    pid_ = ::fork();
    if (pid_ == 0) become(words, output, &unit, "");
    REQUIRE(pid_ > 0);
}

Process::~Process() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

void Process::signal(int number) const { REQUIRE(::kill(pid_, number) == 0); }

int Process::wait() {
    int status = 0;
    until(
        "the end of a process that said: " + said(), [&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; }, 5);
    pid_ = -1;
    return code_of(status);
}

void Process::says(const std::string& text) const {
    siginfo_t ended{};
    const auto said_or_ended = [&] {
        return said().find(text) != std::string::npos ||
               (::waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid == pid_);
    };
    until("\"" + text + "\"", said_or_ended, 5);
    INFO(said());
    REQUIRE(said().find(text) != std::string::npos);
}

int run_in(const Host& host, const std::string& command) { return Process(host, {"sh", "-c", command}, "/run/said").wait(); }

}  // namespace sw::test
