#pragma once
/// What rides in UDP and ICMP: DNS, syslog, echo, ICMP errors, neighbour discovery.
#include "tests/support/craft.hpp"

namespace sw::craft {

namespace dns_type {
inline constexpr unsigned a = 1, ptr = 12, mx = 15, txt = 16, aaaa = 28;
}

struct DnsQuestion {
    std::uint16_t id = 0;
    std::string name;
    unsigned type = dns_type::a;
    bool edns = false;  ///< with an OPT record, RFC 6891
};
Octets dns_query(const DnsQuestion& q);
/// rdata: of one answer record; empty: none (NOERROR, no data). truncated: the TC bit, without records.
Octets dns_answer(const DnsQuestion& q, const Octets& rdata, bool truncated = false);
/// The message behind its length, as TCP carries it (RFC 1035 section 4.2.2).
std::string dns_over_tcp(const Octets& message);
/// A name in wire form.
Octets dns_name(std::string_view name);

/// An ICMP message (ICMPv6 between IPv6 endpoints) with its checksum; rest: octets 4 to 7, then body.
CraftedFrame icmp(const Endpoint& from, const Endpoint& to, std::uint8_t type, std::uint8_t code, std::uint32_t rest,
                  const Octets& body = {}, std::uint8_t ttl = 64);
CraftedFrame echo_request(const Endpoint& from, const Endpoint& to, std::uint16_t id, std::uint16_t number = 1);
CraftedFrame echo_reply(const Endpoint& from, const Endpoint& to, std::uint16_t id, std::uint16_t number = 1);
/// An ICMP error that quotes the IP header of frame and transport_octets behind it.
CraftedFrame icmp_error(const Endpoint& from, const Endpoint& to, std::uint8_t type, std::uint8_t code, const CraftedFrame& about,
                        std::size_t transport_octets = 8, std::uint32_t rest = 0);

/// Neighbour discovery (RFC 4861): hop limit 255, link-layer address option.
CraftedFrame neighbour_solicit(const Endpoint& asks, std::string_view target);
CraftedFrame neighbour_advert(const Endpoint& owner, const Endpoint& to);
/// Duplicate address detection: from the unspecified address, without options.
CraftedFrame duplicate_address_probe(const Endpoint& owner);
/// The solicited-node multicast address of target, and the MAC address it maps to.
Endpoint solicited_node(std::string_view target);

}  // namespace sw::craft
