#pragma once
/// What kind of link a frame was captured on: the LINKTYPE value of the capture file, and the byte order of the
/// capturing machine where the link header depends on it (NULL).
/// source: https://www.tcpdump.org/linktypes.html
#include <compare>
#include <cstdint>
#include <string>

namespace sw {

struct Datalink {
    std::uint16_t linktype = 1;  ///< LINKTYPE_ as on disk, not the DLT_ of this platform
    bool swapped = false;        ///< the file's byte order is not this machine's

    auto operator<=>(const Datalink&) const = default;
};

namespace linktype {
inline constexpr std::uint16_t null = 0, en10mb = 1, dlt_raw_bsd = 12, dlt_raw_openbsd = 14, raw = 101, loop = 108, linux_sll = 113,
                               ipv4 = 228, ipv6 = 229, linux_sll2 = 276;
}

/// Does the decoder know this link? Frames of any other are greylisted unread: datalink-unknown.
bool is_decoded(Datalink link);

/// EN10MB, LINUX_SLL ..., or LINKTYPE_n where we have no name.
std::string name_of(Datalink link);

}  // namespace sw
