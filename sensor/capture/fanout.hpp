#pragma once
/// Several packet sockets that share one interface's frames, each frame in exactly one of them. A back end a system, chosen by file:
/// fanout_linux.cpp (PACKET_FANOUT), fanout_openbsd.cpp (there is none). Private to the live source.
#include <cstdint>
#include <span>

#include "rules/base/result.hpp"

namespace sw {

/// Which socket gets a frame is told by its pair of addresses and key alone, whichever of them sends: a conversation, its
/// answers, its fragments, and the ICMP errors that quote it, whoever sends those, are in one socket and in order there. Frames of other
/// kinds than IP are in the first. in:     sockets that capture one interface already; until this returns, a frame may be in several of
/// them errors: the system has no such thing, or refuses (code environment) source: packet(7), PACKET_FANOUT_CBPF
Result<Done> share_frames(std::span<const int> sockets, std::uint32_t key);

}  // namespace sw
