#pragma once
/// From a pcapng interface's clock ticks to nanoseconds.
/// source: draft-ietf-opsawg-pcapng section 4.2, if_tsresol and if_tsoffset
#include <cstdint>

#include "rules/base/time.hpp"

namespace sw {

class TimeScale {
public:
    TimeScale() = default;
    /// in: tsresol   as on disk: a power of 10, or with the high bit set of 2; any value (below 10^-28 s all is 0)
    ///     offset_s  seconds to add
    TimeScale(std::uint8_t tsresol, std::int64_t offset_s);

    /// Rounds down; saturates at the ends of Timestamp.
    /// cost: one multiplication for the usual resolutions
    Timestamp at(std::uint64_t ticks) const;

private:
    std::uint64_t multiply_ = 1000;
    bool finer_ = false;  ///< than 10^-9: divide
    std::uint64_t divide_ = 1;
    unsigned shift_ = 0;
    std::int64_t offset_s_ = 0;
};

}  // namespace sw
