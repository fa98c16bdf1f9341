#include "rules/packet/checksum.hpp"

namespace sw {
namespace {

// 64-bit lanes of 32-bit halves: no carries to propagate, and the compiler keeps them in vector registers.
using Lanes = std::uint64_t __attribute__((vector_size(32)));

}  // namespace

// One body, compiled for the registers that the machine has; the loader chooses. (Sanitizers read shadow memory that is
// not there yet when the loader asks.)
#if defined(__x86_64__) && defined(__GLIBC__) && !defined(SPAN_SANITIZE)
__attribute__((target_clones("avx2", "default")))
#endif
std::uint64_t
sum_wide(const std::uint8_t* data, std::size_t size) {
    Lanes low{}, high{}, low2{}, high2{};
    for (; size >= 64; data += 64, size -= 64) {
        Lanes a, b;
        std::memcpy(&a, data, sizeof a);
        std::memcpy(&b, data + 32, sizeof b);
        low += a & 0xffffffffu;
        high += a >> 32;
        low2 += b & 0xffffffffu;
        high2 += b >> 32;
    }
    const Lanes all = low + high + low2 + high2;
    return all[0] + all[1] + all[2] + all[3] + sum_small(data, size);
}

}  // namespace sw
