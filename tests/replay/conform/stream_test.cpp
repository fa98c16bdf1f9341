/// How the octets of a conversation come to its machine: in order, whatever the order of the segments; and what is told where they do not.
#include <algorithm>

#include "tests/replay/conform/talks.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/enclave_talk.hpp"
#include "tests/support/tls.hpp"

namespace sw::craft {
namespace {

constexpr auto data = static_cast<std::uint8_t>(tcp_flag::ack | tcp_flag::psh);
constexpr Side client = Side::client, server = Side::server;

const Talk smtp_talk{"smtp", {}, "smtp"}, tls_talk{"tls", {}, "tls"};

TcpDialogue opened() { return TcpDialogue(v4(outside, 40000), v4(mail, 25)).handshake(); }
TcpDialogue greeted() { return opened().say(server, "220 mail.example ESMTP\r\n"); }

Judged smtp(const TcpDialogue& d, const EngineOptions& options = {}) { return judge(policy_for(smtp_talk), d.frames(), options); }

/// Index of the first frame that is not allowed; the number of frames if all are.
std::size_t first_grey(const Judged& j) {
    std::size_t i = 0;
    while (i < j.judgements.size() && j.judgements[i].verdict == sw::Verdict::allow) ++i;
    return i;
}

std::uint64_t greys(const Judged& j) { return j.count(sw::Verdict::grey); }

}  // namespace

TEST_CASE("stream: what comes too early is allowed, and judged when its turn comes") {
    TcpDialogue d = greeted();
    d.put(d.segment(client, data, 10, "example\n"));
    const std::size_t filled = d.frames().size();
    d.put(d.segment(client, data, 0, "HELO relay"));
    const Judged j = smtp(d);
    CHECK(first_grey(j) == filled);
    CHECK(j.judgements[filled].reasons == ReasonSet(Reason::smtp_bare_lf));
    CHECK(j.findings.at(0).breach->breach.offset == 17);
}

TEST_CASE("stream: a breach is one finding to its end, whoever resets the connection") {
    for (const Side last : {client, server}) {
        TcpDialogue d = greeted();
        d.say(client, "GET / HTTP/1.1\r\n").say(server, "500 what?\r\n");
        d.put(d.segment(last, tcp_flag::rst));
        const Judged j = smtp(d);
        REQUIRE(j.findings.size() == 1);
        CHECK(j.findings[0].count == 5);
        CHECK(j.findings[0].cause.port == 25);
        CHECK(to_string(j.findings[0].cause.responder) == mail.v4);
    }
}

TEST_CASE("stream: a FIN that comes too early ends its side when its turn comes") {
    TcpDialogue d = opened();
    d.put(d.segment(client, static_cast<std::uint8_t>(tcp_flag::fin | tcp_flag::ack), 3));
    CHECK(greys(smtp(d)) == 0);
    d.put(d.segment(client, data, 0, "\r\n\r"));
    CHECK(smtp(d).judgements.back().reasons == ReasonSet(Reason::early_talker));
}

TEST_CASE("stream: octets that were acknowledged and not captured make a conversation unverifiable, never grey") {
    TcpDialogue d =
        greeted().say(client, "HELO a\r\n").say(server, "250 b\r\n").send(client, "MAIL FROM:").lose().send(client, "<a@example.org>\r\n");
    d.ack(server).say(client, "this is no SMTP, but who can say\n");
    const Judged j = smtp(d);
    CHECK(greys(j) == 0);
    CHECK(j.speech.at(0).conversations == 1);
    CHECK(j.speech.at(0).unverifiable == 1);
    CHECK(j.speech.at(0).breached == 0);
}

TEST_CASE("stream: what was not captured yet is waited for as long as nobody has acknowledged it") {
    TcpDialogue d =
        greeted().say(client, "HELO a\r\n").say(server, "250 b\r\n").send(client, "RSET\r\nRSET\r\n").lose().send(client, "RSET\n");
    CHECK(greys(smtp(d)) == 0);
    d.put(d.segment(client, data, -17, "RSET\r\n"));
    const Judged j = smtp(d);
    CHECK(greys(j) == 0);
    CHECK(j.speech.at(0).unverifiable == 0);
    d.put(d.segment(client, data, -11, "RSET\r\n"));
    CHECK(smtp(d).judgements.back().reasons == ReasonSet(Reason::not_speaking));  // pipelining was not offered
}

TEST_CASE("stream: within a record of TLS or a chunk of a mail, octets that were not captured are passed over") {
    const std::string records = tls::sealed(3000, 7);
    TcpDialogue d = opened();
    d.say(client, tls::record(22, tls::message(1, tls::client_hello({})), 0x0301)).say(server, tls::handshake(2, tls::server_hello({})));
    d.send(client, records.substr(0, 500)).send(client, records.substr(500, 1000)).lose().send(client, records.substr(1500)).ack(server);
    CHECK(greys(judge(policy_for(tls_talk), d.frames())) == 0);
    d.send(client, "id\n");
    const Judged j = judge(policy_for(tls_talk), d.frames());
    CHECK(j.judgements.back().reasons == ReasonSet(Reason::not_speaking));
    CHECK(greys(j) == 1);
    CHECK(j.speech.at(0).unverifiable == 0);

    std::string lines;
    while (lines.size() < 1000) lines += "a line\r\n";
    TcpDialogue m = greeted()
                        .say(client, "EHLO a\r\n")
                        .say(server, "250-b\r\n250 CHUNKING\r\n")
                        .say(client, "MAIL FROM:<>\r\n")
                        .say(server, "250 ok\r\n");
    m.send(client, "BDAT 3000 LAST\r\n").send(client, lines).send(client, lines).lose().send(client, lines);
    m.ack(server).say(server, "250 ok\r\n").say(client, "NONSENSE\r\n");
    CHECK(smtp(m).findings.at(0).breach->breach.offset == 8 + 14 + 16 + 3000 + 2);
}

TEST_CASE("stream: who sends more pieces out of order than we keep is found when they are missed") {
    TcpDialogue d = greeted().say(client, "HELO a\r\n").say(server, "250 b\r\n");
    for (std::int64_t i = 0; i < 600; ++i) d.put(d.segment(client, data, 10 + 2 * i, "x"));
    CHECK(greys(smtp(d)) == 0);
    d.put(d.segment(client, data, 0, "NOOP " + std::string(1205, 'y')));  // all of them, and what they said was not kept
    d.pass(client, 1210).ack(server);
    const Judged j = smtp(d);
    CHECK(greys(j) > 0);
    CHECK(j.judgements[first_grey(j)].reasons.has(Reason::inconsistent_retransmit));  // those that were kept are compared
    TcpDialogue e = greeted().say(client, "HELO a\r\n").say(server, "250 b\r\n");
    for (std::int64_t i = 0; i < 600; ++i) e.put(e.segment(client, data, 10 + 2 * i, "x"));
    e.pass(client, 1209).ack(server);
    CHECK(smtp(e).judgements.back().reasons == ReasonSet(Reason::conform_full));
    CHECK(smtp(e).findings.at(0).severity == Severity::critical);
}

TEST_CASE("stream: a mebibyte behind a hole is kept and judged") {
    TcpSetup wide;
    wide.scale = 7;
    TcpDialogue d = TcpDialogue(v4(outside, 40000), v4(mail, 25), noon, wide).handshake();
    d.say(server, "220 a\r\n").say(client, "HELO a\r\n").say(server, "250 b\r\n").say(client, "MAIL FROM:<>\r\n").say(server, "250 ok\r\n");
    d.say(client, "RCPT TO:<b>\r\n").say(server, "250 ok\r\n").say(client, "DATA\r\n").say(server, "354 go\r\n");
    std::string text;
    while (text.size() < 1'000'000) text += "a line of a long mail, as they are\r\n";
    text += "and a wrong one\n";
    d.put(d.segment(client, data, 100, std::string_view(text).substr(100, 1400)));
    for (std::size_t at = 1500; at < text.size(); at += 1460)
        d.put(d.segment(client, data, static_cast<std::int64_t>(at), std::string_view(text).substr(at, 1460)));
    CHECK(greys(smtp(d)) == 0);
    d.put(d.segment(client, data, 0, std::string_view(text).substr(0, 100)));
    const Judged j = smtp(d);
    CHECK(j.judgements.back().reasons == ReasonSet(Reason::smtp_bare_lf));
    CHECK(j.findings.at(0).breach->breach.offset == 8 + 14 + 13 + 6 + text.size() - 1);
}

TEST_CASE("stream: a conversation for which there is no memory is grey, critical, and counted") {
    EngineOptions none;
    none.conform.conversations = 1;
    TcpDialogue first = greeted(),
                second = TcpDialogue(v4(outside, 40001), v4(mail, 25), noon + 1s).handshake().say(server, "220 mail.example ESMTP\r\n");
    const Judged j = judge(policy_for(smtp_talk), merged({first.frames(), second.frames()}), none);
    CHECK(greys(j) == 2);
    CHECK(j.judgements.back().reasons == ReasonSet(Reason::conform_full));
    CHECK(j.findings.at(0).severity == Severity::critical);
    EngineOptions little;
    little.conform.machine_octets = 1024;
    CHECK(judge(policy_for(smtp_talk), greeted().frames(), little).judgements.back().reasons == ReasonSet(Reason::conform_full));
}

TEST_CASE("stream: memory is given back, so that a thousand conversations fit where one does") {
    EngineOptions one;
    one.conform.conversations = 1;
    std::vector<Frames> all;
    for (std::uint16_t i = 0; i < 1000; ++i) {
        TcpDialogue d(v4(outside, static_cast<std::uint16_t>(20000 + i)), v4(mail, 25), noon + i * 10s);
        d.handshake().say(server, "220 a\r\n").say(client, "QUIT\r\n").say(server, "221 b\r\n");
        all.push_back(i % 3 == 0 ? d.rst(client).frames() : d.close(server).frames());
    }
    const Judged j = judge(policy_for(smtp_talk), merged(std::move(all)), one);
    CHECK(greys(j) == 0);
    CHECK(j.speech.at(0).conversations == 1000);
}

TEST_CASE("stream: a conversation that nobody ended gives its memory back when it is forgotten, or its ports are used again") {
    EngineOptions one;
    one.conform.conversations = 1;
    TcpDialogue left = greeted(), later = TcpDialogue(v4(outside, 40001), v4(mail, 25), noon + 25h).handshake().say(server, "220 a\r\n");
    CHECK(greys(judge(policy_for(smtp_talk), merged({left.frames(), later.frames()}), one)) == 0);
    TcpDialogue broken = greeted().say(client, "nonsense\r\n").rst(client);
    TcpDialogue again = TcpDialogue(v4(outside, 40000), v4(mail, 25), noon + 10s, TcpSetup{.client_isn = 0x3000'0000})
                            .handshake()
                            .say(server, "220 a\r\n")
                            .say(client, "QUIT\r\n");
    const Judged j = judge(policy_for(smtp_talk), merged({broken.frames(), again.frames()}), one);
    CHECK(greys(j) == 3);  // the words, their acknowledgement and the RST; the new conversation is another one
    CHECK(j.judgements.back().verdict == sw::Verdict::allow);
}

TEST_CASE("stream: half-open connections cost nothing, and those picked up in the middle are counted and never judged") {
    Frames frames;
    for (std::uint16_t i = 0; i < 2000; ++i) {
        TcpDialogue d(v4(outside, static_cast<std::uint16_t>(20000 + i)), v4(mail, 25), noon + i * 1ms, TcpSetup{.step = 0ms});
        for (const CraftedFrame& f : d.handshake().frames()) frames.push_back(f);
    }
    EngineOptions none;
    none.conform.conversations = 0;
    const Judged half = judge(policy_for(smtp_talk), frames, none);
    CHECK(greys(half) == 0);
    CHECK(half.speech.at(0).conversations == 0);

    EngineOptions grace;
    grace.grace = 120s;
    TcpDialogue d = greeted();
    Frames tail;
    for (int i = 0; i < 3; ++i) tail.push_back(d.segment(client, data, i * 6, "hello\n"));
    const Judged mid = judge(policy_for(smtp_talk), tail, grace);
    CHECK(greys(mid) == 0);
    CHECK(mid.speech.at(0).midstream == 1);
    CHECK(mid.speech.at(0).conversations == 0);
}

TEST_CASE("stream: a breach brings up what was allowed before it, oldest first, and only once a finding") {
    TcpDialogue d = greeted().say(client, "EHLO a\r\n").say(server, "250 b\r\n");
    const std::size_t before = d.frames().size();
    d.say(client, "nonsense\r\n").say(client, "more of it\r\n");
    const Judged j = smtp(d);
    REQUIRE(j.earlier.size() == 1);
    CHECK(j.earlier[0].index == before);
    CHECK(j.earlier[0].finding == j.judgements[before].finding);
    std::vector<Octets> held, sent;
    for (const HeldFrame& h : j.earlier[0].frames) held.push_back(h.octets);
    for (std::size_t i = 0; i < before; ++i)
        if (d.frames()[i].bytes.size() > 54) sent.push_back(d.frames()[i].bytes);
    sent.erase(std::remove_if(sent.begin(), sent.end(), [](const Octets& o) { return (o[47] & tcp_flag::syn) != 0; }), sent.end());
    CHECK(held == sent);
    const TcpDialogue other =
        TcpDialogue(v4(outside, 40001), v4(mail, 25), noon + 5s).handshake().say(server, "220 x\r\n").say(client, "nonsense\r\n");
    CHECK(judge(policy_for(smtp_talk), merged({d.frames(), other.frames()})).earlier.size() == 1);
}

TEST_CASE("stream: what is wrong in another way is another finding, though the ends are the same") {
    const auto wrong = [](std::uint16_t port, Timestamp when, const std::string& words) {
        return TcpDialogue(v4(outside, port), v4(mail, 25), when).handshake().say(server, "220 x\r\n").say(client, words).frames();
    };
    const Judged j =
        judge(policy_for(smtp_talk),
              merged({wrong(40000, noon, "GET /\r\n"), wrong(40001, noon + 1s, "HELO a/b\r\n"), wrong(40002, noon + 2s, "/bin/sh\r\n")}));
    REQUIRE(j.findings.size() == 2);
    CHECK(j.findings[0].count == 4);
    CHECK(j.findings[1].count == 2);
    CHECK(
        sentence(j.findings[0], *j.policy) ==
        "198.51.100.7 spoke tcp with 192.0.2.25 (mail) port 25: it does not speak smtp as talk demands (smtp, waiting for a command: at octet 0 the "
        "initiator sent \"GET /\\r\\n\" where a command of SMTP belongs).");
}

TEST_CASE("stream: over IPv6 and behind a VLAN tag it is the same") {
    TcpDialogue six = TcpDialogue(v6(outside, 40000), v6(mail, 25)).handshake().say(server, "220 a\r\n").say(client, "nonsense\r\n");
    const std::string policy =
        "[names]\nmail = [\"192.0.2.25\", \"2001:db8:1::25\"]\n[[allow]]\nname = \"talk\"\nfilter = \"tcp and dst host $mail and dst port 25\"\n"
        "speaks = \"smtp\"\n";
    CHECK(judge(policy, six.frames()).judgements.back().reasons == ReasonSet(Reason::not_speaking));
    Frames tagged = greeted().say(client, "nonsense\r\n").frames();
    for (CraftedFrame& f : tagged) f.tag(10);
    CHECK(judge(policy + "[wire]\nvlans = [10]\n", tagged).judgements.back().reasons == ReasonSet(Reason::not_speaking));
}

TEST_CASE("stream: modes that follow no conversation ask nothing of it") {
    const TcpDialogue d = greeted().say(client, "nonsense\r\n");
    EngineOptions alone;
    alone.mode = Mode::tcpdump;
    const std::string policy = "[[allow]]\nname = \"talk\"\nfilter = \"tcp port 25\"\nspeaks = \"smtp\"\n";
    CHECK(greys(judge(policy, d.frames(), alone)) == 0);
    alone.mode = Mode::packet;
    CHECK(greys(judge(policy, d.frames(), alone)) == 0);
}

}  // namespace sw::craft
