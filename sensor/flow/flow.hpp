#pragma once
/// One conversation, as the flow table keeps it: 128 octets, of which an IPv4 packet touches the first 64.
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "rules/base/time.hpp"
#include "rules/packet/common_frame.hpp"
#include "rules/packet/packet.hpp"

namespace sw {

enum class FlowState : std::uint8_t {
    free,
    opening,      ///< TCP: SYN seen
    answered,     ///< TCP: SYN-ACK seen
    established,  ///< TCP: data may pass
    closing,      ///< TCP: one FIN seen
    closed,       ///< TCP: both FINs acknowledged, or RST: the tombstone
    datagrams,    ///< UDP
    echo,         ///< ICMP echo
};

/// What we know of the octets one side of a TCP connection sent and may send (sequence space, RFC 9293 3.4).
struct TcpSide {
    std::uint32_t end = 0;         ///< one past the highest sequence number sent
    std::uint32_t limit = 0;       ///< highest sequence number that the peer's window lets it send
    std::uint32_t max_window = 0;  ///< largest window it advertised, scaled
    std::uint8_t scale = 0;        ///< of the windows it advertises
    std::uint8_t strikes = 0;      ///< segments outside the window so far
    bool known : 1 = false;        ///< end and limit are set
    bool fin : 1 = false;          ///< FIN sent; end includes it
    bool reset : 1 = false;        ///< it sent the RST
    bool fin_acked : 1 = false;
    bool acked = false;  ///< the peer acknowledged all that it sent
};

/// Addresses, ports and protocol of the two ends as two words, so that a look-up compares two words.
struct FlowEnds {
    std::uint64_t addresses = 0;  ///< low 32 bits of each address (IPv4: all of it): sender in the low half
    std::uint64_t ports = 0;      ///< sender's, receiver's, protocol, family: 16, 16, 8, 8 bits from the lowest

    static FlowEnds of(std::uint32_t from, std::uint32_t to, std::uint16_t sport, std::uint16_t dport, std::uint8_t proto,
                       std::uint8_t family) {
        return {std::uint64_t{to} << 32 | from,
                std::uint64_t{family} << 40 | std::uint64_t{proto} << 32 | std::uint64_t{dport} << 16 | std::uint64_t{sport}};
    }
    FlowEnds swapped() const {
        return {addresses >> 32 | addresses << 32, (ports & ~std::uint64_t{0xffffffff}) | (ports >> 16 & 0xffff) | (ports & 0xffff) << 16};
    }
    std::uint8_t proto() const { return static_cast<std::uint8_t>(ports >> 32); }
    std::uint8_t family() const { return static_cast<std::uint8_t>(ports >> 40); }
    bool operator==(const FlowEnds&) const = default;
};

struct alignas(64) Flow {
    static constexpr std::uint32_t none = 0;  ///< no flow, no block: indices count from 1, so that zero octets are empty

    // first cache line
    FlowEnds ends;       ///< initiator first
    Timestamp deadline;  ///< engine time; over when it is passed
    FlowState state = FlowState::free;
    std::uint8_t link = 0;         ///< index of the datalink it was opened on
    std::uint16_t rule = 0;        ///< index in Policy::rules
    bool provisional : 1 = false;  ///< picked up mid-stream during the grace
    std::uint8_t clear : 2 = 0;    ///< bit 0: no forbid rule, by the flow key alone, matches what the initiator sends; 1: responder
    bool owes : 1 = false;         ///< its octets are still to be judged: whoever reads them keeps them, too (SentOctets::hold)
    bool breached : 1 = false;     ///< it did not speak its protocol: grey from then on, and never judged at a glance
    bool in_step : 1 = false;      ///< it owes, and all that both sides sent was read: an ACK alone changes nothing
    std::uint8_t refused : 2 = 0;  ///< it opened beyond its rule's budget: 1 of conversations an hour, 2 of hours
    TcpSide side[2];               ///< initiator, responder

    // second cache line
    std::uint32_t next = none;      ///< in its hash bucket
    std::uint8_t high[2][12] = {};  ///< IPv6: the upper 96 bits
    std::uint32_t bucket = 0;
    std::uint32_t due = none;                                 ///< next in its slot of the expiry wheel
    std::uint32_t isn[2] = {};                                ///< TCP: initial sequence numbers
    std::uint32_t sent[2][2] = {{none, none}, {none, none}};  ///< octets kept for comparison: first and last block, by side
    std::uint32_t talk = none;                                ///< what conformance knows of it
};
/// The address of an end: 0 the initiator's, 1 the responder's.
Address address_of(const Flow& flow, int end);
static_assert(sizeof(Flow) == 128 && offsetof(Flow, next) == 64);

/// What identifies a flow in a packet: the tuple as the packet bears it. ICMP echo: the requester's port is the
/// identifier, the other's 0, so that requests of both ends are two flows.
struct FlowKey {
    FlowEnds ends;
    const std::uint8_t* high[2] = {nullptr, nullptr};  ///< IPv6: first 12 octets of the addresses, borrowed

    /// packet has IP and a transport
    static FlowKey of(const Packet& packet);
    static FlowKey of(const FiveTuple& tuple);  ///< borrows tuple
    static FlowKey of(const CommonFrame& c) {
        FlowKey key;
        std::memcpy(static_cast<void*>(&key.ends), &c, sizeof key.ends);  // the same words, in the same order
        return key;
    }
    FlowKey swapped() const { return {ends.swapped(), {high[1], high[0]}}; }
};

}  // namespace sw
