#pragma once
/// Crafts test frames: well-formed ones come out of libtins (a second opinion on every header and checksum); what shall
/// be odd is bent by hand afterwards. The cast is that of rules/profiles/mail-enclave.toml.
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/base/time.hpp"
#include "rules/packet/packet.hpp"

namespace sw::craft {

using namespace std::chrono_literals;
using Octets = std::vector<std::uint8_t>;

/// The text's octets.
Octets octets(std::string_view text);
/// a followed by b.
Octets operator+(Octets a, const Octets& b);
/// Network order.
Octets be16(unsigned v);
Octets be32(std::uint32_t v);
Octets mac_octets(std::string_view text);
/// 4 or 16 octets.
Octets ip_octets(std::string_view text);

/// Where headers stand in an untagged Ethernet frame.
inline constexpr std::size_t ethertype_at = 12, ip_at = 14, tcp4_at = 34, tcp6_at = 54;

inline constexpr Timestamp day_start{1'795'132'800'000'000'000};  ///< 2026-11-20T00:00:00Z
inline constexpr Timestamp noon{day_start.ns + 43'200'000'000'000};

/// A frame as one value, and the ways to bend it. Every method returns the frame, so that a case is one expression.
/// Offsets count from the first octet of the frame; checksums are left alone unless fix...() is called. The methods
/// that know headers expect an untagged Ethernet frame: tag last.
struct CraftedFrame {
    Octets bytes;
    std::uint32_t len = 0;  ///< on the wire
    Timestamp ts = noon;
    std::uint16_t linktype = 1;

    CraftedFrame& at(Timestamp t);
    CraftedFrame& later(Duration d);
    CraftedFrame& set8(std::size_t offset, unsigned value);
    CraftedFrame& set16(std::size_t offset, unsigned value);
    CraftedFrame& set32(std::size_t offset, std::uint32_t value);
    CraftedFrame& flip(std::size_t offset, unsigned bits);
    CraftedFrame& overwrite(std::size_t offset, const Octets& with);
    CraftedFrame& insert(std::size_t offset, const Octets& more);
    CraftedFrame& erase(std::size_t offset, std::size_t count);
    /// Octets behind the packet; the IP length does not know them.
    CraftedFrame& trailer(const Octets& more);
    /// Zeros up to the smallest Ethernet frame.
    CraftedFrame& pad(std::size_t to = 60);
    /// The frame ends here, on the wire too.
    CraftedFrame& cut(std::size_t octets);
    /// Only so much was captured.
    CraftedFrame& snap(std::size_t octets);
    /// IPv4 header checksum, then the transport's.
    CraftedFrame& fix();
    CraftedFrame& fix_ip();
    CraftedFrame& fix_transport();
    /// Insert a VLAN tag (control information tci) before the others.
    CraftedFrame& tag(unsigned tci, unsigned tpid = 0x8100);
    /// Insert options into the IPv4 header (a multiple of 4 octets) and fix what depends on it.
    CraftedFrame& ip_options(const Octets& options);
    /// Insert an IPv6 extension header before whatever follows the fixed one; the header's first octet is set here.
    CraftedFrame& extension(std::uint8_t kind, Octets header);
    /// Insert options (a multiple of 4 octets) behind the TCP header and fix what depends on it.
    CraftedFrame& tcp_options(const Octets& options);
    /// Move the packet onto another kind of link: its header in place of the Ethernet one.
    CraftedFrame& relink(std::uint16_t to_linktype, const Octets& header);
    /// The packet from the IP header on.
    Octets packet() const;
};

using Frames = std::vector<CraftedFrame>;

struct Host {
    std::string_view mac, v4, v6;
};

namespace mac {
inline constexpr std::string_view mail = "02:00:00:00:00:19", resolver = "02:00:00:00:00:35", firewall = "02:00:00:00:00:01",
                                  sink = "02:00:00:00:00:67", watcher = "02:00:00:00:00:66", intruder = "02:00:00:00:00:4d",
                                  broadcast = "ff:ff:ff:ff:ff:ff";
}
inline constexpr Host mail{mac::mail, "192.0.2.25", "2001:db8:1::25"}, resolver{mac::resolver, "192.0.2.53", "2001:db8:1::53"},
    firewall{mac::firewall, "192.0.2.1", "2001:db8:1::1"}, vpn_users{mac::firewall, "192.0.2.129", "2001:db8:1::129"},
    vpn_admin{mac::firewall, "192.0.2.130", "2001:db8:1::130"}, sink{mac::sink, "192.0.2.67", "2001:db8:1::67"},
    watcher{mac::watcher, "192.0.2.66", "2001:db8:1::66"}, outside{mac::firewall, "198.51.100.7", "2001:db8:f::7"},
    other_outside{mac::firewall, "203.0.113.9", "2001:db8:f::9"}, scanner{mac::firewall, "203.0.113.99", "2001:db8:f::99"},
    insider{mac::intruder, "192.0.2.77", "2001:db8:1::77"};

/// ip in text; its form tells the family.
struct Endpoint {
    std::string mac, ip;
    std::uint16_t port = 0;

    bool is_v6() const { return ip.find(':') != std::string::npos; }
};
Endpoint v4(const Host& host, std::uint16_t port = 0);
Endpoint v6(const Host& host, std::uint16_t port = 0);

struct TcpFields {
    std::uint8_t flags = tcp_flag::syn;
    std::uint32_t seq = 1000, ack = 0;
    std::uint16_t window = 64240;
    Octets options;  ///< a multiple of 4
};

CraftedFrame ethernet(std::string_view to_mac, std::string_view from_mac, unsigned ethertype, const Octets& payload);
/// proto's checksum, if payload has one, is the caller's (fix_transport()).
CraftedFrame ip(const Endpoint& from, const Endpoint& to, std::uint8_t proto, const Octets& payload, std::uint8_t ttl = 64);
CraftedFrame tcp(const Endpoint& from, const Endpoint& to, const TcpFields& fields = {}, std::string_view payload = {});
CraftedFrame udp(const Endpoint& from, const Endpoint& to, std::string_view payload);
CraftedFrame udp(const Endpoint& from, const Endpoint& to, const Octets& payload);

/// An ARP message whose sender is also the frame's source.
CraftedFrame arp_request(const Endpoint& asks, std::string_view for_ip);
CraftedFrame arp_reply(const Endpoint& owner, const Endpoint& to);
CraftedFrame arp_gratuitous(const Endpoint& owner);

}  // namespace sw::craft
