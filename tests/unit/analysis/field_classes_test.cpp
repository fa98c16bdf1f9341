#include "rules/analysis/field_classes.hpp"

#include "tests/property/analysis/plain_packet.hpp"
#include "tests/support/catch.hpp"

using namespace sw;
using namespace sw::testing;

namespace {

constexpr Datalink ethernet{linktype::en10mb, false};

struct Rules {
    std::vector<Code> code;
    std::vector<ProgramView> views;

    explicit Rules(const std::vector<std::string>& expressions, int dlt = DLT_EN10MB) {
        for (const std::string& e : expressions) {
            auto compiled = compile(dlt, e);
            INFO(e);
            REQUIRE(compiled);
            code.push_back(std::move(*compiled));
        }
        views.assign(code.begin(), code.end());
    }
    FieldClasses classes(Network network, Datalink link = ethernet) const { return {views, link, network}; }
};

bool covered(const char* expression, Network network = Network::ipv4, int dlt = DLT_EN10MB, std::uint16_t linktype = linktype::en10mb) {
    return Rules({expression}, dlt).classes(network, {linktype, false}).covers(0);
}

FlowFields v4(std::uint32_t src, std::uint32_t dst, std::uint32_t proto, std::uint32_t sport, std::uint32_t dport) {
    FlowFields f;
    f.words = {src, 0, 0, 0, dst, 0, 0, 0, proto, sport, dport};
    return f;
}

constexpr std::uint32_t mail = 0xc0000219, resolver = 0xc0000235, stranger = 0xcb007105;

}  // namespace

TEST_CASE("field classes: rules as policies write them are covered on every common link") {
    for (const char* rule :
         {"src host 192.0.2.25 and dst host 192.0.2.53 and dst port 53",
          "tcp and dst host 192.0.2.25 and dst port 25 and not src net 192.0.2.0/24",
          "tcp and src host 192.0.2.130 and dst host 192.0.2.25 and dst port 22",
          "tcp and dst host (192.0.2.25 or 2001:db8:1::25) and dst port 25", "udp and src net 2001:db8:1::/48 and dst port 53",
          "tcp dst portrange 6000-6010 or udp src portrange 1024-65535", "not port 22", "icmp or icmp6", "icmp[icmptype] = icmp-echo",
          "ip[16] >= 224", "tcp[2:2] > 1023", "arp and ether host 02:00:00:00:00:19", "ip and not vlan", "ip proto 47",
          "net 10.0.0.0/9 or host 2001:db8::1"}) {
        INFO(rule);
        for (const Network network : {Network::ipv4, Network::ipv6}) {
            CHECK(covered(rule, network));
            const bool ethernet_only = std::string_view(rule).find("ether") != std::string_view::npos ||
                                       std::string_view(rule).find("vlan") != std::string_view::npos;
            if (ethernet_only) continue;
            CHECK(covered(rule, network, DLT_LINUX_SLL, linktype::linux_sll));
            CHECK(covered(rule, network, DLT_LINUX_SLL2, linktype::linux_sll2));
            CHECK(covered(rule, network, DLT_RAW, linktype::raw));
        }
    }
}

TEST_CASE("field classes: a rule that asks for anything else is not covered") {
    for (const char* rule : {"tcp[13] & 2 != 0", "len > 100", "ip[8] > 64", "ether host 02:00:00:00:00:19", "ip[6:2] = 0x4000",
                             "ip[2:2] > 576", "tcp[0:2] = tcp[2:2]", "tcp[0:4] = 0x00190019", "icmp[1] = 0", "ip[15] = 25",
                             "tcp[2:2] & 1 = 1", "ether multicast", "tcp[2:2] % 7 = 3", "udp[8] = 1"}) {
        INFO(rule);
        CHECK_FALSE(covered(rule));
    }
    CHECK_FALSE(covered("ip6[7] = 255", Network::ipv6));
    CHECK_FALSE(covered("ip6 protochain 6", Network::ipv6));
    CHECK_FALSE(covered("inbound", Network::ipv4, DLT_LINUX_SLL, linktype::linux_sll));
}

TEST_CASE("field classes: what only other shapes can reach does not count") {
    CHECK(covered("tcp[13] & 2 != 0", Network::ipv6));
    CHECK(covered("arp and len > 100 or ip"));
    CHECK(covered("ip6[7] = 255", Network::ipv4));
    CHECK(covered("ip[6:2] & 0x1fff = 0"));
}

TEST_CASE("field classes: on links without plain packets nothing is covered") {
    CHECK_FALSE(covered("", Network::ipv4, DLT_EN10MB, 9));
    CHECK_FALSE(covered("", Network::arp));
    CHECK_FALSE(covered("ip", Network::ipv4, DLT_EN10MB, 147));
}

TEST_CASE("field classes: values that no rule tells apart share a class, and those that one does, do not") {
    const Rules rules(
        {"tcp and src host 192.0.2.25 and dst host 192.0.2.53 and dst port 53", "udp and src net 192.0.2.0/24 and dst portrange 100-200"});
    const FieldClasses classes = rules.classes(Network::ipv4);
    const auto key = [&](const FlowFields& f) { return classes.classify(f); };
    const FlowFields base = v4(mail, resolver, 6, 40'000, 53);
    CHECK(key(base) == key(v4(mail, resolver, 6, 999, 53)));
    CHECK_FALSE(key(base) == key(v4(mail, resolver, 17, 40'000, 53)));
    CHECK_FALSE(key(base) == key(v4(mail + 1, resolver, 6, 40'000, 53)));
    CHECK(key(v4(mail + 1, resolver, 6, 1, 53)) == key(v4(mail - 1, resolver, 6, 1, 53)));
    CHECK(key(v4(stranger, stranger, 6, 1, 1)) == key(v4(1, UINT32_MAX, 6, 65'535, 99)));
    CHECK_FALSE(key(v4(mail, resolver, 17, 1, 99)) == key(v4(mail, resolver, 17, 1, 100)));
    CHECK(key(v4(mail, resolver, 17, 1, 100)) == key(v4(mail, resolver, 17, 1, 200)));
    CHECK_FALSE(key(v4(mail, resolver, 17, 1, 200)) == key(v4(mail, resolver, 17, 1, 201)));
}

TEST_CASE("field classes: fields that no rule compares and words that IPv4 lacks are class 0") {
    const ClassKey key = Rules({"tcp dst port 25"}).classes(Network::ipv4).classify(v4(mail, resolver, 6, 1000, 25));
    for (const std::size_t f : {0u, 1u, 2u, 3u, 4u, 5u, 6u, 7u, 9u}) CHECK(key.classes[f] == 0);
    CHECK(key.classes[10] != 0);
}

TEST_CASE("field classes: the fragment header of IPv6, which no plain packet has, shares no class with other protocols") {
    const FieldClasses classes = Rules({"tcp and dst net 2001:db8::/32"}).classes(Network::ipv6);
    const auto of_protocol = [&](std::uint32_t proto) { return classes.classify(v4(0x20010db8, 0x20010db8, proto, 0x0600, 25)); };
    REQUIRE(classes.covers(0));
    CHECK(of_protocol(17) == of_protocol(132));
    CHECK_FALSE(of_protocol(17) == of_protocol(44));
    CHECK_FALSE(of_protocol(6) == of_protocol(44));
}

TEST_CASE("flow fields: of a packet, and with initiator and responder swapped") {
    Dice dice(1);
    PlainPacket p;
    const std::array<std::uint32_t, 11> words{1, 2, 3, 4, 5, 6, 7, 8, 17, 1024, 53};
    make_plain(p, dice, DLT_EN10MB, Network::ipv6, words, 4);
    const FlowFields f = FlowFields::of(p.packet);
    CHECK(f.words == words);
    CHECK(f.swapped().words == std::array<std::uint32_t, 11>{5, 6, 7, 8, 1, 2, 3, 4, 17, 53, 1024});
    CHECK(f.swapped().swapped().words == f.words);
}

TEST_CASE("field classes: a program that would need too many classes is left out, the others stay") {
    std::vector<Code> code;
    Code many{{BPF_LD | BPF_H | BPF_ABS, 0, 0, 36}};
    for (std::uint32_t port = 0; port < 40'000; ++port) {
        many.push_back({BPF_JMP | BPF_JEQ | BPF_K, 0, 1, port});
        many.push_back({BPF_RET | BPF_K, 0, 0, port});
    }
    many.push_back({BPF_RET | BPF_K, 0, 0, 0});
    code.push_back(*compile(DLT_EN10MB, "dst port 25"));
    code.push_back(many);
    code.push_back(*compile(DLT_EN10MB, "dst port 80"));
    const std::vector<ProgramView> views(code.begin(), code.end());
    const FieldClasses classes(views, ethernet, Network::ipv4);
    CHECK(classes.covers(0));
    CHECK_FALSE(classes.covers(1));
    CHECK(classes.covers(2));
    CHECK_FALSE(classes.classify(v4(1, 2, 6, 1, 80)) == classes.classify(v4(1, 2, 6, 1, 81)));
    CHECK(classes.classify(v4(1, 2, 6, 1, 1000)) == classes.classify(v4(1, 2, 6, 1, 1001)));
}

TEST_CASE("field classes: a thousand rules need less than a mebibyte") {
    std::vector<std::string> expressions;
    for (int i = 0; i < 1000; ++i)
        expressions.push_back("tcp and src net 10." + std::to_string(i % 250) + "." + std::to_string(i / 4) + ".0/24 and dst host 192.0." +
                              std::to_string(i / 250) + "." + std::to_string(i % 250) + " and dst port " +
                              std::to_string(1000 + i * 37 % 60'000));
    const FieldClasses classes = Rules(expressions).classes(Network::ipv4);
    CHECK(classes.covers(999));
    CHECK(classes.octets() < (std::size_t{1} << 20));
}
