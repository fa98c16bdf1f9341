#pragma once
/// Opening packets made up to be shown to two filters. Private to lint.
#include <array>
#include <cstdint>
#include <string>

#include "rules/packet/address.hpp"

namespace sw {

/// tuple.proto: tcp, udp, icmp or icmp6; both addresses of one family.
struct Witness {
    MacAddress mac_src, mac_dst;
    FiveTuple tuple;
};

/// The first frame of that conversation: a SYN, a datagram of 8 octets, or an echo request. Checksums are zero.
struct WitnessFrame {
    std::array<std::uint8_t, 80> octets{};
    std::uint32_t length = 0;
};
WitnessFrame frame_of(const Witness& witness);

/// tcp 198.51.100.7:40000 > 192.0.2.25:25
std::string to_string(const Witness& witness);

}  // namespace sw
