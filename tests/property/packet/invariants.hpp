#pragma once
/// What holds for every frame there is, well-formed or not. Shared by the property tests and the fuzzer.
#include <algorithm>

#include "tests/property/packet/frame_case.hpp"

namespace sw::test {

/// "" or which field differs.
inline std::string difference(const Packet& a, const Packet& b) {
#define SPAN_SAME(field) \
    if (a.field != b.field) return "differs: " #field
    SPAN_SAME(data);
    SPAN_SAME(caplen);
    SPAN_SAME(len);
    SPAN_SAME(link);
    SPAN_SAME(network);
    SPAN_SAME(transport);
    SPAN_SAME(ip_proto);
    SPAN_SAME(fragment);
    SPAN_SAME(later_fragment);
    SPAN_SAME(plain);
    SPAN_SAME(checksum);
    SPAN_SAME(layer_count);
    SPAN_SAME(anomalies);
    SPAN_SAME(ethertype);
    SPAN_SAME(vlan_count);
    SPAN_SAME(ttl);
    SPAN_SAME(vlan);
    SPAN_SAME(mac_dst);
    SPAN_SAME(mac_src);
    SPAN_SAME(ip_src);
    SPAN_SAME(ip_dst);
    SPAN_SAME(sport);
    SPAN_SAME(dport);
    SPAN_SAME(tcp_flags);
    SPAN_SAME(tcp_window_scale);
    SPAN_SAME(tcp_has_window_scale);
    SPAN_SAME(icmp_type);
    SPAN_SAME(icmp_code);
    SPAN_SAME(tcp_window);
    SPAN_SAME(tcp_seq);
    SPAN_SAME(tcp_ack);
    SPAN_SAME(l3_offset);
    SPAN_SAME(l4_offset);
    SPAN_SAME(payload_offset);
    SPAN_SAME(payload_len);
    SPAN_SAME(payload_caplen);
    SPAN_SAME(quoted.present);
#undef SPAN_SAME
    if (a.quoted.present && (a.quoted.tuple != b.quoted.tuple || a.quoted.tcp_seq != b.quoted.tcp_seq)) return "differs: quoted";
    for (std::size_t i = 0; i < a.layer_count; ++i) {
        const Layer &x = a.layers[i], &y = b.layers[i];
        if (x.kind != y.kind || x.offset != y.offset || x.len != y.len || x.caplen != y.caplen)
            return "differs: layer " + std::to_string(i) + " " + std::string(to_string(x.kind));
    }
    return {};
}

/// Layers stand in order, each within the one before, none beyond the frame or the capture.
inline std::string broken_layers(const Packet& p) {
    if (p.layer_count == 0 || p.layer_count > Packet::max_layers) return "layer_count";
    std::uint64_t offset = 0, end = p.len;
    for (std::size_t i = 0; i < p.layer_count; ++i) {
        const Layer& l = p.layers[i];
        const std::string name = "layer " + std::string(to_string(l.kind));
        if (l.caplen > l.len) return name + " has more captured than there is";
        if (l.offset < offset) return name + " begins before the one around it";
        if (std::uint64_t{l.offset} + l.len > end) return name + " ends behind the one around it";
        if (l.caplen > 0 && std::uint64_t{l.offset} + l.caplen > p.caplen) return name + " ends behind the capture";
        if (p.caplen >= p.len && l.caplen != l.len) return name + " is cut in a frame that is not";
        offset = l.offset;
        end = std::uint64_t{l.offset} + l.len;
    }
    return {};
}

inline std::string broken_pointers(const Packet& p) {
    const auto within = [&](const std::uint8_t* at, std::uint32_t n) {
        return at == nullptr || (at >= p.data && static_cast<std::uint64_t>(at - p.data) + n <= p.caplen);
    };
    const std::uint32_t address = p.network == Network::ipv6 ? 16 : 4;
    if (!within(p.mac_dst, 6) || !within(p.mac_src, 6)) return "a MAC address lies outside the capture";
    if (!within(p.ip_src, address) || !within(p.ip_dst, address)) return "an IP address lies outside the capture";
    if ((p.ip_src == nullptr) != (p.ip_dst == nullptr)) return "one address without the other";
    if (std::max({p.l3_offset, p.l4_offset, p.payload_offset}) > p.len) return "an offset lies outside the frame";
    if (p.payload_caplen > p.payload_len) return "more payload captured than there is";
    if (p.payload_len > 0 && std::uint64_t{p.payload_offset} + p.payload_len > p.len) return "payload ends behind the frame";
    if (p.payload_caplen > 0 && std::uint64_t{p.payload_offset} + p.payload_caplen > p.caplen) return "payload ends behind the capture";
    return {};
}

/// What one field says, others do not deny.
inline std::string contradiction(const Packet& p) {
    const bool ip = p.network == Network::ipv4 || p.network == Network::ipv6;
    if (p.anomalies.has(Reason::truncated) != (p.caplen < p.len)) return "truncated";
    if (p.anomalies.has(Reason::caplen_over_len) != (p.caplen > p.len)) return "caplen-over-len";
    p.anomalies.for_each([](Reason r) {
        if (info(r).kind != ReasonKind::anomaly) __builtin_trap();  // the decoder does not judge
    });
    if (p.vlan_count > p.vlan.size()) return "vlan_count";
    if (ip && p.ip_src == nullptr) return "IP without addresses";
    if (p.transport != Transport::none && (!ip || p.l4_offset == 0)) return "a transport without IP";
    if (p.later_fragment && (!p.fragment || p.transport != Transport::none)) return "a later fragment with a transport";
    if (p.fragment && (p.plain || !p.anomalies.has(Reason::fragment))) return "a fragment passes as plain";
    if (p.plain && p.vlan_count != 0) return "tagged but plain";
    const std::uint32_t fixed = p.network == Network::ipv6 ? 40 : 20;
    if (p.plain && ip && p.l4_offset != 0 && p.l4_offset - p.l3_offset != fixed) return "plain with more than the fixed header";
    if (p.anomalies.has(Reason::bad_checksum) != (p.checksum == Checksum::bad)) return "checksum";
    if (p.checksum == Checksum::unverifiable && p.caplen >= p.len) return "unverifiable though whole";
    if (p.quoted.present && (!p.is_icmp_error() || p.anomalies.has(Reason::icmp_embedded))) return "quoted";
    const bool must_be_verified = p.anomalies.empty() && p.transport != Transport::none;
    if (must_be_verified && p.checksum != Checksum::good) return "nothing wrong, but the checksum is not good";
    if (p.anomalies.empty() && p.is_icmp_error() && !p.quoted.present) return "an ICMP error without quotation and without anomaly";
    return {};
}

/// Decode the frame every way and hold the results against each other and against the above. "" or what is broken.
inline std::string broken_invariant(const FrameCase& c) {
    const ExactCopy octets(c);
    Packet p, again, strict;
    const std::uint8_t other[40] = {0x45, 0, 0, 40, 1, 1, 0x40, 0, 7, 6};
    decode(other, sizeof other, sizeof other, {linktype::raw}, again);  // something to be forgotten
    decode(octets.data(), c.caplen(), c.len(), c.link, p);
    decode(octets.data(), c.caplen(), c.len(), c.link, again);
    decode_strictly(octets.data(), c.caplen(), c.len(), c.link, strict);
    if (auto what = difference(p, again); !what.empty()) return "decoded again, it " + what;
    if (auto what = difference(p, strict); !what.empty()) return "decoded strictly, it " + what;
    if (auto what = broken_layers(p); !what.empty()) return what;
    if (auto what = broken_pointers(p); !what.empty()) return what;
    return contradiction(p);
}

}  // namespace sw::test
