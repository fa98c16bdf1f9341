#include "tests/replay/legitimate.hpp"

namespace sw::craft {
namespace {

CraftedFrame ask(const Endpoint& from, const Endpoint& to, const DnsQuestion& q, Duration when = 0ms) {
    return udp(from, to, dns_query(q)).later(when);
}

CraftedFrame answer(const Endpoint& from, const Endpoint& to, const DnsQuestion& q, const Octets& rdata, Duration when = 3ms) {
    return udp(from, to, dns_answer(q, rdata)).later(when);
}

Endpoint with_port(Endpoint e, std::uint16_t port) {
    e.port = port;
    return e;
}

/// Eight questions from eight ports, answered in reverse.
Frames in_flight(const Endpoint& asks, const Endpoint& answers, bool one_port) {
    Frames frames;
    for (std::uint16_t i = 0; i < 8; ++i) {
        const Endpoint from = with_port(asks, static_cast<std::uint16_t>(asks.port + (one_port ? 0 : i)));
        const DnsQuestion q{static_cast<std::uint16_t>(100 + i), "host" + std::to_string(i) + ".example.net"};
        frames.push_back(ask(from, answers, q, i * 1ms));
        frames.push_back(answer(answers, from, q, {192, 0, 2, 1}, 50ms - i * 1ms));
    }
    return merged({frames});
}

Frames over_tcp(const Endpoint& asks, const Endpoint& answers) {
    const DnsQuestion q{9, "_25._tcp.example.net", 52, true};
    TcpDialogue d(asks, answers, noon + 20ms);
    d.handshake().say(Side::client, dns_over_tcp(dns_query(q))).say(Side::server, dns_over_tcp(dns_answer(q, Octets(900, 7))));
    return merged({{ask(asks, answers, q), udp(answers, asks, dns_answer(q, {}, true)).later(4ms)}, d.close(Side::client).frames()});
}

/// Nobody listens for the answer any more: the host says so.
Frames given_up(const Endpoint& asks, const Endpoint& answers) {
    const DnsQuestion q{11, "slow.example.net"};
    const CraftedFrame late = answer(answers, asks, q, {192, 0, 2, 9}, 8s);
    return {ask(asks, answers, q), late, icmp_error(asks, answers, asks.is_v6() ? 1 : 3, asks.is_v6() ? 4 : 3, late)};
}

}  // namespace

std::vector<Legitimate> dns_lives(const Endpoint& asks, const Endpoint& answers) {
    const DnsQuestion a{1, "example.net"}, aaaa{2, "example.net", dns_type::aaaa}, mx{3, "example.net", dns_type::mx},
        ptr{4, "7.100.51.198.in-addr.arpa", dns_type::ptr}, edns{5, "example.net", dns_type::txt, true};
    const Octets exchange = be16(10) + dns_name("mx.example.net");
    return {
        {"DNS: A", {ask(asks, answers, a), answer(answers, asks, a, {192, 0, 2, 1})}},
        {"DNS: AAAA", {ask(asks, answers, aaaa), answer(answers, asks, aaaa, ip_octets("2001:db8::1"))}},
        {"DNS: MX", {ask(asks, answers, mx), answer(answers, asks, mx, exchange)}},
        {"DNS: PTR", {ask(asks, answers, ptr), answer(answers, asks, ptr, dns_name("relay.example.org"))}},
        {"DNS: EDNS and a large answer", {ask(asks, answers, edns), answer(answers, asks, edns, Octets(1100, 'T'))}},
        {"DNS: no such name", {ask(asks, answers, a), answer(answers, asks, a, {})}},
        {"DNS: eight questions in flight", in_flight(asks, answers, false)},
        {"DNS: eight questions in flight from one port", in_flight(asks, answers, true)},
        {"DNS: asked again after five seconds",
         {ask(asks, answers, a), ask(asks, answers, a, 5s), answer(answers, asks, a, {192, 0, 2, 1}, 5s + 2ms)}},
        {"DNS: an answer after 29 seconds", {ask(asks, answers, a), answer(answers, asks, a, {192, 0, 2, 1}, 29s)}},
        {"DNS: the port used again an hour later",
         {ask(asks, answers, a), answer(answers, asks, a, {192, 0, 2, 1}), ask(asks, answers, mx, 1h),
          answer(answers, asks, mx, exchange, 1h + 3ms)}},
        {"DNS: truncated, then over TCP", over_tcp(asks, answers)},
        {"DNS: padded frames", {ask(asks, answers, {6, "a"}).pad(), answer(answers, asks, {6, "a"}, {}).pad()}},
        {"DNS: the answer that nobody awaits any more", given_up(asks, answers)},
    };
}

std::vector<Legitimate> housekeeping_lives() {
    const Endpoint gate4 = v4(firewall), host4 = v4(mail), gate6 = v6(firewall), host6 = v6(mail);
    const Endpoint link_local{std::string(mac::firewall), "fe80::1"};
    Frames pings, pings6;
    for (std::uint16_t i = 1; i <= 5; ++i) {
        pings.push_back(echo_request(v4(vpn_admin), host4, 77, i).later(i * 1s));
        pings.push_back(echo_reply(host4, v4(vpn_admin), 77, i).later(i * 1s + 1ms));
        pings6.push_back(echo_request(v6(vpn_admin), host6, 77, i).later(i * 1s));
        pings6.push_back(echo_reply(host6, v6(vpn_admin), 77, i).later(i * 1s + 1ms));
    }
    return {
        {"ARP asked and answered", {arp_request(host4, firewall.v4), arp_reply(gate4, host4)}},
        {"ARP asked and answered, padded", {arp_request(gate4, mail.v4).pad(), arp_reply(host4, gate4).pad()}},
        {"the firewall answers for a virtual address", {arp_request(host4, vpn_users.v4), arp_reply(v4(vpn_users), host4).later(1ms)}},
        {"the firewall announces its virtual addresses", {arp_gratuitous(v4(vpn_users)), arp_gratuitous(v4(vpn_admin)).later(1ms)}},
        {"neighbours asked and answered", {neighbour_solicit(host6, firewall.v6), neighbour_advert(gate6, host6).later(1ms)}},
        {"neighbours asked from a link-local address",
         {neighbour_solicit(link_local, mail.v6), neighbour_advert(host6, link_local).later(1ms)}},
        {"five pings", pings},
        {"five pings over IPv6", pings6},
    };
}

}  // namespace sw::craft
