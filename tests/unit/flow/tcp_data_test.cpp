#include "tests/support/catch.hpp"
#include "tests/unit/flow/connection.hpp"

using namespace sw;
using namespace sw::test;

TEST_CASE("TCP: data passes both ways within the windows") {
    Connection c;
    c.establish();
    CHECK(c.server({psh | ack, 5001, 1001, "220 hello\r\n"}) == "fits");
    CHECK(c.client({psh | ack, 1001, 5012, "EHLO me\r\n"}) == "fits");
    CHECK(c.server({ack, 5012, 1010}) == "fits");
    CHECK(c.flow.side[0].end == 1010);
    CHECK(c.flow.side[1].end == 5012);
}

TEST_CASE("TCP: a gap is not an offence: the mirror may have lost a segment") {
    Connection c;
    c.establish();
    CHECK(c.client({psh | ack, 1101, 5001, "later"}) == "fits");
    CHECK(c.client({psh | ack, 1001, 5001, "earlier"}) == "fits unverified");
    CHECK(c.client({psh | ack, 1001, 5001, "earlier"}) == "fits");
    CHECK(c.client({psh | ack, 1001, 5001, "Earlier"}) == "inconsistent-retransmit");
}

TEST_CASE("TCP: the same octets again fit, other octets do not, and change nothing") {
    Connection c;
    c.establish();
    c.client({psh | ack, 1001, 5001, "RCPT TO:<a@example>\r\n"});
    CHECK(c.client({psh | ack, 1001, 5001, "RCPT TO:<a@example>\r\n"}) == "fits");
    CHECK(c.client({psh | ack, 1009, 5001, "<a@example>\r\nDATA"}) == "fits");  // more than was sent before
    CHECK(c.flow.side[0].end == 1026);
    const Timestamp deadline = c.flow.deadline;
    c.now = c.now + 1s;
    CHECK(c.client({psh | ack, 1001, 5001, "RCPT TO:<b@example>\r\n"}) == "inconsistent-retransmit");
    CHECK(c.flow.deadline == deadline);
    CHECK(c.client({psh | ack, 1020, 5001, "!!"}) == "inconsistent-retransmit");
}

TEST_CASE("TCP: octets that were acknowledged and let go are unverified when they come again") {
    Connection c;
    c.establish(65535, 65535);
    const std::string block(2 * SentOctets::block_octets, 'x');
    c.client({psh | ack, 1001, 5001, block});
    c.client({psh | ack, 1001 + 4032, 5001, block});
    CHECK(c.server({ack, 5001, 1001 + 8064, {}, 65535}) == "fits");
    CHECK(c.client({psh | ack, 1001, 5001, std::string(100, 'y')}) == "fits unverified");
}

TEST_CASE("TCP: a keep-alive probe repeats one octet, whatever it is") {
    Connection c;
    c.establish();
    c.client({psh | ack, 1001, 5001, "abc"});
    CHECK(c.client({ack, 1003, 5001, "?"}) == "inconsistent-retransmit");  // nobody has acknowledged it yet
    c.server({ack, 5001, 1003});
    CHECK(c.client({ack, 1003, 5001, "?"}) == "inconsistent-retransmit");
    c.server({ack, 5001, 1004});
    CHECK(c.client({ack, 1003, 5001, "?"}) == "fits");
    CHECK(c.client({ack, 1002, 5001, "?"}) == "inconsistent-retransmit");
    CHECK(c.client({ack, 1003, 5001, "??"}) == "inconsistent-retransmit");
}

TEST_CASE("TCP: a closed window may be probed with one octet, and with no more after the window ends") {
    Connection c;
    c.establish();
    c.server({ack, 5001, 1001, {}, 0});
    const std::uint32_t limit = c.flow.side[0].limit;
    CHECK(limit == 2001);  // a window once given is not taken back: RFC 9293 3.8.6
    CHECK(c.client({ack, limit, 5001, "p"}) == "fits");
    CHECK(c.flow.side[0].strikes == 0);
    CHECK(c.client({ack, limit + 1, 5001, "p"}) == "fits");
    CHECK(c.flow.side[0].strikes == 1);
}

TEST_CASE("TCP: eight segments outside the window are forgiven, the ninth is not") {
    const Segment outside[] = {{ack, 900000, 5001, "far ahead"},
                               {ack, 1001u - 100000u, 5001, "far behind"},
                               {ack, 1001, 5002, "of what was never sent"},
                               {ack, 1001, 5001u - 100000u, "long ago"}};
    for (const Segment& s : outside) {
        Connection c;
        c.establish();
        const std::uint32_t end = c.flow.side[0].end;
        const Timestamp deadline = c.flow.deadline;
        c.now = c.now + 1s;
        for (int i = 0; i < TcpState::tolerated_strikes; ++i) CHECK(c.client(s) == "fits");
        CHECK(c.client(s) == "tcp-window");
        CHECK(c.client(s) == "tcp-window");
        CHECK(c.flow.side[0].end == end);    // none of them moved the connection,
        CHECK(c.flow.deadline == deadline);  // nor kept it alive
        CHECK(c.client({ack, 1001, 5001, "good"}) == "fits");
        CHECK(c.server({ack, 5001, 1005}) == "fits");  // each side has strikes of its own
        CHECK(c.flow.side[1].strikes == 0);
    }
}

TEST_CASE("TCP: the window follows what the receiver grants") {
    Connection c;
    c.establish(1000, 1000);
    CHECK(c.flow.side[0].limit == 2001);
    c.client({ack, 1001, 5001, std::string(600, 'x')});
    c.server({ack, 5001, 1601, {}, 2000});
    CHECK(c.flow.side[0].limit == 3601);
    CHECK(c.client({ack, 3601, 5001, "edge"}) == "fits");
    CHECK(c.flow.side[0].strikes == 0);
}

TEST_CASE("TCP: data crosses the end of the sequence space") {
    Connection c;
    c.open({syn, 0xfffffff0, 0});
    c.server({syn | ack, 0xfffffffa, 0xfffffff1});
    c.client({ack, 0xfffffff1, 0xfffffffb});
    const std::string text = "a line that is longer than what is left\r\n";
    CHECK(c.client({psh | ack, 0xfffffff1, 0xfffffffb, text}) == "fits");
    const std::uint32_t next = 0xfffffff1u + static_cast<std::uint32_t>(text.size());
    CHECK(c.flow.side[0].end == next);
    CHECK(c.server({ack, 0xfffffffb, next, "250 of the other side\r\n"}) == "fits");
    CHECK(c.client({psh | ack, 0xfffffff1, 0xfffffffb, text}) == "fits");
    CHECK(c.client({psh | ack, 1, 0xfffffffb, "tampered"}) == "inconsistent-retransmit");
    CHECK(c.flow.side[0].strikes + c.flow.side[1].strikes == 0);
}

TEST_CASE("TCP: silence of a day ends an established connection, each segment begins a new day") {
    Connection c;
    c.establish();
    c.now = c.now + 20h;
    CHECK(c.server({ack, 5001, 1001}) == "fits");
    CHECK(c.flow.deadline == c.now + flow_life::established);
}

TEST_CASE("TCP: only what was captured is kept of a segment cut short") {
    Connection c;
    c.establish();
    Packet p = Connection::packet({psh | ack, 1001, 5001, "captured part"});
    p.payload_len = 100;
    CHECK(told(c.tcp.segment(c.flow, p, 0, c.now)) == "fits");
    CHECK(c.flow.side[0].end == 1101);
    CHECK(c.client({psh | ack, 1001, 5001, "captured part"}) == "fits");
    CHECK(c.client({psh | ack, 1001, 5001, "captured past"}) == "inconsistent-retransmit");
}
