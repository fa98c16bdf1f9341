/// The listener's roles: local sinks, and a command that inherits every restriction.
#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <fstream>

#include "rules/base/unique_fd.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/confine/in_child.hpp"
#include "tests/unit/confine/temporary_file.hpp"

namespace {

using confined::ending;
using confined::killed;
using confined::TemporaryFolder;
using sw::Role;
using sw::UniqueFd;

// How a program ended that the calling process started: its exit status, or -1.
int run(const char* program, const char* option, const std::string& text) {
    const pid_t child = fork();
    if (child == 0) {
        execl(program, program, option, text.c_str(), nullptr);
        _exit(127);
    }
    int status = 0;
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int shell(const std::string& text) { return run("/bin/sh", "-c", text); }

std::string content(const std::string& path) {
    std::string line;
    std::ifstream file(path);
    std::getline(file, line);
    return line;
}

std::string listener_with_command(const TemporaryFolder& folder, const std::function<int()>& body) {
    return ending(Role::alarm_command, {}, body, {folder.path()});
}

}  // namespace

TEST_CASE("confine: the listener appends to the alarm file and replaces its state") {
    const TemporaryFolder folder;
    for (const Role role : {Role::alarm, Role::alarm_command})
        CHECK(ending(role, {},
                     [&] {
                         const UniqueFd file(open(folder.file("alarms").c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640));
                         if (::write(file.get(), "line\n", 5) != 5 || fdatasync(file.get()) != 0) return 1;
                         const UniqueFd state(open(folder.file("state.new").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
                         if (::write(state.get(), "1", 1) != 1 || fsync(state.get()) != 0) return 2;
                         return rename(folder.file("state.new").c_str(), folder.file("state").c_str()) == 0 ? 0 : 3;
                     },
                     {folder.path()}) == "exit 0");
    CHECK(content(folder.file("state")) == "1");
}

TEST_CASE("confine: the listener opens a terminal again, sets its speed and writes to it, but types nothing into it") {
    int master = -1, slave = -1;
    std::array<char, 64> name{};
    REQUIRE(openpty(&master, &slave, name.data(), nullptr, nullptr) == 0);
    const UniqueFd ours(master), theirs(slave);
    const std::string line = name.data();
    const auto listener = [&](const std::function<int(int)>& body) {
        return ending(Role::alarm, {}, [&] { return body(open(line.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)); }, {line});
    };
    CHECK(listener([](int fd) {
              termios settings{};
              if (fd < 0 || tcgetattr(fd, &settings) != 0) return 1;
              cfmakeraw(&settings);
              if (cfsetspeed(&settings, B9600) != 0 || tcsetattr(fd, TCSANOW, &settings) != 0) return 2;
              return ::write(fd, "alarm\n", 6) == 6 ? 0 : 3;
          }) == "exit 0");
    std::array<char, 16> text{};
    CHECK(::read(ours.get(), text.data(), text.size()) == 6);
    CHECK(listener([](int fd) {
              char key = 'x';
              return ioctl(fd, TIOCSTI, &key) < 0 ? 1 : 0;
          }) == killed);
    CHECK(ending(Role::alarm, {}, [&] { return open(line.c_str(), O_RDWR | O_NOCTTY) < 0 && errno == EACCES ? 0 : 1; }) == "exit 0");
}

TEST_CASE("confine: the listener starts no program unless it has a command") {
    const TemporaryFolder folder;
    CHECK(ending(Role::alarm, {}, [] { return fork() < 0 ? 1 : 0; }, {folder.path()}) == killed);
    CHECK(ending(Role::alarm, {"/bin/true"}, [] { return execl("/bin/true", "true", nullptr); }, {folder.path()}) == killed);
}

TEST_CASE("confine: a command is a shell with pipes, files of the writable folder and an ordinary end") {
    const TemporaryFolder folder;
    CHECK(listener_with_command(folder, [&] {
              return shell("echo rung | cat >" + folder.file("out") + " && test -s " + folder.file("out") + " && exit 7");
          }) == "exit 7");
    CHECK(content(folder.file("out")) == "rung");
    CHECK(listener_with_command(folder, [] { return shell("(exit 3) & wait $!"); }) == "exit 3");
    CHECK(listener_with_command(folder, [] { return shell("true >/dev/null"); }) == "exit 0");
}

TEST_CASE("confine: a command has no network, and reads and writes nothing else") {
    const TemporaryFolder folder, outside;
    std::ofstream(outside.file("theirs")) << "theirs";
    // The same words work outside: so it is the confinement that refuses them.
    const std::string to_network = "exec 3<>/dev/udp/127.0.0.1/9";
    REQUIRE(run("/bin/bash", "-c", to_network) == 0);
    CHECK(listener_with_command(folder, [&] { return run("/bin/bash", "-c", "exec 3</dev/null; " + to_network); }) == "exit 1");
    CHECK(listener_with_command(folder, [&] { return shell("echo x >>" + outside.file("theirs")) == 0 ? 0 : 1; }) == "exit 1");
    CHECK(listener_with_command(folder, [&] { return shell("cat " + outside.file("theirs")) == 0 ? 0 : 1; }) == "exit 1");
    CHECK(listener_with_command(folder, [&] { return shell("rm -f " + outside.file("theirs")) == 0 ? 0 : 1; }) == "exit 1");
    CHECK(content(outside.file("theirs")) == "theirs");
}

TEST_CASE("confine: a command that takes too long is ended") {
    const TemporaryFolder folder;
    CHECK(listener_with_command(folder, [] {
              const pid_t child = fork();
              if (child == 0) {
                  setsid();
                  execl("/bin/sleep", "sleep", "1000", nullptr);
                  _exit(127);
              }
              int status = 0;
              if (kill(child, SIGKILL) != 0 || waitpid(child, &status, 0) != child) return 1;
              return WIFSIGNALED(status) ? 0 : 2;
          }) == "exit 0");
}
