#include "tests/property/packet/tins_frames.hpp"

#include <tins/ethernetII.h>
#include <tins/exceptions.h>
#include <tins/icmp.h>
#include <tins/icmpv6.h>
#include <tins/ip.h>
#include <tins/ipv6.h>
#include <tins/rawpdu.h>
#include <tins/tcp.h>
#include <tins/udp.h>

namespace sw::test {
namespace {

Address ordinary_v4(Dice& dice) {
    std::uint8_t octets[4] = {0, dice.octet(), dice.octet(), dice.octet()};
    while (octets[0] == 0 || octets[0] == 127) octets[0] = static_cast<std::uint8_t>(1 + dice.below(223));
    return Address::v4(octets);
}

Address ordinary_v6(Dice& dice) {
    const Octets octets = dice.octets(16);
    Address a = Address::v6(octets.data());
    a.octets[0] = static_cast<std::uint8_t>(0x20 | (a.octets[0] & 0x1f));  // 2000::/3
    return a;
}

Octets station(Dice& dice) {
    Octets mac = dice.octets(6);
    mac[0] = static_cast<std::uint8_t>(mac[0] & 0xfe);
    return mac;
}

std::uint8_t likely_flags(Dice& dice) {
    using namespace tcp_flag;
    constexpr std::uint8_t likely[] = {syn,       syn | ece | cwr, syn | ack, syn | ack | ece, ack, ack | psh,
                                       ack | fin, ack | fin | psh, ack | ece, ack | cwr | psh, rst, rst | ack};
    return likely[dice.below(std::size(likely))];
}

void add_options(Tins::TCP& segment, bool syn, Dice& dice) {
    if (syn && dice.one_in(2)) segment.mss(static_cast<std::uint16_t>(536 + dice.below(9000)));
    if (syn && dice.one_in(2)) segment.winscale(static_cast<std::uint8_t>(dice.below(15)));
    if (syn && dice.one_in(2)) segment.sack_permitted();
    if (dice.one_in(2)) segment.timestamp(dice.word(), dice.word());
    if (!syn && dice.one_in(4)) segment.sack({dice.word(), dice.word()});
}

Tins::TCP tcp_of(Sent& s, Dice& dice) {
    Tins::TCP segment(s.tuple.dport, s.tuple.sport);
    s.tcp_flags = likely_flags(dice);
    s.seq = dice.word();
    s.ack = dice.word();
    s.window = dice.half();
    segment.flags(s.tcp_flags);
    segment.seq(s.seq);
    segment.ack_seq(s.ack);
    segment.window(s.window);
    const bool syn = (s.tcp_flags & tcp_flag::syn) != 0;
    if (dice.one_in(2)) add_options(segment, syn, dice);
    if (syn || (s.tcp_flags & tcp_flag::rst)) s.payload = 0;
    return segment;
}

/// type stands for both families: 8 or 128, 0 or 129.
template <class Echo>
void set_echo(Echo& echo, std::uint16_t id, Dice& dice) {
    if constexpr (requires { echo.id(id); })
        echo.id(id);
    else
        echo.identifier(id);
    echo.sequence(dice.half());
}

void put_transport(Tins::PDU& network, Sent& s, Dice& dice) {
    if (s.transport == Transport::tcp) {
        network.inner_pdu(tcp_of(s, dice));
    } else if (s.transport == Transport::udp) {
        network.inner_pdu(Tins::UDP(s.tuple.dport, s.tuple.sport));
    } else if (s.transport == Transport::icmp) {
        Tins::ICMP echo(dice.one_in(2) ? Tins::ICMP::ECHO_REQUEST : Tins::ICMP::ECHO_REPLY);
        set_echo(echo, s.tuple.sport, dice);
        network.inner_pdu(echo);
    } else {
        Tins::ICMPv6 echo(dice.one_in(2) ? Tins::ICMPv6::ECHO_REQUEST : Tins::ICMPv6::ECHO_REPLY);
        set_echo(echo, s.tuple.sport, dice);
        network.inner_pdu(echo);
    }
    if (s.payload > 0) network.inner_pdu()->inner_pdu(Tins::RawPDU(dice.octets(s.payload)));
}

void choose(Sent& s, Dice& dice) {
    const bool six = dice.one_in(3);
    const std::uint32_t kind = dice.below(10);
    s.network = six ? Network::ipv6 : Network::ipv4;
    s.transport = kind < 6 ? Transport::tcp : kind < 9 ? Transport::udp : six ? Transport::icmp6 : Transport::icmp;
    s.mac_src = station(dice);
    s.mac_dst = station(dice);
    s.tuple.src = six ? ordinary_v6(dice) : ordinary_v4(dice);
    do s.tuple.dst = six ? ordinary_v6(dice) : ordinary_v4(dice);
    while (s.tuple.dst == s.tuple.src);
    s.tuple.sport = static_cast<std::uint16_t>(1 + dice.below(65535));
    s.tuple.dport = static_cast<std::uint16_t>(1 + dice.below(65535));
    if (kind == 9) s.tuple.dport = s.tuple.sport;
    s.tuple.proto = s.transport == Transport::tcp ? 6 : s.transport == Transport::udp ? 17 : six ? 58 : 1;
    s.ttl = static_cast<std::uint8_t>(1 + dice.below(255));
    s.payload = dice.one_in(3) ? 0 : dice.below(dice.one_in(4) ? 1400 : 40);
}

}  // namespace

Sent honest_frame(Dice& dice) {
    Sent s;
    choose(s, dice);
    Tins::EthernetII link(Tins::HWAddress<6>(s.mac_dst.data()), Tins::HWAddress<6>(s.mac_src.data()));
    std::size_t octets = 0;
    if (s.network == Network::ipv6) {
        Tins::IPv6 header(Tins::IPv6Address(s.tuple.dst.octets.data()), Tins::IPv6Address(s.tuple.src.octets.data()));
        header.hop_limit(s.ttl);
        put_transport(header, s, dice);
        octets = header.size();
        link.inner_pdu(header);
    } else {
        Tins::IP header(Tins::IPv4Address(to_string(s.tuple.dst)), Tins::IPv4Address(to_string(s.tuple.src)));
        header.ttl(s.ttl);
        header.id(dice.half());
        header.flags(dice.one_in(2) ? Tins::IP::DONT_FRAGMENT : Tins::IP::Flags{});
        put_transport(header, s, dice);
        octets = header.size();
        link.inner_pdu(header);
    }
    s.frame = link.serialize();
    if (dice.one_in(2)) s.frame.resize(14 + octets);  // libtins pads to 60 octets; virtual links do not
    return s;
}

TinsReading read_by_tins(const Octets& frame) {
    TinsReading r;
    try {
        const Tins::EthernetII link(frame.data(), static_cast<std::uint32_t>(frame.size()));
        if (const auto* ip = link.find_pdu<Tins::IP>()) {
            r.src = parse_address(ip->src_addr().to_string());
            r.dst = parse_address(ip->dst_addr().to_string());
        } else if (const auto* ip6 = link.find_pdu<Tins::IPv6>()) {
            const Tins::IPv6Address from = ip6->src_addr(), to = ip6->dst_addr();
            r.src = Address::v6(&*from.begin());
            r.dst = Address::v6(&*to.begin());
        }
        const auto set = [&](const auto& transport) {
            r.sport = transport.sport();
            r.dport = transport.dport();
            r.payload = transport.inner_pdu() != nullptr ? transport.inner_pdu()->size() : 0;
        };
        if (const auto* tcp = link.find_pdu<Tins::TCP>()) {
            r.is_tcp = true;
            set(*tcp);
            r.flags = static_cast<std::uint8_t>(tcp->flags());
            r.seq = tcp->seq();
            r.ack = tcp->ack_seq();
        } else if (const auto* udp = link.find_pdu<Tins::UDP>()) {
            r.is_udp = true;
            set(*udp);
        }
    } catch (const Tins::exception_base&) {
        r = {};
        r.refused = true;
    }
    return r;
}

}  // namespace sw::test
