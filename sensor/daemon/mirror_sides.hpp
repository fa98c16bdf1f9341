#pragma once
/// Does the mirror show both directions? Told by established IPv4 TCP connections: where nearly
/// all are heard from one end only, the switch copies one direction. Verdicts are not asked: half a connection is never allowed.
#include <array>
#include <cstdint>
#include <span>

#include "sensor/engine.hpp"

namespace sw {

class MirrorSides {
public:
    static constexpr std::uint64_t enough = 100;  ///< packets in a window; of fewer nothing is concluded

    /// cost: one look at a table of 4 KiB for a TCP packet
    void see(std::span<const Glance> glances);

    /// A window ends: false, if it showed one direction only. The next begins.
    bool both_ways();

private:
    std::array<std::uint8_t, 4096> seen_{};  ///< by connection: which ends spoke; two may meet in a place
    std::uint64_t packets_ = 0;
};

}  // namespace sw
