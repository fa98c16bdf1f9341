#pragma once
/// The frame that nearly all frames are, read at a glance: Ethernet II, IPv4 without options or fragments, TCP in the
/// middle of a connection or UDP, wholly captured, and every check of the strict decoder passed. Anything else, or any
/// doubt, is left to the strict walk, which decides. The property test "both ways of decoding agree" holds the two together.
#include <cstddef>
#include <cstdint>

#include "rules/packet/datalink.hpp"

namespace sw {

/// In the order in which one vector store can write it.
struct CommonFrame {
    static constexpr std::uint32_t l3_offset = 14, l4_offset = 34;

    std::uint32_t src, dst;  ///< host order, all of them
    std::uint16_t sport, dport;
    std::uint8_t proto;   ///< 6 or 17
    std::uint8_t family;  ///< 4
    std::uint16_t nothing;
    std::uint32_t tcp_seq, tcp_ack;  ///< the tcp_ fields mean something for TCP only
    std::uint16_t tcp_window;
    std::uint8_t tcp_offset;  ///< as it stands in the header: the upper half counts words
    std::uint8_t tcp_flags;
    std::uint32_t nothing_more;
    const std::uint8_t* data;  ///< borrowed
    std::uint16_t ip_len;      ///< IP header and all behind it
    std::uint8_t header_len;   ///< of TCP or UDP

    std::uint32_t payload_offset() const { return l4_offset + header_len; }
    std::uint32_t payload_len() const { return ip_len - 20u - header_len; }
};
static_assert(offsetof(CommonFrame, sport) == 8 && offsetof(CommonFrame, tcp_seq) == 16 && offsetof(CommonFrame, data) == 32);

/// in:   an Ethernet frame of len octets, all captured
/// out:  false: it is not such a frame, or there is a doubt; common is then unspecified
/// cost: headers once, payload once for the checksum; common_avx2.hpp does the same in half the time
bool read_common(const std::uint8_t* data, std::uint32_t len, CommonFrame& common);

struct Packet;
/// What decode() says of a frame of len octets that read_common() read: without checking anything again.
void expand(const CommonFrame& common, std::uint32_t len, Datalink link, Packet& packet);

}  // namespace sw
