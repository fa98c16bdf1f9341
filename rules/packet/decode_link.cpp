// Link headers: what stands before IP, and the padding behind it.
#include <cstring>

#include "rules/packet/decode_internal.hpp"

namespace sw::decoding {
namespace {

constexpr std::uint16_t type_ipv4 = 0x0800, type_arp = 0x0806, type_ipv6 = 0x86dd;

bool is_vlan_type(std::uint16_t type) { return type == 0x8100 || type == 0x88a8 || type == 0x9100 || type == 0x9200; }

void decode_llc(Packet& p, Cursor c) {
    add_layer(p, LayerKind::llc, c);
    if (!demand(p, c, 3, Reason::llc_length)) return;
    const std::uint8_t dsap = c.here()[0], ssap = c.here()[1];
    if (dsap == 0x06 || ssap == 0x06) p.anomalies.add(Reason::snap_ip);  // IP's own SAP, RFC 948
    if (dsap != 0xaa || ssap != 0xaa) return;
    c.pos += 3;
    add_layer(p, LayerKind::snap, c);
    if (!demand(p, c, 5, Reason::llc_length)) return;
    const std::uint16_t type = load_be16(c.here() + 3);
    p.ethertype = type;
    if (type != type_ipv4 && type != type_ipv6 && type != type_arp) return;
    p.anomalies.add(Reason::snap_ip);
    c.pos += 5;
    decode_ethertype(p, c, type);
}

void decode_802_3(Packet& p, Cursor c, std::uint16_t length) {
    if (length > c.wire()) {
        p.anomalies.add(Reason::llc_length);
        return;
    }
    Cursor inner = c;
    inner.wire_end = c.pos + length;
    decode_llc(p, inner);
    check_behind(p, c, inner.wire_end);
}

/// Strip VLAN tags. Returns the type behind them, with c moved; false if the frame ends inside a tag or has too many.
bool decode_vlans(Packet& p, Cursor& c, std::uint16_t& type) {
    while (is_vlan_type(type)) {
        if (p.vlan_count == 2) p.anomalies.add(Reason::vlan_depth);
        if (p.vlan_count == p.vlan.size()) return false;
        add_layer(p, LayerKind::vlan, c);
        if (!demand(p, c, 4, Reason::frame_short)) return false;
        const std::uint16_t vid = load_be16(c.here()) & 0x0fff;
        if (vid == 0) p.anomalies.add(Reason::vlan_priority);
        if (vid == 4095) p.anomalies.add(Reason::vlan_reserved);
        p.vlan[p.vlan_count++] = vid;
        type = load_be16(c.here() + 2);
        c.pos += 4;
    }
    return true;
}

void decode_ethernet(Packet& p, Cursor c) {
    add_layer(p, LayerKind::ethernet, c);
    if (!demand(p, c, 14, Reason::frame_short)) return;
    p.mac_dst = c.here();
    p.mac_src = c.here() + 6;
    if (p.mac_src[0] & 1) p.anomalies.add(Reason::mac_source_group);
    std::uint16_t type = load_be16(c.here() + 12);
    c.pos += 14;
    if (!decode_vlans(p, c, type)) return;
    if (type <= 1500) return decode_802_3(p, c, type);
    if (type < 0x600) {
        p.anomalies.add(Reason::ethertype_invalid);
        return;
    }
    p.plain = p.vlan_count == 0;
    decode_ethertype(p, c, type);
}

/// "Cooked" headers of Linux: the type is where SLL or SLL2 puts it, MAC addresses only of the sender.
void decode_cooked(Packet& p, Cursor c, LayerKind kind) {
    const bool v2 = kind == LayerKind::sll2;
    const std::uint32_t size = v2 ? 20 : 16;
    add_layer(p, kind, c);
    if (!demand(p, c, size, Reason::frame_short)) return;
    const std::uint8_t* h = c.here();
    const std::uint16_t hardware = load_be16(h + (v2 ? 8 : 2));
    const unsigned address_length = v2 ? h[11] : load_be16(h + 4);
    if (hardware == 1 && address_length == 6) {
        p.mac_src = h + (v2 ? 12 : 6);
        if (p.mac_src[0] & 1) p.anomalies.add(Reason::mac_source_group);
    }
    std::uint16_t type = load_be16(h + (v2 ? 0 : 14));
    c.pos += size;
    if (!decode_vlans(p, c, type)) return;
    if (type == 0x0004) return decode_llc(p, c);
    p.plain = p.vlan_count == 0;
    if (type >= 0x600) decode_ethertype(p, c, type);
}

/// The BSDs' loopback: a protocol family in the byte order of the capturing host (NULL) or the network (LOOP).
void decode_loopback(Packet& p, Cursor c, bool network_order) {
    add_layer(p, LayerKind::null, c);
    if (!demand(p, c, 4, Reason::frame_short)) return;
    std::uint32_t family;
    std::memcpy(&family, c.here(), 4);
    if (network_order || p.link.swapped) family = __builtin_bswap32(family);
    c.pos += 4;
    p.plain = true;
    if (family == 2) return decode_ethertype(p, c, type_ipv4);
    // NetBSD and OpenBSD 24, FreeBSD 28, macOS 30, Linux 10
    if (family == 24 || family == 28 || family == 30 || family == 10) decode_ethertype(p, c, type_ipv6);
}

void decode_raw(Packet& p, Cursor c) {
    add_layer(p, LayerKind::raw, c);
    if (!demand(p, c, 1, Reason::frame_short)) return;
    p.plain = true;
    const unsigned version = c.here()[0] >> 4;
    if (version == 6) return decode_ipv6(p, c);
    decode_ipv4(p, c);  // objects to any version but 4
}

}  // namespace

void check_behind(Packet& p, const Cursor& frame, std::uint32_t packet_end) {
    if (packet_end >= frame.wire_end) return;
    // 60 octets is Ethernet's least frame without its check sequence; each tag may stand on top of it. Cooked captures keep
    // the padding behind a header of their own.
    const std::uint32_t least = p.layers[0].kind == LayerKind::sll2 ? 66 : p.layers[0].kind == LayerKind::sll ? 62 : 60;
    const bool padded = p.mac_src != nullptr && frame.wire_end <= least + 4u * p.vlan_count;
    if (!padded) {
        p.anomalies.add(Reason::trailer);
        return;
    }
    const std::uint32_t end = std::min(frame.wire_end, frame.cap_end);
    if (packet_end < end && !all_zero(frame.data + packet_end, end - packet_end)) p.anomalies.add(Reason::padding_data);
}

void decode_ethertype(Packet& p, Cursor c, std::uint16_t type) {
    p.ethertype = type;
    switch (type) {
        case type_ipv4:
            return decode_ipv4(p, c);
        case type_ipv6:
            return decode_ipv6(p, c);
        case type_arp:
            return decode_arp(p, c);
        case 0x8847:
        case 0x8848:
            add_layer(p, LayerKind::mpls, c);
            break;
        case 0x8863:
        case 0x8864:
            add_layer(p, LayerKind::pppoe, c);
            break;
        case 0x88e5:  // MACsec
        case 0x88e7:  // PBB
        case 0x88be:  // ERSPAN without GRE, seen from some taps
        case 0x6558:
            add_layer(p, LayerKind::other, c);
            break;
        default:
            add_layer(p, LayerKind::other, c);
            return;
    }
    p.anomalies.add(Reason::tunnel);
}

void decode_arp(Packet& p, Cursor c) {
    add_layer(p, LayerKind::arp, c);
    p.network = Network::arp;
    if (!demand(p, c, 28, Reason::arp_format)) return;
    const std::uint8_t* h = c.here();
    if (load_be16(h) != 1 || load_be16(h + 2) != type_ipv4 || h[4] != 6 || h[5] != 4) {
        p.anomalies.add(Reason::arp_format);
        return;
    }
    const std::uint16_t opcode = load_be16(h + 6);
    if (opcode != 1 && opcode != 2) p.anomalies.add(Reason::arp_opcode);
    p.ip_src = h + 14;
    p.ip_dst = h + 24;
    if (p.mac_src != nullptr && std::memcmp(p.mac_src, h + 8, 6) != 0) p.anomalies.add(Reason::arp_mac_mismatch);
    const bool group_ip = p.ip_src[0] >= 224;
    if ((h[8] & 1) || group_ip) p.anomalies.add(Reason::arp_sender_group);
    check_behind(p, c, c.pos + 28);
}

void decode_link(Packet& p, Cursor c) {
    switch (p.link.linktype) {
        case linktype::en10mb:
            return decode_ethernet(p, c);
        case linktype::linux_sll:
            return decode_cooked(p, c, LayerKind::sll);
        case linktype::linux_sll2:
            return decode_cooked(p, c, LayerKind::sll2);
        case linktype::null:
            return decode_loopback(p, c, false);
        case linktype::loop:
            return decode_loopback(p, c, true);
        case linktype::raw:
        case linktype::dlt_raw_bsd:
        case linktype::dlt_raw_openbsd:
            return decode_raw(p, c);
        case linktype::ipv4:
            add_layer(p, LayerKind::raw, c);
            p.plain = true;
            return decode_ipv4(p, c);
        case linktype::ipv6:
            add_layer(p, LayerKind::raw, c);
            p.plain = true;
            return decode_ipv6(p, c);
        default:
            add_layer(p, LayerKind::other, c);
            p.anomalies.add(Reason::datalink_unknown);
    }
}

}  // namespace sw::decoding
