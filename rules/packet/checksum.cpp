#include "rules/packet/checksum.hpp"

#include <cstring>

namespace sw {
namespace {

// Four 64-bit lanes of 32-bit halves: no carries to propagate, and the compiler keeps them in vector registers.
using Lanes = std::uint64_t __attribute__((vector_size(16)));

Lanes load(const std::uint8_t* p) {
    Lanes v;
    std::memcpy(&v, p, sizeof v);
    return v;
}

std::uint64_t sum_tail(const std::uint8_t* data, std::size_t size) {
    std::uint64_t sum = 0;
    for (; size >= 4; data += 4, size -= 4) {
        std::uint32_t w;
        std::memcpy(&w, data, 4);
        sum += w;
    }
    if (size >= 2) {
        std::uint16_t w;
        std::memcpy(&w, data, 2);
        sum += w;
        data += 2;
        size -= 2;
    }
    if (size == 1) sum += *data;  // the odd octet is the first of a word padded with zero
    return sum;
}

}  // namespace

std::uint64_t sum_words(const std::uint8_t* data, std::size_t size) {
    std::uint64_t sum = 0;
    if (size >= 64) {
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
        sum = all[0] + all[1];
    }
    return sum + sum_tail(data, size);
}

}  // namespace sw
