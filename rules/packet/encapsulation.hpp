#pragma once
/// How a switch or router wraps the frames that it mirrors, and where within such a packet the mirrored frame lies.
/// source: draft-foschiano-erspan-03 (ERSPAN I to III), RFC 2784 and 2890 (GRE), RFC 7348 (VXLAN), IEEE 802.1Q (a VLAN of the mirror's
///         own), the TZSP description of Network Chemistry, appnote 001
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "rules/packet/packet.hpp"

namespace sw {

enum class Encapsulation : std::uint8_t { none, erspan1, erspan2, erspan3, gre, teb, tzsp, vxlan, vlan };
std::string_view to_string(Encapsulation kind);
/// All but none, as policies write them.
const std::vector<std::string_view>& encapsulation_words();
std::optional<Encapsulation> encapsulation_from(std::string_view word);

/// What of an encapsulation a policy states. What is unset may have any value.
struct MirrorFormat {
    Encapsulation kind = Encapsulation::none;
    std::optional<std::uint16_t> session;  ///< ERSPAN II, III: 0..1023
    std::optional<std::uint16_t> vlan;     ///< vlan: the mirror's own, always set; ERSPAN II, III: where the frame was seen
    std::optional<std::uint32_t> key;      ///< GRE: the key; VXLAN: the VNI, 0..2^24-1
    std::uint16_t port = 0;                ///< VXLAN, TZSP: the destination's
    bool fcs = false;                      ///< mirrored frames end in their check sequence

    bool operator==(const MirrorFormat&) const = default;
};

/// What is to be taken out of a captured frame to get the one that it carries: octets [from, from + count), and the last tail.
struct Wrapping {
    std::uint16_t from = 0, count = 0, tail = 0;

    std::uint32_t octets() const { return std::uint32_t{count} + tail; }
    bool operator==(const Wrapping&) const = default;
};

/// A mirrored frame within the packet that carries it.
struct Wrapped {
    enum class Way : std::uint8_t { unknown, ingress, egress };

    Wrapping wrapping;
    Datalink link;                    ///< EN10MB; RAW for IP in GRE
    Address sender;                   ///< of the packet around it
    std::optional<std::uint32_t> id;  ///< session, VNI, key or VLAN
    std::optional<std::uint32_t> sequence;
    Way way = Way::unknown;  ///< did the port that is mirrored receive it, or send it
    ReasonSet flaws;         ///< what the mirror says of the frame: truncated, bad-checksum
};
std::string_view to_string(Wrapped::Way way);

struct Unwrapping {
    std::optional<Wrapped> frame;
    std::string_view why;  ///< where there is none: "is not GRE", static
};

/// Read the encapsulation, strictly: flags, versions, reserved bits, lengths and what the format states.
/// in:   outer  decoded; that its own headers are sound is the caller's to see
/// cost: a few comparisons; with fcs, or a GRE checksum, one pass over the payload
Unwrapping unwrap(const MirrorFormat& format, const Packet& outer);

/// The same kind of encapsulation, whatever session, VNI or key it states: is what the mirror wrapped wrapped once more?
bool is_wrapped(const MirrorFormat& format, const Packet& packet);

}  // namespace sw
