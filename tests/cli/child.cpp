#include "tests/cli/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include "tests/support/catch.hpp"

namespace sw::cli {
namespace {

constexpr int patience_ms = 60'000;

struct Pipe {
    UniqueFd read, write;

    Pipe() {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) FAIL("pipe");
        read = UniqueFd(ends[0]);
        write = UniqueFd(ends[1]);
    }
};

struct Terminal {
    UniqueFd ours, theirs;

    Terminal() {
        ours = UniqueFd(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
        if (!ours || ::grantpt(ours.get()) != 0 || ::unlockpt(ours.get()) != 0) FAIL("no terminal");
        theirs = UniqueFd(::open(::ptsname(ours.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
        termios raw{};
        ::tcgetattr(theirs.get(), &raw);
        ::cfmakeraw(&raw);  // lines as written, without carriage returns
        ::tcsetattr(theirs.get(), TCSANOW, &raw);
    }
};

/// Between fork and exec: only calls that are safe there.
void become(const char* folder, char* const* argv, char* const* envp, int in, int out, int err) {
    ::dup2(in, STDIN_FILENO);
    if (out >= 0)
        ::dup2(out, STDOUT_FILENO);
    else
        ::close(STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    std::signal(SIGPIPE, SIG_DFL);
    if (::chdir(folder) == 0) ::execve(SPAN_WATCHER, argv, envp);
    ::_exit(127);
}

std::vector<std::string> environment_with(const std::vector<std::string>& more) {
    std::vector<std::string> list = more;
    for (char** e = environ; *e != nullptr; ++e) {
        const std::string_view entry(*e);
        const bool ours = entry.starts_with("ASAN_OPTIONS=") || entry.starts_with("NO_COLOR=") || entry.starts_with("TERM=");
        if (!ours) list.emplace_back(entry);
    }
    // The leak detector stops the process with ptrace from a clone of it, which confinement forbids: it would be killed.
    list.emplace_back("ASAN_OPTIONS=detect_leaks=0");
    list.emplace_back("TERM=xterm");
    return list;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (std::string& t : texts) out.push_back(t.data());
    out.push_back(nullptr);
    return out;
}

}  // namespace

Child::Child(const Folder& folder, const std::vector<std::string>& arguments, const Setup& setup) {
    std::signal(SIGPIPE, SIG_IGN);  // a program that ended early is an answer, not our end
    std::vector<std::string> words = arguments;
    words.insert(words.begin(), "span-watcher");
    std::vector<std::string> environment = environment_with(setup.environment);
    const std::vector<char*> argv = pointers(words), envp = pointers(environment);
    Pipe in, out, err;
    UniqueFd terminal;
    if (setup.out == Setup::Out::terminal) {
        Terminal t;
        out.read = std::move(t.ours);
        out.write = std::move(t.theirs);
    }
    if (setup.out == Setup::Out::file) out.write = UniqueFd(::open(setup.out_file.c_str(), O_WRONLY | O_CLOEXEC));
    if (setup.out == Setup::Out::nobody_reads) out.read.reset();
    const int child_out = setup.out == Setup::Out::closed ? -1 : out.write.get();
    const int child_err = setup.out == Setup::Out::terminal ? out.write.get() : err.write.get();
    pid_ = ::fork();
    if (pid_ == 0) become(folder.path().c_str(), argv.data(), envp.data(), in.read.get(), child_out, child_err);
    if (pid_ < 0) FAIL("fork");
    in_ = std::move(in.write);
    out_ = std::move(out.read);
    err_ = std::move(err.read);
    ::fcntl(in_.get(), F_SETFL, O_NONBLOCK);
}

Child::~Child() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

/// False: the other side has closed it (a terminal says so with EIO).
bool Child::take(UniqueFd& from, std::string& into) const {
    std::array<char, 65536> piece{};
    const ssize_t n = ::read(from.get(), piece.data(), piece.size());
    if (n <= 0) return n < 0 && errno == EINTR;
    into.append(piece.data(), static_cast<std::size_t>(n));
    return true;
}

void Child::pump(std::string_view* to_write, const std::function<bool()>& enough) {
    while (!enough()) {
        const bool writing = to_write != nullptr && !to_write->empty() && in_;
        std::array<pollfd, 3> fds{{{out_.get(), POLLIN, 0}, {err_.get(), POLLIN, 0}, {writing ? in_.get() : -1, POLLOUT, 0}}};
        const int ready = ::poll(fds.data(), fds.size(), patience_ms);
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) FAIL("the program hangs; standard error: " << ended_.err);
        if (fds[0].revents != 0 && !take(out_, ended_.out)) out_.reset();
        if (fds[1].revents != 0 && !take(err_, ended_.err)) err_.reset();
        if (fds[2].revents == 0) continue;
        const ssize_t n = ::write(in_.get(), to_write->data(), to_write->size());
        if (n > 0) to_write->remove_prefix(static_cast<std::size_t>(n));
        if (n < 0 && errno == EPIPE) in_.reset();
    }
}

void Child::feed(std::string_view octets) {
    pump(&octets, [&] { return octets.empty() || !in_; });
}

void Child::signal(int number) const { REQUIRE(::kill(pid_, number) == 0); }

const std::string& Child::error_lines(std::ptrdiff_t lines) {
    pump(nullptr, [&] { return std::count(ended_.err.begin(), ended_.err.end(), '\n') >= lines || !err_; });
    return ended_.err;
}

Ended Child::finish() {
    pump(nullptr, [&] { return !out_ && !err_; });
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    ended_.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return ended_;
}

Ended run(const Folder& folder, const std::vector<std::string>& arguments, const Setup& setup) {
    Child child(folder, arguments, setup);
    child.feed(setup.input);
    child.close_input();
    return child.finish();
}

}  // namespace sw::cli
