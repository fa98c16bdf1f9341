#pragma once
/// A plain frame that a packet's conversation would open with: what rules are asked when the packet itself is a reply,
/// in the middle, or too odd to ask. Private to rules/policy.
#include <array>
#include <cstdint>

#include "rules/analysis/field_classes.hpp"
#include "rules/packet/packet.hpp"

namespace sw {

struct ImaginedFrame {
    std::array<std::uint8_t, 96> octets{};
    std::uint32_t size = 0;
};

/// in:  packet  IPv4 or IPv6, addresses read (ports 0 where there are none)
///      swapped its receiver opens
/// out: link header of packet's datalink, IP, and a SYN, an empty UDP datagram, an echo request or eight zero octets;
///      right checksums are not computed: no filter reads them
ImaginedFrame imagine_opening(const Packet& packet, bool swapped);

/// The same packet as class fields.
FlowFields fields_of_opening(const Packet& packet, bool swapped);

}  // namespace sw
