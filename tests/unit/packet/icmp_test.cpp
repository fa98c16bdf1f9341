// ICMP, what it quotes, and neighbour discovery.
#include "tests/support/catch.hpp"
#include "tests/support/stock.hpp"
#include "tests/unit/packet/decoded.hpp"

using namespace sw;
using namespace sw::test;
using namespace sw::craft;

TEST_CASE("ICMP: an echo bears its identifier as both ports") {
    for (const bool six : {false, true}) {
        const Endpoint a = six ? v6(mail) : v4(mail), b = six ? v6(resolver) : v4(resolver);
        const Decoded request(echo_request(a, b, 0x1234)), reply(echo_reply(b, a, 0x1234));
        for (const Decoded* d : {&request, &reply}) {
            CHECK(slugs((*d)->anomalies) == "");
            CHECK((*d)->sport == 0x1234);
            CHECK((*d)->dport == 0x1234);
            CHECK((*d)->checksum == Checksum::good);
            CHECK_FALSE((*d)->is_icmp_error());
            CHECK_FALSE((*d)->quoted.present);
        }
        CHECK(request->is_echo_request());
        CHECK_FALSE(request->is_echo_reply());
        CHECK(reply->is_echo_reply());
    }
}

TEST_CASE("ICMP: an error quotes the packet as its sender sent it") {
    const auto about = tcp(v4(outside, 40000), v4(mail, 25), {tcp_flag::syn, 0xdeadbeef, 0, 1000, {}});
    for (const auto& [type, code] : {std::pair{3, 3}, std::pair{11, 0}, std::pair{12, 0}}) {
        const Decoded d(icmp_error(v4(mail), v4(outside), static_cast<std::uint8_t>(type), static_cast<std::uint8_t>(code), about));
        CHECK(slugs(d->anomalies) == "");
        CHECK(d->is_icmp_error());
        REQUIRE(d->quoted.present);
        CHECK(d->quoted.tuple == Decoded(about)->five_tuple());
        CHECK(d->quoted.tcp_seq == 0xdeadbeef);
    }
}

TEST_CASE("ICMPv6: an error quotes the packet as its sender sent it") {
    const auto about = udp(v6(mail, 40000), v6(resolver, 53), "question");
    for (std::uint8_t type : Octets{1, 2, 3, 4}) {
        const Decoded d(icmp_error(v6(resolver), v6(mail), type, 0, about, 16));
        CHECK(slugs(d->anomalies) == "");
        CHECK(d->is_icmp_error());
        REQUIRE(d->quoted.present);
        CHECK(d->quoted.tuple == Decoded(about)->five_tuple());
    }
}

TEST_CASE("ICMP: a quoted echo request is told by its identifier, a quoted reply is not") {
    const auto request = echo_request(v4(mail), v4(outside), 77), reply = echo_reply(v4(mail), v4(outside), 77);
    CHECK(Decoded(icmp_error(v4(outside), v4(mail), 3, 1, request))->quoted.tuple.sport == 77);
    CHECK(Decoded(icmp_error(v4(outside), v4(mail), 3, 1, reply))->quoted.tuple.sport == 0);
    const auto request6 = echo_request(v6(mail), v6(outside), 78);
    CHECK(Decoded(icmp_error(v6(outside), v6(mail), 1, 0, request6))->quoted.tuple.sport == 78);
}

TEST_CASE("ICMP: options in the quoted header are stepped over") {
    const auto about = smtp_syn().ip_options(Octets(8, 1));
    const Decoded d(icmp_error(v4(mail), v4(outside), 3, 3, about, 8 + 8));
    REQUIRE(d->quoted.present);
    CHECK(d->quoted.tuple.dport == 25);
}

TEST_CASE("ICMP: a quotation that cannot be read is an anomaly") {
    const auto about = smtp_syn();
    const auto error = [&](CraftedFrame f, std::size_t octets) { return Decoded(icmp_error(v4(mail), v4(outside), 3, 3, f, octets)); };
    for (std::size_t n = 0; n < 8; ++n) {
        const Decoded d = error(about, n);
        CHECK(slugs(d->anomalies) == "icmp-embedded");
        CHECK_FALSE(d->quoted.present);
    }
    CHECK(slugs(error(CraftedFrame(about).set8(ip_at, 0x65), 8)->anomalies) == "icmp-embedded");    // version 6
    CHECK(slugs(error(CraftedFrame(about).set8(ip_at, 0x44), 8)->anomalies) == "icmp-embedded");    // a header of 16 octets
    CHECK(slugs(error(CraftedFrame(about).set8(ip_at, 0x4f), 8)->anomalies) == "icmp-embedded");    // of 60: not all there
    CHECK(slugs(error(CraftedFrame(about).set16(ip_at + 6, 1), 8)->anomalies) == "icmp-embedded");  // a later fragment
}

namespace {

/// A quoted packet, zeros up to 128 octets, and what a router says of itself behind them.
Octets extended(Octets quoted, const Octets& extensions) {
    quoted.resize(128);
    return quoted + extensions;
}
const Octets labels{0x20, 0, 0xcb, 0xfd, 0, 8, 1, 1, 0, 0xfa, 0x11, 0xff};
const Octets interface { 0x20, 0, 0, 0, 0, 8, 2, 2, 0, 0, 0, 7 };  // no checksum

}  // namespace

TEST_CASE("ICMP: behind the quoted packet stand zeros, and extensions of routers") {
    const std::uint32_t words4 = 32u << 16, words6 = 16u << 24;  // where RFC 4884 puts how much is quoted
    const auto error4 = [](const Octets& body, std::uint32_t rest = 0) {
        return slugs(Decoded(icmp(v4(mail), v4(outside), 3, 1, rest, body))->anomalies);
    };
    const auto error6 = [](const Octets& body, std::uint32_t rest = 0) {
        return slugs(Decoded(icmp(v6(mail), v6(outside), 1, 0, rest, body))->anomalies);
    };
    const Octets syn = smtp_syn().packet(), syn6 = smtp_syn6().packet();
    for (const std::uint32_t rest : {0u, words4}) {
        CHECK(error4(syn + Octets(20), rest) == "");
        CHECK(error4(extended(syn, labels), rest) == "");
        CHECK(error4(extended(syn, interface), rest) == "");
        CHECK(error4(extended(syn, labels + labels), rest) == "icmp-embedded");
        CHECK(error4(syn + labels, rest) == "icmp-embedded");
        CHECK(error4(extended(syn, {'i', 'd', '\n', 0}), rest) == "icmp-embedded");
        CHECK(error4(extended(syn + Octets{'x'}, labels), rest) == "icmp-embedded");
    }
    CHECK(error6(extended(syn6, labels), words6) == "");
    CHECK(error6(extended(syn6, labels)) == "");
    CHECK(error6(syn6 + Octets{'x'}, words6) == "icmp-embedded");
    for (std::size_t at = 0; at < 8; ++at) {
        Octets bent = labels;
        bent[at] ^= 0x40;
        INFO("octet " << at);
        CHECK(error4(extended(syn, bent), words4) == "icmp-embedded");
    }
    CHECK(error4(extended(syn, Octets{0x20, 0, 0, 0} + Octets(300)), words4) == "icmp-embedded");
}

TEST_CASE("ICMP: a quoted packet cannot say that it is shorter than it is quoted") {
    const CraftedFrame about = smtp().segment(Side::server, tcp_flag::ack, 0, "220 mail.example\r\n");
    const auto quoting = [](CraftedFrame f) { return Decoded(icmp(v4(firewall), v4(mail), 3, 1, 0, f.packet())); };
    const Decoded whole = quoting(about);
    CHECK(slugs(whole->anomalies) == "");
    CHECK(whole->quoted.payload_len == 18);
    CHECK(slugs(quoting(CraftedFrame(about).set16(ip_at + 2, 40))->anomalies) == "icmp-embedded");
    CHECK(slugs(quoting(CraftedFrame(about).set16(ip_at + 2, 0))->anomalies) == "icmp-embedded");
    const Decoded large(
        icmp(v4(firewall), v4(mail), 3, 1, 32u << 16, smtp().segment(Side::server, tcp_flag::ack, 0, std::string(500, 'd')).packet()));
    CHECK(slugs(large->anomalies) == "icmp-embedded");  // it says that 128 octets of it are quoted
    CHECK(large->quoted.payload_len == 88);
}

TEST_CASE("ICMP: a quotation that was merely not captured is not held against the error") {
    for (const auto& honest : {icmp_error(v4(mail), v4(outside), 3, 3, smtp_syn()), icmp_error(v6(mail), v6(outside), 1, 4, smtp_syn6())})
        for (std::size_t n = 0; n < honest.bytes.size(); ++n) {
            const Decoded d(CraftedFrame(honest).snap(n));
            CHECK(slugs(d->anomalies) == "truncated");
            CHECK_FALSE(d->quoted.present);
        }
}

TEST_CASE("ICMP: what this network never needs, and codes that do not exist, are two things") {
    for (std::uint8_t type : Octets{4, 5, 9, 10, 13, 14, 17, 18, 40, 255})
        CHECK(slugs(Decoded(icmp(v4(mail), v4(outside), type, 0, 0, Octets(32)))->anomalies) == "icmp-forbidden");
    CHECK(slugs(Decoded(icmp(v4(mail), v4(outside), 8, 1, 0))->anomalies) == "icmp-code");
    CHECK(Decoded(icmp_error(v4(mail), v4(outside), 3, 16, smtp_syn()))->anomalies.has(Reason::icmp_code));
    CHECK(Decoded(icmp(v6(mail), v6(outside), 137, 0, 0, Octets(32), 255))->anomalies.has(Reason::icmp_forbidden));
}

TEST_CASE("ICMP: messages of fewer than eight octets end too early") {
    for (std::size_t n = 0; n < 8; ++n) {
        CHECK(slugs(Decoded(ip(v4(mail), v4(outside), 1, Octets(n)))->anomalies) == "icmp-length");
        CHECK(Decoded(ip(v6(mail), v6(outside), 58, Octets(n)))->anomalies.has(n == 0 ? Reason::ipv6_jumbo : Reason::icmp_length));
    }
}

TEST_CASE("neighbour discovery: an honest question and answer pass") {
    CHECK(slugs(Decoded(neighbour_solicit(v6(mail), "2001:db8:1::1"))->anomalies) == "");
    CHECK(slugs(Decoded(neighbour_advert(v6(firewall), v6(mail)))->anomalies) == "");
    CHECK(slugs(Decoded(duplicate_address_probe(v6(mail)))->anomalies) == "");
}

TEST_CASE("neighbour discovery: a hop limit below 255, a group target, an option of length zero") {
    CHECK(slugs(Decoded(neighbour_solicit(v6(mail), "2001:db8:1::1").set8(ip_at + 7, 254))->anomalies) == "nd-hop-limit");
    CHECK(slugs(Decoded(neighbour_solicit(v6(mail), "2001:db8:1::1").set8(tcp6_at + 8, 0xff).fix_transport())->anomalies) == "nd-format");
    CHECK(slugs(Decoded(neighbour_solicit(v6(mail), "2001:db8:1::1").set8(tcp6_at + 25, 0).fix_transport())->anomalies) == "nd-format");
    CHECK(slugs(Decoded(neighbour_solicit(v6(mail), "2001:db8:1::1").set8(tcp6_at + 25, 2).fix_transport())->anomalies) == "nd-format");
}

TEST_CASE("ICMPv6 in IPv4 and ICMP in IPv6 are not ICMP") {
    CHECK(Decoded(ip(v4(mail), v4(outside), 58, Octets(16)))->transport == Transport::none);
    CHECK(Decoded(ip(v6(mail), v6(outside), 1, Octets(16)))->transport == Transport::none);
}
