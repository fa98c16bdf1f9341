#pragma once
/// Big-endian loads from raw bytes. The caller has checked the bounds; nothing here does.
#include <cstdint>
#include <cstring>
#include <span>

namespace sw {

using Bytes = std::span<const std::uint8_t>;

inline std::uint16_t load_be16(const std::uint8_t* p) {
    std::uint16_t v;
    std::memcpy(&v, p, sizeof v);
    return __builtin_bswap16(v);
}

inline std::uint32_t load_be32(const std::uint8_t* p) {
    std::uint32_t v;
    std::memcpy(&v, p, sizeof v);
    return __builtin_bswap32(v);
}

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the loads above swap: add a big-endian branch with a test on such a machine");

}  // namespace sw
