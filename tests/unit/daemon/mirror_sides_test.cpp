#include "sensor/daemon/mirror_sides.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/craft.hpp"

namespace sw {
namespace {

using namespace craft;

/// Both ends of so many connections speak in turn, ten packets each; the mirror shows these ends.
void talk(MirrorSides& sides, std::uint16_t connections, bool initiators, bool responders) {
    for (std::uint16_t c = 0; c < connections; ++c) {
        const Endpoint there = v4(outside, static_cast<std::uint16_t>(20000 + c)), here = v4(mail, 25);
        const TcpFields data{.flags = tcp_flag::ack, .options = {}};
        for (int i = 0; i < 10; ++i) {
            const bool initiator = i % 2 == 0;
            if (initiator ? !initiators : !responders) continue;
            const CraftedFrame f = initiator ? tcp(there, here, data, "x") : tcp(here, there, data, "y");
            Glance g;
            g.is_common = read_common(f.bytes.data(), static_cast<std::uint32_t>(f.bytes.size()), g.common);
            REQUIRE(g.is_common);
            sides.see({&g, 1});
        }
    }
}

}  // namespace

TEST_CASE("mirror sides: connections heard from both ends show both directions") {
    MirrorSides sides;
    talk(sides, 1, true, true);
    talk(sides, 500, true, true);
    CHECK(sides.both_ways());
}

TEST_CASE("mirror sides: connections heard from one end only show one direction, whichever, few or many of them") {
    MirrorSides sides;
    talk(sides, 25, true, false);
    CHECK_FALSE(sides.both_ways());
    talk(sides, 25, false, true);
    CHECK_FALSE(sides.both_ways());
    talk(sides, 1000, false, true);
    CHECK_FALSE(sides.both_ways());
}

TEST_CASE("mirror sides: of a few packets nothing is concluded, and a window forgets the one before") {
    MirrorSides sides;
    talk(sides, 10, true, false);
    CHECK(sides.both_ways());
    talk(sides, 50, true, false);
    CHECK_FALSE(sides.both_ways());
    CHECK(sides.both_ways());
}

}  // namespace sw
