#include "tests/support/catch.hpp"
#include "tests/unit/flow/connection.hpp"

using namespace sw;
using namespace sw::test;

TEST_CASE("TCP: both FINs, both acknowledged, close the connection") {
    Connection c;
    c.establish();
    CHECK(c.client({fin | ack, 1001, 5001}) == "fits");
    CHECK(c.flow.state == FlowState::closing);
    CHECK(c.flow.deadline == c.now + flow_life::closing);
    CHECK(c.server({ack, 5001, 1002}) == "fits");
    CHECK(c.flow.state == FlowState::closing);
    CHECK(c.server({psh | ack, 5001, 1002, "half closed, still speaking"}) == "fits");
    CHECK(c.server({fin | ack, 5028, 1002}) == "fits");
    CHECK(c.client({ack, 1002, 5029}) == "fits");
    CHECK(c.flow.state == FlowState::closed);
    CHECK(c.flow.deadline == c.now + flow_life::tombstone);
}

TEST_CASE("TCP: both sides may close at once") {
    Connection c;
    c.establish();
    CHECK(c.client({fin | ack, 1001, 5001}) == "fits");
    CHECK(c.server({fin | ack, 5001, 1001}) == "fits");
    CHECK(c.client({ack, 1002, 5002}) == "fits");
    CHECK(c.flow.state == FlowState::closing);
    CHECK(c.server({ack, 5002, 1002}) == "fits");
    CHECK(c.flow.state == FlowState::closed);
}

TEST_CASE("TCP: a FIN takes a number, and may bring data and come again") {
    Connection c;
    c.establish();
    CHECK(c.client({fin | psh | ack, 1001, 5001, "QUIT\r\n"}) == "fits");
    CHECK(c.flow.side[0].end == 1008);
    CHECK(c.client({fin | psh | ack, 1001, 5001, "QUIT\r\n"}) == "fits");
    CHECK(c.client({fin | psh | ack, 1001, 5001, "XUIT\r\n"}) == "inconsistent-retransmit");
}

TEST_CASE("TCP: nobody speaks after his own FIN") {
    Connection c;
    c.establish();
    c.client({fin | ack, 1001, 5001});
    CHECK(c.client({psh | ack, 1002, 5001, "and another thing"}) == "tcp-after-close");
    CHECK(c.client({ack, 1002, 5001}) == "fits");
    CHECK(c.server({psh | ack, 5001, 1002, "bye"}) == "fits");
}

TEST_CASE("TCP: a RST in the window closes, one outside does not") {
    for (const int side : {0, 1}) {
        Connection c;
        c.establish();
        const std::uint32_t next = side == 0 ? 1001 : 5001;
        const auto send = [&](const Segment& s) { return side == 0 ? c.client(s) : c.server(s); };
        CHECK(send({rst, next + 100000, 0}) == "tcp-rst-window");
        CHECK(send({rst, next - 100000, 0}) == "tcp-rst-window");
        CHECK(send({rst | ack, next + 1001, 0}) == "tcp-rst-window");
        CHECK(c.flow.state == FlowState::established);
        CHECK(send({rst, next + 1000, 0}) == "fits");
        CHECK(c.flow.state == FlowState::closed);
        CHECK(c.flow.side[side].reset);
    }
}

TEST_CASE("TCP: the tombstone takes late retransmissions and acknowledgements, and nothing new") {
    Connection c;
    c.establish();
    c.finish();
    REQUIRE(c.flow.state == FlowState::closed);
    const Timestamp end = c.flow.deadline;
    c.now = c.now + 60s;
    CHECK(c.server({fin | ack, 5001, 1002}) == "fits");
    CHECK(c.client({ack, 1002, 5002}) == "fits");
    CHECK(c.client({syn, 1000, 0}) == "fits");
    CHECK(c.server({syn | ack, 5000, 1001}) == "fits");
    CHECK(c.client({psh | ack, 1002, 5002, "new"}) == "tcp-after-close");
    CHECK(c.server({psh | ack, 5002, 1002, "new"}) == "tcp-after-close");
    CHECK(c.server({syn | ack, 7000, 1001}) == "tcp-after-close");
    CHECK(c.client({syn | ack, 1000, 5001}) == "tcp-after-close");
    CHECK(c.client({rst, 1002, 0}) == "fits");
    CHECK(c.client({rst, 1002 + 100000, 0}) == "tcp-rst-window");
    CHECK(c.flow.deadline == end);  // none of it prolongs the tombstone
}

TEST_CASE("TCP: a closed tuple is opened again by a later SYN, never by an earlier one") {
    Connection c;
    c.establish();
    c.finish();
    CHECK(c.client({syn, 2000, 0}) == "reopens");
    CHECK(c.client({syn, 900, 0}) == "tcp-after-close");
    CHECK(c.server({syn, 1, 0}) == "reopens");  // the rules are asked whether he may
}

TEST_CASE("TCP: after a RST any SYN opens again") {
    Connection c;
    c.establish();
    c.server({rst, 5001, 0});
    CHECK(c.client({syn, 900, 0}) == "reopens");
    CHECK(c.client({syn, 1000, 0}) == "reopens");
    CHECK(c.client({syn, 2000, 0}) == "reopens");
}

TEST_CASE("TCP: octets that were under way when the other side reset may still arrive, for three seconds") {
    Connection c;
    c.establish();
    c.server({rst | ack, 5001, 1001});
    CHECK(c.client({psh | ack, 1001, 5001, "under way"}) == "fits");
    CHECK(c.client({psh | ack, 1001 + 100000, 5001, "not this"}) == "tcp-after-close");
    CHECK(c.server({psh | ack, 5001, 1001, "the one who reset is silent"}) == "tcp-after-close");
    c.now = c.now + TcpState::in_flight + 1ns;
    CHECK(c.client({psh | ack, 1010, 5001, "too late"}) == "tcp-after-close");
}

TEST_CASE("TCP: nothing can be under way on a connection that was refused") {
    Connection c;
    c.open();
    c.server({rst | ack, 0, 1001});
    CHECK(c.client({psh | ack, 1001, 5001, "data"}) == "tcp-after-close");
}

TEST_CASE("TCP: after the close late copies of payload are taken on trust eight times") {
    Connection c;
    c.establish();
    c.client({psh | ack, 1001, 5001, "QUIT"});
    c.server({rst | ack, 5001, 1005});
    for (int i = 0; i < TcpState::tolerated_strikes; ++i) CHECK(c.client({psh | ack, 1001, 5001, "QUIT"}) == "fits");
    CHECK(c.client({psh | ack, 1001, 5001, "QUIT"}) == "tcp-after-close");
    CHECK(c.client({ack, 1005, 5001}) == "fits");
}

TEST_CASE("TCP: a refused connection may be tried again at once") {
    Connection c;
    c.open();
    c.server({rst | ack, 0, 1001});
    CHECK(c.server({rst | ack, 0, 1001}) == "fits");
    CHECK(c.client({syn, 1000, 0}) == "reopens");
    CHECK(c.client({syn, 1500, 0}) == "reopens");
}

TEST_CASE("TCP: a close gives the kept octets back") {
    Connection c(1);
    c.establish();
    c.client({psh | ack, 1001, 5001, "kept"});
    REQUIRE(c.flow.sent[0][0] != Flow::none);
    c.server({rst | ack, 5001, 1005});
    CHECK(c.flow.sent[0][0] == Flow::none);
    CHECK(c.flow.sent[0][1] == Flow::none);
}
