#pragma once
/// The decoder's rooms see the same cursor: where we are, where the enclosing layer ends on the wire, where the capture
/// ends. Private to rules/packet.
#include <algorithm>
#include <cstring>

#include "rules/packet/packet.hpp"

namespace sw::decoding {

struct Cursor {
    const std::uint8_t* data;
    std::uint32_t pos;
    std::uint32_t wire_end;  ///< of the enclosing layer, by its own length field
    std::uint32_t cap_end;   ///< of the capture; may lie before or behind wire_end

    std::uint32_t wire() const { return wire_end - pos; }
    std::uint32_t captured() const { return std::min(cap_end, wire_end) > pos ? std::min(cap_end, wire_end) - pos : 0; }
    const std::uint8_t* here() const { return data + pos; }
    bool whole() const { return cap_end >= wire_end; }
};

[[gnu::always_inline]] inline void add_layer(Packet& p, LayerKind kind, const Cursor& c) {
    if (p.layer_count < Packet::max_layers) p.layers[p.layer_count++] = {kind, c.pos, c.wire(), c.captured()};
}

/// The layer added last ends where its own length says: padding is not of it.
[[gnu::always_inline]] inline void end_layer(Packet& p, const Cursor& c) {
    Layer& last = p.layers[p.layer_count - 1u];
    last.len = c.wire_end - last.offset;
    last.caplen = std::min(last.caplen, last.len);
}

/// Are n more octets there? If not on the wire, that is the anomaly; if only not captured, "truncated" says it already.
[[gnu::always_inline]] inline bool demand(Packet& p, const Cursor& c, std::uint32_t n, Reason missing) {
    if (c.captured() >= n) return true;
    if (c.wire() < n) p.anomalies.add(missing);
    return false;
}

[[gnu::always_inline]] inline void note_checksum(Packet& p, Checksum result) {
    if (result == Checksum::bad) p.anomalies.add(Reason::bad_checksum);
    if (p.checksum == Checksum::none || result == Checksum::bad || (result == Checksum::unverifiable && p.checksum == Checksum::good))
        p.checksum = result;
}

inline bool all_zero(const std::uint8_t* at, std::uint32_t n) {
    std::uint64_t any = 0, w = 0;
    for (; n >= 8; at += 8, n -= 8) {
        std::memcpy(&w, at, 8);
        any |= w;
    }
    for (std::uint32_t i = 0; i < n; ++i) any |= at[i];
    return any == 0;
}

/// Checksum of a transport segment with its pseudo header (RFC 9293 3.1, RFC 768, RFC 8200 8.1).
Checksum transport_checksum(const Packet& p, const Cursor& c, std::uint8_t proto);

/// Everything that is known before the first octet is looked at.
void begin(const std::uint8_t* data, std::uint32_t caplen, std::uint32_t len, Datalink link, Packet& packet);

void decode_link(Packet& p, Cursor c);
void decode_ethertype(Packet& p, Cursor c, std::uint16_t type);
void decode_arp(Packet& p, Cursor c);
void decode_ipv4(Packet& p, Cursor c);
void decode_ipv6(Packet& p, Cursor c);
void decode_transport(Packet& p, Cursor c, std::uint8_t proto);
void decode_tcp(Packet& p, Cursor c);
void decode_udp(Packet& p, Cursor c);
void decode_icmp(Packet& p, Cursor c);
void decode_icmp6(Packet& p, Cursor c);

/// What follows the packet inside its frame (Ethernet padding, or what no padding explains).
void check_behind(Packet& p, const Cursor& frame, std::uint32_t packet_end);

}  // namespace sw::decoding
