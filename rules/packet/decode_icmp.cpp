// ICMP (RFC 792), ICMPv6 (RFC 4443) and neighbour discovery (RFC 4861).
#include <algorithm>

#include "rules/packet/checksum.hpp"
#include "rules/packet/decode_internal.hpp"

namespace sw::decoding {
namespace {

/// What is quoted of TCP behind the first 8 octets. size: of what is quoted from l4 on.
void quote_tcp(Quoted& q, const std::uint8_t* l4, std::uint32_t size) {
    q.tcp_seq = load_be32(l4 + 4);
    if (size < 20) return;
    q.syn = (l4[13] & tcp_flag::syn) != 0;
    const std::uint32_t header = (l4[12] >> 4) * 4u;
    if (header < 20 || header >= size) return;
    q.payload = l4 + header;
    q.payload_len = size - header;
}

/// Ports, echo identifier and sequence number of a quoted transport header of at least 8 octets.
void quote_transport(Packet& p, const std::uint8_t* l4, std::uint32_t size, bool v6) {
    FiveTuple& t = p.quoted.tuple;
    t.sport = t.dport = 0;
    p.quoted.syn = false;
    p.quoted.tcp_seq = p.quoted.payload_len = 0;
    if (t.proto == 6 || t.proto == 17) {
        t.sport = load_be16(l4);
        t.dport = load_be16(l4 + 2);
    }
    if (t.proto == 6) quote_tcp(p.quoted, l4, size);
    const bool echo = (!v6 && t.proto == 1 && l4[0] == 8) || (v6 && t.proto == 58 && l4[0] == 128);
    if (echo) t.sport = t.dport = load_be16(l4 + 4);
    p.quoted.present = true;
}

/// Extensions of an error (RFC 4884 7): labels of MPLS (RFC 4950) and what interface it was (RFC 5837), no more of them than routers write.
bool are_extensions(const std::uint8_t* at, std::uint32_t size) {
    constexpr std::uint32_t most = 256;
    constexpr std::uint8_t version_2 = 0x20, mpls_labels = 1, interface = 2;
    if (size < 4 || size > most || at[0] != version_2 || at[1] != 0) return false;
    if (load_be16(at + 2) != 0 && fold(sum_words(at, size)) != 0xffff) return false;
    for (std::uint32_t i = 4; i < size;) {
        if (size - i < 4) return false;
        const std::uint32_t length = load_be16(at + i);
        const bool known = (at[i + 2] == mpls_labels && at[i + 3] == 1) || at[i + 2] == interface;
        if (!known || length < 8 || length % 4 != 0 || length > size - i) return false;
        i += length;
    }
    return true;
}

/// How much of what follows the error's header is the quoted packet, which says that it has so many octets. Behind it stand zeros,
/// and extensions (RFC 4884); anything else is put there to be carried. length: of what is quoted, zeros included; 0: not said, and
/// routers older than that RFC begin their extensions at 128.
std::uint32_t quoted_octets(Packet& p, const Cursor& c, std::uint32_t own, std::uint32_t length) {
    constexpr std::uint32_t least = 128;
    const std::uint32_t size = c.captured(), extensions = length < least ? least : length;
    const std::uint32_t quoted = std::min({size, own, length < least ? size : length});
    const std::uint32_t zeros = std::max(quoted, std::min(size, extensions));
    const std::uint8_t* at = c.here();
    const bool only_zeros = std::all_of(at + quoted, at + zeros, [](std::uint8_t octet) { return octet == 0; });
    const bool ends = zeros == size || !c.whole() || (zeros == extensions && are_extensions(at + zeros, size - zeros));
    if (!only_zeros || !ends) p.anomalies.add(Reason::icmp_embedded);
    return quoted;
}

void quote_ipv4(Packet& p, const Cursor& c) {
    if (!demand(p, c, 20, Reason::icmp_embedded)) return;
    const std::uint8_t* h = c.here();
    const std::uint32_t header = (h[0] & 15u) * 4;
    const bool readable = header >= 20 && h[0] >> 4 == 4 && (load_be16(h + 6) & 0x1fff) == 0;
    if (!readable) return p.anomalies.add(Reason::icmp_embedded);
    if (!demand(p, c, header + 8, Reason::icmp_embedded)) return;
    p.quoted.tuple = {Address::v4(h + 12), Address::v4(h + 16), 0, 0, h[9]};
    const std::uint32_t quoted = quoted_octets(p, c, load_be16(h + 2), h[-3] * 4u);
    quote_transport(p, h + header, std::max(quoted, header + 8) - header, false);
}

void quote_ipv6(Packet& p, const Cursor& c) {
    if (!demand(p, c, 48, Reason::icmp_embedded)) return;
    const std::uint8_t* h = c.here();
    if (h[0] >> 4 != 6) return p.anomalies.add(Reason::icmp_embedded);
    p.quoted.tuple = {Address::v6(h + 8), Address::v6(h + 24), 0, 0, h[6]};
    const bool has_length = p.icmp_type == 1 || p.icmp_type == 3;  // elsewhere the octet is of the MTU or the pointer
    const std::uint32_t quoted = quoted_octets(p, c, 40u + load_be16(h + 4), has_length ? h[-4] * 8u : 0);
    quote_transport(p, h + 40, std::max<std::uint32_t>(quoted, 48) - 40, true);
}

void set_icmp(Packet& p, Cursor c) {
    const std::uint8_t* h = c.here();
    p.icmp_type = h[0];
    p.icmp_code = h[1];
    if (p.is_echo_request() || p.is_echo_reply()) p.sport = p.dport = load_be16(h + 4);
    c.pos += 8;
    p.payload_offset = c.pos;
    p.payload_len = c.wire();
    p.payload_caplen = c.captured();
}

/// Highest code of the types that an honest enclave shows; 0xff: a type it never needs (RFC 6918, RFC 1122).
std::uint8_t highest_code_v4(std::uint8_t type) {
    switch (type) {
        case 0:
        case 8:
            return 0;
        case 3:
            return 15;
        case 11:
            return 1;
        case 12:
            return 2;
        default:
            return 0xff;
    }
}

std::uint8_t highest_code_v6(std::uint8_t type) {
    switch (type) {
        case 1:
            return 8;  // destination unreachable, RFC 4443 3.1 and RFC 7045, 8883
        case 2:
            return 0;  // packet too big
        case 3:
            return 1;  // time exceeded
        case 4:
            return 10;  // parameter problem, RFC 8754, RFC 8883
        case 128:
        case 129:
        case 130:
        case 131:
        case 132:
        case 133:
        case 134:
        case 135:
        case 136:
        case 143:
            return 0;
        default:
            return 0xff;
    }
}

void check_type(Packet& p, std::uint8_t highest) {
    if (highest == 0xff)
        p.anomalies.add(Reason::icmp_forbidden);
    else if (p.icmp_code > highest)
        p.anomalies.add(Reason::icmp_code);
}

/// Options of neighbour discovery: each at least 8 octets, all within the message.
bool nd_options_fit(const std::uint8_t* at, const std::uint8_t* end) {
    while (at < end) {
        if (end - at < 8 || at[1] == 0 || at[1] * 8 > end - at) return false;
        at += at[1] * 8;
    }
    return true;
}

void check_neighbour_discovery(Packet& p, const Cursor& c) {
    if (p.ttl != 255) p.anomalies.add(Reason::nd_hop_limit);
    const std::uint32_t fixed = p.icmp_type == 133 ? 8 : p.icmp_type == 134 ? 16 : 24;
    if (c.wire() < fixed) return p.anomalies.add(Reason::nd_format);
    if (!c.whole()) return;
    const bool group_target = fixed == 24 && c.here()[8] == 0xff;
    if (group_target || !nd_options_fit(c.here() + fixed, c.here() + c.wire())) p.anomalies.add(Reason::nd_format);
}

}  // namespace

void decode_icmp(Packet& p, Cursor c) {
    add_layer(p, LayerKind::icmp, c);
    p.transport = Transport::icmp;
    if (!demand(p, c, 8, Reason::icmp_length)) return;
    set_icmp(p, c);
    if (p.fragment) return;
    if (!c.whole())
        note_checksum(p, Checksum::unverifiable);
    else
        note_checksum(p, fold(sum_words(c.here(), c.wire())) == 0xffff ? Checksum::good : Checksum::bad);
    check_type(p, highest_code_v4(p.icmp_type));
    c.pos += 8;
    if (p.is_icmp_error()) quote_ipv4(p, c);
}

void decode_icmp6(Packet& p, Cursor c) {
    add_layer(p, LayerKind::icmp6, c);
    p.transport = Transport::icmp6;
    if (!demand(p, c, 8, Reason::icmp_length)) return;
    set_icmp(p, c);
    if (p.fragment) return;
    note_checksum(p, transport_checksum(p, c, 58));
    check_type(p, highest_code_v6(p.icmp_type));
    if (p.icmp_type >= 133 && p.icmp_type <= 136) check_neighbour_discovery(p, c);
    c.pos += 8;
    if (p.is_icmp_error()) quote_ipv6(p, c);
}

}  // namespace sw::decoding
