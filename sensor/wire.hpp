#pragma once
/// What the policy's [wire] section objects to in a frame that decodes.
#include "rules/packet/packet.hpp"
#include "rules/policy/policy.hpp"

namespace sw {

/// vlan-unexpected and self-traffic. cost: a few comparisons
ReasonSet wire_anomalies(const Packet& packet, const Wire& wire);

/// An Ethernet frame with exactly one 802.1Q tag, of a VLAN that the policy lists.
bool bears_expected_tag(const Packet& packet, const Wire& wire);

}  // namespace sw
