#include <fmt/format.h>

#include <initializer_list>

#include "tests/replay/hostile.hpp"

namespace sw::craft {
namespace {

constexpr std::uint8_t hop_by_hop = 0, routing = 43, fragment_header = 44, ah = 51, no_next = 59, destination = 60, mobility = 135,
                       hip = 139, shim6 = 140;
constexpr std::size_t length_at = ip_at + 4, hop_limit_at = ip_at + 7, source_at = ip_at + 8, target_at = ip_at + 24;

const Octets eight{0, 0, 1, 4, 0, 0, 0, 0};  // PadN of six octets

CraftedFrame chain(std::initializer_list<std::uint8_t> kinds) {
    CraftedFrame f = smtp_syn6();
    for (auto kind = std::rbegin(kinds); kind != std::rend(kinds); ++kind) f.extension(*kind, eight);
    return f;
}

CraftedFrame with(std::uint8_t kind, const Octets& header = eight) { return smtp_syn6().extension(kind, header); }

/// Fragment header: offset in octets, more.
CraftedFrame piece(unsigned offset, unsigned more) {
    CraftedFrame f = tcp(v6(outside, 40000), v6(mail, 25), {}, std::string(1000, 'a'));
    return f.extension(fragment_header, Octets{0, 0} + be16(offset | more) + be32(99));
}

CraftedFrame from(std::string_view address) { return smtp_syn6().overwrite(source_at, ip_octets(address)).fix(); }
CraftedFrame to(std::string_view address) { return smtp_syn6().overwrite(target_at, ip_octets(address)).fix(); }

std::vector<Hostile> extensions() {
    using enum Reason;
    const Octets sixteen_route = Octets{0, 2, 0, 1} + be32(0) + ip_octets("2001:db8:1::25");
    std::vector<Hostile> list = {
        one("hop-by-hop options", ipv6_extension, with(hop_by_hop)),
        one("destination options", ipv6_extension, with(destination)),
        one("a routing header of type 2", ipv6_extension,
            with(routing, {0, 2, 2, 0, 0, 0, 0, 0, 0x20, 1, 0xd, 0xb8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x25})),
        one("a segment routing header", ipv6_extension, with(routing, {0, 0, 4, 0, 0, 0, 0, 0})),
        one("the deprecated source route", ipv6_routing_0, with(routing, sixteen_route)),
        one("a mobility header", ipv6_extension, with(mobility)),
        one("a host identity header", ipv6_extension, with(hip)),
        one("a shim6 header", ipv6_extension, with(shim6)),
        one("an authentication header", tunnel, with(ah, Octets{0, 4, 0, 0} + be32(256) + be32(1) + Octets(12))),
        one("a first fragment over IPv6", fragment, piece(0, 1)),
        one("a later fragment over IPv6", fragment, piece(1024, 0)),
        one("an atomic fragment", fragment_atomic, piece(0, 0)),
        one("a fragment beyond 65535 over IPv6", fragment_overlong, piece(0xfff8, 0)),
        one("a tiny fragment over IPv6", fragment_tiny,
            smtp_syn6().cut(tcp6_at + 8).set16(length_at, 8).extension(fragment_header, {0, 0, 0, 1, 0, 0, 0, 7})),
        one("a fragment behind options", fragment, piece(0, 1).extension(destination, eight)),
        one("options behind a fragment header", ipv6_extension,
            smtp_syn6().extension(destination, eight).extension(fragment_header, {0, 0, 0, 1, 0, 0, 0, 7})),
        one("hop-by-hop not first", ipv6_extension_order, chain({destination, hop_by_hop})),
        one("routing behind a fragment header", ipv6_extension_order, with(routing).extension(fragment_header, {0, 0, 0, 0, 0, 0, 0, 7})),
        one("hop-by-hop twice", ipv6_extension_repeated, chain({hop_by_hop, hop_by_hop})),
        one("two routing headers", ipv6_extension_repeated, chain({routing, routing})),
        one("three destination options", ipv6_extension_repeated, chain({destination, destination, destination})),
        one("an extension header past the packet", ipv6_extension_length, with(destination, {0, 200, 1, 4, 0, 0, 0, 0})),
        one("an extension header of four octets", ipv6_extension_length,
            smtp_syn6().cut(tcp6_at).trailer({6, 0, 1, 4}).set16(length_at, 4).set8(ip_at + 6, destination)),
        one("a jumbogram", ipv6_jumbo, smtp_syn6().extension(hop_by_hop, {0, 0, 0xc2, 4, 0, 1, 0, 1}).set16(length_at, 0)),
        one("no next header", ipv6_no_next_header, ip(v6(outside), v6(mail), no_next, {})),
        one("no next header, and data behind it", ipv6_no_next_header, ip(v6(outside), v6(mail), no_next, octets("covert channel"))),
        one("no next header behind options", ipv6_no_next_header,
            ip(v6(outside), v6(mail), no_next, octets("more")).extension(destination, eight)),
    };
    return list;
}

}  // namespace

std::vector<Hostile> hostile_ipv6() {
    using enum Reason;
    std::vector<Hostile> list = extensions();
    for (std::size_t n = 2; n <= 9; ++n) {
        CraftedFrame f = smtp_syn6();
        for (std::size_t i = 0; i < n; ++i) f.extension(destination, eight);
        list.push_back(one(fmt::format("a chain of {} extension headers", n), n > 8 ? ipv6_extension_depth : ipv6_extension, f));
    }
    CraftedFrame endless = smtp_syn6();
    for (int i = 0; i < 64; ++i) endless.extension(destination, eight);
    const std::vector<Hostile> rest = {
        one("a chain of 64 extension headers", ipv6_extension_depth, endless),
        one("IPv6 version 7", ip_version, smtp_syn6().set8(ip_at, 0x70)),
        one("IPv6 version 4", ip_version, smtp_syn6().set8(ip_at, 0x40)),
        one("an empty IPv6 length", ipv6_jumbo, smtp_syn6().set16(length_at, 0)),
        one("an IPv6 length past the frame", ip_length, smtp_syn6().set16(length_at, 21)),
        one("an IPv6 length that cuts TCP", tcp_header_length, smtp_syn6().set16(length_at, 19).cut(tcp6_at + 19)),
        one("an IPv6 header that is cut", ip_length, smtp_syn6().cut(tcp6_at - 1)),
        one("hop limit 0", ttl_zero, smtp_syn6().set8(hop_limit_at, 0)),
        one("from ::1", martian, from("::1")),
        one("TCP from ::", martian, from("::")),
        one("from a multicast IPv6 address", martian, from("ff02::1")),
        one("from a mapped IPv4 address", martian, from("::ffff:198.51.100.7")),
        one("to ::1", martian, to("::1")),
        one("to ::", martian, to("::")),
        one("to a mapped IPv4 address", martian, to("::ffff:192.0.2.25")),
        one("TCP to all nodes", no_rule, to("ff02::1")),
        one("IPv6 from itself", land, tcp(v6(mail, 25), v6(mail, 25))),
        one("wrong TCP checksum over IPv6", bad_checksum, smtp_syn6().flip(tcp6_at + 16, 1)),
    };
    list.insert(list.end(), rest.begin(), rest.end());
    return list;
}

std::vector<Hostile> hostile_tunnels() {
    using enum Reason;
    const Octets four = smtp_syn().packet(), six = smtp_syn6().packet(), frame = smtp_syn().bytes;
    const Endpoint out = v4(outside), in = v4(mail);
    const Octets erspan = Octets{0x10, 0, 0x88, 0xbe} + be32(1) + Octets{0x10, 10, 0, 1, 0, 0, 0, 0} + frame;
    const auto typed = [](unsigned type, const Octets& payload) { return ethernet(mail.mac, outside.mac, type, payload); };
    return {
        one("IPv4 in IPv4", tunnel, ip(out, in, 4, four)),
        one("IPv6 in IPv4", tunnel, ip(out, in, 41, six)),
        one("IPv4 in IPv6", tunnel, ip(v6(outside), v6(mail), 4, four)),
        one("IPv6 in IPv6", tunnel, ip(v6(outside), v6(mail), 41, six)),
        one("GRE", tunnel, ip(out, in, 47, Octets{0, 0, 8, 0} + four)),
        one("GRE with a key", tunnel, ip(out, in, 47, Octets{0x20, 0, 8, 0} + be32(7) + four)),
        one("GRE that carries Ethernet", tunnel, ip(out, in, 47, Octets{0, 0, 0x65, 0x58} + frame)),
        one("GRE over IPv6", tunnel, ip(v6(outside), v6(mail), 47, Octets{0, 0, 0x86, 0xdd} + six)),
        one("GRE that is cut", tunnel, ip(out, in, 47, {0, 0})),
        one("ERSPAN as enclave traffic", tunnel, ip(out, in, 47, erspan)),
        one("ESP", tunnel, ip(out, in, 50, Octets(32))),
        one("ESP over IPv6", tunnel, ip(v6(outside), v6(mail), 50, Octets(32))),
        one("AH", tunnel, ip(out, in, 51, Octets{6, 4, 0, 0} + Octets(20) + four)),
        one("EtherIP", tunnel, ip(out, in, 97, Octets{0x30, 0} + frame)),
        one("L2TP", tunnel, ip(out, in, 115, Octets(16))),
        one("MPLS in IP", tunnel, ip(out, in, 137, Octets{0, 1, 1, 64} + four)),
        one("VXLAN from a listed host", tunnel,
            udp({std::string(outside.mac), "198.51.100.200", 5000}, v4(mail, 4789), Octets{8, 0, 0, 0, 0, 0, 7, 0} + frame)),
        one("Geneve from a listed host", tunnel,
            udp({std::string(outside.mac), "198.51.100.200", 5000}, v4(mail, 6081), Octets{0, 0, 0x65, 0x58, 0, 0, 7, 0} + frame)),
        one("Teredo", no_rule, udp(v4(mail, 5000), v4(outside, 3544), six)),
        one("WireGuard", no_rule, udp(v4(mail, 5000), v4(outside, 51820), Octets{1, 0, 0, 0} + Octets(144))),
        one("MPLS", tunnel, typed(0x8847, Octets{0, 1, 1, 64} + four)),
        one("MPLS multicast", tunnel, typed(0x8848, Octets{0, 1, 1, 64} + four)),
        one("PPPoE session", tunnel, typed(0x8864, Octets{0x11, 0, 0, 1, 0, 42, 0, 0x21} + four)),
        one("PPPoE discovery", tunnel, typed(0x8863, Octets{0x11, 9, 0, 0, 0, 0} + Octets(40))),
        one("MACsec", tunnel, typed(0x88e5, Octets(46))),
        one("provider backbone bridging", tunnel, typed(0x88e7, Octets(4) + frame)),
        one("bare Ethernet in Ethernet", tunnel, typed(0x6558, frame)),
        one("a tunnel behind a tag", tunnel, ip(out, in, 47, Octets{0, 0, 8, 0} + four).tag(10)),
    };
}

}  // namespace sw::craft
