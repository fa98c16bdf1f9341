#include "rules/analysis/plain_shape.hpp"

#include "tests/property/analysis/plain_packet.hpp"
#include "tests/support/catch.hpp"

namespace {

using namespace sw;
using namespace sw::testing;

struct Link {
    int dlt;
    Datalink link;
    std::uint32_t header;
};

/// The octets that the shape claims to know are as it says, and its fields lie where FlowFields::of finds them.
bool shape_holds(const PlainShape& shape, const Packet& p, std::uint32_t header) {
    if (p.caplen < shape.size()) return false;
    for (std::uint32_t i = 0; i < shape.size(); ++i) {
        const KnownBits bits = shape.bits_at(i, 1);
        if ((p.data[i] & bits.known) != bits.value) return false;
    }
    const std::uint32_t l4 = header + (p.network == Network::ipv4 ? 20 : 40);
    const std::uint32_t proto = p.data[header + (p.network == Network::ipv4 ? 9 : 6)];
    return p.l4_offset == l4 && p.ip_src == p.data + header + (p.network == Network::ipv4 ? 12 : 8) && p.ip_proto == proto &&
           !shape.excludes(field::protocol, proto, proto);
}

/// Bend what the shape relies on, and anything else.
void bend(Dice& dice, Octets& frame, std::uint32_t header) {
    if (dice.one_in(3)) return;
    const std::uint32_t near = dice.one_in(2) ? dice.below(header + 1) : header + dice.below(8);
    if (near < frame.size()) frame[near] = dice.one_in(2) ? dice.octet() : static_cast<std::uint8_t>(frame[near] ^ (1u << dice.below(8)));
    if (dice.one_in(10)) frame.resize(dice.below(static_cast<std::uint32_t>(frame.size()) + 1));
}

}  // namespace

TEST_CASE("plain shape: it holds for every packet in which the decoder finds the flow fields") {
    constexpr std::array links{Link{DLT_EN10MB, {linktype::en10mb, false}, 14},
                               Link{DLT_LINUX_SLL, {linktype::linux_sll, false}, 16},
                               Link{DLT_LINUX_SLL2, {linktype::linux_sll2, false}, 20},
                               Link{DLT_RAW, {linktype::raw, false}, 0},
                               Link{DLT_RAW, {linktype::ipv4, false}, 0},
                               Link{DLT_RAW, {linktype::ipv6, false}, 0},
                               Link{DLT_RAW, {linktype::dlt_raw_openbsd, false}, 0},
                               Link{DLT_NULL, {linktype::null, false}, 4},
                               Link{DLT_NULL, {linktype::null, true}, 4},
                               Link{DLT_NULL, {linktype::loop, false}, 4}};
    Dice dice(20260103);
    for (const Link& link : links) {
        std::size_t plain = 0, broken = 0;
        for (int round = 0; round < 20'000; ++round) {
            const Network network = dice.one_in(2) ? Network::ipv4 : Network::ipv6;
            std::array<std::uint32_t, ClassKey::fields> words{};
            for (std::uint32_t& w : words) w = dice.word();
            words[8] = dice.one_in(3) ? dice.below(256) : dice.one_of({6u, 17u, 4u, 41u, 44u, 0u, 47u, 50u, 51u});
            PlainPacket made;
            make_plain(made, dice, link.dlt, network, words, dice.below(60));
            const bool family_last = link.link.swapped || link.link.linktype == linktype::loop;
            if (family_last) std::swap(made.frame[0], made.frame[3]);
            bend(dice, made.frame, link.header);
            Packet p;
            const auto len = static_cast<std::uint32_t>(made.frame.size());
            decode(made.frame.data(), len, len, link.link, p);
            if (!FlowFields::exist_in(p)) continue;
            ++plain;
            const auto shape = PlainShape::of(link.link, p.network);
            REQUIRE(shape);
            broken += shape_holds(*shape, p, link.header) ? 0u : 1u;
        }
        INFO("link type " << link.link.linktype << (link.link.swapped ? ", swapped" : ""));
        CHECK(broken == 0);
        CHECK(plain > 3'000);
    }
}
