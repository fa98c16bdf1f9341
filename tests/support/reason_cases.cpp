#include "tests/support/reason_cases.hpp"

#include <initializer_list>
#include <utility>

namespace sw::craft {
namespace {

constexpr std::uint8_t hop_by_hop = 0, routing = 43, fragment_header = 44, no_next = 59, destination = 60;

ReasonSet set(std::initializer_list<Reason> list) {
    ReasonSet s;
    for (const Reason r : list) s.add(r);
    return s;
}

ReasonCase one(Reason reason, CraftedFrame frame, std::initializer_list<Reason> company = {}) {
    ReasonCase c;
    c.reason = reason;
    c.frames = {std::move(frame)};
    c.company = set(company);
    return c;
}

ReasonCase many(Reason reason, Frames frames, std::initializer_list<Reason> company = {}) {
    ReasonCase c;
    c.reason = reason;
    c.frames = std::move(frames);
    c.company = set(company);
    return c;
}

CraftedFrame arp() { return arp_request(v4(mail), firewall.v4); }

/// An 802.3 frame whose length field is given.
CraftedFrame llc(unsigned length, const Octets& payload) { return ethernet("01:80:c2:00:00:00", mac::firewall, length, payload).pad(); }

CraftedFrame snap_ip() {
    const Octets inner = Octets{0xaa, 0xaa, 3, 0, 0, 0, 8, 0} + smtp_syn().packet();
    return ethernet(mail.mac, outside.mac, static_cast<unsigned>(inner.size()), inner);
}

CraftedFrame gre() { return ip(v4(outside), v4(mail), 47, Octets{0, 0, 8, 0} + smtp_syn().packet()); }

CraftedFrame chain(std::initializer_list<std::uint8_t> kinds) {
    CraftedFrame f = smtp_syn6();
    for (auto kind = std::rbegin(kinds); kind != std::rend(kinds); ++kind) f.extension(*kind, {0, 0, 1, 4, 0, 0, 0, 0});
    return f;
}

/// In the middle of an allowed conversation: the client's next segment, bent.
Frames bent_data(std::uint8_t flags, std::string_view text = "NOOP\r\n") {
    const TcpDialogue d = smtp();
    return then(d.frames(), d.segment(Side::client, flags, 0, text));
}

std::vector<ReasonCase> link_cases() {
    const Octets fddi_header = Octets{0x50} + mac_octets(mail.mac) + mac_octets(outside.mac) + Octets{0xaa, 0xaa, 3, 0, 0, 0, 8, 0};
    const CraftedFrame fddi = smtp_syn().relink(10, fddi_header);
    CraftedFrame more_captured = smtp_syn().pad();
    more_captured.len = 54;
    return {one(Reason::datalink_unknown, fddi),
            one(Reason::truncated, smtp_syn().snap(50)),
            one(Reason::caplen_over_len, more_captured),
            one(Reason::frame_short, smtp_syn().cut(10)),
            one(Reason::ethertype_invalid, smtp_syn().set16(ethertype_at, 0x05f0)),
            one(Reason::llc_length, llc(200, {0x42, 0x42, 3})),
            one(Reason::snap_ip, snap_ip()),
            one(Reason::vlan_unexpected, smtp_syn().tag(10)),
            one(Reason::vlan_priority, smtp_syn().tag(0), {Reason::vlan_unexpected}),
            one(Reason::vlan_reserved, smtp_syn().tag(4095), {Reason::vlan_unexpected}),
            one(Reason::vlan_depth, smtp_syn().tag(30).tag(20).tag(10, 0x88a8), {Reason::vlan_unexpected}),
            one(Reason::mac_source_group, smtp_syn().flip(6, 1)),
            one(Reason::self_traffic, arp_request(v4(watcher), firewall.v4)),
            one(Reason::tunnel, gre())};
}

std::vector<ReasonCase> arp_cases() {
    constexpr std::size_t hardware = 14, opcode = 20, sender_mac = 22, sender_ip = 28;
    return {one(Reason::arp_format, arp().set16(hardware, 6)), one(Reason::arp_opcode, arp().set16(opcode, 3)),
            one(Reason::arp_mac_mismatch, arp().flip(sender_mac + 5, 0x80)),
            one(Reason::arp_sender_group, arp().set32(sender_ip, 0xe000'0001))};
}

std::vector<ReasonCase> ipv4_cases() {
    constexpr std::size_t length = ip_at + 2, fragmenting = ip_at + 6, ttl = ip_at + 8, source = ip_at + 12;
    const std::string body(1000, 'a');
    CraftedFrame first = tcp(v4(outside, 40000), v4(mail, 25), {tcp_flag::ack, 1, 1, 512, {}}, body);
    CraftedFrame tiny = smtp_syn().cut(ip_at + 28).set16(length, 28);
    return {one(Reason::ip_version, smtp_syn().set8(ip_at, 0x75).fix_ip()),
            one(Reason::ip_header_length, smtp_syn().set8(ip_at, 0x44)),
            one(Reason::ip_length, smtp_syn().set16(length, 41).fix_ip()),
            one(Reason::ip_options, smtp_syn().ip_options({0x94, 4, 0, 0})),
            one(Reason::ip_options_malformed, smtp_syn().ip_options({7, 40, 4, 0}), {Reason::ip_options}),
            one(Reason::ip_reserved_bit, smtp_syn().flip(fragmenting, 0x80).fix_ip()),
            one(Reason::bad_checksum, smtp_syn().flip(tcp4_at + 16, 1)),
            one(Reason::ttl_zero, smtp_syn().set8(ttl, 0).fix_ip()),
            one(Reason::martian, smtp_syn().set32(source, 0x7f00'0001).fix()),
            one(Reason::land, tcp(v4(mail, 25), v4(mail, 25))),
            one(Reason::padding_data, smtp_syn().trailer({0, 0, 0, 'k', 'e', 'y'})),
            one(Reason::trailer, smtp_syn().trailer(Octets(40))),
            one(Reason::fragment, first.set16(fragmenting, 0x2000).fix_ip()),
            one(Reason::fragment_tiny, tiny.set16(fragmenting, 0x2000).fix_ip(), {Reason::fragment}),
            one(Reason::fragment_overlong, first.set16(fragmenting, 0x1fff).fix_ip(), {Reason::fragment}),
            one(Reason::fragment_df, first.set16(fragmenting, 0x6000).fix_ip(), {Reason::fragment})};
}

std::vector<ReasonCase> ipv6_cases() {
    const Octets option_header = {0, 0, 1, 4, 0, 0, 0, 0};
    CraftedFrame nine =
        chain({destination, destination, destination, destination, destination, destination, destination, destination, destination});
    return {one(Reason::fragment_atomic, smtp_syn6().extension(fragment_header, {0, 0, 0, 0, 0, 0, 0, 9}),
                {Reason::fragment, Reason::ipv6_extension}),
            one(Reason::ipv6_extension, chain({hop_by_hop})),
            one(Reason::ipv6_extension_order, chain({destination, hop_by_hop}), {Reason::ipv6_extension}),
            one(Reason::ipv6_extension_repeated, chain({destination, destination, destination}), {Reason::ipv6_extension}),
            one(Reason::ipv6_extension_depth, nine, {Reason::ipv6_extension, Reason::ipv6_extension_repeated}),
            one(Reason::ipv6_extension_length, smtp_syn6().extension(destination, {0, 9, 1, 4, 0, 0, 0, 0}), {Reason::ipv6_extension}),
            one(Reason::ipv6_routing_0, smtp_syn6().extension(routing, option_header).set8(tcp6_at + 2, 0), {Reason::ipv6_extension}),
            one(Reason::ipv6_no_next_header, ip(v6(outside), v6(mail), no_next, {})),
            one(Reason::ipv6_jumbo, smtp_syn6().set16(ip_at + 4, 0))};
}

std::vector<ReasonCase> transport_cases() {
    using namespace tcp_flag;
    constexpr std::size_t offset = tcp4_at + 12, length = tcp4_at + 4, checksum = tcp4_at + 6;
    const TcpDialogue open = smtp();
    const CraftedFrame late_mss = open.segment(Side::client, ack).tcp_options({2, 4, 5, 0xb4});
    return {one(Reason::port_zero, tcp(v4(outside, 0), v4(mail, 25))),
            one(Reason::tcp_header_length, smtp_syn().set8(offset, 0x40).fix()),
            one(Reason::tcp_flags, smtp_syn().set8(tcp4_at + 13, 0).fix()),
            one(Reason::tcp_reserved_bits, smtp_syn().set8(offset, 0x52).fix()),
            one(Reason::tcp_options, smtp_syn().tcp_options({2, 40, 5, 0xb4})),
            many(Reason::tcp_option_misplaced, then(open.frames(), late_mss)),
            one(Reason::tcp_window_scale, smtp_syn().tcp_options({3, 3, 15, 0})),
            one(Reason::tcp_syn_data, tcp(v4(outside, 40000), v4(mail, 25), {}, "EHLO early\r\n")),
            many(Reason::tcp_urgent, bent_data(ack | psh | urg)),
            many(Reason::tcp_rst_data, bent_data(rst | ack)),
            one(Reason::udp_length, dns_ask().set16(length, 9)),
            one(Reason::udp_no_checksum, dns_ask().set16(checksum, 0))};
}

std::vector<ReasonCase> icmp_cases() {
    const CraftedFrame redirect = icmp_error(v4(firewall), v4(mail), 5, 1, dns_ask());
    return {one(Reason::icmp_length, ip(v4(vpn_admin), v4(mail), 1, {8, 0, 0xf7, 0xff})),
            one(Reason::icmp_forbidden, redirect),
            many(Reason::icmp_code, {ping(), icmp_error(v4(mail), v4(vpn_admin), 3, 16, ping(), 56)}),
            one(Reason::icmp_embedded, icmp(v4(firewall), v4(mail), 3, 1, 0, octets("nothing"))),
            one(Reason::nd_hop_limit, neighbour_solicit(v6(firewall), mail.v6).set8(ip_at + 7, 64)),
            one(Reason::nd_format, neighbour_solicit(v6(firewall), mail.v6).set8(tcp6_at + 25, 0).fix())};
}

}  // namespace

std::vector<ReasonCase> anomaly_cases() {
    std::vector<ReasonCase> all;
    for (auto part : {link_cases(), arp_cases(), ipv4_cases(), ipv6_cases(), transport_cases(), icmp_cases()})
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

std::vector<ReasonCase> reason_cases() {
    std::vector<ReasonCase> all = anomaly_cases();
    for (auto part : {state_cases(), conform_cases(), protocol_cases(), wire_cases()}) all.insert(all.end(), part.begin(), part.end());
    return all;
}

}  // namespace sw::craft
