// The short way for segments in order is only that: whatever it takes, segment() would have taken, to the same state.
#include <array>
#include <random>

#include "tests/support/catch.hpp"
#include "tests/unit/flow/connection.hpp"

using namespace sw;
using namespace sw::test;

namespace {

bool same(const TcpSide& a, const TcpSide& b) {
    return a.end == b.end && a.limit == b.limit && a.max_window == b.max_window && a.scale == b.scale && a.strikes == b.strikes &&
           a.known == b.known && a.fin == b.fin && a.reset == b.reset && a.fin_acked == b.fin_acked;
}

bool same(const Flow& a, const Flow& b) {
    return a.state == b.state && a.deadline == b.deadline && a.provisional == b.provisional && same(a.side[0], b.side[0]) &&
           same(a.side[1], b.side[1]);
}

/// A segment near what the connection expects next: mostly right, sometimes off by a little or a lot.
Segment near(const Flow& flow, int from, std::mt19937_64& random, std::string_view text) {
    const auto off = [&](std::uint32_t n) -> std::uint32_t {
        constexpr std::array<int, 12> shifts{0, 0, 0, 0, 0, 0, 0, 1, -1, -20, 500, 100000};
        return n + static_cast<std::uint32_t>(shifts[random() % shifts.size()]);
    };
    constexpr std::array<std::uint8_t, 10> flags{ack, ack, ack, ack, psh | ack, psh | ack, psh | ack, fin | ack, rst, syn | ack};
    Segment s;
    s.flags = flags[random() % (random() % 4 ? 7 : flags.size())];
    s.seq = off(flow.side[from].end);
    s.ack_seq = off(flow.side[from ^ 1].end);
    s.window = static_cast<std::uint16_t>(random() % 3 ? 1000 : random());
    if (random() % 2) s.text = text.substr(random() % 50, random() % 40);
    if (s.flags & (rst | syn)) s.text = {};
    return s;
}

}  // namespace

TEST_CASE("TCP: the short way for segments in order leads where the long way leads") {
    std::mt19937_64 random(9293);
    const std::string text(100, 'x');
    std::size_t taken = 0;
    for (int round = 0; round < 5000; ++round) {
        Connection with, without;
        for (Connection* c : {&with, &without}) {
            c->open({syn, static_cast<std::uint32_t>(round) * 0x10000001u, 0, {}, 1000, round % 3 ? 4 : -1});
            c->server({syn | ack, 5000, c->flow.isn[0] + 1, {}, 1000, 4});
            if (round % 4) c->client({ack, c->flow.isn[0] + 1, 5001});
        }
        if (round % 7 == 0)
            for (Connection* c : {&with, &without}) c->tcp.pick_up(c->flow, Connection::packet({ack, 77, 88}), 0, c->now);
        for (int step = 0; step < 40; ++step) {
            with.now = without.now = with.now + 1s;
            const int from = static_cast<int>(random() % 2);
            const Packet p = Connection::packet(near(without.flow, from, random, text));
            const std::string long_way = told(without.tcp.segment(without.flow, p, from, without.now));
            const bool in_order = with.tcp.in_order(with.flow, TcpState::Segment::of(p), from, with.now);
            taken += in_order;
            if (in_order) REQUIRE(long_way == "fits");
            if (!in_order) REQUIRE(told(with.tcp.segment(with.flow, p, from, with.now)) == long_way);
            REQUIRE(same(with.flow, without.flow));
        }
    }
    CHECK(taken > 10'000);
}

TEST_CASE("TCP: the short way leaves alone what it does not take") {
    Connection c;
    c.establish();
    const Flow before = c.flow;
    c.now = c.now + 1s;
    for (const Segment& s : {Segment{syn, 1001, 0}, Segment{fin | ack, 1001, 5001}, Segment{rst, 1001, 5001}, Segment{ack, 1002, 5001},
                             Segment{ack, 1000, 5001, "again"}, Segment{ack, 1001, 5002}})
        CHECK_FALSE(c.tcp.in_order(c.flow, TcpState::Segment::of(Connection::packet(s)), 0, c.now));
    CHECK(same(c.flow, before));
}
