#include "rules/analysis/plain_shape.hpp"

namespace sw {
namespace {

constexpr std::uint8_t ipv6_fragment_header = 44;
constexpr std::uint16_t ethertype_ipv4 = 0x0800, ethertype_ipv6 = 0x86dd;

std::optional<std::uint32_t> link_header_size(Datalink link) {
    switch (link.linktype) {
        case linktype::en10mb:
            return 14;
        case linktype::linux_sll:
            return 16;
        case linktype::linux_sll2:
            return 20;
        case linktype::null:
        case linktype::loop:
            return 4;
        case linktype::raw:
        case linktype::dlt_raw_bsd:
        case linktype::dlt_raw_openbsd:
        case linktype::ipv4:
        case linktype::ipv6:
            return 0;
        default:
            return std::nullopt;
    }
}

}  // namespace

std::optional<PlainShape> PlainShape::of(Datalink link, Network network) {
    const auto header = link_header_size(link);
    if (!header || (network != Network::ipv4 && network != Network::ipv6)) return std::nullopt;
    PlainShape shape(*header, network);
    switch (link.linktype) {
        case linktype::en10mb:
            shape.know_ethertype(12);
            break;
        case linktype::linux_sll:
            shape.know_ethertype(14);
            break;
        case linktype::linux_sll2:
            shape.know_ethertype(0);
            break;
        case linktype::null:
            shape.know_family(link.swapped ? 3 : 0);
            break;
        case linktype::loop:
            shape.know_family(3);
            break;
        default:
            break;
    }
    return shape;
}

void PlainShape::know_ethertype(std::uint32_t offset) {
    const std::uint16_t type = network_ == Network::ipv4 ? ethertype_ipv4 : ethertype_ipv6;
    know(offset, 0xff, static_cast<std::uint8_t>(type >> 8));
    know(offset + 1, 0xff, static_cast<std::uint8_t>(type & 0xff));
}

/// low: offset of the family word's low octet. AF_INET is 2 everywhere; AF_INET6 is 10, 24, 28 or 30, which have some bits in common.
void PlainShape::know_family(std::uint32_t low) {
    for (std::uint32_t i = 0; i < 4; ++i) know(i, 0xff, 0);
    if (network_ == Network::ipv4)
        know(low, 0xff, 2);
    else
        know(low, 0xe9, 10 & 24 & 28 & 30);
}

PlainShape::PlainShape(std::uint32_t l3, Network network) : network_(network) {
    field_offset_.fill(nowhere);
    const bool v4 = network == Network::ipv4;
    const std::uint32_t l4 = l3 + (v4 ? 20 : 40);
    size_ = l4 + 4;
    if (v4) {
        know(l3, 0xff, 0x45);
        know(l3 + 6, 0x3f, 0);  // more-fragments and the offset; the reserved bit and DF are free
        know(l3 + 7, 0xff, 0);
        place(field::protocol, l3 + 9);
        place(field::src, l3 + 12);
        place(field::dst, l3 + 16);
    } else {
        know(l3, 0xf0, 0x60);
        place(field::protocol, l3 + 6);
        for (std::uint8_t i = 0; i < 4; ++i) {
            place(static_cast<std::uint8_t>(field::src + i), l3 + 8 + 4u * i);
            place(static_cast<std::uint8_t>(field::dst + i), l3 + 24 + 4u * i);
        }
    }
    place(field::l4_first, l4);
    place(field::l4_second, l4 + 2);
}

void PlainShape::know(std::uint32_t offset, std::uint8_t known, std::uint8_t value) {
    known_[offset] = known;
    value_[offset] = value;
}

std::optional<FieldPart> PlainShape::field_at(std::uint32_t offset, unsigned width) const {
    const unsigned bits = 8 * width;
    for (std::uint8_t f = 0; f < ClassKey::fields; ++f) {
        const unsigned whole = field_width(f);
        if (field_offset_[f] == offset && bits <= whole)
            return FieldPart{f, static_cast<std::uint8_t>(whole - bits), UINT32_MAX >> (32 - bits)};
    }
    return std::nullopt;
}

KnownBits PlainShape::bits_at(std::uint32_t offset, unsigned width) const {
    KnownBits bits{static_cast<std::uint32_t>(width == 4 ? 0 : ~0ull << (8 * width)), 0};
    for (unsigned i = width; i-- > 0; ++offset) {
        bits.known |= std::uint32_t{known_[offset]} << (8 * i);
        bits.value |= std::uint32_t{value_[offset]} << (8 * i);
    }
    return bits;
}

bool PlainShape::excludes(std::uint8_t f, std::uint32_t lo, std::uint32_t hi) const {
    return network_ == Network::ipv6 && f == field::protocol && lo == ipv6_fragment_header && hi == ipv6_fragment_header;
}

}  // namespace sw
