// The other end of a mirror port, and a rogue behind it.
//   port_peer stimuli IF MAC ADDRESS...   what makes an ordinary host answer: eight kinds of frames to MAC
//   port_peer rogue free|confined|held IF [WAY...]   tries to send on IF in each of these ways, or in all (rogue.hpp)
// Ends with 0 when all could be tried, whatever became of it.
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <tins/tins.h>

#include <cstdio>
#include <string>
#include <vector>

#include "rules/base/unique_fd.hpp"
#include "tests/system/port/rogue.hpp"

namespace {

using namespace Tins;

const char* const ours = "192.0.2.1";
const char* const our_link_local = "fe80::1";
const HWAddress<6> our_mac("02:00:00:00:00:01");

class Port {
public:
    explicit Port(const char* interface) : index_(static_cast<int>(if_nametoindex(interface))) {}

    bool send(const PDU::serialization_type& frame) const {
        const sw::UniqueFd fd(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
        sockaddr_ll to{};
        to.sll_family = AF_PACKET;
        to.sll_ifindex = index_;
        (void)sendto(fd.get(), frame.data(), frame.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
        return static_cast<bool>(fd);
    }

private:
    int index_;
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

int rogue(const std::string& state, const char* interface, std::vector<std::string> ways) {
    using sw::test::Rogue;
    const Rogue rogue{interface, state == "held" ? Rogue::State::held : state == "confined" ? Rogue::State::confined : Rogue::State::free};
    if (ways.empty()) ways = Rogue::every_way();
    return rogue.attempt(ways) == 0 ? 0 : 3;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string what = argc > 2 ? argv[1] : "";
    if (what == "rogue" && argc > 3) return rogue(argv[2], argv[3], {argv + 4, argv + argc});
    if (what == "stimuli" && argc > 4) return stimuli(Port(argv[2]), HWAddress<6>(argv[3]), {argv + 4, argv + argc});
    std::fprintf(stderr, "usage: port_peer stimuli IF MAC ADDRESS... | rogue free|confined|held IF [WAY...]\n");
    return 2;
}
