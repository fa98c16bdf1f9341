#include "collector/dissect/packet_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "collector/dissect/dissect.hpp"

namespace sw {
namespace {

std::string mac_at(const std::uint8_t* octets) {
    MacAddress mac;
    std::memcpy(mac.octets.data(), octets, mac.octets.size());
    return to_string(mac);
}

const Layer* layer_of(const Packet& p, LayerKind kind) {
    const auto end = p.layers.begin() + p.layer_count;
    const auto found = std::find_if(p.layers.begin(), end, [kind](const Layer& l) { return l.kind == kind; });
    return found == end ? nullptr : &*found;
}

/// As tcpdump writes them: "[S.]" is SYN and ACK.
std::string flags_of(std::uint8_t flags) {
    constexpr std::pair<std::uint8_t, char> letters[] = {{tcp_flag::fin, 'F'}, {tcp_flag::syn, 'S'}, {tcp_flag::rst, 'R'},
                                                         {tcp_flag::psh, 'P'}, {tcp_flag::ack, '.'}, {tcp_flag::urg, 'U'},
                                                         {tcp_flag::ece, 'E'}, {tcp_flag::cwr, 'W'}};
    std::string text;
    for (const auto& [bit, letter] : letters)
        if (flags & bit) text += letter;
    return text.empty() ? "none" : text;
}

std::string tcp_words(const Packet& p) {
    if (p.caplen < p.l4_offset + 20) return "tcp, header not captured";
    std::string text = fmt::format("Flags [{}], seq {}", flags_of(p.tcp_flags), p.tcp_seq);
    if (p.payload_len > 0) text += fmt::format(":{}", p.tcp_seq + p.payload_len);
    if (p.tcp_flags & tcp_flag::ack) text += fmt::format(", ack {}", p.tcp_ack);
    return text + fmt::format(", win {}, length {}", p.tcp_window, p.payload_len);
}

/// Octets of the packet behind its IP headers.
std::uint32_t carried(const Packet& p) {
    const Layer* l = layer_of(p, p.network == Network::ipv6 ? LayerKind::ipv6 : LayerKind::ipv4);
    return l == nullptr || p.l4_offset == 0 || l->offset + l->len < p.l4_offset ? 0 : l->offset + l->len - p.l4_offset;
}

std::string udp_words(const Packet& p) {
    std::string text = fmt::format("UDP, length {}", p.payload_len);
    if (layer_of(p, LayerKind::vxlan) != nullptr) text += ", VXLAN";
    if (layer_of(p, LayerKind::geneve) != nullptr) text += ", Geneve";
    return text;
}

struct FragmentWords {
    std::uint32_t id = 0, offset = 0;
    bool more = false;
};

/// Where the fragment header of IPv6 stands, if it was captured.
const std::uint8_t* fragment_header(const Packet& p) {
    constexpr std::uint8_t kind_of_fragment = 44;
    if (p.caplen < p.l3_offset + 7) return nullptr;
    std::uint8_t kind = p.data[p.l3_offset + 6];
    for (std::size_t i = 0; i < p.layer_count; ++i) {
        const Layer& l = p.layers[i];
        if (l.kind != LayerKind::ipv6_extension) continue;
        if (kind == kind_of_fragment && l.caplen >= 8) return p.data + l.offset;
        if (l.caplen < 1) return nullptr;
        kind = p.data[l.offset];
    }
    return nullptr;
}

std::optional<FragmentWords> fragment_of(const Packet& p) {
    if (!p.fragment) return std::nullopt;
    const std::uint8_t* h = p.data + p.l3_offset;
    if (p.network == Network::ipv4) {
        if (p.caplen < p.l3_offset + 8) return std::nullopt;
        const std::uint16_t word = load_be16(h + 6);
        return FragmentWords{load_be16(h + 4), (word & 0x1fffu) * 8u, (word & 0x2000) != 0};
    }
    h = fragment_header(p);
    if (h == nullptr) return std::nullopt;
    return FragmentWords{load_be32(h + 4), load_be16(h + 2) & 0xfff8u, (h[3] & 1) != 0};
}

std::string_view kind_of_carried(const Packet& p) {
    constexpr std::pair<LayerKind, std::string_view> names[] = {
        {LayerKind::erspan, "GRE, ERSPAN"}, {LayerKind::gre, "GRE"},  {LayerKind::ipip, "IP in IP"},
        {LayerKind::sixin4, "IPv6 in IP"},  {LayerKind::esp, "ESP"},  {LayerKind::ah, "AH"},
        {LayerKind::sctp, "SCTP"},          {LayerKind::igmp, "IGMP"}};
    for (const auto& [kind, name] : names)
        if (layer_of(p, kind) != nullptr) return name;
    return {};
}

std::string transport_words(const Packet& p) {
    switch (p.transport) {
        case Transport::tcp:
            return tcp_words(p);
        case Transport::udp:
            return udp_words(p);
        case Transport::icmp:
        case Transport::icmp6:
            return fmt::format("{}, length {}", icmp_words(p), carried(p));
        case Transport::none:
            break;
    }
    const std::string_view name = kind_of_carried(p);
    const std::string what = name.empty() ? protocol_name(p.ip_proto) : std::string(name);
    return fmt::format("{}, length {}", what, carried(p));
}

std::string ip_words(const Packet& p) {
    const std::string_view family = p.network == Network::ipv6 ? "IP6" : "IP";
    if (p.ip_src == nullptr) return fmt::format("{}, header cannot be read", family);
    const bool ports = (p.transport == Transport::tcp || p.transport == Transport::udp) && !p.later_fragment;
    const auto end = [&](const Address& a, std::uint16_t port) { return ports ? fmt::format("{}.{}", to_string(a), port) : to_string(a); };
    std::string text = fmt::format("{} {} > {}: ", family, end(p.src(), p.sport), end(p.dst(), p.dport));
    if (const auto f = fragment_of(p)) text += fmt::format("frag (id {}, offset {}{}) ", f->id, f->offset, f->more ? ", more" : "");
    return text + (p.later_fragment ? fmt::format("{}, length {}", protocol_name(p.ip_proto), carried(p)) : transport_words(p));
}

std::string arp_words(const Packet& p) {
    const Layer* l = layer_of(p, LayerKind::arp);
    if (l == nullptr || p.ip_src == nullptr) return "ARP, cannot be read";
    const std::uint8_t* h = p.data + l->offset;
    const std::uint16_t opcode = load_be16(h + 6);
    if (opcode == 1) return fmt::format("ARP, Request who-has {} tell {}, length {}", to_string(p.dst()), to_string(p.src()), l->len);
    if (opcode == 2) return fmt::format("ARP, Reply {} is-at {}, length {}", to_string(p.src()), mac_at(h + 8), l->len);
    return fmt::format("ARP, opcode {} from {} to {}, length {}", opcode, to_string(p.src()), to_string(p.dst()), l->len);
}

std::string other_words(const Packet& p) {
    if (!is_decoded(p.link)) return fmt::format("{} frame, length {}", name_of(p.link), p.len);
    std::string text;
    if (p.mac_src != nullptr && p.mac_dst != nullptr) text = fmt::format("{} > {}, ", mac_at(p.mac_src), mac_at(p.mac_dst));
    if (p.mac_src != nullptr && p.mac_dst == nullptr) text = fmt::format("{} > ?, ", mac_at(p.mac_src));
    if (layer_of(p, LayerKind::mpls) != nullptr) text += "MPLS, ";
    if (layer_of(p, LayerKind::pppoe) != nullptr) text += "PPPoE, ";
    if (layer_of(p, LayerKind::snap) != nullptr)
        text += "LLC/SNAP, ";
    else if (layer_of(p, LayerKind::llc) != nullptr)
        text += "LLC, ";
    if (p.ethertype != 0) text += fmt::format("ethertype 0x{:04x}, ", p.ethertype);
    return text + fmt::format("length {}", p.len);
}

std::string words(const Packet& p) {
    switch (p.network) {
        case Network::arp:
            return arp_words(p);
        case Network::ipv4:
        case Network::ipv6:
            return ip_words(p);
        case Network::none:
            break;
    }
    return other_words(p);
}

std::string tags_of(const Packet& p) {
    std::string text;
    for (std::size_t i = 0; i < p.vlan_count; ++i) text += fmt::format("vlan {}, ", p.vlan[i]);
    return text;
}

std::string objections(const Packet& p) {
    std::string list;
    p.anomalies.for_each([&](Reason r) { list += (list.empty() ? "" : ", ") + std::string(info(r).slug); });
    return list.empty() ? list : fmt::format(" [{}]", list);
}

}  // namespace

std::string packet_line(const Frame& frame) {
    Packet p;
    decode(frame.data, frame.caplen, frame.len, frame.link, p);
    constexpr std::size_t clock_at = 11, clock_size = 15;  // of 2026-11-21T23:20:00.123456789Z
    return fmt::format("{} {}{}{}", to_rfc3339(frame.ts).substr(clock_at, clock_size), tags_of(p), words(p), objections(p));
}

}  // namespace sw
