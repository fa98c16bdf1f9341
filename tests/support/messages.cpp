#include "tests/support/messages.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sw::craft {
namespace {

constexpr std::uint8_t solicitation = 135, advertisement = 136;
constexpr Octets::size_type ipv4_header = 20, ipv6_header = 40;

Octets dns_header(std::uint16_t id, unsigned flags, unsigned answers, unsigned additional) {
    return be16(id) + be16(flags) + be16(1) + be16(answers) + be16(0) + be16(additional);
}

Octets dns_question(const DnsQuestion& q) { return dns_name(q.name) + be16(q.type) + be16(1); }

Octets opt_record() { return Octets{0} + be16(41) + be16(1232) + be32(0) + be16(0); }

/// Octets that many implementations put into a ping.
Octets ping_data() {
    Octets data(48);
    for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(0x10 + i);
    return data;
}

}  // namespace

Octets dns_name(std::string_view name) {
    Octets wire;
    while (!name.empty()) {
        const std::string_view label = name.substr(0, name.find('.'));
        wire.push_back(static_cast<std::uint8_t>(label.size()));
        wire = std::move(wire) + octets(label);
        name.remove_prefix(std::min(name.size(), label.size() + 1));
    }
    return std::move(wire) + Octets{0};
}

Octets dns_query(const DnsQuestion& q) {
    Octets message = dns_header(q.id, 0x0100, 0, q.edns ? 1 : 0) + dns_question(q);
    return q.edns ? std::move(message) + opt_record() : message;
}

Octets dns_answer(const DnsQuestion& q, const Octets& rdata, bool truncated) {
    const bool answers = !rdata.empty() && !truncated;
    Octets message = dns_header(q.id, truncated ? 0x8380 : 0x8180, answers ? 1 : 0, q.edns ? 1 : 0) + dns_question(q);
    if (answers)
        message =
            std::move(message) + be16(0xc00c) + be16(q.type) + be16(1) + be32(3600) + be16(static_cast<unsigned>(rdata.size())) + rdata;
    return q.edns ? std::move(message) + opt_record() : message;
}

std::string dns_over_tcp(const Octets& message) {
    const Octets framed = be16(static_cast<unsigned>(message.size())) + message;
    return {framed.begin(), framed.end()};
}

CraftedFrame icmp(const Endpoint& from, const Endpoint& to, std::uint8_t type, std::uint8_t code, std::uint32_t rest, const Octets& body,
                  std::uint8_t ttl) {
    return ip(from, to, from.is_v6() ? 58 : 1, Octets{type, code, 0, 0} + be32(rest) + body, ttl).fix();
}

CraftedFrame echo_request(const Endpoint& from, const Endpoint& to, std::uint16_t id, std::uint16_t number) {
    return icmp(from, to, from.is_v6() ? 128 : 8, 0, static_cast<std::uint32_t>(id) << 16 | number, ping_data());
}

CraftedFrame echo_reply(const Endpoint& from, const Endpoint& to, std::uint16_t id, std::uint16_t number) {
    return icmp(from, to, from.is_v6() ? 129 : 0, 0, static_cast<std::uint32_t>(id) << 16 | number, ping_data());
}

CraftedFrame icmp_error(const Endpoint& from, const Endpoint& to, std::uint8_t type, std::uint8_t code, const CraftedFrame& about,
                        std::size_t transport_octets, std::uint32_t rest) {
    Octets quoted = about.packet();
    quoted.resize(std::min(quoted.size(), (from.is_v6() ? ipv6_header : ipv4_header) + transport_octets));
    return icmp(from, to, type, code, rest, quoted).at(about.ts + 2ms);
}

Endpoint solicited_node(std::string_view target) {
    const Octets a = ip_octets(target);
    return {fmt::format("33:33:ff:{:02x}:{:02x}:{:02x}", a[13], a[14], a[15]),
            fmt::format("ff02::1:ff{:02x}:{:02x}{:02x}", a[13], a[14], a[15])};
}

CraftedFrame neighbour_solicit(const Endpoint& asks, std::string_view target) {
    return icmp(asks, solicited_node(target), solicitation, 0, 0, ip_octets(target) + Octets{1, 1} + mac_octets(asks.mac), 255);
}

CraftedFrame neighbour_advert(const Endpoint& owner, const Endpoint& to) {
    constexpr std::uint32_t solicited_override = 0x6000'0000;
    return icmp(owner, to, advertisement, 0, solicited_override, ip_octets(owner.ip) + Octets{2, 1} + mac_octets(owner.mac), 255);
}

CraftedFrame duplicate_address_probe(const Endpoint& owner) {
    const Endpoint unspecified{owner.mac, "::"};
    return icmp(unspecified, solicited_node(owner.ip), solicitation, 0, 0, ip_octets(owner.ip), 255);
}

}  // namespace sw::craft
