#pragma once
/// Octets of pcapng blocks, one after the other in a buffer: what every writer of the format shares.
/// source: draft-ietf-opsawg-pcapng
#include <string_view>
#include <vector>

#include "sensor/capture/frame.hpp"
#include "sensor/capture/pcapng_format.hpp"

namespace sw::pcapng {

/// At most 65,000 octets of a comment, and no character cut in two: options are no longer than 65,535.
std::string_view fitting(std::string_view comment);

class Blocks {
public:
    /// Of the blocks from here on: not this machine's byte order.
    void swap_bytes(bool swapped) { swapped_ = swapped; }

    /// A block is what stands between begin() and end(), which sets its two lengths.
    void begin(std::uint32_t type);
    void end();

    void put16(std::uint16_t v);
    void put32(std::uint32_t v);
    void put_time(Timestamp ts);  ///< nanoseconds, upper half first; before 1970 is 1970: the format has none
    void put_padded(const void* data, std::size_t n);
    void put_option(std::uint16_t code, std::string_view value);  ///< nothing for an empty value, which says nothing

    /// A whole section header; comment and application may be "".
    void put_section(std::string_view comment, std::string_view application);
    /// An Enhanced Packet Block as far as its options, to be ended by the caller.
    void begin_packet(std::uint32_t interface, const Frame& frame);

    const std::vector<std::uint8_t>& octets() const { return octets_; }
    std::size_t size() const { return octets_.size(); }
    void clear() { octets_.clear(); }
    void drop_front(std::size_t n) { octets_.erase(octets_.begin(), octets_.begin() + static_cast<std::ptrdiff_t>(n)); }
    void reserve(std::size_t n) { octets_.reserve(n); }

private:
    void set32(std::size_t at, std::uint32_t v);

    std::vector<std::uint8_t> octets_;
    std::size_t begun_ = 0;
    bool swapped_ = false;
};

}  // namespace sw::pcapng
