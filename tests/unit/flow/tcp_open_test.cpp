#include "tests/support/catch.hpp"
#include "tests/unit/flow/connection.hpp"

using namespace sw;
using namespace sw::test;

TEST_CASE("TCP: SYN, SYN-ACK, ACK establish a connection") {
    Connection c;
    c.open();
    CHECK(c.flow.state == FlowState::opening);
    CHECK(c.flow.deadline == c.now + flow_life::opening);
    CHECK(c.server({syn | ack, 5000, 1001}) == "fits");
    CHECK(c.flow.state == FlowState::answered);
    CHECK(c.client({ack, 1001, 5001}) == "fits");
    CHECK(c.flow.state == FlowState::established);
    CHECK(c.flow.deadline == c.now + flow_life::established);
}

TEST_CASE("TCP: a SYN and a SYN-ACK may come again, the same") {
    Connection c;
    c.open();
    c.now = c.now + 30s;
    CHECK(c.client({syn, 1000, 0}) == "fits");
    CHECK(c.flow.deadline == c.now + flow_life::opening);
    CHECK(c.server({syn | ack, 5000, 1001}) == "fits");
    CHECK(c.client({syn, 1000, 0}) == "fits");
    CHECK(c.server({syn | ack, 5000, 1001}) == "fits");
    CHECK(c.client({ack, 1001, 5001}) == "fits");
    CHECK(c.server({syn | ack, 5000, 1001}) == "fits");
    CHECK(c.flow.state == FlowState::established);
}

TEST_CASE("TCP: while opening, another SYN of the initiator is another connection") {
    Connection c;
    c.open();
    CHECK(c.client({syn, 2000, 0}) == "reopens");
    CHECK(c.flow.state == FlowState::opening);
    CHECK(c.flow.isn[0] == 1000);
}

TEST_CASE("TCP: while opening, only the right SYN-ACK answers") {
    for (const Segment& s : {Segment{syn | ack, 5000, 1000}, Segment{syn | ack, 5000, 1002}, Segment{syn, 5000, 0},
                             Segment{ack, 5000, 1001}, Segment{fin | ack, 5000, 1001}, Segment{psh | ack, 5000, 1001, "220 hello"}}) {
        Connection c;
        c.open();
        const Timestamp deadline = c.flow.deadline;
        c.now = c.now + 1s;
        CHECK(c.server(s) == "tcp-handshake");
        CHECK(c.flow.state == FlowState::opening);
        CHECK(c.flow.deadline == deadline);  // a refusal leaves the state untouched
    }
}

TEST_CASE("TCP: while opening, the initiator may only repeat or give up") {
    Connection c;
    c.open();
    CHECK(c.client({ack, 1001, 5001}) == "tcp-handshake");
    CHECK(c.client({psh | ack, 1001, 5001, "data"}) == "tcp-handshake");
    CHECK(c.client({syn | ack, 1000, 5001}) == "tcp-handshake");
    CHECK(c.client({rst, 4711, 0}) == "tcp-handshake");
    CHECK(c.client({rst, 1001, 0}) == "fits");
    CHECK(c.flow.state == FlowState::closed);
}

TEST_CASE("TCP: a refused connection is closed by a RST that acknowledges the SYN, and by no other") {
    Connection c;
    c.open();
    CHECK(c.server({rst | ack, 0, 1000}) == "tcp-rst-window");
    CHECK(c.server({rst | ack, 0, 1002}) == "tcp-rst-window");
    CHECK(c.server({rst, 0, 1001}) == "tcp-rst-window");
    CHECK(c.flow.state == FlowState::opening);
    CHECK(c.server({rst | ack, 0, 1001}) == "fits");
    CHECK(c.flow.state == FlowState::closed);
    CHECK(c.flow.deadline == c.now + flow_life::tombstone);
}

TEST_CASE("TCP: once answered, another SYN-ACK breaks the handshake and another SYN is midstream") {
    Connection c;
    c.open();
    c.server({syn | ack, 5000, 1001});
    CHECK(c.server({syn | ack, 6000, 1001}) == "tcp-handshake");
    CHECK(c.server({syn | ack, 5000, 1002}) == "tcp-handshake");
    CHECK(c.client({syn, 2000, 0}) == "tcp-syn-midstream");
    CHECK(c.server({syn, 5000, 0}) == "tcp-syn-midstream");
    CHECK(c.flow.state == FlowState::answered);
}

TEST_CASE("TCP: the third step may not acknowledge what was never sent") {
    Connection c;
    c.open();
    c.server({syn | ack, 5000, 1001});
    CHECK(c.client({ack, 1001, 5002}) == "tcp-handshake");
    CHECK(c.flow.state == FlowState::answered);
    CHECK(c.client({ack, 1001, 5001}) == "fits");
}

TEST_CASE("TCP: the server may speak before the third step was seen") {
    Connection c;
    c.open();
    c.server({syn | ack, 5000, 1001});
    CHECK(c.server({psh | ack, 5001, 1001, "220 hello"}) == "fits");
    CHECK(c.flow.state == FlowState::answered);
    CHECK(c.client({ack, 1001, 5010}) == "fits");
    CHECK(c.flow.state == FlowState::established);
}

TEST_CASE("TCP: in the middle no SYN fits, but those of this very connection") {
    Connection c;
    c.establish();
    CHECK(c.client({syn, 1001, 0}) == "tcp-syn-midstream");
    CHECK(c.client({syn, 999999, 0}) == "tcp-syn-midstream");
    CHECK(c.server({syn | ack, 5001, 1001}) == "tcp-syn-midstream");
    CHECK(c.client({syn | ack, 1000, 5001}) == "tcp-syn-midstream");
    CHECK(c.server({syn, 5000, 0}) == "tcp-syn-midstream");
    CHECK(c.client({syn, 1000, 0}) == "fits");
    CHECK(c.flow.state == FlowState::established);
}

TEST_CASE("TCP: windows are scaled only if both sides offer to, and never those of SYNs") {
    for (const bool both : {true, false}) {
        Connection c;
        c.open({syn, 1000, 0, {}, 100, 4});
        c.server({syn | ack, 5000, 1001, {}, 100, both ? 4 : -1});
        CHECK(c.flow.side[0].max_window == 100);
        CHECK(c.flow.side[1].max_window == 100);
        CHECK(c.client({ack, 1001, 5001, {}, 100}) == "fits");
        CHECK(c.flow.side[0].max_window == (both ? 1600 : 100));
        CHECK(c.flow.side[1].limit == 5001u + (both ? 1600 : 100));
    }
}

TEST_CASE("TCP: a scale that only the answer offers does not count") {
    Connection c;
    c.open({syn, 1000, 0, {}, 100, -1});
    c.server({syn | ack, 5000, 1001, {}, 100, 7});
    CHECK(c.flow.side[1].scale == 0);
}

TEST_CASE("TCP: a connection picked up in the middle is provisional and knows no SYN") {
    Connection c;
    c.tcp.pick_up(c.flow, Connection::packet({psh | ack, 9000, 7000, "text"}), 1, c.now);
    CHECK(c.flow.provisional);
    CHECK(c.flow.state == FlowState::established);
    CHECK(c.server({ack, 9004, 7000}) == "fits");
    CHECK(c.client({ack, 7000, 9004, "answer"}) == "fits");
    CHECK(c.client({syn, 0, 0}) == "tcp-syn-midstream");  // the number that an unseen SYN defaults to
    CHECK(c.server({syn | ack, 0, 1}) == "tcp-syn-midstream");
}

TEST_CASE("TCP: numbers may wrap around during the handshake") {
    Connection c;
    c.open({syn, 0xffffffff, 0});
    CHECK(c.server({syn | ack, 0xffffffff, 0}) == "fits");
    CHECK(c.client({ack, 0, 0}) == "fits");
    CHECK(c.client({psh | ack, 0, 0, "data"}) == "fits");
    CHECK(c.server({ack, 0, 4}) == "fits");
    CHECK(c.flow.state == FlowState::established);
}

TEST_CASE("TCP: reopening a flow that expired unseen gives its kept octets back") {
    Connection c(1);
    c.establish();
    c.client({psh | ack, 1001, 5001, "kept"});
    REQUIRE(c.flow.sent[0][0] != Flow::none);
    c.open({syn, 90000, 0});
    c.server({syn | ack, 5000, 90001});
    c.client({psh | ack, 90001, 5001, "again"});
    CHECK(c.client({psh | ack, 90001, 5001, "again"}) == "fits");  // known: the pool's one block was free
    CHECK(c.client({psh | ack, 90001, 5001, "other"}) == "inconsistent-retransmit");
}
