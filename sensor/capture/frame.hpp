#pragma once
/// One captured frame, as a view.
#include <cstdint>

#include "rules/base/time.hpp"
#include "rules/packet/datalink.hpp"

namespace sw {

/// lifetime: data is valid until the next call on the source that gave it.
struct Frame {
    const std::uint8_t* data = nullptr;
    std::uint32_t caplen = 0;  ///< octets captured, all of them readable at data
    std::uint32_t len = 0;     ///< octets on the wire, as the file claims (may be less than caplen: an anomaly)
    Timestamp ts;
    std::uint64_t number = 0;  ///< counts from 1 within its file
    Datalink link;
};

}  // namespace sw
