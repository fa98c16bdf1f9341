#pragma once
/// Wraps frames as the mirror of a switch or router would send them to the watcher.
#include <optional>
#include <string>

#include "rules/packet/encapsulation.hpp"
#include "tests/support/craft.hpp"

namespace sw::craft {

/// Who sends the mirror's packets, and to whom: an address that nobody has to own.
inline constexpr Host mirroring_switch{"02:00:00:00:00:fe", "192.0.2.254", "2001:db8:1::254"},
    mirror_sink{"02:00:00:00:00:fd", "192.0.2.253", "2001:db8:1::253"};

struct MirrorSetup {
    Encapsulation kind = Encapsulation::erspan2;
    std::uint32_t id = 10;                                  ///< session, VNI, key, or the mirror's VLAN
    std::uint16_t vlan = 7;                                 ///< that ERSPAN II and III name
    std::optional<std::uint32_t> sequence = 1;              ///< of the first frame; where the kind can number
    bool over_ipv6 = false, fcs = false, checksum = false;  ///< checksum: GRE's own
};

/// One frame. What was captured of the inner frame in part is so of the outer one. The inner frame must be Ethernet; for kind
/// gre, RAW.
/// number: added to the setup's sequence
CraftedFrame wrap(const CraftedFrame& inner, const MirrorSetup& setup, std::uint32_t number = 0);
/// Each of them, numbered.
Frames wrap(const Frames& inner, const MirrorSetup& setup);

/// A line of [wire] that expects just that: mirror = { ... }
std::string mirror_line(const MirrorSetup& setup);
/// A policy that ends in its [wire] table, with that line.
std::string behind_mirror(const std::string& policy, const MirrorSetup& setup);

/// IEEE 802.3 3.2.9, in the order of the wire.
Octets check_sequence(const Octets& frame);

}  // namespace sw::craft
