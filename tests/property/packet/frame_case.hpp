#pragma once
/// A frame as a property fails on it: the octets, how many more (or fewer) it claims to have had, and its link.
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "rules/packet/packet.hpp"

namespace sw::test {

using Octets = std::vector<std::uint8_t>;

struct FrameCase {
    Octets bytes;
    std::int64_t missing = 0;  ///< octets on the wire beyond those captured; negative: the capture claims too many
    Datalink link;

    std::uint32_t caplen() const { return static_cast<std::uint32_t>(bytes.size()); }
    std::uint32_t len() const {
        const std::int64_t len = static_cast<std::int64_t>(bytes.size()) + missing;
        return len < 0 ? 0 : len > UINT32_MAX ? UINT32_MAX : static_cast<std::uint32_t>(len);
    }
};

/// For a person to paste into a unit test.
inline std::string describe(const FrameCase& c) {
    std::string text = name_of(c.link) + (c.link.swapped ? " swapped" : "") + ", caplen " + std::to_string(c.caplen()) + ", len " +
                       std::to_string(c.len()) + ":";
    for (const std::uint8_t octet : c.bytes) {
        char hex[4];
        std::snprintf(hex, sizeof hex, " %02x", octet);
        text += hex;
    }
    return text;
}

/// The octets in a heap block of exactly their size, so that AddressSanitizer sees a read of one octet too many.
class ExactCopy {
public:
    explicit ExactCopy(const FrameCase& c) : size_(c.bytes.size()), octets_(new std::uint8_t[size_]) {
        for (std::size_t i = 0; i < size_; ++i) octets_[i] = c.bytes[i];
    }
    const std::uint8_t* data() const { return octets_.get(); }

private:
    std::size_t size_;
    std::unique_ptr<std::uint8_t[]> octets_;
};

}  // namespace sw::test
