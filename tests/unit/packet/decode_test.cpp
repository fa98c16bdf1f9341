// What the decoder says of frames that two honest hosts send.
#include "tests/support/catch.hpp"
#include "tests/support/stock.hpp"
#include "tests/unit/packet/decoded.hpp"

using namespace sw;
using namespace sw::test;
using namespace sw::craft;

namespace {

std::string text(const Address& a) { return to_string(a); }

}  // namespace

TEST_CASE("decoder: a SYN is told in full") {
    const TcpFields fields{tcp_flag::syn | tcp_flag::ece | tcp_flag::cwr, 0xfffffffe, 0, 65535, octets("\x02\x04\x05\xb4\x01\x03\x03\x07")};
    const Decoded d(tcp(v4(outside, 40000), v4(mail, 25), fields));
    CHECK(slugs(d->anomalies) == "");
    CHECK(d->network == Network::ipv4);
    CHECK(d->transport == Transport::tcp);
    CHECK(int{d->ip_proto} == 6);
    CHECK(int{d->ttl} == 64);
    CHECK(d->plain);
    CHECK_FALSE(d->fragment);
    CHECK(d->checksum == Checksum::good);
    CHECK(text(d->src()) == outside.v4);
    CHECK(text(d->dst()) == mail.v4);
    CHECK(d->sport == 40000);
    CHECK(d->dport == 25);
    CHECK(d->tcp_flags == (tcp_flag::syn | tcp_flag::ece | tcp_flag::cwr));
    CHECK(d->tcp_seq == 0xfffffffe);
    CHECK(d->tcp_window == 65535);
    CHECK(d->tcp_has_window_scale);
    CHECK(int{d->tcp_window_scale} == 7);
    CHECK(d->l3_offset == 14);
    CHECK(d->l4_offset == 34);
    CHECK(d->payload_offset == 62);
    CHECK(d->payload_len == 0);
    CHECK(layers(d.packet) == "ethernet 0+62/62, ipv4 14+48/48, tcp 34+28/28");
}

TEST_CASE("decoder: data has its length by the headers, not by the frame") {
    auto frame = tcp(v4(outside, 40000), v4(mail, 25), {tcp_flag::psh | tcp_flag::ack, 1, 1, 512, {}}, "QUIT\r\n");
    const Decoded bare(frame), padded(frame.pad(60));
    for (const Decoded* d : {&bare, &padded}) {
        CHECK(slugs((*d)->anomalies) == "");
        CHECK((*d)->payload_len == 6);
        CHECK((*d)->payload_caplen == 6);
        CHECK(std::string((*d)->data + (*d)->payload_offset, (*d)->data + (*d)->payload_offset + 6) == "QUIT\r\n");
    }
    CHECK(layers(bare.packet) == "ethernet 0+60/60, ipv4 14+46/46, tcp 34+26/26, payload 54+6/6");
}

TEST_CASE("decoder: padding is not payload") {
    const Decoded d(tcp(v4(outside, 40000), v4(mail, 25), {tcp_flag::ack, 1, 1, 512, {}}).pad(60));
    CHECK(slugs(d->anomalies) == "");
    CHECK(d->payload_len == 0);
    CHECK(layers(d.packet) == "ethernet 0+60/60, ipv4 14+40/40, tcp 34+20/20");
}

TEST_CASE("decoder: UDP over both IPs") {
    for (const auto& [from, to] : {std::pair{v4(mail, 40000), v4(resolver, 53)}, std::pair{v6(mail, 40000), v6(resolver, 53)}}) {
        const Decoded d(udp(from, to, "a question"));
        CHECK(slugs(d->anomalies) == "");
        CHECK(d->transport == Transport::udp);
        CHECK(d->network == (from.is_v6() ? Network::ipv6 : Network::ipv4));
        CHECK(d->payload_len == 10);
        CHECK(text(d->src()) == from.ip);
        CHECK(d->sport == 40000);
        CHECK(d->checksum == Checksum::good);
        CHECK(d->plain);
        const FiveTuple t = d->five_tuple();
        CHECK(t.swapped().src == d->dst());
        CHECK(int{t.proto} == 17);
    }
}

TEST_CASE("decoder: plain means that no header but the fixed ones stands before the ports") {
    CHECK(Decoded(smtp_syn())->plain);
    CHECK(Decoded(smtp_syn6())->plain);
    CHECK_FALSE(Decoded(smtp_syn().ip_options(Octets(4, 1)))->plain);
    CHECK_FALSE(Decoded(smtp_syn().tag(1))->plain);
    CHECK_FALSE(Decoded(smtp_syn6().extension(60, Octets{0, 0, 1, 4, 0, 0, 0, 0}))->plain);
    CHECK_FALSE(Decoded(smtp_syn().set16(ip_at + 6, 0x2000).fix_ip())->plain);
    CHECK_FALSE(Decoded(smtp_syn6().extension(44, Octets{0, 0, 0, 0, 0, 0, 0, 1}))->plain);
}

TEST_CASE("decoder: an extension chain is walked to the transport, and objected to") {
    const Decoded d(smtp_syn6().extension(60, Octets{0, 0, 1, 4, 0, 0, 0, 0}));
    CHECK(slugs(d->anomalies) == "ipv6-extension");
    CHECK(d->dport == 25);
    CHECK(d->l4_offset == 62);
    CHECK(int{d->ip_proto} == 6);
    CHECK(d->checksum == Checksum::good);
}

TEST_CASE("decoder: a later fragment shows no ports, whatever its octets look like") {
    const Decoded v4_later(smtp_syn().set16(ip_at + 6, 0x0003).fix_ip());
    CHECK(slugs(v4_later->anomalies) == "fragment");
    CHECK(v4_later->later_fragment);
    CHECK(v4_later->transport == Transport::none);
    CHECK(v4_later->dport == 0);
    CHECK(int{v4_later->ip_proto} == 6);
    const Decoded v6_later(smtp_syn6().extension(44, Octets{0, 0, 0, 0x18, 0, 0, 0, 1}));
    CHECK(v6_later->later_fragment);
    CHECK(v6_later->transport == Transport::none);
    CHECK(v6_later->anomalies.has(Reason::fragment));
    CHECK(int{v6_later->ip_proto} == 6);
}

TEST_CASE("decoder: a checksum that is wrong is bad, wherever it stands") {
    CHECK(slugs(Decoded(smtp_syn().flip(ip_at + 10, 1))->anomalies) == "bad-checksum");
    CHECK(slugs(Decoded(smtp_syn().flip(tcp4_at + 16, 1))->anomalies) == "bad-checksum");
    CHECK(slugs(Decoded(smtp_syn6().flip(tcp6_at + 16, 1))->anomalies) == "bad-checksum");
    CHECK(slugs(Decoded(dns_ask().flip(tcp4_at + 7, 0x20))->anomalies) == "bad-checksum");
    CHECK(slugs(Decoded(ping().flip(tcp4_at + 2, 1))->anomalies) == "bad-checksum");
    CHECK(slugs(Decoded(ping6().flip(tcp6_at + 2, 1))->anomalies) == "bad-checksum");
    CHECK(Decoded(smtp_syn().flip(tcp4_at + 16, 1))->checksum == Checksum::bad);
}

TEST_CASE("decoder: a missing UDP checksum is an anomaly of its own, not a bad one") {
    const Decoded d(dns_ask().set16(tcp4_at + 6, 0));
    CHECK(slugs(d->anomalies) == "udp-no-checksum");
    CHECK(d->transport == Transport::udp);
}

TEST_CASE("decoder: ARP shows the protocol addresses") {
    const Decoded d(arp_request(v4(mail), "192.0.2.1"));
    CHECK(slugs(d->anomalies) == "");
    CHECK(d->network == Network::arp);
    CHECK(text(d->src()) == mail.v4);
    CHECK(text(d->dst()) == "192.0.2.1");
    CHECK(d->transport == Transport::none);
    CHECK(int{d->ip_proto} == 0);
}

TEST_CASE("decoder: an unknown ethertype is no anomaly, and no IP") {
    const Decoded d(ethernet(mac::mail, mac::sink, 0x88cc, Octets(46)));
    CHECK(slugs(d->anomalies) == "");
    CHECK(d->ethertype == 0x88cc);
    CHECK(d->network == Network::none);
    CHECK(d->src().family == 0);
}

TEST_CASE("decoder: behind the end of the TCP options stands nothing but zeros") {
    const auto with = [](std::string_view options) { return Decoded(smtp_syn().tcp_options(octets(options))); };
    using namespace std::string_view_literals;
    CHECK(slugs(with("\x02\x04\x05\xb4\x00\x00\x00\x00"sv)->anomalies) == "");
    CHECK(slugs(with("\x02\x04\x05\xb4\x00\x00\x00\x01"sv)->anomalies) == "tcp-options");
    CHECK(slugs(with("\x00\x03\x03\x07"sv)->anomalies) == "tcp-options");
}

TEST_CASE("decoder: nothing of the frame before is left in the packet") {
    const auto syn = tcp(v4(outside, 40000), v4(mail, 25), {tcp_flag::syn, 1, 0, 1000, octets("\x03\x03\x07\x01")});
    const auto arp = arp_request(v4(mail), "192.0.2.1");
    const auto error = icmp_error(v4(mail), v4(outside), 3, 3, syn);
    Packet reused;
    for (const CraftedFrame* f : {&syn, &error, &arp, &syn, &arp})
        decode(f->bytes.data(), static_cast<std::uint32_t>(f->bytes.size()), f->len, {}, reused);
    CHECK(reused.dport == 0);
    CHECK(reused.tcp_seq == 0);
    CHECK_FALSE(reused.tcp_has_window_scale);
    CHECK_FALSE(reused.quoted.present);
    CHECK(reused.l4_offset == 0);
    CHECK(reused.payload_len == 0);
    CHECK(reused.checksum == Checksum::none);
    CHECK(reused.layer_count == 2);
}

TEST_CASE("decoder: more layers than a packet has room for are cut, not written behind it") {
    auto f = dns_ask6();
    for (int i = 0; i < 8; ++i) f.extension(60, Octets{0, 0, 1, 4, 0, 0, 0, 0});
    f = f.tag(1).tag(2).tag(3).tag(4);
    const Decoded d(f);
    CHECK(d->layer_count == Packet::max_layers);
    CHECK(d->dport == 53);
    CHECK(d->anomalies.has(Reason::vlan_depth));
}
