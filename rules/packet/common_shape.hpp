#pragma once
/// What the headers of a common frame must be, as a table: its first 60 octets are 16-bit words, each of which, masked, lies
/// between two numbers, and some of which have a part that is never this or that. Which row counts is told by the protocol and
/// by TCP's header length. Private to rules/packet.
#include <array>
#include <cstdint>

namespace sw::decoding {

/// 16 words, those at offset 0 or those at offset 28 of a frame; those that both hold are asked in one.
using HeaderWords = std::array<std::uint16_t, 16>;

struct alignas(32) CommonShape {
    static constexpr std::uint32_t octets = 60, second_half = 28;
    struct alignas(32) Half {
        HeaderWords mask{}, least{}, range{}, part{};  ///< word & mask is at least .. least + range, modulo 2^16
        HeaderWords never{}, nor{};                    ///< word & part is neither
    };
    Half halves[2];
    std::uint32_t header_len = 0;  ///< of TCP or UDP
    std::uint32_t udp_len = 0;     ///< mask: all ones if the word at 38 must be the segment's length

    constexpr CommonShape() {
        // Nothing is asked of a word, and its empty part is not 1.
        for (Half& h : halves) h.range.fill(0xffff), h.never.fill(1), h.nor.fill(1);
    }
    constexpr CommonShape& word(std::size_t offset, std::uint16_t mask, std::uint16_t least, std::uint16_t most) {
        Half& h = half(offset);
        h.mask[place(offset)] = mask;
        h.least[place(offset)] = least;
        h.range[place(offset)] = static_cast<std::uint16_t>(most - least);
        return *this;
    }
    constexpr CommonShape& never(std::size_t offset, std::uint16_t part, std::uint16_t one, std::uint16_t other) {
        Half& h = half(offset);
        h.part[place(offset)] = part;
        h.never[place(offset)] = one;
        h.nor[place(offset)] = other;
        return *this;
    }

private:
    constexpr Half& half(std::size_t offset) { return halves[offset >= 32]; }
    static constexpr std::size_t place(std::size_t offset) { return (offset >= 32 ? offset - second_half : offset) / 2; }
};

constexpr CommonShape common_shape(std::uint32_t header_len) {
    CommonShape s;
    s.header_len = header_len;
    s.word(6, 0x0100, 0, 0);                                                  // the sender's MAC is no group
    s.word(12, 0xffff, 0x0800, 0x0800);                                       // Ethernet II, IPv4
    s.word(14, 0xff00, 0x4500, 0x4500);                                       // version 4, no options
    s.word(16, 0xffff, static_cast<std::uint16_t>(20 + header_len), 0xffff);  // total length
    s.word(20, 0xbfff, 0, 0);                                                 // no fragment, no reserved bit
    s.word(22, 0xff00, 0x0100, 0xff00);                                       // time to live
    s.word(26, 0xffff, 0x0100, 0xdfff).never(26, 0xff00, 0x7f00, 0x7f00);     // source: no net 0, loopback, multicast, reserved
    s.word(30, 0xffff, 0x0100, 0xefff).never(30, 0xff00, 0x7f00, 0x7f00);     // destination: multicast may be
    return s.word(34, 0xffff, 1, 0xffff).word(36, 0xffff, 1, 0xffff);         // ports
}

constexpr CommonShape tcp_shape(std::uint32_t header_len) {
    CommonShape s = common_shape(header_len);
    const auto offset = static_cast<std::uint16_t>(header_len << 10);
    s.word(46, 0xff36, offset | 0x10, offset | 0x10);  // ACK; none of SYN, RST, URG; the rest may be
    s.word(52, 0xffff, 0, 0);                          // urgent pointer
    if (header_len == 32) s.word(54, 0xffff, 0x0101, 0x0101).word(56, 0xffff, 0x080a, 0x080a);  // time stamps alone
    return s;
}

constexpr CommonShape udp_shape() {
    CommonShape s = common_shape(8);
    s.udp_len = 0xffffffff;
    return s.word(40, 0xffff, 1, 0xffff).never(36, 0xffff, 4789, 6081);  // has a checksum; no VXLAN, no GENEVE
}

/// Of any other protocol: no frame's type is both.
constexpr CommonShape no_shape() { return common_shape(8).word(12, 0, 1, 1); }

/// In pairs: the second is that of a frame whose octet at 46 is 0x80.
inline constexpr CommonShape common_shapes[] = {no_shape(), no_shape(), tcp_shape(20), tcp_shape(32), udp_shape(), udp_shape()};
inline constexpr auto shape_of_protocol = [] {
    std::array<std::uint8_t, 256> pair{};
    pair[6] = 2;
    pair[17] = 4;
    return pair;
}();

}  // namespace sw::decoding
