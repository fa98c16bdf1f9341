/// Root is given up for good: asked of the kernel, in children.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <string>

#include "rules/confine/drop.hpp"
#include "tests/support/catch.hpp"

namespace {

constexpr const char* needs_root = "skipped: only root can give up root";

// "Uid" -> "65534 65534 65534 65534", as /proc/self/status has it
std::map<std::string, std::string> status_of_self() {
    std::map<std::string, std::string> status;
    std::ifstream file("/proc/self/status");
    for (std::string line; std::getline(file, line);) {
        const auto colon = line.find(":\t");
        if (colon == std::string::npos) continue;
        std::string value = line.substr(colon + 2);
        for (char& c : value)
            if (c == '\t') c = ' ';
        while (!value.empty() && value.back() == ' ') value.pop_back();
        status[line.substr(0, colon)] = value;
    }
    return status;
}

int exit_of_child(int (*body)()) {
    const pid_t child = fork();
    if (child == 0) _exit(body());
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool holds(const std::map<std::string, std::string>& status, const char* key, const std::string& expected) {
    const auto found = status.find(key);
    if (found != status.end() && found->second == expected) return true;
    std::fprintf(stderr, "%s is '%s'\n", key, found == status.end() ? "missing" : found->second.c_str());
    return false;
}

bool holds_no_capability(const std::map<std::string, std::string>& status) {
    for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapAmb", "CapBnd"})
        if (!holds(status, set, "0000000000000000")) return false;
    return holds(status, "NoNewPrivs", "1");
}

}  // namespace

TEST_CASE("drop: ids, groups and capabilities are gone, by the kernel's own word") {
    if (geteuid() != 0) {
        WARN(needs_root);
        return;
    }
    CHECK(exit_of_child([] {
              if (auto dropped = sw::drop_privileges("nobody"); !dropped)
                  return std::fprintf(stderr, "%s\n", dropped.error().text.c_str()), 1;
              const auto status = status_of_self();
              for (const char* ids : {"Uid", "Gid"})
                  if (!holds(status, ids, "65534 65534 65534 65534")) return 2;
              if (!holds(status, "Groups", "") || !holds_no_capability(status)) return 3;
              if (setuid(0) == 0 || setgid(0) == 0) return 4;
              return access("/proc/self/mem", R_OK) == 0 ? 5 : 0;
          }) == 0);
}

TEST_CASE("drop: without a name the ids stay and the capabilities go") {
    if (geteuid() != 0) {
        WARN(needs_root);
        return;
    }
    CHECK(exit_of_child([] {
              if (!sw::drop_privileges("")) return 1;
              const auto status = status_of_self();
              return holds(status, "Uid", "0 0 0 0") && holds_no_capability(status) ? 0 : 2;
          }) == 0);
}

TEST_CASE("drop: root, and a user that is not there, are refused with the fix") {
    for (const char* user : {"root", "no-such-user"}) {
        const auto dropped = sw::drop_privileges(user);
        REQUIRE_FALSE(dropped);
        CHECK(dropped.error().code == sw::ExitCode::input);
        CHECK(dropped.error().text.find(user) != std::string::npos);
        CHECK(dropped.error().text.find("name ") != std::string::npos);
    }
}

TEST_CASE("drop: who is not root becomes nobody else") {
    if (geteuid() != 0) {
        WARN(needs_root);
        return;
    }
    CHECK(exit_of_child([] {
              if (setgid(2) != 0 || setuid(2) != 0) return 1;
              const auto dropped = sw::drop_privileges("nobody");
              return !dropped && dropped.error().code == sw::ExitCode::input ? 0 : 2;
          }) == 0);
}
