#pragma once
/// IP addresses, MAC addresses and the five-tuple.
#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "rules/base/bytes.hpp"

namespace sw {

/// family 4: the first 4 octets of octets, the rest zero; family 6: all 16; family 0: none. Network order.
struct Address {
    std::uint8_t family = 0;
    std::array<std::uint8_t, 16> octets{};

    static Address v4(const std::uint8_t* p) {
        Address a{4, {}};
        std::memcpy(a.octets.data(), p, 4);
        return a;
    }
    static Address v6(const std::uint8_t* p) {
        Address a{6, {}};
        std::memcpy(a.octets.data(), p, 16);
        return a;
    }
    auto operator<=>(const Address&) const = default;
};

/// An address with a prefix length, 0..32 or 0..128. Bits behind the prefix are zero.
struct Prefix {
    Address address;
    std::uint8_t length = 0;

    bool contains(const Address& a) const {
        if (a.family != address.family || a.family == 0) return false;
        unsigned left = length;
        for (std::size_t at = 0; left > 0; at += 4) {
            const unsigned n = left < 32 ? left : 32;
            const std::uint64_t differ = load_be32(a.octets.data() + at) ^ load_be32(address.octets.data() + at);
            if (differ >> (32 - n) != 0) return false;
            left -= n;
        }
        return true;
    }
    auto operator<=>(const Prefix&) const = default;
};

struct MacAddress {
    std::array<std::uint8_t, 6> octets{};
    auto operator<=>(const MacAddress&) const = default;
};

/// proto: the IP protocol number. Ports: host order; for ICMP echo both carry the identifier of the echo.
struct FiveTuple {
    Address src, dst;
    std::uint16_t sport = 0, dport = 0;
    std::uint8_t proto = 0;

    FiveTuple swapped() const { return {dst, src, dport, sport, proto}; }
    auto operator<=>(const FiveTuple&) const = default;
};

std::string to_string(const Address& a);     ///< RFC 5952 for IPv6
std::string to_string(const Prefix& p);      ///< address/length
std::string to_string(const MacAddress& m);  ///< 02:00:00:00:00:19
std::optional<Address> parse_address(std::string_view text);
std::optional<Prefix> parse_prefix(std::string_view text);  ///< a bare address is a full-length prefix; host bits are an error
std::optional<MacAddress> parse_mac(std::string_view text);

/// The field's name of an IP protocol: tcp, udp, icmp, icmp6, sctp ..., or its number.
std::string protocol_name(std::uint8_t proto);

}  // namespace sw
