#pragma once
/// Which class a packet's flow-key fields fall into, such that every covered program gives all packets of one class
/// key the same answer. Proved from the byte code, not from the text of the filter.
///
/// A *plain* packet (Packet::plain) has a link header of known length and constant contents, IPv4 with IHL 5 and no
/// fragmentation or IPv6 without extension headers. Its fields are 32-bit words of the addresses, the protocol, and
/// the first two 16-bit words behind the IP header (the ports of TCP and UDP; type/code and checksum of ICMP).
/// A program is covered if, walked from its start with the shape's constant bytes known, it loads nothing but those
/// fields and compares them only in ways that cut a field's values into intervals (==, <, >, after a prefix mask or a
/// high-octet load). All comparisons of all covered programs cut each field into elementary intervals; intervals that
/// no comparison tells apart share a class.
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "rules/analysis/instruction.hpp"
#include "rules/analysis/interval_map.hpp"
#include "rules/packet/packet.hpp"

namespace sw {

/// One class number a field: 8 address words (IPv4 uses words 0 and 4), protocol, two transport words.
/// Unused fields are 0. Hash and compare it as plain bytes.
struct ClassKey {
    static constexpr std::size_t fields = 11;
    std::array<std::uint16_t, 12> classes{};
    bool operator==(const ClassKey&) const = default;
};

/// The fields of a plain packet, or of one that is imagined (the same with initiator and responder swapped).
struct FlowFields {
    std::array<std::uint32_t, ClassKey::fields> words{};  ///< src 0..3, dst 4..7, proto 8, l4 words 9, 10

    /// Has it the fields: is it plain, its IP header whole and sound, and 4 octets behind that captured?
    static bool exist_in(const Packet& packet);
    /// in: a packet that they exist in
    static FlowFields of(const Packet& packet);
    FlowFields swapped() const;  ///< src and dst exchanged, l4 words exchanged (meaningful for TCP and UDP)
};

class FieldClasses {
public:
    /// in: programs compiled for link; network is ipv4 or ipv6. EN10MB, LINUX_SLL, LINUX_SLL2, RAW, IPV4, IPV6, NULL, LOOP have
    ///     plain packets; for any other link nothing is covered. The IPv6 family of NULL and LOOP differs between systems, so there
    ///     programs that ask for IPv6 are not covered.
    /// limits: a field has at most 65,535 classes; a program whose comparisons would exceed that is not covered
    /// cost:   about 10 us a program
    FieldClasses(std::span<const ProgramView> programs, Datalink link, Network network);

    bool covers(std::size_t program) const { return covered_[program]; }
    /// cost: a table step or two for each field that some program compares; no allocation
    ClassKey classify(const FlowFields& fields) const;

    std::size_t octets() const;  ///< of memory

private:
    std::array<IntervalMap, ClassKey::fields> classes_;
    std::array<std::uint8_t, ClassKey::fields> cut_fields_{};  ///< those with more than one class
    std::size_t cut_count_ = 0;
    std::vector<bool> covered_;
};

}  // namespace sw
