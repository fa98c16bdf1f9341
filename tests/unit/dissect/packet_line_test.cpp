#include <fmt/format.h>

#include "tests/support/catch.hpp"
#include "tests/support/messages.hpp"
#include "tests/unit/dissect/frames.hpp"

using namespace sw;
using namespace sw::craft;
using sw::test::frame_of;

namespace {

std::string line(const CraftedFrame& f) { return packet_line(frame_of(f)); }

const std::string at_noon = "12:00:00.000000 ";

}  // namespace

TEST_CASE("a SYN reads as in tcpdump") {
    CHECK(line(tcp(v4(outside, 40000), v4(mail, 465))) ==
          at_noon + "IP 198.51.100.7.40000 > 192.0.2.25.465: Flags [S], seq 1000, win 64240, length 0");
}

TEST_CASE("a segment with data shows both its sequence numbers and what it acknowledges") {
    const auto f = tcp(v4(mail, 25), v4(outside, 40000), {tcp_flag::psh | tcp_flag::ack, 5, 9, 100, {}}, "220 hello\r\n");
    CHECK(line(f) == at_noon + "IP 192.0.2.25.25 > 198.51.100.7.40000: Flags [P.], seq 5:16, ack 9, win 100, length 11");
}

TEST_CASE("the time of day has microseconds and comes from the packet") {
    auto f = tcp(v4(outside, 1), v4(mail, 2));
    f.at(Timestamp{noon.ns + 1'234'567'890});
    CHECK(line(f).substr(0, 16) == "12:00:01.234567 ");
}

TEST_CASE("datagrams of both families show their ports") {
    CHECK(line(udp(v4(mail, 5000), v4(resolver, 53), "12345")) == at_noon + "IP 192.0.2.25.5000 > 192.0.2.53.53: UDP, length 5");
    CHECK(line(udp(v6(mail, 5000), v6(resolver, 53), "12345")) == at_noon + "IP6 2001:db8:1::25.5000 > 2001:db8:1::53.53: UDP, length 5");
}

TEST_CASE("ARP says who asks for whom and who answers") {
    CHECK(line(arp_request(v4(mail), "192.0.2.1")) == at_noon + "ARP, Request who-has 192.0.2.1 tell 192.0.2.25, length 28");
    CHECK(line(arp_reply(v4(firewall), v4(mail))) == at_noon + "ARP, Reply 192.0.2.1 is-at 02:00:00:00:00:01, length 28");
}

TEST_CASE("echo shows its identifier and number") {
    CHECK(line(echo_request(v4(mail), v4(outside), 7, 3)) ==
          fmt::format("{}IP 192.0.2.25 > 198.51.100.7: ICMP echo request, id 7, seq 3, length {}", at_noon,
                      echo_request(v4(mail), v4(outside), 7, 3).packet().size() - 20));
    CHECK(test::has(line(echo_reply(v6(mail), v6(outside), 7, 3)), "ICMP6 echo reply, id 7, seq 3"));
}

TEST_CASE("an ICMP error names the packet that it quotes") {
    const auto about = udp(v4(mail, 5000), v4(outside, 53), "12345");
    CHECK(test::has(line(icmp_error(v4(outside), v4(mail), 3, 3, about)),
                    "ICMP unreachable code 3, about udp 192.0.2.25.5000 > 198.51.100.7.53, length"));
}

TEST_CASE("neighbour discovery names its target") {
    CHECK(test::has(line(neighbour_solicit(v6(mail), "2001:db8:1::1")), "ICMP6 neighbor solicitation, target 2001:db8:1::1, length 32"));
}

TEST_CASE("a VLAN tag stands before the packet, and what the decoder objects to behind it") {
    auto f = tcp(v4(outside, 40000), v4(mail, 465));
    f.set16(ip_at + 10, 0xdead).tag(5);
    CHECK(line(f) == at_noon + "vlan 5, IP 198.51.100.7.40000 > 192.0.2.25.465: Flags [S], seq 1000, win 64240, length 0 [bad-checksum]");
}

TEST_CASE("fragments show where they belong and no ports that they do not have") {
    auto first = udp(v4(mail, 5000), v4(resolver, 53), "12345678");
    first.set16(ip_at + 4, 77).set16(ip_at + 6, 0x2000).fix_ip();
    CHECK(test::has(line(first), "IP 192.0.2.25.5000 > 192.0.2.53.53: frag (id 77, offset 0, more) UDP, length 8 [fragment]"));
    auto later = udp(v4(mail, 5000), v4(resolver, 53), "12345678");
    later.set16(ip_at + 4, 77).set16(ip_at + 6, 0x0002).fix_ip();
    INFO(line(later));
    CHECK(test::has(line(later), "IP 192.0.2.25 > 192.0.2.53: frag (id 77, offset 16) udp, length 16 [fragment]"));
    auto v6_later = udp(v6(mail, 5000), v6(resolver, 53), "12345678");
    v6_later.extension(44, {0, 0, 0x00, 0x09, 0, 0, 0, 42});
    CHECK(test::has(line(v6_later), "frag (id 42, offset 8, more) udp, length"));
}

TEST_CASE("tunnels and protocols without ports are named") {
    CHECK(test::has(line(ip(v4(mail), v4(outside), 132, octets("xxxxxxxxxxxx"))), "192.0.2.25 > 198.51.100.7: SCTP, length 12"));
    CHECK(test::has(line(ip(v4(mail), v4(outside), 47, {0, 0, 8, 0})), "GRE, length 4 [tunnel]"));
    INFO(line(ip(v4(mail), v4(outside), 99, {0, 0, 8, 0})));
    CHECK(test::has(line(ip(v4(mail), v4(outside), 99, {0, 0, 8, 0})), "> 198.51.100.7: ip-proto-99, length 4"));
}

TEST_CASE("frames that are not IP show their addresses and type, and links without a decoder their name") {
    CHECK(line(ethernet(mac::broadcast, mac::intruder, 0x88cc, octets("lldp"))) ==
          at_noon + "02:00:00:00:00:4d > ff:ff:ff:ff:ff:ff, ethertype 0x88cc, length 18");
    CraftedFrame radio{octets("radio"), 5, noon, 162};
    CHECK(line(radio) == at_noon + "LINKTYPE_162 frame, length 5 [datalink-unknown]");
}

TEST_CASE("a packet cut off in its headers still gives a line") {
    const auto whole = tcp(v4(outside, 40000), v4(mail, 465));
    for (std::size_t n = 0; n <= whole.bytes.size(); ++n) {
        auto f = whole;
        f.snap(n);
        const std::string text = line(f);
        CHECK(test::is_clean(text));
        CHECK(text.substr(0, at_noon.size()) == at_noon);
        CHECK(test::has(text, "truncated") == (n < whole.bytes.size()));
    }
}
