#pragma once
/// What is known of every plain packet's frame before looking at it, and where its flow-key fields lie.
#include <array>
#include <cstdint>
#include <optional>

#include "rules/analysis/field_classes.hpp"

namespace sw {

/// A number of which some bits are known. Bits of value that are not known are zero.
struct KnownBits {
    std::uint32_t known = 0, value = 0;
    bool operator==(const KnownBits&) const = default;
};

/// Part of a field: (word >> shift) & mask. mask is not 0 and is a run of ones at the high end of what the shift leaves, so the
/// part never falls as the word grows.
struct FieldPart {
    std::uint8_t field = 0, shift = 0;
    std::uint32_t mask = 0;
    bool operator==(const FieldPart&) const = default;
};

namespace field {
inline constexpr std::uint8_t src = 0, dst = 4, protocol = 8, l4_first = 9, l4_second = 10;
}

/// Bits of a field: 32, but 8 for the protocol and 16 for the words behind the IP header.
constexpr unsigned field_width(std::uint8_t f) { return f == field::protocol ? 8 : f > field::protocol ? 16 : 32; }

/// source: RFC 791 section 3.1, RFC 8200 section 3; https://www.tcpdump.org/linktypes.html
class PlainShape {
public:
    /// nullopt: no plain packets on this link
    static std::optional<PlainShape> of(Datalink link, Network network);

    /// Octets that every plain packet has captured: up to 4 behind the IP header.
    std::uint32_t size() const { return size_; }
    /// The field that an aligned big-endian load yields, whole or its high end.
    std::optional<FieldPart> field_at(std::uint32_t offset, unsigned width) const;
    /// offset + width <= size()
    KnownBits bits_at(std::uint32_t offset, unsigned width) const;
    /// An IPv6 packet whose next header is Fragment is not plain, and libpcap looks for that one everywhere.
    bool excludes(std::uint8_t field, std::uint32_t lo, std::uint32_t hi) const;

private:
    static constexpr std::size_t max_size = 20 + 40 + 4;  ///< SLL2, IPv6, 4 octets behind

    PlainShape(std::uint32_t l3_offset, Network network);
    void know(std::uint32_t offset, std::uint8_t known, std::uint8_t value);
    void know_ethertype(std::uint32_t offset);
    void know_family(std::uint32_t low);
    void place(std::uint8_t field, std::uint32_t offset) { field_offset_[field] = offset; }

    static constexpr std::uint32_t nowhere = UINT32_MAX;
    std::uint32_t size_ = 0;
    Network network_;
    std::array<std::uint8_t, max_size> known_{}, value_{};
    std::array<std::uint32_t, ClassKey::fields> field_offset_;
};

}  // namespace sw
