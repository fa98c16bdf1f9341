// IPv4 (RFC 791) and IPv6 with its extension chain (RFC 8200).
#include <cstring>

#include "rules/packet/checksum.hpp"
#include "rules/packet/decode_internal.hpp"

namespace sw::decoding {
namespace {

namespace proto {
constexpr std::uint8_t hop_by_hop = 0, tcp = 6, udp = 17, routing = 43, fragment = 44, ah = 51, icmp6 = 58, none = 59, destination = 60,
                       mobility = 135, hip = 139, shim6 = 140;
}

/// RFC 6890: blocks that are neither a source nor a destination on a wire.
bool martian_source_v4(const std::uint8_t* a, bool dhcp) {
    const bool unspecified = load_be32(a) == 0;
    return (a[0] == 0 && !(unspecified && dhcp)) || a[0] == 127 || a[0] >= 224;
}

bool martian_destination_v4(const std::uint8_t* a) { return a[0] == 0 || a[0] == 127 || (a[0] >= 240 && load_be32(a) != 0xffffffffu); }

bool loopback_or_mapped_v6(const std::uint8_t* a) {
    if (load_be32(a) != 0 || load_be32(a + 4) != 0) return false;
    const std::uint32_t third = load_be32(a + 8), last = load_be32(a + 12);
    return third == 0x0000ffffu || (third == 0 && last != 0);  // ::ffff:0:0/96, ::1 and the old ::/96
}

bool unspecified_v6(const std::uint8_t* a) {
    constexpr std::uint8_t zero[16] = {};
    return std::memcmp(a, zero, 16) == 0;
}

/// next: duplicate address detection and MLD speak from :: (RFC 4862, RFC 3810), behind a hop-by-hop header or not.
void check_addresses_v6(Packet& p, std::uint8_t next) {
    const bool from_nobody = unspecified_v6(p.ip_src);
    if ((from_nobody && next != proto::icmp6 && next != proto::hop_by_hop) || p.ip_src[0] == 0xff || loopback_or_mapped_v6(p.ip_src) ||
        unspecified_v6(p.ip_dst) || loopback_or_mapped_v6(p.ip_dst))
        p.anomalies.add(Reason::martian);
    if (std::memcmp(p.ip_src, p.ip_dst, 16) == 0) p.anomalies.add(Reason::land);
}

void check_addresses_v4(Packet& p, const Cursor& after_header) {
    // A port that was not captured may be any: "truncated" says it already.
    const bool udp = p.ip_proto == proto::udp && after_header.wire() >= 4;
    const bool may_be_dhcp = udp && (after_header.captured() < 4 || load_be16(after_header.here() + 2) == 67);
    if (martian_source_v4(p.ip_src, may_be_dhcp) || martian_destination_v4(p.ip_dst)) p.anomalies.add(Reason::martian);
    if (load_be32(p.ip_src) == load_be32(p.ip_dst)) p.anomalies.add(Reason::land);
}

void check_options_v4(Packet& p, const std::uint8_t* at, const std::uint8_t* end) {
    p.anomalies.add(Reason::ip_options);
    while (at < end) {
        if (*at == 0) return;  // end of list
        if (*at == 1) {
            ++at;
            continue;
        }
        if (end - at < 2 || at[1] < 2 || at[1] > end - at) {
            p.anomalies.add(Reason::ip_options_malformed);
            return;
        }
        at += at[1];
    }
}

/// Shortest transport header that a first fragment must hold (RFC 1858).
std::uint32_t least_transport(std::uint8_t protocol) { return protocol == proto::tcp ? 20 : 8; }

/// offset in octets; c stands behind the IP header
void note_fragment(Packet& p, const Cursor& c, std::uint32_t offset, bool more) {
    p.fragment = true;
    p.plain = false;
    p.later_fragment = offset != 0;
    p.anomalies.add(Reason::fragment);
    if (offset + c.wire() > 65535) p.anomalies.add(Reason::fragment_overlong);
    if (offset == 0 && more && c.wire() < least_transport(p.ip_proto)) p.anomalies.add(Reason::fragment_tiny);
    if (offset == 8 && p.ip_proto == proto::tcp) p.anomalies.add(Reason::fragment_tiny);  // would overwrite the flags
}

void check_fragment_v4(Packet& p, const Cursor& c, std::uint16_t field) {
    if (field & 0x8000) p.anomalies.add(Reason::ip_reserved_bit);
    if ((field & 0x3fff) == 0) return;
    note_fragment(p, c, (field & 0x1fffu) * 8u, (field & 0x2000) != 0);
    if (field & 0x4000) p.anomalies.add(Reason::fragment_df);
}

/// What may stand where in the chain (RFC 8200 4.1). Destination options may come early or last.
unsigned rank_of(std::uint8_t header) {
    switch (header) {
        case proto::hop_by_hop:
            return 0;
        case proto::routing:
            return 2;
        case proto::fragment:
            return 3;
        case proto::ah:
            return 4;
        case proto::destination:
            return 6;
        default:
            return 7;
    }
}

bool is_extension(std::uint8_t h) {
    return h == proto::hop_by_hop || h == proto::routing || h == proto::fragment || h == proto::ah || h == proto::destination ||
           h == proto::mobility || h == proto::hip || h == proto::shim6;
}

bool has_jumbo_option(const std::uint8_t* at, const std::uint8_t* end) {
    while (end - at >= 2) {
        if (*at == 0xc2) return true;
        at += *at == 0 ? 1 : at[1] + 2;
    }
    return false;
}

void read_fragment_header(Packet& p, const Cursor& c) {
    const std::uint16_t field = load_be16(c.here() + 2);
    const std::uint32_t offset = field & 0xfff8u;
    const bool more = (field & 1) != 0;
    Cursor behind = c;
    behind.pos += 8;
    p.fragment_at = c.pos;
    p.ip_proto = c.here()[0];
    note_fragment(p, behind, offset, more);
    if (offset == 0 && !more) p.anomalies.add(Reason::fragment_atomic);
}

class ExtensionChain {
public:
    /// Walk; c is moved behind the chain. false: what follows cannot be read.
    bool walk(Packet& p, Cursor& c, std::uint8_t& next) {
        for (unsigned count = 0; is_extension(next); ++count) {
            p.plain = false;
            p.anomalies.add(Reason::ipv6_extension);
            if (count == 8) {
                p.anomalies.add(Reason::ipv6_extension_depth);
                return false;
            }
            if (!step(p, c, next)) return false;
            if (p.later_fragment) break;
        }
        return true;
    }

private:
    bool step(Packet& p, Cursor& c, std::uint8_t& next) {
        check_place(p, next);
        add_layer(p, next == proto::ah ? LayerKind::ah : LayerKind::ipv6_extension, c);
        if (!demand(p, c, 8, Reason::ipv6_extension_length)) return false;
        const std::uint8_t* h = c.here();
        const std::uint32_t size = next == proto::fragment ? 8 : next == proto::ah ? (h[1] + 2u) * 4 : (h[1] + 1u) * 8;
        if (!demand(p, c, size, Reason::ipv6_extension_length)) return false;
        if (next == proto::ah) p.anomalies.add(Reason::tunnel);
        if (next == proto::routing && h[2] == 0) p.anomalies.add(Reason::ipv6_routing_0);
        if (next == proto::hop_by_hop && has_jumbo_option(h + 2, h + size)) p.anomalies.add(Reason::ipv6_jumbo);
        if (next == proto::fragment) read_fragment_header(p, c);
        next = h[0];
        c.pos += size;
        return true;
    }

    void check_place(Packet& p, std::uint8_t header) {
        const unsigned allowed = header == proto::destination ? 2 : 1;
        if (++seen_[header] > allowed) p.anomalies.add(Reason::ipv6_extension_repeated);
        const unsigned rank = rank_of(header);
        const bool early_destination = last_ == 6 && destinations_ == 1 && rank >= 2;
        if (rank < last_ && !early_destination) p.anomalies.add(Reason::ipv6_extension_order);
        if (header == proto::hop_by_hop && started_) p.anomalies.add(Reason::ipv6_extension_order);
        if (header == proto::destination) ++destinations_;
        started_ = true;
        last_ = rank;
    }

    std::array<std::uint8_t, 256> seen_{};
    unsigned last_ = 0, destinations_ = 0;
    bool started_ = false;
};

}  // namespace

void decode_ipv4(Packet& p, Cursor c) {
    const Cursor frame = c;
    add_layer(p, LayerKind::ipv4, c);
    p.l3_offset = c.pos;
    if (!demand(p, c, 20, Reason::ip_length)) return;
    const std::uint8_t* h = c.here();
    p.network = Network::ipv4;
    p.ip_src = h + 12;
    p.ip_dst = h + 16;
    p.ip_proto = h[9];
    p.ttl = h[8];
    if (h[0] >> 4 != 4) return p.anomalies.add(Reason::ip_version);
    const std::uint32_t header = (h[0] & 15u) * 4, total = load_be16(h + 2);
    if (header < 20 || header > c.wire()) return p.anomalies.add(Reason::ip_header_length);
    if (total < header || total > c.wire()) return p.anomalies.add(Reason::ip_length);
    c.wire_end = c.pos + total;
    end_layer(p, c);
    check_behind(p, frame, c.wire_end);
    if (p.ttl == 0) p.anomalies.add(Reason::ttl_zero);
    if (header > 20) p.plain = false;
    const bool header_captured = c.captured() >= header;
    if (header > 20 && header_captured) check_options_v4(p, h + 20, h + header);
    if (header_captured) note_checksum(p, fold(sum_words(h, header)) == 0xffff ? Checksum::good : Checksum::bad);
    c.pos += header;
    p.l4_offset = c.pos;
    check_addresses_v4(p, c);
    check_fragment_v4(p, c, load_be16(h + 6));
    if (p.later_fragment) return add_layer(p, LayerKind::payload, c);
    decode_transport(p, c, p.ip_proto);
}

void decode_ipv6(Packet& p, Cursor c) {
    const Cursor frame = c;
    add_layer(p, LayerKind::ipv6, c);
    p.l3_offset = c.pos;
    if (!demand(p, c, 40, Reason::ip_length)) return;
    const std::uint8_t* h = c.here();
    p.network = Network::ipv6;
    p.ip_src = h + 8;
    p.ip_dst = h + 24;
    std::uint8_t next = h[6];
    p.ip_proto = next;
    p.ttl = h[7];
    if (h[0] >> 4 != 6) return p.anomalies.add(Reason::ip_version);
    const std::uint32_t payload = load_be16(h + 4);
    c.pos += 40;
    if (payload == 0 && next != proto::none) p.anomalies.add(Reason::ipv6_jumbo);
    if (payload > c.wire()) return p.anomalies.add(Reason::ip_length);
    if (payload != 0 || next == proto::none) {
        c.wire_end = c.pos + payload;
        end_layer(p, c);
        check_behind(p, frame, c.wire_end);
    }
    if (p.ttl == 0) p.anomalies.add(Reason::ttl_zero);
    check_addresses_v6(p, next);
    p.l4_offset = c.pos;
    if (is_extension(next)) {
        const bool readable = ExtensionChain{}.walk(p, c, next);
        p.ip_proto = next;
        p.l4_offset = c.pos;
        if (!readable || p.later_fragment) return;
    }
    if (next == proto::none) return p.anomalies.add(Reason::ipv6_no_next_header);
    decode_transport(p, c, next);
}

}  // namespace sw::decoding
