// Every link header by hand: which octets say what the packet is.
#include "tests/support/catch.hpp"
#include "tests/support/stock.hpp"
#include "tests/unit/packet/decoded.hpp"

using namespace sw;
using namespace sw::test;
using craft::Octets;

namespace {

Octets packet4() { return craft::smtp_syn().packet(); }
Octets packet6() { return craft::smtp_syn6().packet(); }

craft::CraftedFrame on(std::uint16_t linktype, const Octets& header, const Octets& packet) {
    craft::CraftedFrame f;
    f.bytes = header + packet;
    f.len = static_cast<std::uint32_t>(f.bytes.size());
    f.linktype = linktype;
    return f;
}

Octets ethernet_header(unsigned type) { return Octets{2, 0, 0, 0, 0, 0x19, 2, 0, 0, 0, 0, 1} + craft::be16(type); }

/// packet type, hardware Ethernet, address length 6, address, filler, protocol
Octets sll(unsigned type) { return Octets{0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0} + craft::be16(type); }
/// protocol, reserved, interface, hardware Ethernet, packet type, address length 6, address, filler
Octets sll2(unsigned type) { return craft::be16(type) + Octets{0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0}; }

void check_syn(const Decoded& d, Network network) {
    CHECK(slugs(d->anomalies) == "");
    CHECK(d->network == network);
    CHECK(d->transport == Transport::tcp);
    CHECK(d->dport == 25);
    CHECK(d->plain);
    CHECK(d->checksum == Checksum::good);
}

void check_both(std::uint16_t linktype, const Octets& before4, const Octets& before6, bool swapped = false) {
    check_syn(Decoded(on(linktype, before4, packet4()), swapped), Network::ipv4);
    check_syn(Decoded(on(linktype, before6, packet6()), swapped), Network::ipv6);
}

}  // namespace

TEST_CASE("link: Ethernet, with its two addresses") {
    check_both(linktype::en10mb, ethernet_header(0x0800), ethernet_header(0x86dd));
    const Decoded d(on(linktype::en10mb, ethernet_header(0x0800), packet4()));
    CHECK(d->mac_dst == d->data);
    CHECK(d->mac_src == d->data + 6);
    CHECK(d->ethertype == 0x0800);
    CHECK(layers(d.packet) == "ethernet 0+54/54, ipv4 14+40/40, tcp 34+20/20");
}

TEST_CASE("link: raw IP tells its version by itself") {
    for (std::uint16_t type : {linktype::raw, linktype::dlt_raw_bsd, linktype::dlt_raw_openbsd}) check_both(type, {}, {});
    CHECK(slugs(Decoded(on(linktype::raw, {}, Octets{0x55} + Octets(39))).packet.anomalies) == "ip-version");
}

TEST_CASE("link: LINKTYPE_IPV4 and LINKTYPE_IPV6 contain what they say, or object") {
    check_syn(Decoded(on(linktype::ipv4, {}, packet4())), Network::ipv4);
    check_syn(Decoded(on(linktype::ipv6, {}, packet6())), Network::ipv6);
    CHECK(Decoded(on(linktype::ipv4, {}, packet6())).packet.anomalies.has(Reason::ip_version));
    CHECK(Decoded(on(linktype::ipv6, {}, packet4())).packet.anomalies.has(Reason::ip_version));
}

TEST_CASE("link: NULL bears a protocol family in the capturing machine's byte order") {
    for (unsigned family : {24u, 28u, 30u, 10u}) {  // NetBSD and OpenBSD, FreeBSD, macOS, Linux
        const auto f = static_cast<std::uint8_t>(family);
        check_both(linktype::null, {2, 0, 0, 0}, {f, 0, 0, 0});
        check_both(linktype::null, {0, 0, 0, 2}, {0, 0, 0, f}, true);
        check_both(linktype::loop, {0, 0, 0, 2}, {0, 0, 0, f});
        check_both(linktype::loop, {0, 0, 0, 2}, {0, 0, 0, f}, true);  // LOOP is in network order whoever captured
    }
}

TEST_CASE("link: a family in the other byte order, or unknown, is no IP") {
    const Octets swapped{0, 0, 0, 2}, unknown{26, 0, 0, 0};
    for (const Octets& header : {swapped, unknown}) {
        const Decoded d(on(linktype::null, header, packet4()));
        CHECK(d->network == Network::none);
        CHECK(d->transport == Transport::none);
        CHECK(d->ip_src == nullptr);
    }
}

TEST_CASE("link: Linux cooked captures know the sender's address only") {
    check_both(linktype::linux_sll, sll(0x0800), sll(0x86dd));
    check_both(linktype::linux_sll2, sll2(0x0800), sll2(0x86dd));
    for (const auto& frame : {on(linktype::linux_sll, sll(0x0800), packet4()), on(linktype::linux_sll2, sll2(0x0800), packet4())}) {
        const Decoded d(frame);
        CHECK(d->mac_dst == nullptr);
        REQUIRE(d->mac_src != nullptr);
        CHECK(Octets(d->mac_src, d->mac_src + 6) == craft::mac_octets("02:00:00:00:00:01"));
    }
}

TEST_CASE("link: cooked captures keep Ethernet's padding: zeros up to its least frame are no trailer") {
    for (const auto& [type, header] : {std::pair{linktype::linux_sll, sll(0x0800)}, std::pair{linktype::linux_sll2, sll2(0x0800)}}) {
        const std::size_t room = 46 - packet4().size();
        CHECK(Decoded(on(type, header, packet4() + Octets(room, 0))).packet.anomalies.empty());
        CHECK(Decoded(on(type, header, packet4() + Octets(room - 1, 0) + Octets{1})).packet.anomalies == ReasonSet(Reason::padding_data));
        CHECK(Decoded(on(type, header, packet4() + Octets(room + 1, 0))).packet.anomalies == ReasonSet(Reason::trailer));
    }
}

TEST_CASE("link: a cooked address of another hardware or length is not taken for a MAC address") {
    Octets loopback = sll(0x0800);
    loopback[3] = 4;  // ARPHRD 772 has another number; anything but Ethernet will do
    CHECK(Decoded(on(linktype::linux_sll, loopback, packet4())).packet.mac_src == nullptr);
    Octets longer = sll(0x0800);
    longer[5] = 8;
    CHECK(Decoded(on(linktype::linux_sll, longer, packet4())).packet.mac_src == nullptr);
}

TEST_CASE("link: VLAN tags are peeled from Ethernet and from cooked links, and are never plain") {
    const Octets tag = craft::be16(0x6064) + craft::be16(0x0800);  // priority 3, VLAN 100
    for (const auto& frame :
         {on(linktype::en10mb, ethernet_header(0x8100) + tag, packet4()), on(linktype::linux_sll, sll(0x8100) + tag, packet4()),
          on(linktype::linux_sll2, sll2(0x8100) + tag, packet4())}) {
        const Decoded d(frame);
        CHECK(slugs(d->anomalies) == "");
        CHECK(d->vlan_count == 1);
        CHECK(d->vlan[0] == 100);
        CHECK(d->transport == Transport::tcp);
        CHECK_FALSE(d->plain);
    }
}

TEST_CASE("link: the outer tag comes first, and more than two are too many") {
    auto frame = craft::smtp_syn().tag(10).tag(20, 0x88a8);
    const Decoded two(frame);
    CHECK(slugs(two->anomalies) == "");
    CHECK(two->vlan_count == 2);
    CHECK(two->vlan[0] == 20);
    CHECK(two->vlan[1] == 10);
    CHECK(slugs(Decoded(frame.tag(30)).packet.anomalies) == "vlan-depth");
    const Decoded five(frame.tag(40).tag(50));
    CHECK(five->vlan_count == 4);
    CHECK(five->anomalies.has(Reason::vlan_depth));
    CHECK(five->network == Network::none);
}

TEST_CASE("link: sixteen thousand nested tags end after four") {
    Octets bomb = ethernet_header(0x8100);
    for (int i = 0; i < 16000; ++i) bomb = std::move(bomb) + Octets{0, 1, 0x81, 0};
    const Decoded d(on(linktype::en10mb, bomb, {}));
    CHECK(d->vlan_count == 4);
    CHECK(slugs(d->anomalies) == "vlan-depth");
}

TEST_CASE("link: LLC and SNAP that hide IP are read and objected to") {
    const Octets body = Octets{0xaa, 0xaa, 3, 0, 0, 0, 8, 0} + packet4();
    const Decoded d(on(linktype::en10mb, ethernet_header(static_cast<unsigned>(body.size())), body));
    CHECK(slugs(d->anomalies) == "snap-ip");
    CHECK(d->dport == 25);
    CHECK_FALSE(d->plain);
    CHECK(layers(d.packet) == "ethernet 0+62/62, llc 14+48/48, snap 17+45/45, ipv4 22+40/40, tcp 42+20/20");
}

TEST_CASE("link: an 802.3 length is believed only if the octets are there") {
    const Octets stp = Octets{0x42, 0x42, 3} + Octets(35);
    CHECK(slugs(Decoded(on(linktype::en10mb, ethernet_header(38), stp + Octets(8))).packet.anomalies) == "");
    CHECK(slugs(Decoded(on(linktype::en10mb, ethernet_header(39), stp)).packet.anomalies) == "llc-length");
    CHECK(slugs(Decoded(on(linktype::en10mb, ethernet_header(2), Octets(46))).packet.anomalies) == "llc-length");
    CHECK(slugs(Decoded(on(linktype::en10mb, ethernet_header(1501), stp)).packet.anomalies) == "ethertype-invalid");
    CHECK(slugs(Decoded(on(linktype::en10mb, ethernet_header(0x05ff), stp)).packet.anomalies) == "ethertype-invalid");
}

TEST_CASE("link: every header that ends early says so, at every length") {
    const std::pair<std::uint16_t, std::size_t> sizes[] = {{linktype::en10mb, 14}, {linktype::linux_sll, 16}, {linktype::linux_sll2, 20},
                                                           {linktype::null, 4},    {linktype::loop, 4},       {linktype::raw, 1}};
    for (const auto& [type, size] : sizes)
        for (std::size_t n = 0; n < size; ++n) CHECK(slugs(Decoded(on(type, {}, Octets(n))).packet.anomalies) == "frame-short");
    for (std::size_t n = 14; n < 18; ++n) CHECK(slugs(Decoded(craft::smtp_syn().tag(1).cut(n)).packet.anomalies) == "frame-short");
}

TEST_CASE("link: what we do not decode is said to be that, and nothing else is claimed") {
    for (unsigned type : {8u, 9u, 105u, 117u, 127u, 192u, 253u, 65535u}) {
        const Datalink link{static_cast<std::uint16_t>(type)};
        CHECK_FALSE(is_decoded(link));
        const Decoded d(on(link.linktype, {}, packet4()));
        CHECK(slugs(d->anomalies) == "datalink-unknown");
        CHECK(d->network == Network::none);
        CHECK(d->layer_count == 1);
    }
}

TEST_CASE("link: a tunnel is named by its ethertype and not looked into") {
    for (unsigned type : {0x8847u, 0x8848u, 0x8863u, 0x8864u, 0x88e5u, 0x88e7u, 0x88beu, 0x6558u}) {
        const Decoded d(on(linktype::en10mb, ethernet_header(type), packet4()));
        CHECK(slugs(d->anomalies) == "tunnel");
        CHECK(d->network == Network::none);
    }
}

TEST_CASE("link: each datalink has a name, known or not") {
    CHECK(name_of({linktype::en10mb}) == "EN10MB");
    CHECK(name_of({linktype::linux_sll2}) == "LINUX_SLL2");
    CHECK(name_of({12}) == "RAW");
    CHECK(name_of({999}) == "LINKTYPE_999");
}
