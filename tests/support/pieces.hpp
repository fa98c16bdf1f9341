#pragma once
/// Cuts packets into fragments, as a router or a host would, or as nobody should.
#include "tests/support/craft.hpp"

namespace sw::craft {

/// One fragment of an untagged Ethernet frame's packet: octets [begin, end) of its IP payload.
struct Cut {
    std::uint32_t begin = 0, end = 0;
    bool more = true;
};

/// IPv4: the header is kept, DF cleared. IPv6: a fragment header behind whatever unfragmentable headers there are.
/// payload: of the whole packet; where a cut reaches beyond it, zeros stand
CraftedFrame piece(const CraftedFrame& whole, const Cut& cut, std::uint32_t id = 0x1993);
/// Octets behind the IP header (and, of IPv6, behind unfragmentable octets of extension headers).
std::uint32_t payload_size(const CraftedFrame& whole);
/// The whole packet in pieces of at most size octets (a multiple of 8), a millisecond apart.
Frames pieces(const CraftedFrame& whole, std::uint32_t size, std::uint32_t id = 0x1993);

}  // namespace sw::craft
