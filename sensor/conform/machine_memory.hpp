#pragma once
/// Memory for machines: one fixed stretch, touched as it is needed. Pieces of one size are given again to that size only.
#include <array>
#include <cstddef>
#include <vector>

#include "sensor/conform/protocol.hpp"
#include "sensor/flow/mapped_array.hpp"

namespace sw {

class MachineMemory {
public:
    explicit MachineMemory(std::size_t octets) : memory_(octets / sizeof(Unit)), units_(octets / sizeof(Unit)) {}

    /// nullptr: used up. octets: at most Protocol::most_octets
    void* take(std::size_t octets);
    void give_back(void* piece, std::size_t octets);
    /// All of it; whoever still used a piece has let go of it.
    void clear();

private:
    struct alignas(64) Unit {
        std::byte octets[64];
    };
    static std::size_t units_of(std::size_t octets) { return (octets + sizeof(Unit) - 1) / sizeof(Unit); }

    MappedArray<Unit> memory_;
    std::size_t units_, used_ = 0;
    std::array<std::vector<void*>, Protocol::most_octets / sizeof(Unit) + 1> free_;  ///< by size in units
};

}  // namespace sw
