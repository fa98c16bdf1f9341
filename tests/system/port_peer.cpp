// The other end of a mirror port, and a rogue behind it.
//   port_peer stimuli IF MAC ADDRESS...   what makes an ordinary host answer: eight kinds of frames to MAC
//   port_peer rogue IF                    one frame past the protocols, one past the queues too, one datagram, one group joined
// Ends with 0 when all could be tried, whatever became of it.
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <tins/tins.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "rules/base/unique_fd.hpp"

namespace {

using namespace Tins;

const char* const ours = "192.0.2.1";
const char* const our_link_local = "fe80::1";
const HWAddress<6> our_mac("02:00:00:00:00:01");

class Port {
public:
    explicit Port(const char* interface) : index_(static_cast<int>(if_nametoindex(interface))), name_(interface) {}

    bool send(const PDU::serialization_type& frame, bool past_queues = false) const {
        const sw::UniqueFd fd(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
        const int one = past_queues ? 1 : 0;
        if (!fd || setsockopt(fd.get(), SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof one) != 0) return false;
        sockaddr_ll to{};
        to.sll_family = AF_PACKET;
        to.sll_ifindex = index_;
        (void)sendto(fd.get(), frame.data(), frame.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
        return true;
    }

    bool shout() const {  // a datagram to everybody, and a group joined
        const sw::UniqueFd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        const int one = 1;
        if (!fd || setsockopt(fd.get(), SOL_SOCKET, SO_BROADCAST, &one, sizeof one) != 0 ||
            setsockopt(fd.get(), SOL_SOCKET, SO_BINDTODEVICE, name_.c_str(), static_cast<socklen_t>(name_.size())) != 0)
            return false;
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(9);
        to.sin_addr.s_addr = INADDR_BROADCAST;
        (void)sendto(fd.get(), "x", 1, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
        ip_mreqn group{};
        inet_pton(AF_INET, "224.0.1.99", &group.imr_multiaddr);
        group.imr_ifindex = index_;
        (void)setsockopt(fd.get(), IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group);
        return true;
    }

private:
    int index_;
    std::string name_;
};

PDU::serialization_type igmp_query(const HWAddress<6>& to) {
    const std::vector<std::uint8_t> query{0x11, 100, 0xee, 0x9b, 0, 0, 0, 0};
    IP ip("224.0.0.1", ours);
    ip.ttl(1);
    ip.protocol(2);
    auto frame = EthernetII(to, our_mac) / ip / RawPDU(query);
    return frame.serialize();
}

int stimuli(const Port& port, const HWAddress<6>& mac, const std::vector<std::string>& addresses) {
    const HWAddress<6> everybody("ff:ff:ff:ff:ff:ff");
    bool sent = true;
    const auto send = [&](auto frame) { sent = port.send(frame.serialize()) && sent; };
    ICMP echo;
    echo.type(ICMP::ECHO_REQUEST);
    TCP syn(25, 40000);
    syn.flags(TCP::SYN);
    for (const std::string& address : addresses) {
        send(ARP::make_arp_request(address, ours, our_mac));
        send(EthernetII(mac, our_mac) / IP(address, ours) / echo);
        send(EthernetII(mac, our_mac) / IP(address, ours) / syn);
    }
    send(EthernetII(everybody, our_mac) / IP("192.0.2.255", ours) / echo);
    sent = port.send(igmp_query(everybody)) && sent;
    send(EthernetII("33:33:00:00:00:01", our_mac) / IPv6("ff02::1", our_link_local) / ICMPv6(ICMPv6::ECHO_REQUEST));
    send(EthernetII("33:33:00:00:00:01", our_mac) / IPv6("ff02::1", our_link_local) / ICMPv6(ICMPv6::MGM_QUERY));
    send(EthernetII(mac, our_mac) / IPv6("2001:db8::1", our_link_local) / ICMPv6(ICMPv6::ECHO_REQUEST));
    return sent ? 0 : 3;
}

int rogue(const Port& port) {
    auto frame = EthernetII("ff:ff:ff:ff:ff:ff", our_mac) / RawPDU(std::string(46, 'r'));
    const auto octets = frame.serialize();
    return port.send(octets) && port.send(octets, true) && port.shout() ? 0 : 3;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string what = argc > 2 ? argv[1] : "";
    if (what == "rogue") return rogue(Port(argv[2]));
    if (what == "stimuli" && argc > 4) return stimuli(Port(argv[2]), HWAddress<6>(argv[3]), {argv + 4, argv + argc});
    std::fprintf(stderr, "usage: port_peer stimuli IF MAC ADDRESS... | rogue IF\n");
    return 2;
}
