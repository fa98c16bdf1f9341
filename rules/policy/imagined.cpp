#include "rules/policy/imagined.hpp"

#include <cstring>

namespace sw {
namespace {

struct Writer {
    ImaginedFrame frame;

    void put(const std::uint8_t* data, std::size_t n) {
        std::memcpy(&frame.octets[frame.size], data, n);
        frame.size += static_cast<std::uint32_t>(n);
    }
    void zero(std::size_t n) { frame.size += static_cast<std::uint32_t>(n); }
    void put8(unsigned v) { frame.octets[frame.size++] = static_cast<std::uint8_t>(v); }
    void put16(unsigned v) {
        put8(v >> 8);
        put8(v & 0xff);
    }
};

void put_mac(Writer& w, const std::uint8_t* mac) {
    if (mac != nullptr)
        w.put(mac, 6);
    else
        w.zero(6);
}

void put_family(Writer& w, const Packet& p, bool network_order) {
    // The frame's own word, where it has one: each BSD numbers IPv6 differently.
    if (p.caplen >= 4) return w.put(p.data, 4);
    const std::uint8_t family = p.network == Network::ipv6 ? 24 : 2;
    const bool last = network_order || p.link.swapped;
    if (last) w.zero(3);
    w.put8(family);
    if (!last) w.zero(3);
}

void put_link(Writer& w, const Packet& p, bool swapped) {
    const unsigned type = p.network == Network::ipv6 ? 0x86dd : 0x0800;
    switch (p.link.linktype) {
        case linktype::en10mb:
            put_mac(w, swapped ? p.mac_src : p.mac_dst);
            put_mac(w, swapped ? p.mac_dst : p.mac_src);
            return w.put16(type);
        case linktype::linux_sll:
            w.zero(14);
            return w.put16(type);
        case linktype::linux_sll2:
            w.put16(type);
            return w.zero(18);
        case linktype::null:
            return put_family(w, p, false);
        case linktype::loop:
            return put_family(w, p, true);
        default:
            return;
    }
}

constexpr unsigned echo_request_v4 = 0x0800, echo_request_v6 = 0x8000;

void put_transport(Writer& w, const Packet& p, bool swapped) {
    const bool icmp = p.transport == Transport::icmp || p.transport == Transport::icmp6;
    if (icmp) {
        w.put16(p.transport == Transport::icmp ? echo_request_v4 : echo_request_v6);
        return w.zero(6);
    }
    w.put16(swapped ? p.dport : p.sport);
    w.put16(swapped ? p.sport : p.dport);
    if (p.transport == Transport::udp) {
        w.put16(8);
        return w.zero(2);
    }
    if (p.transport != Transport::tcp) return w.zero(4);
    w.zero(8);
    w.put8(0x50);
    w.put8(tcp_flag::syn);
    w.put16(0xffff);
    w.zero(4);
}

unsigned transport_size(const Packet& p) { return p.transport == Transport::tcp ? 20 : 8; }

}  // namespace

ImaginedFrame imagine_opening(const Packet& p, bool swapped) {
    Writer w;
    put_link(w, p, swapped);
    const std::uint8_t* src = swapped ? p.ip_dst : p.ip_src;
    const std::uint8_t* dst = swapped ? p.ip_src : p.ip_dst;
    if (p.network == Network::ipv6) {
        w.put8(0x60);
        w.zero(3);
        w.put16(transport_size(p));
        w.put8(p.ip_proto);
        w.put8(64);
        w.put(src, 16);
        w.put(dst, 16);
    } else {
        w.put16(0x4500);
        w.put16(20 + transport_size(p));
        w.put16(0);
        w.put16(0x4000);
        w.put8(64);
        w.put8(p.ip_proto);
        w.zero(2);
        w.put(src, 4);
        w.put(dst, 4);
    }
    put_transport(w, p, swapped);
    return w.frame;
}

FlowFields fields_of_opening(const Packet& p, bool swapped) {
    FlowFields f;
    const std::uint8_t* ends[2] = {swapped ? p.ip_dst : p.ip_src, swapped ? p.ip_src : p.ip_dst};
    const std::size_t words = p.network == Network::ipv6 ? 4 : 1;
    for (std::size_t end = 0; end < 2; ++end)
        for (std::size_t i = 0; i < words; ++i) f.words[end * 4 + i] = load_be32(ends[end] + i * 4);
    f.words[8] = p.ip_proto;
    if (p.transport == Transport::icmp || p.transport == Transport::icmp6) {
        f.words[9] = p.transport == Transport::icmp ? echo_request_v4 : echo_request_v6;
    } else {
        f.words[9] = swapped ? p.dport : p.sport;
        f.words[10] = swapped ? p.sport : p.dport;
    }
    return f;
}

}  // namespace sw
