#include <fmt/format.h>

#include "tests/replay/hostile.hpp"

namespace sw::craft {
namespace {

constexpr std::size_t length_at = ip_at + 2, fragment_at = ip_at + 6, ttl_at = ip_at + 8, source_at = ip_at + 12, target_at = ip_at + 16;

CraftedFrame version(unsigned nibble) { return smtp_syn().set8(ip_at, nibble << 4 | 5).fix_ip(); }
CraftedFrame header_words(unsigned ihl) { return smtp_syn().set8(ip_at, 0x40 | ihl); }
CraftedFrame length(unsigned octets) { return smtp_syn().set16(length_at, octets).fix_ip(); }
CraftedFrame from(std::uint32_t address) { return smtp_syn().set32(source_at, address).fix(); }
CraftedFrame to(std::uint32_t address) { return smtp_syn().set32(target_at, address).fix(); }
CraftedFrame option(const Octets& o) { return smtp_syn().ip_options(o); }

/// 60 octets, IHL 15: neither "tcp port 25" nor "not tcp port 25" matches it.
CraftedFrame bpf_blind() { return smtp_syn().pad().set8(ip_at, 0x4f).set16(length_at, 46); }

/// A kibibyte of the mail host's port 25 as one IPv4 packet, its fragment field set.
CraftedFrame piece(unsigned field, std::size_t octets = 1024) {
    CraftedFrame f = tcp(v4(outside, 40000), v4(mail, 25), {}, std::string(1004, 'a')).cut(tcp4_at + octets);
    return f.set16(length_at, static_cast<unsigned>(20 + octets)).set16(fragment_at, field).fix_ip();
}

constexpr unsigned more = 0x2000, dont = 0x4000;

}  // namespace

std::vector<Hostile> hostile_ipv4() {
    using enum Reason;
    std::vector<Hostile> list = {
        one("IPv6 under the type of IPv4", ip_version, smtp_syn6().set16(ethertype_at, 0x0800)),
        one("IPv4 under the type of IPv6", ip_version, smtp_syn().pad(100).set16(ethertype_at, 0x86dd)),
        one("IHL 15 in a 60-octet frame, which a filter and its negation both miss", ip_header_length, bpf_blind()),
        one("IHL 6: the first octets of TCP as options", ip_options, header_words(6).fix_ip()),
        one("total length 0, as offloading leaves it", ip_length, length(0)),
        one("total length 19", ip_length, length(19)),
        one("total length 20 hides the TCP header", tcp_header_length, length(20)),
        one("total length 39 cuts the TCP header", tcp_header_length, length(39)),
        one("total length 41 of 40", ip_length, length(41)),
        one("total length 65535", ip_length, length(65535)),
        one("option: end of list", ip_options, option({0, 0, 0, 0})),
        one("option: no operation", ip_options, option({1, 1, 1, 1})),
        one("option: router alert", ip_options, option({0x94, 4, 0, 0})),
        one("option: record route", ip_options, option({7, 7, 4, 0, 0, 0, 0, 0})),
        one("option: loose source route", ip_options, option({0x83, 7, 4, 192, 0, 2, 1, 0})),
        one("option: strict source route", ip_options, option({0x89, 7, 4, 192, 0, 2, 1, 0})),
        one("option: time stamp", ip_options, option({0x44, 8, 5, 0, 0, 0, 0, 0})),
        one("option: security", ip_options, option({0x82, 4, 0, 0})),
        one("forty octets of options", ip_options, option(Octets(40, 1))),
        one("option of length 0", ip_options_malformed, option({7, 0, 0, 0})),
        one("option of length 1", ip_options_malformed, option({7, 1, 0, 0})),
        one("option past its header", ip_options_malformed, option({7, 39, 4, 0})),
        one("option without a length", ip_options_malformed, option({1, 1, 1, 7})),
        one("the reserved bit", ip_reserved_bit, smtp_syn().flip(fragment_at, 0x80).fix_ip()),
        one("wrong IP checksum", bad_checksum, smtp_syn().flip(ip_at + 10, 1)),
        one("IP checksum zero", bad_checksum, smtp_syn().set16(ip_at + 10, 0)),
        one("TTL 0", ttl_zero, smtp_syn().set8(ttl_at, 0).fix_ip()),
        one("from 127.0.0.1", martian, from(0x7f00'0001)),
        one("from 0.0.0.0", martian, from(0)),
        one("from 0.1.2.3", martian, from(0x0001'0203)),
        one("from a multicast address", martian, from(0xe000'0001)),
        one("from class E", martian, from(0xf000'0001)),
        one("from the broadcast address", martian, from(0xffff'ffff)),
        one("to 127.0.0.1", martian, to(0x7f00'0001)),
        one("to 0.0.0.0", martian, to(0)),
        one("to class E", martian, to(0xf000'0001)),
        one("to the broadcast address", no_rule, to(0xffff'ffff)),
        one("to a multicast address", no_rule, to(0xe000'0001)),
        one("from itself, same ports", land, tcp(v4(mail, 25), v4(mail, 25))),
        one("from itself, other port", land, tcp(v4(mail, 40000), v4(mail, 25))),
    };
    for (const unsigned nibble : {0u, 1u, 2u, 3u, 5u, 6u, 7u, 8u, 9u, 15u})
        list.push_back(one(fmt::format("IP version {}", nibble), ip_version, version(nibble)));
    for (const unsigned words : {0u, 1u, 2u, 3u, 4u, 15u})
        list.push_back(one(fmt::format("IP header of {} words", words), ip_header_length, header_words(words)));
    return list;
}

std::vector<Hostile> hostile_fragments() {
    using enum Reason;
    const CraftedFrame big_udp = udp(v4(mail, 49152), v4(resolver, 53), std::string(600, 'q'));
    CraftedFrame icmp_piece = ping();
    return {
        one("a first fragment", fragment, piece(more)),
        one("a middle fragment", fragment, piece(more | 128)),
        one("a last fragment", fragment, piece(128)),
        one("a last fragment that a filter reads as ports", fragment, piece(1)),
        one("a first fragment of 8 octets: ports, no flags", fragment_tiny, piece(more, 8)),
        one("a first fragment of 16 octets", fragment_tiny, piece(more, 16)),
        one("a second fragment at 8: it would overwrite the flags", fragment_tiny, piece(more | 1, 64)),
        one("a fragment of no octets", fragment, piece(more | 3, 0)),
        one("the ping of death", fragment_overlong, piece(0x1fff)),
        one("a fragment that forbids fragmenting", fragment_df, piece(more | dont)),
        one("a fragment with the reserved bit", ip_reserved_bit, piece(more | 0x8000)),
        one("a first fragment of UDP", fragment, CraftedFrame(big_udp).set16(fragment_at, more).fix_ip()),
        one("a later fragment of UDP", fragment, CraftedFrame(big_udp).set16(fragment_at, 100).fix_ip()),
        one("a fragment of a ping", fragment, icmp_piece.set16(fragment_at, more).fix_ip()),
        {"two fragments that overlap", fragment, {piece(more, 64), piece(more | 4, 64)}, false},
        {"the same fragment twice", fragment, {piece(more), piece(more)}, false},
        {"a whole packet in two fragments", fragment, {piece(more, 512), piece(64, 512).later(1ms)}, false},
        {"fragments in the wrong order", fragment, {piece(64, 512), piece(more, 512).later(1ms)}, false},
        {"a fragment in a live conversation", fragment, then(smtp().frames(), piece(more))},
    };
}

}  // namespace sw::craft
