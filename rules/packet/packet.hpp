#pragma once
/// What the strict decoder says of one frame. Fixed size, owns nothing, no allocation.
#include <array>
#include <cstdint>
#include <string_view>

#include "rules/base/bytes.hpp"
#include "rules/packet/address.hpp"
#include "rules/packet/datalink.hpp"
#include "rules/packet/reason.hpp"

namespace sw {

enum class LayerKind : std::uint8_t {
    ethernet,
    sll,
    sll2,
    null,
    raw,
    llc,
    snap,
    vlan,
    mpls,
    pppoe,
    arp,
    ipv4,
    ipv6,
    ipv6_extension,
    tcp,
    udp,
    icmp,
    icmp6,
    gre,
    ipip,
    sixin4,
    esp,
    ah,
    sctp,
    igmp,
    vxlan,
    geneve,
    erspan,
    payload,
    other
};
std::string_view to_string(LayerKind kind);

/// A header (or, last, the payload): where it starts, how long it and what it carries are on the wire, and how much
/// of that was captured. caplen <= len.
struct Layer {
    LayerKind kind = LayerKind::other;
    std::uint32_t offset = 0;
    std::uint32_t len = 0;
    std::uint32_t caplen = 0;
};

enum class Network : std::uint8_t { none, arp, ipv4, ipv6 };
enum class Transport : std::uint8_t { none, tcp, udp, icmp, icmp6 };
enum class Checksum : std::uint8_t { none, good, bad, unverifiable };

namespace tcp_flag {
inline constexpr std::uint8_t fin = 0x01, syn = 0x02, rst = 0x04, psh = 0x08, ack = 0x10, urg = 0x20, ece = 0x40, cwr = 0x80;
}

/// The packet that an ICMP error quotes: its five-tuple as its sender sent it.
struct Quoted {
    bool present = false;
    bool syn = false;  ///< of TCP: it takes a sequence number before the payload. Known only if the octets of flags are quoted
    FiveTuple tuple;
    std::uint32_t tcp_seq = 0;
    std::uint32_t payload_len = 0;          ///< of TCP: what is quoted behind its header
    const std::uint8_t* payload = nullptr;  ///< in the frame; unset where payload_len is 0
};

/// What decode() resets for every frame. Pointers point into the frame; they live as long as it does. Fields of layers
/// that are not there keep their defaults.
struct PacketFields {
    const std::uint8_t* data = nullptr;
    std::uint32_t caplen = 0, len = 0;
    Datalink link;

    Network network = Network::none;
    Transport transport = Transport::none;
    std::uint8_t ip_proto = 0;           ///< of the innermost header read; 0 where there is none
    bool fragment = false;               ///< a fragment, atomic ones too
    bool later_fragment = false;         ///< offset != 0: no transport header in it
    bool plain = false;                  ///< link header without tags or LLC, IPv4 with IHL 5 or IPv6 without extensions, no fragment
    Checksum checksum = Checksum::none;  ///< bad if any is bad, else unverifiable if any is, else good
    std::uint8_t layer_count = 0;
    ReasonSet anomalies;

    std::uint16_t ethertype = 0;  ///< of the innermost link header; 0 where the link has none
    std::uint8_t vlan_count = 0;
    std::uint8_t ttl = 0;
    std::array<std::uint16_t, 4> vlan{};  ///< VIDs, outermost first

    const std::uint8_t* mac_dst = nullptr;  ///< 6 octets; nullptr where the link has none
    const std::uint8_t* mac_src = nullptr;
    const std::uint8_t* ip_src = nullptr;  ///< 4 or 16 octets by network (ARP: the protocol addresses); nullptr without
    const std::uint8_t* ip_dst = nullptr;
    std::uint16_t sport = 0, dport = 0;  ///< TCP and UDP; ICMP echo: its identifier in both

    std::uint8_t tcp_flags = 0;
    std::uint8_t tcp_window_scale = 0;  ///< of a SYN's option
    bool tcp_has_window_scale = false;
    std::uint8_t icmp_type = 0, icmp_code = 0;
    std::uint16_t tcp_window = 0;
    std::uint32_t tcp_seq = 0, tcp_ack = 0;

    std::uint32_t l3_offset = 0, l4_offset = 0, payload_offset = 0;
    std::uint32_t fragment_at = 0;     ///< of the IPv6 fragment header read last; 0 without
    std::uint32_t payload_len = 0;     ///< transport payload on the wire, by the headers' lengths
    std::uint32_t payload_caplen = 0;  ///< of it captured
};

struct Packet : PacketFields {
    static constexpr std::size_t max_layers = 16;

    Quoted quoted;                         ///< of ICMP errors; quoted.present is always set, the rest only if it is true
    std::array<Layer, max_layers> layers;  ///< the first layer_count of them

    Address src() const;  ///< family 0 where there is none
    Address dst() const;
    FiveTuple five_tuple() const;
    bool is_icmp_error() const;
    bool is_echo_request() const;
    bool is_echo_reply() const;
};

/// Decode one frame strictly: every doubt becomes an anomaly, never an exception, never a guess.
/// in:    data   caplen readable octets; len as on the wire (any value)
/// out:   packet is overwritten; it borrows data
/// cost:  one pass over headers, one over the payload for checksums; no allocation, no recursion;
///        at most 8 extension headers, 4 VLAN tags, 8 MPLS labels; options are bounded by their headers
void decode(const std::uint8_t* data, std::uint32_t caplen, std::uint32_t len, Datalink link, Packet& packet);

/// The same without the short way for common frames; decode() gives exactly its result.
void decode_strictly(const std::uint8_t* data, std::uint32_t caplen, std::uint32_t len, Datalink link, Packet& packet);

}  // namespace sw
