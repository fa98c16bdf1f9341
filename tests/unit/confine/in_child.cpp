#include "tests/unit/confine/in_child.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

namespace confined {

const std::string killed = "signal " + std::to_string(SIGSYS);

std::string ending(sw::Role role, const std::vector<std::string>& readable, const std::function<int()>& body,
                   const std::vector<std::string>& writable, const sw::Descriptors& known) {
    constexpr int refused = 99;
    std::fflush(nullptr);
    const pid_t child = fork();
    if (child == 0) {
        // Catch's handlers would report the child's death as a failure of the test; and SIGSYS leaves no core.
        for (int s : {SIGABRT, SIGSEGV, SIGTERM, SIGINT, SIGILL, SIGFPE}) std::signal(s, SIG_DFL);
        prctl(PR_SET_DUMPABLE, 0);
        if (auto done = sw::confine(role, readable, writable, known); !done) {
            std::fprintf(stderr, "%s\n", done.error().text.c_str());
            _exit(refused);
        }
        _exit(body());
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status));
    return WEXITSTATUS(status) == refused ? "not confined" : "exit " + std::to_string(WEXITSTATUS(status));
}

}  // namespace confined
