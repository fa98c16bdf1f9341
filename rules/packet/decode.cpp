#include "rules/packet/common_frame.hpp"
#include "rules/packet/decode_internal.hpp"

namespace sw {

Address Packet::src() const {
    if (ip_src == nullptr) return {};
    return network == Network::ipv6 ? Address::v6(ip_src) : Address::v4(ip_src);
}

Address Packet::dst() const {
    if (ip_dst == nullptr) return {};
    return network == Network::ipv6 ? Address::v6(ip_dst) : Address::v4(ip_dst);
}

FiveTuple Packet::five_tuple() const { return {src(), dst(), sport, dport, ip_proto}; }

bool Packet::is_icmp_error() const {
    if (transport == Transport::icmp) return icmp_type == 3 || icmp_type == 11 || icmp_type == 12;
    return transport == Transport::icmp6 && icmp_type >= 1 && icmp_type <= 4;
}

bool Packet::is_echo_request() const {
    return (transport == Transport::icmp && icmp_type == 8) || (transport == Transport::icmp6 && icmp_type == 128);
}

bool Packet::is_echo_reply() const {
    return (transport == Transport::icmp && icmp_type == 0) || (transport == Transport::icmp6 && icmp_type == 129);
}

std::string_view to_string(LayerKind kind) {
    constexpr std::string_view names[] = {
        "ethernet", "sll",  "sll2", "null",           "raw",  "llc",   "snap",   "vlan",   "mpls",    "pppoe",
        "arp",      "ipv4", "ipv6", "ipv6-extension", "tcp",  "udp",   "icmp",   "icmp6",  "gre",     "ipip",
        "6in4",     "esp",  "ah",   "sctp",           "igmp", "vxlan", "geneve", "erspan", "payload", "other"};
    return names[static_cast<std::size_t>(kind)];
}

void decoding::begin(const std::uint8_t* data, std::uint32_t caplen, std::uint32_t len, Datalink link, Packet& packet) {
    static_cast<PacketFields&>(packet) = PacketFields{};
    packet.quoted.present = false;
    packet.data = data;
    packet.caplen = caplen;
    packet.len = len;
    packet.link = link;
}

namespace {

void walk(Packet& packet) {
    if (packet.caplen < packet.len) packet.anomalies.add(Reason::truncated);
    if (packet.caplen > packet.len) packet.anomalies.add(Reason::caplen_over_len);
    decoding::decode_link(packet, {packet.data, 0, packet.len, packet.caplen});
}

}  // namespace

void decode(const std::uint8_t* data, std::uint32_t caplen, std::uint32_t len, Datalink link, Packet& packet) {
    CommonFrame common;
    if (link.linktype == linktype::en10mb && caplen == len && read_common(data, len, common)) return expand(common, len, link, packet);
    decode_strictly(data, caplen, len, link, packet);
}

void decode_strictly(const std::uint8_t* data, std::uint32_t caplen, std::uint32_t len, Datalink link, Packet& packet) {
    decoding::begin(data, caplen, len, link, packet);
    walk(packet);
}

}  // namespace sw
