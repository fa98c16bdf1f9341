#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "rules/confine/self_test.hpp"

namespace sw::confinement {
namespace {

struct Attempt {
    const char* name;
    long number;
    std::array<long, 6> arguments;
};

// An address that is not there: whoever gets as far as looking finds EFAULT, and nothing has left.
constexpr long nowhere = 1;

constexpr int most_descriptors = 1024;

Unexpected let_through(const std::string& what) {
    return unexpected("confine this process: self-test: " + what + " was not refused: this kernel or its seccomp cannot be relied on",
                      ExitCode::environment);
}

bool refused(const Attempt& a, int refusal) {
    const auto& x = a.arguments;
    return syscall(a.number, x[0], x[1], x[2], x[3], x[4], x[5]) < 0 && errno == refusal;
}

Result<Done> try_sockets() {
    for (const int family : {AF_INET, AF_INET6, AF_UNIX, AF_NETLINK, AF_PACKET, AF_XDP, AF_VSOCK}) {
        const int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (fd < 0 && errno == EPERM) continue;
        if (fd >= 0) close(fd);
        return let_through("a socket of family " + std::to_string(family));
    }
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0 || errno != EPERM) return let_through("a pair of sockets");
    return Done{};
}

// What no role has.
Result<Done> try_machine(int refusal) {
    for (const Attempt& attempt :
         {Attempt{"ptrace", SYS_ptrace, {-1, -1}}, Attempt{"bpf", SYS_bpf, {-1}}, Attempt{"mount", SYS_mount, {nowhere, nowhere}},
          Attempt{"io_uring_setup", SYS_io_uring_setup, {0, nowhere}}, Attempt{"unshare", SYS_unshare, {-1}},
          Attempt{"setns", SYS_setns, {-1, -1}}, Attempt{"pidfd_getfd", SYS_pidfd_getfd, {-1, -1, -1}}})
        if (!refused(attempt, refusal)) return let_through(attempt.name);
    return Done{};
}

// What no role may do with any socket.
Result<Done> try_socket(long fd, int refusal) {
    for (const Attempt& attempt :
         {Attempt{"sendto with an address", SYS_sendto, {fd, nowhere, 1, MSG_DONTWAIT, nowhere, 16}},
          Attempt{"sendmsg", SYS_sendmsg, {fd, nowhere, MSG_DONTWAIT}}, Attempt{"sendmmsg", SYS_sendmmsg, {fd, nowhere, 1, MSG_DONTWAIT}},
          Attempt{"pwritev2", SYS_pwritev2, {fd, nowhere, 1, -1, -1}}, Attempt{"sendfile", SYS_sendfile, {fd, fd, nowhere, 1}},
          Attempt{"splice", SYS_splice, {fd, nowhere, fd, nowhere, 1}}, Attempt{"connect", SYS_connect, {fd, nowhere, 16}},
          Attempt{"bind", SYS_bind, {fd, nowhere, 16}}, Attempt{"setsockopt", SYS_setsockopt, {fd, SOL_SOCKET, SO_BROADCAST, nowhere, 4}},
          Attempt{"ioctl", SYS_ioctl, {fd, SIOCSIFFLAGS, nowhere}}})
        if (!refused(attempt, refusal)) return let_through(std::string(attempt.name) + " on descriptor " + std::to_string(fd));
    return Done{};
}

Result<Done> try_write(long fd, int refusal) {
    for (const Attempt& attempt : {Attempt{"write", SYS_write, {fd, nowhere, 1}}, Attempt{"writev", SYS_writev, {fd, nowhere, 1}}})
        if (!refused(attempt, refusal)) return let_through(std::string(attempt.name) + " on descriptor " + std::to_string(fd));
    return Done{};
}

bool is_socket(int fd) {
    struct stat about {};
    // The library asks by name, which a role without files may not.
    return syscall(SYS_fstat, fd, &about) == 0 && S_ISSOCK(about.st_mode);
}

}  // namespace

Result<Done> check_descriptors() {
    for (int fd = 0; fd < most_descriptors; ++fd) {
        int family = 0;
        socklen_t octets = sizeof family;
        if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &octets) != 0 || family != AF_XDP) continue;
        return unexpected("confine this process: descriptor " + std::to_string(fd) +
                              " is an AF_XDP socket, which sends when it is polled: whoever started this process must not give it one",
                          ExitCode::environment);
    }
    return Done{};
}

Result<Done> self_test(const Powers& powers, const Descriptors& known, int refusal) {
    if (auto done = try_sockets(); !done) return done;
    if (auto done = try_machine(refusal); !done) return done;
    if (!powers.programs && !refused({"execve", SYS_execve, {nowhere, nowhere, nowhere}}, refusal)) return let_through("execve");
    for (int fd = 0; fd < most_descriptors; ++fd) {
        if (!is_socket(fd)) continue;
        if (auto done = try_socket(fd, refusal); !done) return done;
        const bool may_send = powers.syslog || (powers.notifies && fd == known.notify);
        if (!may_send && !refused({"send", SYS_sendto, {fd, nowhere, 1, MSG_DONTWAIT}}, refusal))
            return let_through("send on descriptor " + std::to_string(fd));
    }
    for (const int device : known.packets)
        if (auto done = try_write(device, refusal); !done) return done;
    return Done{};
}

}  // namespace sw::confinement
