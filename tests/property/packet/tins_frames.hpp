#pragma once
/// libtins 4.0, asked for its opinion of a frame. Known to loop or to overflow the stack on DNS pointers and thousands
/// of nested tags: neither is asked of it here.
#include <optional>

#include "tests/property/packet/random_frames.hpp"

namespace sw::test {

struct TinsReading {
    bool refused = false;  ///< it threw
    std::optional<Address> src, dst;
    std::optional<std::uint16_t> sport, dport;
    std::optional<std::uint8_t> flags;
    std::uint32_t seq = 0, ack = 0, payload = 0;
    bool is_tcp = false, is_udp = false;
};

TinsReading read_by_tins(const Octets& frame);

}  // namespace sw::test
