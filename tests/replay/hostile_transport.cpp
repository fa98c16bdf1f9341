#include <fmt/format.h>

#include "tests/replay/hostile.hpp"

namespace sw::craft {
namespace {

using namespace tcp_flag;

constexpr std::size_t offset_at = tcp4_at + 12, flags_at = tcp4_at + 13, urgent_at = tcp4_at + 18;

CraftedFrame flags(unsigned value) { return smtp_syn().set8(flags_at, value).fix(); }
CraftedFrame header_words(unsigned words) { return smtp_syn().set8(offset_at, words << 4).fix(); }
CraftedFrame syn_option(const Octets& o) { return smtp_syn().tcp_options(o); }

/// An allowed conversation, then its client's next segment, bent.
template <class Bend>
Frames bent(std::uint8_t with_flags, std::string_view text, Bend bend) {
    const TcpDialogue d = smtp();
    CraftedFrame f = d.segment(Side::client, with_flags, 0, text);
    bend(f);
    return then(d.frames(), f);
}

Frames midstream_option(const Octets& o) {
    return bent(ack, {}, [&](CraftedFrame& f) { f.tcp_options(o); });
}

Frames midstream_flags(unsigned value, std::string_view text = {}) {
    return bent(static_cast<std::uint8_t>(value), text, [](CraftedFrame&) {});
}

std::vector<Hostile> tcp_options_and_data() {
    using enum Reason;
    return {
        one("TCP option of length 0", tcp_options, syn_option({2, 0, 5, 0xb4})),
        one("TCP option of length 1", tcp_options, syn_option({2, 1, 5, 0xb4})),
        one("TCP option past its header", tcp_options, syn_option({2, 5, 5, 0xb4})),
        one("TCP option without a length", tcp_options, syn_option({1, 1, 1, 2})),
        one("an MSS of three octets", tcp_options, syn_option({2, 3, 5, 0})),
        one("a window scale of four octets", tcp_options, syn_option({3, 4, 7, 0})),
        one("a time stamp of two octets", tcp_options, syn_option({8, 2, 0, 0})),
        one("a selective acknowledgement of six octets", tcp_options, syn_option({5, 6, 0, 0, 0, 1, 0, 0})),
        one("two MSS options", tcp_option_misplaced, syn_option({2, 4, 5, 0xb4, 2, 4, 2, 0})),
        one("two window scales", tcp_option_misplaced, syn_option({3, 3, 7, 3, 3, 2, 0, 0})),
        one("window scale 15", tcp_window_scale, syn_option({3, 3, 15, 0})),
        one("window scale 255", tcp_window_scale, syn_option({3, 3, 255, 0})),
        {"MSS in midstream", tcp_option_misplaced, midstream_option({2, 4, 5, 0xb4})},
        {"window scale in midstream", tcp_option_misplaced, midstream_option({3, 3, 7, 0})},
        {"SACK permitted in midstream", tcp_option_misplaced, midstream_option({4, 2, 1, 1})},
        {"a bad option in midstream", tcp_options, midstream_option({8, 9, 0, 0})},
        one("a SYN with data", tcp_syn_data, tcp(v4(outside, 40000), v4(mail, 25), {}, "EHLO early\r\n")),
        one("TCP Fast Open with a cookie and data", tcp_syn_data,
            tcp(v4(outside, 40000), v4(mail, 25), {syn, 1000, 0, 64240, {34, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 1}}, "EHLO early\r\n")),
        one("an urgent pointer without URG", tcp_urgent, smtp_syn().set16(urgent_at, 1).fix()),
        {"urgent data", tcp_urgent, midstream_flags(ack | urg, "!")},
        {"an urgent pointer in midstream", tcp_urgent, bent(ack, "NOOP\r\n", [](CraftedFrame& f) { f.set16(urgent_at, 3).fix(); })},
        {"a RST with data", tcp_rst_data, midstream_flags(rst | ack, "busy")},
    };
}

}  // namespace

std::vector<Hostile> hostile_tcp() {
    using enum Reason;
    std::vector<Hostile> list = {
        one("no flags", tcp_flags, flags(0)),
        one("FIN alone", tcp_flags, flags(fin)),
        one("PSH alone", tcp_flags, flags(psh)),
        one("URG alone", tcp_flags, flags(urg)),
        one("ECE alone", tcp_flags, flags(ece)),
        one("christmas tree", tcp_flags, flags(fin | psh | urg)),
        one("all flags", tcp_flags, flags(0xff)),
        one("SYN and FIN", tcp_flags, flags(syn | fin)),
        one("SYN and RST", tcp_flags, flags(syn | rst)),
        one("SYN and PSH", tcp_flags, flags(syn | psh)),
        one("SYN and URG", tcp_flags, flags(syn | urg)),
        one("SYN, FIN and ACK", tcp_flags, flags(syn | fin | ack)),
        one("SYN, RST and ACK", tcp_flags, flags(syn | rst | ack)),
        one("SYN with half of ECN's question", tcp_flags, flags(syn | ece)),
        one("SYN with the other half", tcp_flags, flags(syn | cwr)),
        one("FIN and RST", tcp_flags, flags(fin | rst)),
        {"no flags in midstream", tcp_flags, midstream_flags(0, "x")},
        {"FIN without ACK in midstream", tcp_flags, midstream_flags(fin)},
        {"data without ACK in midstream", tcp_flags, midstream_flags(psh, "x")},
        {"SYN and FIN in midstream", tcp_flags, midstream_flags(syn | fin)},
        {"christmas tree in midstream", tcp_flags, midstream_flags(fin | psh | urg)},
        one("from port 0", port_zero, tcp(v4(outside, 0), v4(mail, 25))),
        one("to port 0", port_zero, tcp(v4(outside, 40000), v4(mail, 0))),
        one("wrong TCP checksum", bad_checksum, smtp_syn().flip(tcp4_at + 16, 0x80)),
        one("TCP checksum zero", bad_checksum, smtp_syn().set16(tcp4_at + 16, 0)),
        {"wrong checksum in midstream", bad_checksum, bent(ack | psh, "NOOP\r\n", [](CraftedFrame& f) { f.flip(tcp4_at + 20, 1); })},
        one("a TCP header longer than its packet", tcp_header_length, header_words(15)),
    };
    for (const unsigned words : {0u, 1u, 4u})
        list.push_back(one(fmt::format("TCP header of {} words", words), tcp_header_length, header_words(words)));
    for (const unsigned bit : {1u, 2u, 4u, 8u})
        list.push_back(one(fmt::format("reserved TCP bit {}", bit), tcp_reserved_bits, smtp_syn().flip(offset_at, bit).fix()));
    for (Hostile& h : tcp_options_and_data()) list.push_back(std::move(h));
    return list;
}

std::vector<Hostile> hostile_udp() {
    using enum Reason;
    constexpr std::size_t length_at = tcp4_at + 4, checksum_at = tcp4_at + 6;
    const unsigned right = load_be16(dns_ask().bytes.data() + length_at);
    return {
        one("UDP length 0", udp_length, dns_ask().set16(length_at, 0)),
        one("UDP length 7", udp_length, dns_ask().set16(length_at, 7)),
        one("UDP length 8 hides the question", udp_length, dns_ask().set16(length_at, 8)),
        one("UDP one octet short", udp_length, dns_ask().set16(length_at, right - 1)),
        one("UDP one octet long", udp_length, dns_ask().set16(length_at, right + 1)),
        one("a UDP header that is cut", udp_length, ip(v4(mail), v4(resolver), 17, {0xc0, 0, 0, 53})),
        one("no UDP checksum", udp_no_checksum, dns_ask().set16(checksum_at, 0)),
        one("no UDP checksum over IPv6", udp_no_checksum, dns_ask6().set16(tcp6_at + 6, 0)),
        one("wrong UDP checksum", bad_checksum, dns_ask().flip(checksum_at, 1)),
        one("wrong UDP checksum over IPv6", bad_checksum, dns_ask6().flip(tcp6_at + 6, 1)),
        one("UDP from port 0", port_zero, udp(v4(mail, 0), v4(resolver, 53), dns_query({7, "example.org"}))),
        one("UDP to port 0", port_zero, udp(v4(mail, 49152), v4(resolver, 0), "x")),
        one("UDP to port 25", no_rule, udp(v4(outside, 40000), v4(mail, 25), "HELO\r\n")),
        one("SCTP to port 25", ip_protocol, ip(v4(outside), v4(mail), 132, be16(40000) + be16(25) + Octets(8))),
        one("UDP-Lite to the resolver", ip_protocol, ip(v4(mail), v4(resolver), 136, be16(40000) + be16(53) + Octets(8))),
        one("protocol 255", ip_protocol, ip(v4(outside), v4(mail), 255, Octets(20))),
        one("IGMP", ip_protocol, ip(v4(mail), v4(firewall), 2, {0x16, 0, 9, 4, 224, 0, 0, 251}, 1)),
        one("SCTP where a rule names no protocol", ip_protocol,
            ip({std::string(outside.mac), "198.51.100.200"}, v4(mail), 132, Octets(16))),
        one("OSPF where a rule names no protocol", ip_protocol, ip({std::string(outside.mac), "198.51.100.200"}, v4(mail), 89, Octets(24))),
    };
}

}  // namespace sw::craft
