#pragma once
/// What the four captures hold. All of it is allowed by the first six rules of rule_set.hpp, but for the stray frames.
#include <cstdint>
#include <string_view>

#include "tests/bench/pcap_file.hpp"

namespace bench {

namespace host {
inline constexpr std::uint32_t mail = 0xc0000219, resolver = 0xc0000235;  ///< 192.0.2.25, 192.0.2.53
}

enum class Kind : std::uint8_t {
    small,   ///< name lookups over few ports, long TCP connections with small segments
    mail,    ///< messages and mailboxes in SMTP and TLS as they are: full segments, each acknowledged
    flows,   ///< one lookup or one short connection a flow, from many addresses
    attack,  ///< 47 % stray frames, the rest as small
};
inline constexpr Kind kinds[] = {Kind::small, Kind::mail, Kind::flows, Kind::attack};
std::string_view to_string(Kind kind);

struct Summary {
    std::uint64_t conversations = 0, stray = 0;
};

/// The same octets every time.
Summary write_traffic(Kind kind, std::uint64_t packets, PcapFile& out);

/// So many SMTP connections whose greeting has begun and never ends: whoever watches must remember each. The same octets every time.
void write_half_open(std::uint32_t connections, PcapFile& out);

}  // namespace bench
