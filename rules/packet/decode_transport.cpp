// TCP (RFC 9293), UDP (RFC 768), and recognition of what else IP carries.
#include "rules/packet/checksum.hpp"
#include "rules/packet/decode_internal.hpp"

namespace sw::decoding {
namespace {

namespace option {
constexpr std::uint8_t end = 0, nop = 1, mss = 2, window_scale = 3, sack_permitted = 4, sack = 5, timestamps = 8;
}

bool flags_possible(std::uint8_t flags) {
    using namespace tcp_flag;
    const bool is_syn = flags & syn, is_fin = flags & fin, is_rst = flags & rst, is_ack = flags & ack;
    if (is_syn + is_fin + is_rst > 1) return false;
    if (!is_syn && !is_rst && !is_ack) return false;  // null, xmas, a FIN or data that acknowledge nothing
    if (is_syn && (flags & (psh | urg))) return false;
    const std::uint8_t ecn = flags & (ece | cwr);
    if (is_syn && is_ack) return (ecn & cwr) == 0;      // RFC 3168 6.1.1: ECE alone answers
    if (is_syn) return ecn == 0 || ecn == (ece | cwr);  // and both together ask
    return true;
}

/// Options that only a SYN may carry, and the length that each kind must have; 0: any.
std::uint8_t length_of_option(std::uint8_t kind) {
    switch (kind) {
        case option::mss:
            return 4;
        case option::window_scale:
            return 3;
        case option::sack_permitted:
            return 2;
        case option::timestamps:
            return 10;
        default:
            return 0;
    }
}

void check_option(Packet& p, const std::uint8_t* at, std::uint32_t& seen) {
    const std::uint8_t kind = at[0], length = at[1];
    const std::uint8_t right = length_of_option(kind);
    const bool sack_right = kind != option::sack || (length >= 10 && (length - 2) % 8 == 0);
    if ((right != 0 && length != right) || !sack_right) return p.anomalies.add(Reason::tcp_options);
    const bool syn_only = kind == option::mss || kind == option::window_scale || kind == option::sack_permitted;
    const std::uint32_t bit = kind < 32 ? 1u << kind : 0;
    if ((syn_only && !(p.tcp_flags & tcp_flag::syn)) || (seen & bit)) p.anomalies.add(Reason::tcp_option_misplaced);
    seen |= bit;
    if (kind == option::window_scale) {
        p.tcp_has_window_scale = true;
        p.tcp_window_scale = at[2];
        if (at[2] > 14) p.anomalies.add(Reason::tcp_window_scale);
    }
}

void check_options(Packet& p, const std::uint8_t* at, const std::uint8_t* end) {
    std::uint32_t seen = 0;
    while (at < end) {
        if (*at == option::end) {  // behind it stands padding, and padding is zero (RFC 9293 3.1)
            if (std::any_of(at, end, [](std::uint8_t octet) { return octet != 0; })) p.anomalies.add(Reason::tcp_options);
            return;
        }
        if (*at == option::nop) {
            ++at;
            continue;
        }
        if (end - at < 2 || at[1] < 2 || at[1] > end - at) return p.anomalies.add(Reason::tcp_options);
        check_option(p, at, seen);
        at += at[1];
    }
}

/// NOP NOP and a time stamp: what nearly every segment carries.
bool only_timestamps(const std::uint8_t* at, std::uint32_t size) { return size == 12 && load_be32(at) == 0x0101080au; }

void set_payload(Packet& p, Cursor c, std::uint32_t header) {
    c.pos += header;
    p.payload_offset = c.pos;
    p.payload_len = c.wire();
    p.payload_caplen = c.captured();
    if (p.payload_len > 0) add_layer(p, LayerKind::payload, c);
}

void recognise_udp_tunnel(Packet& p, Cursor c) {
    if (p.payload_caplen < 8) return;
    const std::uint8_t* h = c.data + p.payload_offset;
    c.pos = p.payload_offset;
    // RFC 7348 5: flags 0x08, all else reserved and zero; RFC 8926 3.4: version 0 and a protocol that it may carry
    const bool vxlan = p.dport == 4789 && h[0] == 0x08 && (load_be32(h) & 0x00ffffffu) == 0 && h[7] == 0;
    const std::uint16_t carried = load_be16(h + 2);
    const bool geneve = p.dport == 6081 && h[0] >> 6 == 0 && h[7] == 0 && (carried == 0x6558 || carried == 0x0800 || carried == 0x86dd);
    if (!vxlan && !geneve) return;
    add_layer(p, vxlan ? LayerKind::vxlan : LayerKind::geneve, c);
    p.anomalies.add(Reason::tunnel);
}

void recognise_gre(Packet& p, Cursor c) {
    add_layer(p, LayerKind::gre, c);
    p.anomalies.add(Reason::tunnel);
    if (c.captured() < 4) return;
    const std::uint16_t carried = load_be16(c.here() + 2);
    const std::uint16_t flags = load_be16(c.here());
    const std::uint32_t size = 4u + ((flags & 0x8000) ? 4 : 0) + ((flags & 0x2000) ? 4 : 0) + ((flags & 0x1000) ? 4 : 0);
    if ((carried != 0x88be && carried != 0x22eb) || c.captured() < size) return;
    c.pos += size;
    add_layer(p, LayerKind::erspan, c);
}

void recognise_tunnel(Packet& p, const Cursor& c, LayerKind kind) {
    add_layer(p, kind, c);
    p.anomalies.add(Reason::tunnel);
}

}  // namespace

Checksum transport_checksum(const Packet& p, const Cursor& c, std::uint8_t proto) {
    if (!c.whole()) return Checksum::unverifiable;
    const std::uint32_t addresses = p.network == Network::ipv6 ? 32 : 8;
    const std::uint64_t sum = sum_words(p.ip_src, addresses) + sum_of(proto) + sum_of(static_cast<std::uint16_t>(c.wire())) +
                              sum_of(static_cast<std::uint16_t>(c.wire() >> 16)) + sum_words(c.here(), c.wire());
    return fold(sum) == 0xffff ? Checksum::good : Checksum::bad;
}

void decode_transport(Packet& p, Cursor c, std::uint8_t proto) {
    p.ip_proto = proto;
    switch (proto) {
        case 6:
            return decode_tcp(p, c);
        case 17:
            return decode_udp(p, c);
        case 1:
            if (p.network == Network::ipv4) return decode_icmp(p, c);
            break;
        case 58:
            if (p.network == Network::ipv6) return decode_icmp6(p, c);
            break;
        case 2:
            return add_layer(p, LayerKind::igmp, c);
        case 132:
            return add_layer(p, LayerKind::sctp, c);
        case 4:
            return recognise_tunnel(p, c, LayerKind::ipip);
        case 41:
            return recognise_tunnel(p, c, LayerKind::sixin4);
        case 47:
            return recognise_gre(p, c);
        case 50:
            return recognise_tunnel(p, c, LayerKind::esp);
        case 51:
            return recognise_tunnel(p, c, LayerKind::ah);
        case 94:   // KA9Q IP in IP
        case 97:   // EtherIP
        case 115:  // L2TP
        case 137:  // MPLS in IP
            return recognise_tunnel(p, c, LayerKind::other);
        default:
            break;
    }
    add_layer(p, LayerKind::other, c);
}

void decode_tcp(Packet& p, Cursor c) {
    add_layer(p, LayerKind::tcp, c);
    p.transport = Transport::tcp;
    if (c.captured() >= 4) {
        p.sport = load_be16(c.here());
        p.dport = load_be16(c.here() + 2);
    }
    if (p.fragment && c.captured() < 20) return;  // fragment_tiny says it
    if (!demand(p, c, 20, Reason::tcp_header_length)) return;
    const std::uint8_t* h = c.here();
    p.tcp_seq = load_be32(h + 4);
    p.tcp_ack = load_be32(h + 8);
    p.tcp_flags = h[13];
    p.tcp_window = load_be16(h + 14);
    const std::uint32_t header = (h[12] >> 4) * 4u;
    if (header < 20 || header > c.wire()) return p.anomalies.add(Reason::tcp_header_length);
    if (p.sport == 0 || p.dport == 0) p.anomalies.add(Reason::port_zero);
    if (h[12] & 0x0f) p.anomalies.add(Reason::tcp_reserved_bits);
    if (!flags_possible(p.tcp_flags)) p.anomalies.add(Reason::tcp_flags);
    if ((p.tcp_flags & tcp_flag::urg) || load_be16(h + 18) != 0) p.anomalies.add(Reason::tcp_urgent);
    if (!p.fragment) note_checksum(p, transport_checksum(p, c, 6));
    if (header > 20 && c.captured() >= header && !only_timestamps(h + 20, header - 20)) check_options(p, h + 20, h + header);
    set_payload(p, c, header);
    if (p.payload_len > 0 && (p.tcp_flags & tcp_flag::syn)) p.anomalies.add(Reason::tcp_syn_data);
    if (p.payload_len > 0 && (p.tcp_flags & tcp_flag::rst)) p.anomalies.add(Reason::tcp_rst_data);
}

void decode_udp(Packet& p, Cursor c) {
    add_layer(p, LayerKind::udp, c);
    p.transport = Transport::udp;
    if (c.captured() >= 4) {
        p.sport = load_be16(c.here());
        p.dport = load_be16(c.here() + 2);
    }
    if (p.fragment && c.captured() < 8) return;
    if (!demand(p, c, 8, Reason::udp_length)) return;
    const std::uint16_t length = load_be16(c.here() + 4);
    if (p.sport == 0 || p.dport == 0) p.anomalies.add(Reason::port_zero);
    if (!p.fragment && length != c.wire()) p.anomalies.add(Reason::udp_length);
    if (load_be16(c.here() + 6) == 0)
        p.anomalies.add(Reason::udp_no_checksum);
    else if (!p.fragment && length == c.wire())
        note_checksum(p, transport_checksum(p, c, 17));
    set_payload(p, c, 8);
    recognise_udp_tunnel(p, c);
}

}  // namespace sw::decoding
