#pragma once
/// The Internet checksum (RFC 1071), over bytes that are in cache already.
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace sw {

/// One's complement sum of octets [data, data + size), taken as machine words: fold() makes it comparable.
/// For a few octets, inline.
[[gnu::always_inline]] inline std::uint64_t sum_small(const std::uint8_t* data, std::size_t size) {
    std::uint64_t sum = 0;
    for (; size >= 8; data += 8, size -= 8) {
        std::uint64_t w;
        std::memcpy(&w, data, 8);
        sum += w;
        sum += sum < w;  // the carry comes round
    }
    sum = (sum & 0xffffffffu) + (sum >> 32);
    if (size >= 4) {
        std::uint32_t w;
        std::memcpy(&w, data, 4);
        sum += w;
        data += 4;
        size -= 4;
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

/// The same where size is at least 8: the last octets come with a load that overlaps what was summed, not one by one.
[[gnu::always_inline]] inline std::uint64_t sum_from_8(const std::uint8_t* data, std::size_t size) {
    const auto word = [](const std::uint8_t* at) {
        std::uint64_t w;
        std::memcpy(&w, at, 8);
        return w;
    };
    const std::size_t rest = size & 7;
    std::uint64_t sum = rest == 0 ? 0 : word(data + size - 8) >> (64 - 8 * rest);
    for (const std::uint8_t* end = data + (size - rest); data != end; data += 8) {
        const std::uint64_t w = word(data);
        sum += w;
        sum += sum < w;
    }
    return (sum & 0xffffffffu) + (sum >> 32);
}

/// The same for any size: wide accumulators from 64 octets on.
std::uint64_t sum_wide(const std::uint8_t* data, std::size_t size);
inline std::uint64_t sum_words(const std::uint8_t* data, std::size_t size) {
    return size < 64 ? sum_small(data, size) : sum_wide(data, size);
}

/// Fold a sum of sums to 16 bits. A right checksum, included in the sum, folds to 0xffff.
inline std::uint16_t fold(std::uint64_t sum) {
    sum = (sum & 0xffffffffu) + (sum >> 32);
    sum = (sum & 0xffffffffu) + (sum >> 32);
    sum = (sum & 0xffffu) + (sum >> 16);
    sum = (sum & 0xffffu) + (sum >> 16);
    return static_cast<std::uint16_t>(sum);
}

/// Does a sum that includes its checksum come out right?
inline bool sums_up(std::uint64_t sum) {
    sum = (sum & 0xffffffffu) + (sum >> 32);
    const std::uint32_t folded = static_cast<std::uint32_t>(sum) + static_cast<std::uint32_t>(sum >> 32);
    return folded != 0 && folded % 0xffffu == 0;
}

/// A 16-bit number in the byte order that sum_words sums in, for pseudo headers.
inline std::uint64_t sum_of(std::uint16_t host) { return __builtin_bswap16(host); }

}  // namespace sw
