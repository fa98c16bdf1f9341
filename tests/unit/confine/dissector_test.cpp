/// The dissector's role: pipes, and children that are as confined as it is.
#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <thread>

#include "tests/support/catch.hpp"
#include "tests/unit/confine/in_child.hpp"

namespace {

using confined::ending;
using confined::killed;
using sw::Role;

std::string dissector(const std::function<int()>& body) { return ending(Role::dissector, {"/etc/passwd"}, body, {"/tmp"}); }

// How a child of the confined process ended: 0 to 255 its exit, 1000 and more its signal.
int ending_of_child(const std::function<int()>& body) {
    const pid_t child = fork();
    if (child < 0) return -1;
    if (child == 0) _exit(body());
    int status = 0;
    if (waitpid(child, &status, 0) != child) return -2;
    return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

bool kernel_scopes_signals() { return syscall(SYS_landlock_create_ruleset, nullptr, 0, 1) >= 6; }

}  // namespace

TEST_CASE("confine: the dissector forks, talks through a pipe, limits, waits for and kills its child") {
    CHECK(dissector([] {
              int ends[2];
              if (pipe2(ends, O_CLOEXEC) != 0) return 1;
              const int ended = ending_of_child([&] {
                  const rlimit cpu{1, 1}, stack{8u << 20, 8u << 20};
                  if (setrlimit(RLIMIT_CPU, &cpu) != 0 || setrlimit(RLIMIT_STACK, &stack) != 0) return 2;
                  try {
                      throw std::runtime_error("malformed packet");
                  } catch (const std::exception&) {
                      return ::write(ends[1], "lines", 5) == 5 ? 17 : 3;
                  }
              });
              char text[5];
              if (ended != 17 || ::read(ends[0], text, 5) != 5) return 4;
              const pid_t child = fork();
              if (child == 0)
                  for (;;) pause();
              int status = 0;
              if (kill(child, SIGKILL) != 0 || waitpid(child, &status, 0) != child) return 5;
              return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL ? 0 : 6;
          }) == "exit 0");
}

TEST_CASE("confine: a child of the dissector is as confined as it is") {
    for (const std::function<int()>& attempt : std::vector<std::function<int()>>{[] { return open("/etc/passwd", O_RDONLY | O_CLOEXEC); },
                                                                                 [] { return execl("/bin/true", "true", nullptr); },
                                                                                 [] { return unlink("/tmp/span-confine-none"); }}) {
        CHECK(dissector([&] { return ending_of_child(attempt) == 1000 + SIGSYS ? 0 : 1; }) == "exit 0");
    }
    CHECK(dissector([] { return ending_of_child([] { return socket(AF_INET, SOCK_DGRAM, 0) < 0 && errno == EPERM ? 17 : 1; }); }) ==
          "exit 17");
}

TEST_CASE("confine: the dissector names no file, shares nothing with a child and leaves others their limits") {
    struct Attempt {
        const char* name;
        std::function<long()> call;
    };
    const std::vector<Attempt> forbidden{
        {"open for reading", [] { return open("/etc/services", O_RDONLY | O_CLOEXEC); }},
        {"stat",
         [] {
             struct stat about {};
             return stat("/etc", &about);
         }},
        {"access", [] { return access("/etc", R_OK); }},
        {"readlink",
         [] {
             char text[8];
             return readlink("/proc/self/exe", text, sizeof text);
         }},
        {"a thread", [] { return syscall(SYS_clone, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD, 0, 0, 0, 0); }},
        {"a child in its memory", [] { return syscall(SYS_clone, CLONE_VM | CLONE_VFORK | SIGCHLD, 0, 0, 0, 0); }},
        {"a child in its own namespace", [] { return syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0); }},
        {"a child of its parent", [] { return syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0); }},
        {"any other signal", [] { return kill(getppid(), SIGTERM); }},
        {"the limits of another process",
         [] {
             const rlimit limit{1, 1};
             return syscall(SYS_prlimit64, getppid(), RLIMIT_CPU, &limit, nullptr);
         }},
        {"execve", [] { return execl("/bin/true", "true", nullptr); }},
        {"send", [] { return send(1, "x", 1, 0); }},
        {"duplicate a descriptor", [] { return dup2(0, 9); }},
    };
    for (const Attempt& attempt : forbidden) {
        CAPTURE(attempt.name);
        CHECK(dissector([&] { return attempt.call() < 0 ? 1 : 0; }) == killed);
    }
}

TEST_CASE("confine: no role kills a process outside, where the kernel can tell") {
    if (!kernel_scopes_signals()) {
        WARN("skipped: Landlock of this kernel does not scope signals (ABI 6, Linux 6.12)");
        return;
    }
    const pid_t bystander = fork();
    if (bystander == 0)
        for (;;) pause();
    CHECK(dissector([&] { return kill(bystander, SIGKILL) < 0 && errno == EPERM ? 0 : 1; }) == "exit 0");
    int status = 0;
    CHECK(waitpid(bystander, &status, WNOHANG) == 0);
    kill(bystander, SIGKILL);
    waitpid(bystander, &status, 0);
}
