/// The roles of the daemons: what kills them, and what they live on.
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <thread>

#include "rules/base/unique_fd.hpp"
#include "rules/confine/self_test.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/confine/forbidden.hpp"
#include "tests/unit/confine/in_child.hpp"
#include "tests/unit/confine/temporary_file.hpp"

namespace {

using confined::Attempt;
using confined::ending;
using confined::forbidden;
using confined::killed;
using confined::TemporaryFolder;
using sw::Role;
using sw::UniqueFd;

struct Pair {
    Pair() {
        std::array<int, 2> ends{};
        REQUIRE(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) == 0);
        ours = UniqueFd(ends[0]);
        theirs = UniqueFd(ends[1]);
    }
    // What arrived at the other end; "" is nothing.
    std::string arrived() const {
        std::array<char, 64> text{};
        const ssize_t n = recv(theirs.get(), text.data(), text.size(), 0);
        return n < 0 ? "" : std::string(text.data(), static_cast<std::size_t>(n));
    }
    UniqueFd ours, theirs;
};

// Each call in a child of its own, in a folder of its own.
std::string ending_of(Role role, const Attempt& attempt) {
    const TemporaryFolder folder;
    return ending(role, {folder.path()}, [&] { return attempt.call() < 0 ? 1 : 0; }, {folder.path()});
}

int made(const std::string& path) { return open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640); }

}  // namespace

TEST_CASE("confine: every forbidden call kills a daemon, or fails where a file's name decides") {
    REQUIRE(forbidden.size() >= 40);
    for (const Role role : {Role::sensor, Role::collector, Role::alarm})
        for (const Attempt& attempt : forbidden) {
            CAPTURE(attempt.name, static_cast<int>(role));
            const std::string ended = ending_of(role, attempt);
            if (attempt.names_file)
                CHECK((ended == killed || ended == "exit 1"));
            else
                CHECK(ended == killed);
        }
}

TEST_CASE("confine: every forbidden call fails in the role that runs programs") {
    int tried = 0;
    for (const Attempt& attempt : forbidden) {
        if (attempt.names_file || attempt.of_programs) continue;
        ++tried;
        CAPTURE(attempt.name);
        CHECK(ending(Role::alarm_command, {}, [&] { return attempt.call() < 0 && errno == EPERM ? 17 : 0; }) == "exit 17");
    }
    CHECK(tried >= 40);
}

TEST_CASE("confine: the sensor asks its packet device for statistics, and does nothing else with it") {
    const Pair device, other;
    const TemporaryFolder folder;
    const auto sensor = [&](const std::function<int()>& body) {
        return ending(Role::sensor, {}, body, {folder.path()}, {.packets = {device.ours.get()}});
    };
    const auto ask = [](int fd, int level, int option) {
        tpacket_stats_v3 answer{};
        socklen_t size = sizeof answer;
        return getsockopt(fd, level, option, &answer, &size);
    };
    const int fd = device.ours.get();
    // A pair of local sockets is no packet device: it has no such option, and says so itself.
    CHECK(sensor([&] { return ask(fd, SOL_PACKET, PACKET_STATISTICS) < 0 && errno == EOPNOTSUPP ? 0 : 1; }) == "exit 0");
    CHECK(sensor([&] { return ask(fd, SOL_SOCKET, SO_ERROR); }) == "exit 0");
    CHECK(sensor([&] {
              pollfd one{fd, POLLIN, 0};
              return poll(&one, 1, 0);
          }) == "exit 0");
    const std::vector<Attempt> attempts{
        {"another option", [&] { return ask(fd, SOL_PACKET, PACKET_VERSION); }},
        {"the statistics of another socket", [&] { return ask(other.ours.get(), SOL_PACKET, PACKET_STATISTICS); }},
        {"setsockopt",
         [&] {
             const int one = 1;
             return setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof one);
         }},
        {"write", [&] { return ::write(fd, "frame", 5); }},
        {"send", [&] { return send(fd, "frame", 5, 0); }},
        {"send on another socket", [&] { return send(other.ours.get(), "frame", 5, 0); }},
        {"set its flags", [&] { return ioctl(fd, SIOCSIFFLAGS, nullptr); }},
        {"set its owner", [&] { return fcntl(fd, F_SETFL, O_ASYNC); }},
        {"a copy of it", [&] { return dup(fd); }},
    };
    for (const Attempt& attempt : attempts) {
        CAPTURE(attempt.name);
        CHECK(sensor([&] { return attempt.call() < 0 ? 1 : 0; }) == killed);
    }
    CHECK(sensor([&] { return pwrite(fd, "frame", 5, 0) < 0 && errno == ESPIPE ? 0 : 1; }) == "exit 0");
    CHECK(device.arrived().empty());
    CHECK(other.arrived().empty());
}

TEST_CASE("confine: no frame leaves by a real packet device") {
    const UniqueFd device(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL)));
    if (!device) {
        WARN("skipped: a packet device needs CAP_NET_RAW");
        return;
    }
    sockaddr_ll loopback{};
    loopback.sll_family = AF_PACKET;
    loopback.sll_protocol = htons(ETH_P_ALL);
    loopback.sll_ifindex = static_cast<int>(if_nametoindex("lo"));
    REQUIRE(bind(device.get(), reinterpret_cast<const sockaddr*>(&loopback), sizeof loopback) == 0);
    const TemporaryFolder folder;
    const sw::Descriptors known{.packets = {device.get()}};
    const std::array<unsigned char, 60> frame{};
    const auto with = [&](const std::function<long()>& call) {
        return ending(
            Role::sensor, {}, [&] { return call() < 0 ? 1 : 0; }, {folder.path()}, known);
    };
    CHECK(with([&] { return ::write(device.get(), frame.data(), frame.size()); }) == killed);
    CHECK(with([&] { return send(device.get(), frame.data(), frame.size(), 0); }) == killed);
    CHECK(with([&] {
              return sendto(device.get(), frame.data(), frame.size(), 0, reinterpret_cast<const sockaddr*>(&loopback), sizeof loopback);
          }) == killed);
    CHECK(with([&] { return pwrite(device.get(), frame.data(), frame.size(), 0); }) == "exit 1");
    CHECK(with([&] {
              tpacket_stats answer{};
              socklen_t size = sizeof answer;
              return getsockopt(device.get(), SOL_PACKET, PACKET_STATISTICS, &answer, &size);
          }) == "exit 0");
}

TEST_CASE("confine: who holds an AF_XDP socket, which sends when it is polled, is confined in no role") {
    const UniqueFd held(socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0));
    if (!held) {
        WARN("skipped: no AF_XDP sockets here");
        return;
    }
    for (const sw::Powers& row : sw::confine_table()) CHECK(ending(row.role, {}, [] { return 0; }) == "not confined");
}

TEST_CASE("confine: sensor and collector tell their supervisor, and nobody else") {
    const Pair supervisor, other;
    const TemporaryFolder folder;
    for (const Role role : {Role::sensor, Role::collector}) {
        const auto daemon = [&](const std::function<long()>& call) {
            return ending(role, {}, [&] { return call() < 0 ? 1 : 0; }, {folder.path()}, {.notify = supervisor.ours.get()});
        };
        CHECK(daemon([&] { return send(supervisor.ours.get(), "READY=1", 7, MSG_NOSIGNAL); }) == "exit 0");
        CHECK(supervisor.arrived() == "READY=1");
        CHECK(daemon([&] { return send(other.ours.get(), "READY=1", 7, MSG_NOSIGNAL); }) == killed);
        CHECK(daemon([&] {
                  sockaddr_un address{};
                  address.sun_family = AF_UNIX;
                  return sendto(supervisor.ours.get(), "x", 1, 0, reinterpret_cast<const sockaddr*>(&address), sizeof address);
              }) == killed);
        CHECK(other.arrived().empty());
    }
    for (const Role role : {Role::alarm, Role::sensor})  // not at all, and not without a supervisor
        CHECK(ending(role, {}, [&] { return send(supervisor.ours.get(), "x", 1, 0) < 0 ? 1 : 0; }, {folder.path()}) == killed);
}

TEST_CASE("confine: the sensor makes, fills and removes journal segments, and opens no old file for writing") {
    const TemporaryFolder spool, outside;
    const std::string old = spool.file("old"), policy = outside.file("policy.toml");
    close(made(old));
    close(made(policy));
    const auto sensor = [&](const std::function<int()>& body) { return ending(Role::sensor, {outside.path()}, body, {spool.path()}); };
    CHECK(sensor([&] {
              const UniqueFd folder(open(spool.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
              const UniqueFd segment(openat(folder.get(), "segment", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640));
              if (pwrite(segment.get(), "block", 5, 0) != 5 || fdatasync(segment.get()) != 0 || fdatasync(folder.get()) != 0) return 1;
              const UniqueFd again(open(policy.c_str(), O_RDONLY | O_CLOEXEC));
              if (!again || unlinkat(folder.get(), "segment", 0) != 0) return 2;
              return ::write(STDERR_FILENO, "", 0) == 0 ? 0 : 3;
          }) == "exit 0");
    const std::vector<Attempt> attempts{
        {"write an old file", [&] { return open(old.c_str(), O_WRONLY | O_CLOEXEC); }},
        {"make one or write it", [&] { return open(old.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0640); }},
        {"truncate one", [&] { return open(old.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_TRUNC | O_CLOEXEC, 0640); }},
        {"read and write a new one", [&] { return open(spool.file("new").c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640); }},
        {"rename", [&] { return rename(old.c_str(), spool.file("new").c_str()); }},
        {"change its mode", [&] { return fchmod(0, 0777); }},
    };
    for (const Attempt& attempt : attempts) {
        CAPTURE(attempt.name);
        CHECK(sensor([&] { return attempt.call() < 0 ? 1 : 0; }) == killed);
    }
    CHECK(sensor([&] { return made(outside.file("new")) < 0 && errno == EACCES ? 0 : 1; }) == "exit 0");
    CHECK(sensor([&] { return unlink(policy.c_str()) < 0 && errno == EACCES ? 0 : 1; }) == "exit 0");
    CHECK(sensor([&] { return open("/etc/passwd", O_RDONLY) < 0 && errno == EACCES ? 0 : 1; }) == "exit 0");
}

TEST_CASE("confine: neither sensor nor collector starts threads") {
    const TemporaryFolder folder;
    for (const Role role : {Role::sensor, Role::collector})
        CHECK(ending(role, {},
                     [] {
                         std::thread([] {}).join();
                         return 0;
                     },
                     {folder.path()}) == killed);
}

TEST_CASE("confine: the self-test fails where nothing is confined, and has sent nothing") {
    const Pair device;
    const auto tested = sw::confinement::self_test(sw::powers_of(Role::sensor), {.packets = {device.ours.get()}}, ENOANO);
    REQUIRE_FALSE(tested);
    CHECK(tested.error().code == sw::ExitCode::environment);
    CHECK(tested.error().text.find("socket") != std::string::npos);
    CHECK(device.arrived().empty());
}

#ifndef SPAN_SANITIZE
TEST_CASE("confine: a packet device in the place of standard error is found by the self-test") {
    const Pair device;
    const TemporaryFolder folder;
    const int saved = dup(STDERR_FILENO);
    REQUIRE(dup2(device.ours.get(), STDERR_FILENO) == STDERR_FILENO);
    const std::string ended = ending(Role::sensor, {}, [] { return 0; }, {folder.path()}, {.packets = {STDERR_FILENO}});
    dup2(saved, STDERR_FILENO);
    close(saved);
    CHECK(ended == "not confined");
}
#endif
