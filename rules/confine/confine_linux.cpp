#include "rules/confine/confine_linux.hpp"

#include <netdb.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sw {
namespace {

Unexpected cannot(const std::string& what) {
    return unexpected("confine this process: " + what + ": " + std::strerror(errno), ExitCode::environment);
}

// Some name services are shared objects, and no code can be mapped once we are confined: have them loaded now.
void load_name_services() {
    (void)getservbyname("smtp", "tcp");
    (void)getprotobyname("tcp");
}

// Trust the outcome, not the calls that should have led to it.
Result<Done> self_test() {
    for (const int family : {AF_INET, AF_INET6, AF_UNIX, AF_NETLINK, AF_PACKET}) {
        const int fd = socket(family, SOCK_DGRAM, 0);
        if (fd < 0 && errno == EPERM) continue;
        if (fd >= 0) close(fd);
        return unexpected("confine this process: it can still make sockets", ExitCode::environment);
    }
    return Done{};
}

}  // namespace

Result<Done> confine(Role role, const std::vector<std::string>& readable) {
    const Powers& powers = powers_of(role);
    if (confinement::is_final()) return unexpected("confine this process: it is confined already", ExitCode::environment);
    load_name_services();
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return cannot("no new privileges");
    std::vector<std::string> paths(system_files().begin(), system_files().end());
    if (powers.named_files) paths.insert(paths.end(), readable.begin(), readable.end());
    if (auto files = confinement::restrict_files(paths); !files) return files;
    if (auto calls = confinement::restrict_system_calls(powers); !calls) return calls;
    if (auto tested = self_test(); !tested) return tested;
    confinement::set_confined();
    return Done{};
}

}  // namespace sw

#ifdef SPAN_SANITIZE
// LeakSanitizer stops the world with ptrace, which a confined process may not do; other processes are still checked.
extern "C" int __lsan_is_turned_off();
extern "C" int __lsan_is_turned_off() { return sw::confinement::is_final() ? 1 : 0; }
#endif
