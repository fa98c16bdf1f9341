// Where an anomaly begins and where it ends: the last frame that passes and the first that does not.
#include "tests/support/catch.hpp"
#include "tests/support/stock.hpp"
#include "tests/unit/packet/decoded.hpp"

using namespace sw;
using namespace sw::test;
using namespace sw::craft;

namespace {

std::string objections(const CraftedFrame& f) { return slugs(Decoded(f)->anomalies); }

Endpoint at(std::string_view ip, std::uint16_t port = 25) { return {std::string(mac::firewall), std::string(ip), port}; }
std::string from_to(std::string_view from, std::string_view to) { return objections(tcp(at(from, 40000), at(to))); }

CraftedFrame segment(std::uint8_t flags) { return tcp(v4(outside, 40000), v4(mail, 25), {flags, 1, 1, 512, {}}); }
CraftedFrame with_options(std::uint8_t flags, std::initializer_list<std::uint8_t> options) { return segment(flags).tcp_options(options); }

}  // namespace

TEST_CASE("boundary: of the 256 combinations of TCP flags, those that stacks send pass") {
    using namespace tcp_flag;
    for (unsigned f = 0; f < 256; ++f) {
        const auto flags = static_cast<std::uint8_t>(f);
        const std::uint8_t kind = flags & (syn | fin | rst | ack), extra = flags & (psh | urg), ecn = flags & (ece | cwr);
        const bool opening = kind == syn && extra == 0 && (ecn == 0 || ecn == (ece | cwr));
        const bool answer = kind == (syn | ack) && extra == 0 && (ecn & cwr) == 0;
        const bool later = kind == ack || kind == (fin | ack) || kind == rst || kind == (rst | ack);
        const std::string want = std::string(opening || answer || later ? "" : "tcp-flags") +
                                 (opening || answer || later || !(flags & urg) ? "" : ", ") + (flags & urg ? "tcp-urgent" : "");
        CAPTURE(f);
        CHECK(objections(segment(flags)) == want);
    }
}

TEST_CASE("boundary: each of the four reserved bits of TCP is seen") {
    for (unsigned bit = 1; bit < 16; bit <<= 1)
        CHECK(objections(segment(tcp_flag::ack).flip(tcp4_at + 12, bit).fix_transport()) == "tcp-reserved-bits");
}

TEST_CASE("boundary: an urgent pointer without its flag is urgent too") {
    CHECK(objections(segment(tcp_flag::ack).set16(tcp4_at + 18, 1).fix_transport()) == "tcp-urgent");
}

TEST_CASE("boundary: TCP header lengths") {
    const auto with = [](unsigned words) { return objections(segment(tcp_flag::ack).set8(tcp4_at + 12, words << 4).fix_transport()); };
    CHECK(with(4) == "tcp-header-length");
    CHECK(with(5) == "");
    CHECK(with(6) == "tcp-header-length");  // longer than the segment
}

TEST_CASE("boundary: TCP options have the lengths of their RFCs") {
    using namespace tcp_flag;
    CHECK(objections(with_options(syn, {2, 4, 5, 0xb4})) == "");
    CHECK(objections(with_options(syn, {2, 3, 5, 1})) == "tcp-options");
    CHECK(objections(with_options(syn, {3, 3, 14, 1})) == "");
    CHECK(objections(with_options(syn, {3, 3, 15, 1})) == "tcp-window-scale");
    CHECK(objections(with_options(syn, {4, 2, 1, 1})) == "");
    CHECK(objections(with_options(syn, {4, 3, 0, 1})) == "tcp-options");
    CHECK(objections(with_options(ack, {1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 0, 2})) == "");
    CHECK(objections(with_options(ack, {1, 1, 5, 2})) == "tcp-options");
    CHECK(objections(with_options(ack, {5, 12, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0})) == "tcp-options");
    CHECK(objections(with_options(ack, {8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1})) == "");
    CHECK(objections(with_options(ack, {8, 9, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1})) == "tcp-options");
    CHECK(objections(with_options(ack, {254, 4, 0, 0})) == "");  // experiments have any length that fits
    CHECK(objections(with_options(ack, {254, 5, 0, 0})) == "tcp-options");
    CHECK(objections(with_options(ack, {1, 1, 1, 254})) == "tcp-options");
    CHECK(objections(with_options(ack, {254, 1, 1, 1})) == "tcp-options");
    CHECK(objections(with_options(ack, {254, 0, 1, 1})) == "tcp-options");
}

TEST_CASE("boundary: options of a SYN stand in a SYN only, and none stands twice") {
    using namespace tcp_flag;
    CHECK(objections(with_options(ack, {2, 4, 5, 0xb4})) == "tcp-option-misplaced");
    CHECK(objections(with_options(ack, {3, 3, 7, 1})) == "tcp-option-misplaced");
    CHECK(objections(with_options(ack, {4, 2, 1, 1})) == "tcp-option-misplaced");
    CHECK(objections(with_options(syn, {4, 2, 4, 2})) == "tcp-option-misplaced");
    CHECK(objections(with_options(syn, {2, 4, 5, 0xb4, 2, 4, 5, 0xb4})) == "tcp-option-misplaced");
    CHECK(objections(with_options(ack, {1, 1, 1, 1})) == "");
}

TEST_CASE("boundary: padding ends at sixty octets, and four more a tag") {
    const auto bare = segment(tcp_flag::ack);
    CHECK(objections(CraftedFrame(bare).pad(60)) == "");
    CHECK(objections(CraftedFrame(bare).pad(61)) == "trailer");
    CHECK(objections(CraftedFrame(bare).tag(1).pad(64)) == "");
    CHECK(objections(CraftedFrame(bare).tag(1).pad(65)) == "trailer");
    CHECK(objections(CraftedFrame(bare).pad(60).set8(59, 1)) == "padding-data");
    CHECK(objections(CraftedFrame(bare).pad(60).set8(54, 1)) == "padding-data");
}

TEST_CASE("boundary: a fragment may reach 65,535 octets and not one more") {
    const auto fragment = [](std::size_t octets, unsigned offset) {
        return objections(ip(v4(outside), v4(mail), 17, Octets(octets)).set16(ip_at + 6, offset).fix_ip());
    };
    CHECK(fragment(7, 8191) == "fragment");  // 65,528 and 7 are 65,535
    CHECK(fragment(8, 8191) == "fragment, fragment-overlong");
}

TEST_CASE("boundary: a first fragment holds its transport header, and none overwrites the flags of TCP") {
    const auto fragment = [](std::uint8_t proto, std::size_t octets, unsigned field) {
        return objections(ip(v4(outside), v4(mail), proto, Octets(octets, 1)).set16(ip_at + 6, field).fix_ip());
    };
    CHECK(fragment(17, 7, 0x2000) == "fragment, fragment-tiny");
    CHECK(fragment(17, 8, 0x2000).find("fragment-tiny") == std::string::npos);
    CHECK(fragment(6, 16, 0x2000) == "fragment, fragment-tiny");
    CHECK(fragment(6, 20, 0x2000).find("fragment-tiny") == std::string::npos);
    CHECK(fragment(6, 24, 0x0001) == "fragment, fragment-tiny");
    CHECK(fragment(6, 24, 0x0002) == "fragment");
    CHECK(fragment(17, 24, 0x0001) == "fragment");
    CHECK(fragment(17, 24, 0x4002) == "fragment, fragment-df");
}

TEST_CASE("boundary: IPv4 lengths") {
    const auto total = [](unsigned octets) { return objections(dns_ask().set16(ip_at + 2, octets).fix_ip()); };
    const auto whole = static_cast<unsigned>(dns_ask().bytes.size() - ip_at);
    CHECK(total(whole) == "");
    CHECK(total(whole + 1) == "ip-length");
    CHECK(total(19) == "ip-length");
    CHECK(total(0) == "ip-length");
    const auto header = [](unsigned words) { return objections(dns_ask().set8(ip_at, 0x40 | words).fix_ip()); };
    CHECK(header(4) == "ip-header-length");
    CHECK(header(0) == "ip-header-length");
    CHECK(objections(ip(v4(outside), v4(mail), 17, Octets(8)).set8(ip_at, 0x4f).fix_ip()) == "ip-header-length");
}

TEST_CASE("boundary: UDP lengths") {
    const auto with = [](int more) {
        auto f = dns_ask();
        return objections(f.set16(tcp4_at + 4, static_cast<unsigned>(static_cast<int>(f.bytes.size() - tcp4_at) + more)).fix_transport());
    };
    CHECK(with(0) == "");
    CHECK(with(1) == "udp-length");
    CHECK(with(-1) == "udp-length");
    CHECK(objections(ip(v4(outside), v4(mail), 17, Octets(7, 1))) == "udp-length");
}

TEST_CASE("boundary: ports begin with one, lives with one") {
    CHECK(objections(tcp(v4(outside, 0), v4(mail, 25))) == "port-zero");
    CHECK(objections(tcp(v4(outside, 1), v4(mail, 0))) == "port-zero");
    CHECK(objections(udp(v4(outside, 0), v4(mail, 25), "x")) == "port-zero");
    CHECK(objections(udp(v6(outside, 5), v6(mail, 0), "x")) == "port-zero");
    CHECK(objections(tcp(v4(outside, 1), v4(mail, 65535))) == "");
    CHECK(objections(smtp_syn().set8(ip_at + 8, 0).fix_ip()) == "ttl-zero");
    CHECK(objections(smtp_syn().set8(ip_at + 8, 1).fix_ip()) == "");
    CHECK(objections(smtp_syn6().set8(ip_at + 7, 0)) == "ttl-zero");
}

TEST_CASE("boundary: IPv4 addresses that are on no wire") {
    for (const char* good : {"1.0.0.0", "126.255.255.255", "128.0.0.0", "223.255.255.255"}) {
        CHECK(from_to(good, mail.v4) == "");
        CHECK(from_to(mail.v4, good) == "");
    }
    for (const char* bad : {"0.0.0.0", "0.255.255.255", "127.0.0.0", "127.255.255.255", "240.0.0.0", "255.255.255.254"}) {
        CHECK(from_to(bad, mail.v4) == "martian");
        CHECK(from_to(mail.v4, bad) == "martian");
    }
    for (const char* group : {"224.0.0.1", "239.255.255.255", "255.255.255.255"}) {
        CHECK(from_to(group, mail.v4) == "martian");
        CHECK(from_to(mail.v4, group) == "");
    }
    CHECK(from_to(mail.v4, mail.v4) == "land");
}

TEST_CASE("boundary: IPv6 addresses that are on no wire") {
    for (const char* bad : {"::", "::1", "::ffff:192.0.2.1", "::192.0.2.1"}) {
        CHECK(from_to(bad, mail.v6) == "martian");
        CHECK(from_to(mail.v6, bad) == "martian");
    }
    CHECK(from_to("ff02::1", mail.v6) == "martian");
    CHECK(from_to(mail.v6, "ff02::1") == "");
    CHECK(from_to("fe80::1", "fe80::2") == "");
    CHECK(from_to("0:0:0:1::1", mail.v6) == "");
    CHECK(from_to(mail.v6, mail.v6) == "land");
}

TEST_CASE("boundary: eight extension headers are too odd, nine too many") {
    auto f = smtp_syn6();
    const Octets destination{0, 0, 1, 4, 0, 0, 0, 0};
    for (int i = 0; i < 8; ++i) f.extension(60, destination);
    CHECK(Decoded(f)->dport == 25);
    CHECK_FALSE(Decoded(f)->anomalies.has(Reason::ipv6_extension_depth));
    f.extension(60, destination);
    CHECK(Decoded(f)->anomalies.has(Reason::ipv6_extension_depth));
    CHECK(Decoded(f)->transport == Transport::none);
}

TEST_CASE("boundary: ARP asks or answers, and knows Ethernet and IPv4") {
    const auto arp = arp_request(v4(mail), "192.0.2.1");
    const auto with = [&](std::size_t offset, unsigned value) { return objections(CraftedFrame(arp).set16(ip_at + offset, value)); };
    CHECK(with(6, 2) == "");
    CHECK(with(6, 0) == "arp-opcode");
    CHECK(with(6, 3) == "arp-opcode");
    CHECK(with(0, 2) == "arp-format");
    CHECK(with(2, 0x86dd) == "arp-format");
    CHECK(with(4, 0x0805) == "arp-format");
    CHECK(with(4, 0x0604) == "");
    CHECK(with(12, 0x0001) == "arp-mac-mismatch");
    CHECK(objections(CraftedFrame(arp).cut(41)) == "arp-format");
}

TEST_CASE("boundary: VLAN numbers run from 1 to 4094") {
    const auto tagged = [](unsigned tci) { return objections(smtp_syn().tag(tci)); };
    CHECK(tagged(0) == "vlan-priority");
    CHECK(tagged(0xe000) == "vlan-priority");
    CHECK(tagged(1) == "");
    CHECK(tagged(4094) == "");
    CHECK(tagged(4095) == "vlan-reserved");
}

TEST_CASE("boundary: a tunnel in UDP is one by its port and its header, not by either alone") {
    const auto datagram = [](std::uint16_t port, Octets head) {
        return objections(udp(v4(outside, 5000), v4(mail, port), head + Octets(20)));
    };
    const Octets vxlan{8, 0, 0, 0, 0, 0, 1, 0}, geneve{0, 0, 0x65, 0x58, 0, 0, 1, 0};
    CHECK(datagram(4789, vxlan) == "tunnel");
    CHECK(datagram(4790, vxlan) == "");
    CHECK(datagram(4789, {8, 0, 0, 1, 0, 0, 1, 0}) == "");
    CHECK(datagram(6081, geneve) == "tunnel");
    CHECK(datagram(6081, vxlan) == "");
}
