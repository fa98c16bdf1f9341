#include <fmt/format.h>

#include "tests/replay/hostile.hpp"

namespace sw::craft {
namespace {

CraftedFrame to_mail(std::uint8_t type, std::uint8_t code) { return icmp(v4(firewall), v4(mail), type, code, 0, smtp_syn().packet()); }
CraftedFrame to_mail6(std::uint8_t type, std::uint8_t code) { return icmp(v6(firewall), v6(mail), type, code, 0, smtp_syn6().packet()); }

CraftedFrame solicit() { return neighbour_solicit(v6(firewall), mail.v6); }
CraftedFrame advert() { return neighbour_advert(v6(mail), v6(firewall)); }

const std::string greeting = "220 mail.example\r\n";
TcpDialogue greeted() { return smtp().say(Side::server, greeting); }
/// A segment of the server, from so many octets back on.
CraftedFrame from_back(const TcpDialogue& d, std::size_t octets, std::string_view text) {
    return d.segment(Side::server, tcp_flag::ack, -static_cast<std::int64_t>(octets), text);
}

/// A live conversation of the mail host, then an error about a frame.
Frames error_about(const CraftedFrame& about, std::uint8_t type = 3, std::uint8_t code = 1, Host receiver = mail) {
    return then(greeted().frames(), icmp_error(v4(firewall), v4(receiver), type, code, about, 200));
}

std::vector<Hostile> errors() {
    using enum Reason;
    const TcpDialogue d = greeted();
    const CraftedFrame said = from_back(d, greeting.size(), greeting);
    const CraftedFrame lies = from_back(d, greeting.size(), "220 nail.example\r\n");
    const CraftedFrame more = from_back(d, greeting.size(), greeting + "and what was never sent");
    const std::string lines(6000, 'd');
    const TcpDialogue talkative = smtp().send(Side::server, lines).ack(Side::client);
    const TcpDialogue six = smtp6().say(Side::server, greeting);
    const CraftedFrame heard = d.segment(Side::client, tcp_flag::ack, 0, "NOOP\r\n");
    const CraftedFrame other_port = tcp(v4(mail, 25), v4(outside, 40001), {tcp_flag::ack, 1, 1, 512, {}}, "220 x\r\n");
    const CraftedFrame other_peer = tcp(v4(mail, 25), v4(other_outside, 40000), {tcp_flag::ack, 1, 1, 512, {}}, "220 x\r\n");
    const CraftedFrame far = d.segment(Side::server, tcp_flag::ack, 0x4000'0000, "220 x\r\n");
    const CraftedFrame quoted_udp = udp(v4(mail, 25), v4(outside, 40000), "220 mail.example\r\n");
    return {
        one("an ICMP error about nothing we know", icmp_unrelated, to_mail(3, 1)),
        one("an ICMPv6 error about nothing we know", icmp_unrelated, to_mail6(1, 0)),
        {"an ICMP error about another port", icmp_unrelated, error_about(other_port)},
        {"an ICMP error about another peer", icmp_unrelated, error_about(other_peer)},
        {"an ICMP error about another protocol", icmp_unrelated, error_about(quoted_udp)},
        {"an ICMP error with a sequence number from nowhere", icmp_unrelated, error_about(far)},
        {"an ICMP error that quotes other octets than were sent", icmp_unrelated, error_about(lies)},
        {"an ICMPv6 error that quotes other octets than were sent", icmp_unrelated,
         then(six.frames(), icmp_error(v6(firewall), v6(mail), 1, 0, from_back(six, greeting.size(), "220 nail.example\r\n"), 200))},
        {"an ICMP error that quotes more than was sent", icmp_unrelated, error_about(more)},
        {"an ICMP error that quotes what was acknowledged long ago and is kept no more", icmp_unrelated,
         then(talkative.frames(),
              icmp_error(v4(firewall), v4(mail), 3, 1, from_back(talkative, lines.size(), lines.substr(0, 1000)), 500))},
        {"an ICMP error with octets behind what it quotes", icmp_embedded,
         then(d.frames(), icmp(v4(firewall), v4(mail), 3, 1, 0, said.packet() + Octets{'i', 'd', '\n'}))},
        {"an ICMP error to the wrong end", icmp_unrelated, error_about(heard)},
        {"an ICMP error to a third host", icmp_unrelated, error_about(said, 3, 1, resolver)},
        {"a forged path MTU of another port", icmp_unrelated, error_about(other_port, 3, 4)},
        {"a redirect of a live conversation", icmp_forbidden, error_about(said, 5, 1)},
        {"a source quench of a live conversation", icmp_forbidden, error_about(said, 4, 0)},
        {"an ICMP code that does not exist, of a live conversation", icmp_code, error_about(said, 3, 16)},
        {"an ICMP error with a wrong checksum", bad_checksum,
         then(d.frames(), icmp_error(v4(firewall), v4(mail), 3, 1, said).flip(tcp4_at + 2, 1))},
    };
}

std::vector<Hostile> echoes() {
    using enum Reason;
    const CraftedFrame reply = echo_reply(v4(mail), v4(vpn_admin), 77);
    return {
        one("a ping from a stranger", no_rule, echo_request(v4(outside), v4(mail), 1)),
        one("a ping out of the enclave", no_rule, echo_request(v4(mail), v4(outside), 1)),
        one("a reply to no ping", not_open, reply),
        one("a reply to no ping from outside", no_rule, echo_reply(v4(outside), v4(mail), 1)),
        {"a reply with another identifier", not_open, then({ping()}, echo_reply(v4(mail), v4(vpn_admin), 78))},
        {"a ping's reply after half a minute", not_open, {ping(), CraftedFrame(reply).later(31s)}},
        one("a ping the wrong way", wrong_direction, echo_request(v4(mail), v4(vpn_admin), 77)),
        one("a ping with a code", icmp_code, icmp(v4(vpn_admin), v4(mail), 8, 1, 0x4d0001, Octets(48))),
        one("a ping with a wrong checksum", bad_checksum, ping().flip(tcp4_at + 2, 1)),
        one("an IPv6 ping with a wrong checksum", bad_checksum, ping6().flip(tcp6_at + 2, 1)),
        one("ICMP that ends early", icmp_length, ip(v4(vpn_admin), v4(mail), 1, {8, 0, 0xf7, 0xff})),
        one("ICMPv6 that ends early", icmp_length, ip(v6(vpn_admin), v6(mail), 58, {128, 0, 0, 0})),
        one("ICMP over IPv6", ip_protocol, ip(v6(outside), v6(mail), 1, {8, 0, 0xf7, 0xff, 0, 0, 0, 0})),
        one("ICMPv6 over IPv4", ip_protocol, ip(v4(outside), v4(mail), 58, {128, 0, 0, 0, 0, 0, 0, 0})),
    };
}

std::vector<Hostile> neighbours() {
    using enum Reason;
    const Octets options = Octets{1, 1} + mac_octets(mac::firewall);
    CraftedFrame short_advert = icmp(v6(mail), v6(firewall), 136, 0, 0, Octets(8), 255);
    CraftedFrame group_target = solicit().overwrite(tcp6_at + 8, ip_octets("ff02::1")).fix();
    CraftedFrame report =
        ip({std::string(mac::mail), "fe80::19"}, {"33:33:00:00:00:16", "ff02::16"}, 58, Octets{143, 0, 0, 0, 0, 0, 0, 0}, 1).fix();
    return {
        one("neighbour solicitation from behind a router", nd_hop_limit, solicit().set8(ip_at + 7, 254)),
        one("neighbour advertisement from behind a router", nd_hop_limit, advert().set8(ip_at + 7, 64)),
        one("neighbour solicitation for a group", nd_format, group_target),
        one("neighbour advertisement that ends early", nd_format, short_advert),
        one("neighbour option of length 0", nd_format, solicit().set8(tcp6_at + 25, 0).fix()),
        one("neighbour option past its message", nd_format, solicit().set8(tcp6_at + 25, 9).fix()),
        one("neighbour discovery with a code", icmp_code, solicit().set8(tcp6_at + 1, 1).fix()),
        one("neighbour discovery with a wrong checksum", bad_checksum, advert().flip(tcp6_at + 2, 1)),
        one("neighbour discovery behind hop-by-hop options", ipv6_extension, solicit().extension(0, {0, 0, 1, 4, 0, 0, 0, 0})),
        one("neighbour discovery in fragments", fragment, solicit().extension(44, {0, 0, 0, 1, 0, 0, 0, 7})),
        one("neighbour discovery from a prefix that is not ours", no_rule, neighbour_solicit(v6(outside), mail.v6)),
        one("a router advertisement", no_rule,
            icmp({std::string(mac::intruder), "fe80::4d"}, {"33:33:00:00:00:01", "ff02::1"}, 134, 0, 0x4000'0708, Octets(8) + options,
                 255)),
        one("a router solicitation", no_rule,
            icmp({std::string(mac::mail), "fe80::19"}, {"33:33:00:00:00:02", "ff02::2"}, 133, 0, 0, options, 255)),
        one("an IPv6 redirect", icmp_forbidden,
            icmp({std::string(mac::firewall), "fe80::1"}, v6(mail), 137, 0, 0, ip_octets(firewall.v6) + ip_octets(outside.v6), 255)),
        one("a multicast listener report", ipv6_extension, report.extension(0, {0, 0, 5, 2, 0, 0, 1, 0})),
    };
}

}  // namespace

std::vector<Hostile> hostile_icmp() {
    using enum Reason;
    std::vector<Hostile> list = {
        one("an ICMP error that quotes nothing", icmp_embedded, icmp(v4(firewall), v4(mail), 3, 1, 0)),
        one("an ICMP error that quotes half a header", icmp_embedded,
            icmp(v4(firewall), v4(mail), 11, 0, 0, Octets{0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6})),
        one("an ICMP error that quotes no ports", icmp_embedded, icmp_error(v4(firewall), v4(mail), 3, 1, smtp_syn(), 7)),
        one("an ICMP error that quotes IPv6", icmp_embedded, icmp(v4(firewall), v4(mail), 3, 1, 0, smtp_syn6().packet())),
        one("an ICMP error that quotes a later fragment", icmp_embedded,
            icmp_error(v4(firewall), v4(mail), 3, 1, smtp_syn().set16(ip_at + 6, 9))),
        one("an ICMPv6 error that quotes nothing", icmp_embedded, icmp(v6(firewall), v6(mail), 1, 0, 0)),
        one("an ICMPv6 error that quotes IPv4", icmp_embedded, icmp(v6(firewall), v6(mail), 1, 0, 0, smtp_syn().packet() + Octets(20))),
        one("ICMP code 16 of unreachable", icmp_code, to_mail(3, 16)),
        one("ICMP code 2 of time exceeded", icmp_code, to_mail(11, 2)),
        one("ICMPv6 code 9 of unreachable", icmp_code, to_mail6(1, 9)),
        one("ICMPv6 code 1 of too big", icmp_code, to_mail6(2, 1)),
    };
    for (const unsigned type : {4u, 5u, 9u, 10u, 13u, 14u, 15u, 16u, 17u, 18u, 30u, 42u, 255u})
        list.push_back(one(fmt::format("ICMP type {}", type), icmp_forbidden, to_mail(static_cast<std::uint8_t>(type), 0)));
    for (const unsigned type : {100u, 127u, 138u, 139u, 140u, 141u, 144u, 200u, 255u})
        list.push_back(one(fmt::format("ICMPv6 type {}", type), icmp_forbidden, to_mail6(static_cast<std::uint8_t>(type), 0)));
    for (auto part : {errors(), echoes(), neighbours()}) list.insert(list.end(), part.begin(), part.end());
    return list;
}

}  // namespace sw::craft
