#include "tests/replay/hostile_pieces.hpp"

#include <utility>

namespace sw::craft {

const std::string fragments_policy = R"TOML(
enclave = "mail.example"
home = ["192.0.2.0/24", "2001:db8:1::/64"]

[names]
mail = ["192.0.2.25", "2001:db8:1::25"]
resolver = ["192.0.2.53", "2001:db8:1::53"]
vpn_admin = ["192.0.2.130", "2001:db8:1::130"]

[[allow]]
name = "dns"
filter = "src host $mail and dst host $resolver and (udp or tcp) and dst port 53"
accept = ["fragment"]

[[allow]]
name = "ping"
filter = "(icmp or icmp6) and src host $vpn_admin and dst host $mail"
accept = ["fragment"]

[[allow]]
name = "smtp-in"
filter = "tcp and dst host $mail and dst port 25 and not src net $home"

[[forbid]]
name = "mail-opens-ssh"
filter = "tcp and src host $mail and dst port 22"

)TOML";

CraftedFrame big_question() { return udp(v4(mail, 49152), v4(resolver, 53), std::string(1200, 'q')); }
CraftedFrame big_answer() { return udp(v4(resolver, 53), v4(mail, 49152), std::string(4000, 'a')); }
CraftedFrame big_answer6() { return udp(v6(resolver, 53), v6(mail, 49152), std::string(4000, 'a')); }

namespace {

using enum Reason;

constexpr std::size_t tos_at = ip_at + 1, id_at = ip_at + 4, field_at = ip_at + 6, ttl_at = ip_at + 8, proto_at = ip_at + 9;

/// Two IPv4 pieces that make a whole question.
CraftedFrame first() { return piece(big_question(), {0, 600, true}); }
CraftedFrame last() { return piece(big_question(), {600, 1208, false}).later(1ms); }
CraftedFrame question6() { return udp(v6(mail, 49152), v6(resolver, 53), std::string(1200, 'q')); }
CraftedFrame first6() { return piece(question6(), {0, 600, true}); }
CraftedFrame last6() { return piece(question6(), {600, 1208, false}).later(1ms); }

CraftedFrame other_octets(CraftedFrame f) { return f.flip(f.bytes.size() - 1, 0xff); }
CraftedFrame cut(std::uint32_t begin, std::uint32_t end, bool more = true) { return piece(big_question(), {begin, end, more}); }

HostilePieces set(std::string name, Reason expected, Frames frames) {
    HostilePieces h;
    h.name = std::move(name);
    h.expected = expected;
    for (CraftedFrame& f : frames) f.at(noon + std::chrono::milliseconds(&f - frames.data()));
    h.frames = std::move(frames);
    return h;
}

std::vector<HostilePieces> overlaps() {
    return {
        set("the same piece twice", fragment_overlap, {first(), first(), last()}),
        set("the last piece twice", fragment_overlap, {last(), last(), first()}),
        set("the same piece with other octets: whoever comes last", fragment_overlap, {first(), other_octets(first()), last()}),
        set("teardrop: the second within the first", fragment_overlap, {cut(0, 600), cut(24, 28, false)}),
        set("teardrop: the second begins within the first", fragment_overlap, {cut(0, 608), cut(600, 1208, false)}),
        set("an overlap of one unit in front", fragment_overlap, {cut(600, 1208, false), cut(0, 608)}),
        set("the middle overlaps both", fragment_overlap, {cut(0, 400), cut(800, 1208, false), cut(392, 808)}),
        set("the middle would fill a hole and more", fragment_overlap, {cut(0, 400), cut(800, 1208, false), cut(400, 816)}),
        set("a piece that covers all before it", fragment_overlap, {cut(0, 200), cut(200, 400), cut(0, 400), cut(400, 1208, false)}),
        set("the port is overwritten", fragment_overlap, {other_octets(cut(0, 24)), cut(0, 600), last()}),
        set("the datagram would be whole but for an overlap that comes later", fragment_overlap, {cut(0, 600), cut(0, 8), last()}),
        set("two last pieces of different ends", fragment_overlap, {cut(600, 1208, false), cut(600, 1000, false), cut(0, 600)}),
    };
}

std::vector<HostilePieces> contradictions() {
    return {
        set("a second end within the first", fragment_inconsistent, {cut(0, 400), cut(1000, 1208, false), cut(600, 800, false)}),
        set("octets behind the end", fragment_inconsistent, {cut(400, 800, false), cut(800, 1208), cut(0, 400)}),
        set("an end before what came", fragment_inconsistent, {cut(800, 1208), cut(0, 400), cut(400, 600, false)}),
        set("a middle piece that is no multiple of eight", fragment_inconsistent, {cut(0, 604), cut(608, 1208, false)}),
        set("a piece of no octets", fragment_inconsistent, {cut(0, 600), cut(600, 600), cut(600, 1208, false)}),
        set("a last piece of no octets", fragment_inconsistent, {cut(0, 600), cut(600, 600, false)}),
        set("another time to live", fragment_inconsistent, {first(), last().set8(ttl_at, 63).fix_ip()}),
        set("a time to live that ends before the host", fragment_inconsistent, {first(), last().set8(ttl_at, 1).fix_ip()}),
        set("another class of service", fragment_inconsistent, {first(), last().set8(tos_at, 0x20).fix_ip()}),
        set("from another MAC address", fragment_inconsistent, {first(), last().flip(11, 0x40)}),
        set("to another MAC address", fragment_inconsistent, {first(), last().flip(5, 0x40)}),
        set("IPv6: another hop limit", fragment_inconsistent, {first6(), last6().set8(ip_at + 7, 1)}),
        set("IPv6: another next header in the second piece", fragment_inconsistent, {first6(), last6().set8(tcp6_at, 6)}),
        set("IPv6: another flow label", fragment_inconsistent, {first6(), last6().set8(ip_at + 3, 9)}),
    };
}

/// Pieces that are no pieces of one datagram: none is ever whole.
std::vector<HostilePieces> strangers() {
    const CraftedFrame from_resolver = piece(udp(v4(resolver, 49152), v4(mail, 53), std::string(1200, 'q')), {600, 1208, false});
    return {
        set("a first piece alone", fragment_incomplete, {first()}),
        set("a last piece alone", fragment_incomplete, {last()}),
        set("a middle piece alone", fragment_incomplete, {cut(600, 800)}),
        set("all but the middle", fragment_incomplete, {cut(0, 400), cut(800, 1208, false)}),
        set("another identification", fragment_incomplete, {first(), last().set16(id_at, 2).fix_ip()}),
        set("another protocol", fragment_incomplete, {first(), last().set8(proto_at, 6).fix_ip()}),
        set("the other direction", fragment_incomplete, {first(), from_resolver}),
        set("directions interleaved under one identification", fragment_incomplete, {first(), from_resolver, from_resolver}),
        set("IPv6: another identification", fragment_incomplete, {first6(), piece(question6(), {600, 1208, false}, 2)}),
        set("IPv4 and IPv6 of one identification", fragment_incomplete, {first(), last6()}),
    };
}

/// One piece is grey by itself: a host that takes it all the same has another datagram than the one that is left.
std::vector<HostilePieces> poisoned() {
    CraftedFrame atomic = smtp_syn6();
    return {
        set("a tiny first piece before a whole datagram", fragment_tiny,
            {cut(0, 8).set16(ip_at + 2, 24).cut(ip_at + 24).fix_ip(), first(), last()}),
        set("a piece at eight before a whole datagram of TCP", fragment_tiny,
            {piece(tcp(v4(mail, 49152), v4(resolver, 53), {}, std::string(600, 'x')), {8, 64, true}),
             piece(tcp(v4(mail, 49152), v4(resolver, 53), {}, std::string(600, 'x')), {0, 620, false}).set16(field_at, 0x2000).fix_ip()}),
        set("a piece with a wrong checksum between", bad_checksum, {first(), last().flip(ip_at + 10, 1), last()}),
        set("a piece that was captured in part", truncated, {first(), last().snap(100), last()}),
        set("a piece that forbids fragmenting", fragment_df, {first(), last().set16(field_at, 0x4000 | 75).fix_ip()}),
        set("the first piece forbids fragmenting", fragment_df, {first().set16(field_at, 0x6000).fix_ip(), last()}),
        set("the reserved bit", ip_reserved_bit, {first(), last().flip(field_at, 0x80).fix_ip()}),
        set("a piece with options", ip_options, {first(), last().ip_options({1, 1, 1, 0})}),
        set("ping of death", fragment_overlong, {first(), last().set16(field_at, 0x1fff).fix_ip()}),
        set("octets in the padding of a piece", padding_data, {cut(0, 1200), cut(1200, 1208, false).trailer({0, 'k', 'e', 'y'})}),
        set("an atomic fragment of IPv6", fragment_atomic, {atomic.extension(44, {0, 0, 0, 0, 0, 0, 0, 9})}),
        set("an overlap, and then the honest datagram again", fragment_overlap, {first(), first(), first(), last()}),
    };
}

std::vector<HostilePieces> wholes() {
    // The transport header stands in two pieces; the first is long enough to pass for a UDP header's.
    const CraftedFrame syn = tcp(v4(mail, 49152), v4(resolver, 53), {tcp_flag::syn, 1, 0, 512, Octets(20, 1)});
    CraftedFrame nested = question6();
    nested.extension(44, {0, 0, 0, 1, 0, 0, 0, 9});
    return {
        set("TCP options in the second piece", tcp_header_length, {piece(syn, {0, 24, true}), piece(syn, {24, 40, false})}),
        set("a wrong checksum over the whole", bad_checksum, {first(), other_octets(last())}),
        set("a length that the whole does not bear out", udp_length, {first(), cut(600, 1200, false)}),
        set("longer than 65,535 octets with its header", fragment_overlong,
            [] {
                CraftedFrame f = big_question();
                Frames all;
                for (std::uint32_t begin = 0; begin < 65'520; begin += 8'192)
                    all.push_back(piece(f, {begin, std::min(begin + 8'192u, 65'520u), begin + 8'192 < 65'520}));
                return all;
            }()),
        set("IPv6: a fragment within a fragment", ipv6_extension, {piece(nested, {0, 608, true}), piece(nested, {608, 1216, false})}),
        set("IPv6: options that no rule accepts", ipv6_extension,
            [] {
                CraftedFrame f = question6();
                f.extension(0, {0, 0, 1, 4, 0, 0, 0, 0});
                return Frames{piece(f, {0, 600, true}), piece(f, {600, 1208, false})};
            }()),
        set("IPv6: options behind the fragment header", ipv6_extension,
            [] {
                CraftedFrame f = question6();
                f.extension(60, {0, 0, 1, 4, 0, 0, 0, 0});
                return Frames{piece(f, {0, 608, true}), piece(f, {608, 1216, false})};
            }()),
    };
}

HostilePieces of_too_many() {
    HostilePieces h = set("more pieces than a datagram may have", fragment_limit, {});
    for (std::uint32_t begin = 0; begin < 151 * 8; begin += 8) h.frames.push_back(piece(big_question(), {begin, begin + 8, begin < 1200}));
    h.frames.front() = piece(big_question(), {0, 8, true});
    return h;
}

HostilePieces too_many_at_once() {
    HostilePieces h = set("more datagrams than are kept", fragment_limit, {});
    for (std::uint32_t id = 0; id < 1100; ++id) h.frames.push_back(piece(big_question(), {0, 600, true}, id));
    h.floods = true;
    return h;
}

HostilePieces too_much_at_once() {
    HostilePieces h = set("more octets than are kept", fragment_limit, {});
    for (std::uint32_t id = 0; id < 600; ++id) h.frames.push_back(piece(big_question(), {0, 32'000, true}, id));
    h.floods = true;
    return h;
}

}  // namespace

std::vector<HostilePieces> hostile_pieces() {
    std::vector<HostilePieces> all;
    for (auto part : {overlaps, contradictions, strangers, poisoned, wholes})
        for (HostilePieces& h : part()) all.push_back(std::move(h));
    for (auto one : {of_too_many, too_many_at_once, too_much_at_once}) all.push_back(one());
    return all;
}

}  // namespace sw::craft
