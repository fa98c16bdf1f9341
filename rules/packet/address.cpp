#include "rules/packet/address.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace sw {
namespace {

std::optional<unsigned> parse_number(std::string_view text, unsigned most, int base = 10) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size() || value > most) return std::nullopt;
    return value;
}

unsigned bits_of(const Address& a) { return a.family == 4 ? 32 : 128; }

bool bit_at(const Address& a, unsigned i) { return (a.octets[i / 8] >> (7 - i % 8) & 1) != 0; }

}  // namespace

std::string to_string(const Address& a) {
    const auto& o = a.octets;
    if (a.family == 4) return fmt::format("{}.{}.{}.{}", o[0], o[1], o[2], o[3]);
    char text[INET6_ADDRSTRLEN] = "";
    if (a.family == 6) ::inet_ntop(AF_INET6, a.octets.data(), text, sizeof text);
    return text;
}

std::string to_string(const Prefix& p) { return fmt::format("{}/{}", to_string(p.address), p.length); }

std::string to_string(const MacAddress& m) { return fmt::format("{:02x}", fmt::join(m.octets, ":")); }

std::optional<Address> parse_address(std::string_view text) {
    const std::string copy(text);
    Address a;
    if (copy.size() != text.size() || copy.find('\0') != std::string::npos) return std::nullopt;
    if (::inet_pton(AF_INET, copy.c_str(), a.octets.data()) == 1) {
        a.family = 4;
        return a;
    }
    if (::inet_pton(AF_INET6, copy.c_str(), a.octets.data()) == 1) {
        a.family = 6;
        return a;
    }
    return std::nullopt;
}

std::optional<Prefix> parse_prefix(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto address = parse_address(text.substr(0, slash));
    if (!address) return std::nullopt;
    const unsigned bits = bits_of(*address);
    if (slash == std::string_view::npos) return Prefix{*address, static_cast<std::uint8_t>(bits)};
    const auto length = parse_number(text.substr(slash + 1), bits);
    if (!length) return std::nullopt;
    for (unsigned i = *length; i < bits; ++i)
        if (bit_at(*address, i)) return std::nullopt;
    return Prefix{*address, static_cast<std::uint8_t>(*length)};
}

std::optional<MacAddress> parse_mac(std::string_view text) {
    MacAddress m;
    for (std::size_t i = 0; i < 6; ++i) {
        const std::size_t colon = i < 5 ? text.find(':') : text.size();
        if (colon == std::string_view::npos || colon < 1 || colon > 2) return std::nullopt;
        const auto octet = parse_number(text.substr(0, colon), 0xff, 16);
        if (!octet) return std::nullopt;
        m.octets[i] = static_cast<std::uint8_t>(*octet);
        text.remove_prefix(std::min(colon + 1, text.size()));
    }
    return m;
}

std::string protocol_name(std::uint8_t proto) {
    switch (proto) {
        case 1:
            return "icmp";
        case 2:
            return "igmp";
        case 4:
            return "ipip";
        case 6:
            return "tcp";
        case 17:
            return "udp";
        case 41:
            return "ipv6";
        case 47:
            return "gre";
        case 50:
            return "esp";
        case 51:
            return "ah";
        case 58:
            return "icmp6";
        case 132:
            return "sctp";
        default:
            return fmt::format("ip-proto-{}", proto);
    }
}

}  // namespace sw
