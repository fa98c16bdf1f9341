#include "rules/packet/checksum.hpp"

namespace sw {
namespace {

// Four 64-bit lanes of 32-bit halves: no carries to propagate, and the compiler keeps them in vector registers.
using Lanes = std::uint64_t __attribute__((vector_size(16)));

Lanes load(const std::uint8_t* p) {
    Lanes v;
    std::memcpy(&v, p, sizeof v);
    return v;
}

}  // namespace

std::uint64_t sum_wide(const std::uint8_t* data, std::size_t size) {
    const Lanes low_half = {0xffffffffu, 0xffffffffu};
    Lanes low{}, high{}, low2{}, high2{};
    for (; size >= 32; data += 32, size -= 32) {
        const Lanes a = load(data), b = load(data + 16);
        low += a & low_half;
        high += a >> 32;
        low2 += b & low_half;
        high2 += b >> 32;
    }
    const Lanes all = low + high + low2 + high2;
    return all[0] + all[1] + sum_small(data, size);
}

}  // namespace sw
