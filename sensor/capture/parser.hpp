#pragma once
/// What the pcap and pcapng parsers share. A parser walks over the octets of a Window and fills frames until the
/// window or the span ends; it never reads.
#include <cstdint>
#include <cstring>
#include <string>

#include "sensor/capture/frame.hpp"
#include "sensor/capture/window.hpp"

namespace sw {

/// A parser's answer. No frames and no why: it needs more octets than the window holds.
struct Parsed {
    std::size_t frames = 0;
    std::string why;  ///< only where frames is 0: what stands at Window::offset() cannot be
};

/// Loads in the file's byte order. The caller has checked the bounds.
inline std::uint16_t load16(const std::uint8_t* p, bool swapped) {
    std::uint16_t v;
    std::memcpy(&v, p, sizeof v);
    return swapped ? __builtin_bswap16(v) : v;
}

inline std::uint32_t load32(const std::uint8_t* p, bool swapped) {
    std::uint32_t v;
    std::memcpy(&v, p, sizeof v);
    return swapped ? __builtin_bswap32(v) : v;
}

inline std::uint64_t load64(const std::uint8_t* p, bool swapped) {
    std::uint64_t v;
    std::memcpy(&v, p, sizeof v);
    return swapped ? __builtin_bswap64(v) : v;
}

}  // namespace sw
