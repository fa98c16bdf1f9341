#include "tests/system/port/rogue.hpp"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <functional>
#include <map>
#include <memory>

#include "rules/confine/confine.hpp"
#include "tests/system/port/xdp_socket.hpp"

namespace sw::test {
namespace {

constexpr int sent = 0, refused = 10;

/// To everybody, from nobody, under a number for experiments.
std::array<std::uint8_t, 60> frame() {
    std::array<std::uint8_t, 60> f{};
    f.fill('r');
    std::fill_n(f.begin(), 6, std::uint8_t{0xff});
    const std::uint8_t from[] = {0x02, 0, 0, 0, 0, 0x01, 0x88, 0xb5};
    std::copy(std::begin(from), std::end(from), f.begin() + 6);
    return f;
}

/// One way: what it needs first, then the sending itself. false: errno says why not.
struct Way {
    std::function<bool()> prepare, send;
    std::function<int()> descriptor;
};

Way by_packet_socket(int index, bool past_queues) {
    auto fd = std::make_shared<UniqueFd>();
    return {[fd, past_queues] {
                *fd = UniqueFd(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
                const int on = past_queues ? 1 : 0;
                return *fd && ::setsockopt(fd->get(), SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on) == 0;
            },
            [fd, index] {
                sockaddr_ll to{};
                to.sll_family = AF_PACKET;
                to.sll_ifindex = index;
                const auto f = frame();
                return ::sendto(fd->get(), f.data(), f.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to) >= 0;
            },
            [fd] { return fd->get(); }};
}

/// Datagrams to everybody on this link: of UDP, or an echo request.
Way by_broadcast(const std::string& interface, int type, int protocol, std::string octets) {
    auto fd = std::make_shared<UniqueFd>();
    return {[=] {
                *fd = UniqueFd(::socket(AF_INET, type | SOCK_CLOEXEC, protocol));
                const int on = 1;
                return *fd && ::setsockopt(fd->get(), SOL_SOCKET, SO_BROADCAST, &on, sizeof on) == 0 &&
                       ::setsockopt(fd->get(), SOL_SOCKET, SO_BINDTODEVICE, interface.c_str(), static_cast<socklen_t>(interface.size())) ==
                           0;
            },
            [=] {
                sockaddr_in to{};
                to.sin_family = AF_INET;
                to.sin_port = htons(9);
                to.sin_addr.s_addr = INADDR_BROADCAST;
                return ::sendto(fd->get(), octets.data(), octets.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to) >= 0;
            },
            [fd] { return fd->get(); }};
}

/// Who joins a group tells his router so.
Way by_group(int index) {
    auto fd = std::make_shared<UniqueFd>();
    return {[fd] { return static_cast<bool>(*fd = UniqueFd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0))); },
            [fd, index] {
                ip_mreqn group{};
                ::inet_pton(AF_INET, "224.0.1.99", &group.imr_multiaddr);
                group.imr_ifindex = index;
                if (::setsockopt(fd->get(), IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group) != 0) return false;
                ::poll(nullptr, 0, 100);  // the kernel tells after a moment, and only if we are still a member
                return true;
            },
            [fd] { return fd->get(); }};
}

Way by_xdp(int index, bool by_polling) {
    auto socket = std::make_shared<std::unique_ptr<XdpSocket>>();
    return {[socket, index] {
                *socket = std::make_unique<XdpSocket>(index);
                return static_cast<bool>(**socket);
            },
            [socket, by_polling] {
                (*socket)->put(frame());
                if (!by_polling) return (*socket)->kick();
                pollfd watched{.fd = (*socket)->descriptor(), .events = POLLOUT, .revents = 0};
                return ::poll(&watched, 1, 100) >= 0;
            },
            [socket] { return (*socket)->descriptor(); }};
}

std::string echo_request() {
    icmphdr header{};
    header.type = ICMP_ECHO;
    header.checksum = htons(0xf7ff);
    return {reinterpret_cast<const char*>(&header), sizeof header};
}

Way way_of(const std::string& name, const std::string& interface) {
    const int index = static_cast<int>(::if_nametoindex(interface.c_str()));
    if (name == "udp") return by_broadcast(interface, SOCK_DGRAM, 0, "x");
    if (name == "icmp") return by_broadcast(interface, SOCK_RAW, IPPROTO_ICMP, echo_request());
    if (name == "igmp") return by_group(index);
    if (name.starts_with("xdp")) return by_xdp(index, name == "xdp-poll");
    return by_packet_socket(index, name == "bypass");
}

bool confine_as_sensor(int held) {
    const auto confined = confine(Role::sensor, {}, {}, {.packets = held < 0 ? std::vector<int>{} : std::vector{held}, .notify = -1});
    if (!confined) std::fprintf(stderr, "%s\n", confined.error().text.c_str());
    return confined.has_value();
}

/// In a child.
int attempt_once(const Way& way, Rogue::State state) {
    if (state == Rogue::State::confined && !confine_as_sensor(-1)) return 3;
    if (!way.prepare()) return refused;
    if (state == Rogue::State::held && !confine_as_sensor(way.descriptor())) return refused;
    return way.send() ? sent : refused;
}

}  // namespace

const std::vector<std::string>& Rogue::every_way() {
    static const std::vector<std::string> ways{"packet", "bypass", "udp", "icmp", "igmp", "xdp", "xdp-poll"};
    return ways;
}

int Rogue::attempt(const std::vector<std::string>& ways) const {
    int failures = 0;
    for (const std::string& name : ways) {
        const Way way = way_of(name, interface);
        std::fflush(stdout);
        const pid_t child = ::fork();
        if (child == 0) ::_exit(attempt_once(way, state));
        int status = 0;
        ::waitpid(child, &status, 0);
        if (WIFSIGNALED(status))
            std::printf("%s: killed by signal %d\n", name.c_str(), WTERMSIG(status));
        else if (WEXITSTATUS(status) == sent || WEXITSTATUS(status) == refused)
            std::printf("%s: %s\n", name.c_str(), WEXITSTATUS(status) == sent ? "sent" : "refused");
        else
            ++failures;
    }
    return failures;
}

}  // namespace sw::test
