#pragma once
/// Parts of packet_line(). Private to this room.
#include <string>

#include "rules/packet/packet.hpp"

namespace sw {

/// "ICMP echo request, id 1, seq 2": what an ICMP or ICMPv6 message says, without its length.
std::string icmp_words(const Packet& p);

}  // namespace sw
