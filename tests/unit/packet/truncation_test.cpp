// A frame captured in part: each layer still knows how long it was on the wire, and how much of it is here.
#include "tests/support/catch.hpp"
#include "tests/support/stock.hpp"
#include "tests/unit/packet/decoded.hpp"

using namespace sw;
using namespace sw::test;
using namespace sw::craft;

namespace {

CraftedFrame mail_data() { return tcp(v4(outside, 40000), v4(mail, 25), {tcp_flag::ack, 1, 1, 512, {}}, std::string(100, 'x')); }

}  // namespace

TEST_CASE("truncation: cut in the payload, the headers are told and the checksum is unverifiable") {
    const Decoded d(mail_data().snap(96));
    CHECK(slugs(d->anomalies) == "truncated");
    CHECK(layers(d.packet) == "ethernet 0+154/96, ipv4 14+140/82, tcp 34+120/62, payload 54+100/42");
    CHECK(d->payload_len == 100);
    CHECK(d->payload_caplen == 42);
    CHECK(d->checksum == Checksum::unverifiable);
}

TEST_CASE("truncation: cut in the TCP header, the ports are told if they are here") {
    const Decoded d(mail_data().snap(40));
    CHECK(slugs(d->anomalies) == "truncated");
    CHECK(d->transport == Transport::tcp);
    CHECK(d->sport == 40000);
    CHECK(d->dport == 25);
    CHECK(d->tcp_flags == 0);
    CHECK(layers(d.packet) == "ethernet 0+154/40, ipv4 14+140/26, tcp 34+120/6");
    CHECK(Decoded(mail_data().snap(37))->dport == 0);
}

TEST_CASE("truncation: cut in the IP header, no address is told") {
    const Decoded d(mail_data().snap(33));
    CHECK(slugs(d->anomalies) == "truncated");
    CHECK(layers(d.packet) == "ethernet 0+154/33, ipv4 14+140/19");
    CHECK(d->network == Network::none);
    CHECK(d->ip_src == nullptr);
}

TEST_CASE("truncation: cut in a VLAN tag") {
    const Decoded d(mail_data().tag(100).snap(16));
    CHECK(slugs(d->anomalies) == "truncated");
    CHECK(layers(d.packet) == "ethernet 0+158/16, vlan 14+144/2");
    CHECK(d->vlan_count == 0);
}

TEST_CASE("truncation: cut in the Ethernet header") {
    const Decoded d(mail_data().snap(13));
    CHECK(slugs(d->anomalies) == "truncated");
    CHECK(layers(d.packet) == "ethernet 0+154/13");
    CHECK(d->mac_src == nullptr);
}

TEST_CASE("truncation: nothing captured at all") {
    const Decoded d(mail_data().snap(0));
    CHECK(slugs(d->anomalies) == "truncated");
    CHECK(layers(d.packet) == "ethernet 0+154/0");
}

TEST_CASE("truncation: only the padding is missing, so the packet is whole but the frame is not") {
    const Decoded d(tcp(v4(outside, 40000), v4(mail, 25), {tcp_flag::ack, 1, 1, 512, {}}).pad(60).snap(57));
    CHECK(slugs(d->anomalies) == "truncated");
    CHECK(d->checksum == Checksum::good);
    CHECK(layers(d.packet) == "ethernet 0+60/57, ipv4 14+40/40, tcp 34+20/20");
}

TEST_CASE("truncation: cut in the IP options, they are not read and the checksum is not blamed") {
    const Decoded d(mail_data().ip_options(Octets(8, 1)).snap(36));
    CHECK(slugs(d->anomalies) == "truncated");
    CHECK(d->checksum != Checksum::bad);
    CHECK_FALSE(d->plain);
}

TEST_CASE("truncation: UDP and ICMP checksums are unverifiable too") {
    CHECK(Decoded(dns_ask().snap(43))->checksum == Checksum::unverifiable);
    CHECK(Decoded(dns_ask6().snap(63))->checksum == Checksum::unverifiable);
    CHECK(Decoded(ping().snap(43))->checksum == Checksum::unverifiable);
    CHECK(Decoded(ping6().snap(63))->checksum == Checksum::unverifiable);
}

TEST_CASE("truncation: what cannot be seen is not held against an honest DHCP client") {
    const Endpoint nobody{std::string(mac::sink), "0.0.0.0", 68}, all{std::string(mac::broadcast), "255.255.255.255", 67};
    const auto discover = udp(nobody, all, std::string(240, '\0'));
    CHECK(slugs(Decoded(discover)->anomalies) == "");
    for (std::size_t n = 34; n < discover.bytes.size(); ++n)
        CHECK(slugs(Decoded(CraftedFrame(discover).snap(n))->anomalies) == "truncated");
}

TEST_CASE("truncation: a capture longer than its frame is an anomaly, and the rest is not read") {
    auto f = mail_data();
    const auto whole = f.len;
    f.len = 60;
    const Decoded d(f);
    CHECK(d->anomalies.has(Reason::caplen_over_len));
    CHECK(d->anomalies.has(Reason::ip_length));
    CHECK_FALSE(d->anomalies.has(Reason::truncated));
    CHECK(d->transport == Transport::none);
    f.len = 0;
    CHECK(Decoded(f)->anomalies.has(Reason::frame_short));
    f.len = whole - 1;
    CHECK(Decoded(f)->anomalies.has(Reason::ip_length));
}

TEST_CASE("truncation: a frame that claims four gigaoctets is read as far as it goes") {
    auto f = mail_data();
    f.len = 0xffffffff;
    const Decoded d(f);
    CHECK(d->anomalies.has(Reason::truncated));
    CHECK(d->anomalies.has(Reason::trailer));
    CHECK(d->dport == 25);
    CHECK(d->checksum == Checksum::good);
}
