#pragma once
/// Community ID v1 flow hash. source: https://github.com/corelight/community-id-spec
#include <cstdint>
#include <string>

#include "rules/packet/packet.hpp"

namespace sw {

/// in:  proto as on the wire; ports: TCP, UDP, SCTP ports, ICMP type and code; has_ports false for other protocols
/// out: "1:" and 28 characters of base64
/// cost: one SHA-1 of at most 40 octets, one allocation
std::string community_id(const FiveTuple& tuple, bool has_ports, std::uint16_t seed = 0);

/// The same of a decoded packet; "" where it has no IP. A later fragment has no ports.
std::string community_id(const Packet& packet, std::uint16_t seed = 0);

}  // namespace sw
