#include "rules/analysis/field_classes.hpp"

#include <map>

#include "tests/property/analysis/plain_packet.hpp"
#include "tests/support/catch.hpp"

namespace {

using namespace sw;
using namespace sw::testing;
using Words = std::array<std::uint32_t, ClassKey::fields>;

/// Rules over a small world, so that rules overlap and packets come close to what rules name.
class World {
public:
    explicit World(Dice& dice) : dice_(dice) {}

    std::string rule(int depth = 0) {
        if (depth < 2 && dice_.one_in(3)) return "(" + rule(depth + 1) + (dice_.one_in(2) ? " and " : " or ") + rule(depth + 1) + ")";
        if (depth < 2 && dice_.one_in(6)) return "not (" + rule(depth + 1) + ")";
        switch (dice_.below(8)) {
            case 0:
                return protocol();
            case 1:
                return direction() + "host " + host();
            case 2:
                return direction() + "net " + net();
            case 3:
                return direction() + "port " + std::to_string(port());
            case 4:
                return protocol() + " and " + direction() + "host " + host() + " and dst port " + std::to_string(port());
            case 5:
                return port_range();
            case 6:
                return "tcp and src net " + net() + " and dst host " + host() + " and tcp dst port " + std::to_string(port());
            default:
                return odd();
        }
    }

    Words packet(Network network) {
        Words w{};
        for (const std::size_t at : {0u, 4u}) {
            w[at] = network == Network::ipv4 ? v4_word() : v6_word(0);
            for (std::size_t i = 1; network == Network::ipv6 && i < 4; ++i) w[at + i] = v6_word(i);
        }
        do w[8] = dice_.one_in(4) ? dice_.below(256) : dice_.one_of({6u, 17u, 1u, 58u, 132u, 47u});
        while (w[8] == 44 && network == Network::ipv6);
        w[9] = l4_word();
        w[10] = l4_word();
        return w;
    }

    /// One field moved a little, or chosen anew.
    Words neighbour(const Words& w, Network network) {
        Words n = w;
        const Words other = packet(network);
        const std::uint32_t f = dice_.below(ClassKey::fields);
        const bool small = dice_.one_in(2) && f != 8;
        n[f] = small ? (n[f] + (dice_.one_in(2) ? 1u : 0u - 1u)) & (f > 8 ? 0xffff : UINT32_MAX) : other[f];
        if (network == Network::ipv4 && f < 8 && f % 4 != 0) n[f] = 0;
        return n;
    }

private:
    std::string direction() { return dice_.one_of({"", "src ", "dst ", "src or dst "}); }
    std::string protocol() { return dice_.one_of({"tcp", "udp", "icmp", "icmp6", "ip", "ip6", "sctp", "ip proto 47"}); }
    std::string host() {
        return dice_.one_of(
            {"192.0.2.25", "192.0.2.53", "10.0.0.1", "2001:db8:1::25", "2001:db8:1::53", "2001:db8:2:8000::1", "255.255.255.255"});
    }
    std::string net() {
        return dice_.one_of({"192.0.2.0/24", "192.0.2.128/25", "10.0.0.0/8", "10.128.0.0/9", "192.0.0.0/13", "2001:db8:1::/48",
                             "2001:db8:2:8000::/49", "fe80::/10", "0.0.0.0/1"});
    }
    std::uint32_t port() { return dice_.one_of({22u, 25u, 53u, 80u, 443u, 465u, 8080u, 65535u}); }
    std::string port_range() {
        return direction() + dice_.one_of({"portrange 1024-65535", "portrange 20-25", "portrange 6000-6010", "portrange 0-1023"});
    }
    std::string odd() {
        return dice_.one_of({"ip[16] >= 224", "icmp[icmptype] = icmp-echo", "tcp[2:2] > 1023", "ip[12:4] >> 8 = 0xc00002",
                             "tcp[13] & 2 != 0", "vlan", "ether[0] & 1 = 1", "icmp6[0] = 135", "multicast", "tcp[0:2] & 0x8000 != 0",
                             "ip[6:2] & 0x3fff = 0", "len > 70", "ip[8] > 64", "arp", "ether proto 0x88cc"});
    }
    std::uint32_t near(std::uint32_t v) { return dice_.one_in(3) ? v + dice_.below(3) - 1 : v; }
    std::uint32_t v4_word() {
        if (dice_.one_in(6)) return dice_.word();
        return near(dice_.one_of({0xc0000219u, 0xc0000235u, 0x0a000001u, 0xc0000200u, 0xc0000300u, 0xc0000280u, 0x0a000000u, 0x0a800000u,
                                  0x0b000000u, 0xe0000000u, 0xc0080000u, 0xffffffffu, 0x80000000u}));
    }
    std::uint32_t v6_word(std::size_t i) {
        if (dice_.one_in(9)) return dice_.word();
        if (i == 0) return near(dice_.one_of({0x20010db8u, 0x20010db8u, 0x20010db8u, 0xfe800000u}));
        return near(i == 1 ? dice_.one_of({0x00010000u, 0x00028000u}) : i == 2 ? 0u : dice_.one_of({1u, 0x25u, 0x53u}));
    }
    std::uint32_t l4_word() {
        if (dice_.one_in(6)) return dice_.below(65536);
        return near(dice_.one_of({22u, 25u, 53u, 80u, 443u, 465u, 1024u, 6000u, 6010u, 8080u, 65535u, 0x0800u, 0x8700u, 0u})) & 0xffff;
    }

    Dice& dice_;
};

struct Tally {
    std::size_t packets = 0, classes = 0, covered = 0, accepted = 0, broken = 0;
};

struct Link {
    int dlt;
    std::uint16_t linktype;
};

/// What the covered programs say of a frame that bears these words.
std::string answers(const std::vector<Code>& programs, const FieldClasses& classes, const Octets& frame, Tally& tally) {
    std::string said;
    const auto len = static_cast<std::uint32_t>(frame.size());
    for (std::size_t i = 0; i < programs.size(); ++i) {
        if (!classes.covers(i)) continue;
        said += run(programs[i], frame, len) != 0 ? 'y' : 'n';
        tally.accepted += said.back() == 'y' ? 1u : 0u;
    }
    return said;
}

void try_policy(Dice& dice, Link link, Network network, Tally& tally) {
    World world(dice);
    std::vector<Code> programs;
    for (std::uint32_t i = 0, n = 1 + dice.below(25); i < n; ++i)
        if (auto code = compile(link.dlt, world.rule(), !dice.one_in(5))) programs.push_back(std::move(*code));
    const std::vector<ProgramView> views(programs.begin(), programs.end());
    const FieldClasses classes(views, {link.linktype, false}, network);
    for (std::size_t i = 0; i < views.size(); ++i) tally.covered += classes.covers(i) ? 1u : 0u;

    std::map<std::array<std::uint16_t, 12>, std::string> known;
    PlainPacket p;
    Words words = world.packet(network);
    for (int i = 0; i < 400; ++i) {
        words = dice.one_in(4) ? world.packet(network) : world.neighbour(words, network);
        if (network == Network::ipv6 && words[8] == 44) words[8] = 6;
        make_plain(p, dice, link.dlt, network, words, dice.one_in(3) ? 0 : dice.below(60));
        const FlowFields fields = FlowFields::of(p.packet);
        REQUIRE(fields.words == words);
        const std::string said = answers(programs, classes, p.frame, tally);
        const auto [at, added] = known.try_emplace(classes.classify(fields).classes, said);
        tally.broken += at->second == said ? 0u : 1u;
        tally.classes += added ? 1u : 0u;
        ++tally.packets;
    }
}

constexpr std::array links{Link{DLT_EN10MB, linktype::en10mb}, Link{DLT_LINUX_SLL, linktype::linux_sll},
                           Link{DLT_LINUX_SLL2, linktype::linux_sll2}, Link{DLT_RAW, linktype::raw}, Link{DLT_NULL, linktype::null}};

}  // namespace

TEST_CASE("field classes: packets of one class key get one answer from every covered program") {
    Dice dice(20260102);
    for (const Network network : {Network::ipv4, Network::ipv6}) {
        for (const Link link : links) {
            Tally tally;
            for (int round = 0; round < 60; ++round) try_policy(dice, link, network, tally);
            INFO("link type " << link.linktype << (network == Network::ipv4 ? ", IPv4" : ", IPv6"));
            CHECK(tally.broken == 0);
            // The test would mean nothing if each packet had its own class, or if nothing was covered or accepted.
            CHECK(tally.classes * 4 < tally.packets * 3);
            if (link.dlt != DLT_NULL) CHECK(tally.covered > 300);
            if (link.dlt != DLT_NULL) CHECK(tally.accepted > 10'000);
        }
    }
}

TEST_CASE("field classes: the property test notices a program that is not covered") {
    Dice dice(20260104);
    const auto code = compile(DLT_EN10MB, "ip[8] > 64");
    REQUIRE(code);
    PlainPacket p;
    std::size_t accepted = 0;
    for (int i = 0; i < 100; ++i) {
        make_plain(p, dice, DLT_EN10MB, Network::ipv4, Words{}, 0);
        accepted += run(*code, p.frame) != 0 ? 1u : 0u;
    }
    CHECK(accepted > 0);
    CHECK(accepted < 100);
}
