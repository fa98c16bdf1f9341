/// The one adapter to libtins.
#include "tests/support/craft.hpp"

#include <tins/tins.h>

namespace sw::craft {
namespace {

std::string text(std::string_view s) { return std::string(s); }

/// libtins pads short frames to 60 octets; a test says so itself.
CraftedFrame finish(Tins::EthernetII&& frame, std::size_t packet_octets) {
    CraftedFrame f;
    f.bytes = frame.serialize();
    f.bytes.resize(ip_at + packet_octets);
    f.len = static_cast<std::uint32_t>(f.bytes.size());
    return f;
}

template <class Inner>
CraftedFrame in_ip(const Endpoint& from, const Endpoint& to, const Inner& inner, std::uint8_t proto, std::uint8_t ttl) {
    Tins::EthernetII link(to.mac, from.mac);
    if (from.is_v6()) {
        Tins::IPv6 header(to.ip, from.ip);
        header.hop_limit(ttl);
        header.next_header(proto);
        const Tins::IPv6 packet = header / inner;
        const std::size_t octets = packet.size();
        return finish(link / packet, octets);
    }
    Tins::IP header(to.ip, from.ip);
    header.ttl(ttl);
    header.id(0x1993);
    header.flags(Tins::IP::DONT_FRAGMENT);
    header.protocol(proto);
    const Tins::IP packet = header / inner;
    const std::size_t octets = packet.size();
    return finish(link / packet, octets);
}

CraftedFrame arp(std::string_view to_mac, const Tins::ARP& message) {
    return finish(Tins::EthernetII(text(to_mac), message.sender_hw_addr()) / message, message.size());
}

Tins::ARP arp_message(Tins::ARP::Flags opcode, const Endpoint& sender, std::string_view target_mac, std::string_view target_ip) {
    Tins::ARP message(text(target_ip), sender.ip, text(target_mac), sender.mac);
    message.opcode(opcode);
    return message;
}

}  // namespace

Octets mac_octets(std::string_view s) {
    const Tins::HWAddress<6> address(text(s));
    return {address.begin(), address.end()};
}

Octets ip_octets(std::string_view s) {
    if (s.find(':') == std::string_view::npos)
        return be32(Tins::Endian::host_to_be(static_cast<std::uint32_t>(Tins::IPv4Address(text(s)))));
    const Tins::IPv6Address address(text(s));
    return {address.begin(), address.end()};
}

CraftedFrame ethernet(std::string_view to_mac, std::string_view from_mac, unsigned ethertype, const Octets& payload) {
    CraftedFrame f;
    f.bytes = mac_octets(to_mac) + mac_octets(from_mac) + be16(ethertype) + payload;
    f.len = static_cast<std::uint32_t>(f.bytes.size());
    return f;
}

CraftedFrame ip(const Endpoint& from, const Endpoint& to, std::uint8_t proto, const Octets& payload, std::uint8_t ttl) {
    return in_ip(from, to, Tins::RawPDU(payload.begin(), payload.end()), proto, ttl);
}

CraftedFrame tcp(const Endpoint& from, const Endpoint& to, const TcpFields& fields, std::string_view payload) {
    Tins::TCP segment(to.port, from.port);
    segment.flags(fields.flags);
    segment.seq(fields.seq);
    segment.ack_seq(fields.ack);
    segment.window(fields.window);
    if (!payload.empty()) segment /= Tins::RawPDU(text(payload));
    CraftedFrame f = in_ip(from, to, segment, 6, 64);
    return fields.options.empty() ? f : f.tcp_options(fields.options);
}

CraftedFrame udp(const Endpoint& from, const Endpoint& to, std::string_view payload) {
    Tins::UDP datagram(to.port, from.port);
    if (!payload.empty()) datagram /= Tins::RawPDU(text(payload));
    return in_ip(from, to, datagram, 17, 64);
}

CraftedFrame udp(const Endpoint& from, const Endpoint& to, const Octets& payload) {
    return udp(from, to, std::string(payload.begin(), payload.end()));
}

CraftedFrame arp_request(const Endpoint& asks, std::string_view for_ip) {
    return arp(mac::broadcast, arp_message(Tins::ARP::REQUEST, asks, "00:00:00:00:00:00", for_ip));
}

CraftedFrame arp_reply(const Endpoint& owner, const Endpoint& to) {
    return arp(to.mac, arp_message(Tins::ARP::REPLY, owner, to.mac, to.ip));
}

CraftedFrame arp_gratuitous(const Endpoint& owner) { return arp_request(owner, owner.ip); }

}  // namespace sw::craft
