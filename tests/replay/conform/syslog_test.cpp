/// What is syslog and what is not, in datagrams and in a stream.
#include <fmt/format.h>

#include "tests/replay/conform/talks.hpp"
#include "tests/support/catch.hpp"

namespace sw::craft {
namespace {

constexpr Side client = Side::client, server = Side::server;

Talk honest(const std::string& name, const std::vector<std::string>& messages) {
    Script s;
    for (const std::string& m : messages) s.say(client, m);
    return {name, s, "syslog", "", true};
}
HostileTalk hostile(const std::string& name, const std::string& message, std::size_t at, Reason reason = Reason::not_speaking) {
    return {{name, Script().say_wrong(client, message, at), "syslog", "", true}, reason};
}
Talk stream(const std::string& name, const std::string& text) { return {name, Script(text), "syslog"}; }
HostileTalk stream(const std::string& name, const std::string& text, Reason reason) { return {{name, Script(text), "syslog"}, reason}; }

const std::string bsd = "<38>Oct 11 22:14:15 mail sshd[99]: Accepted publickey for amy";
const std::string ietf = "<38>1 2026-10-11T22:14:15.003Z mail.example sshd 99 ID47 - Accepted publickey for amy";

}  // namespace

TEST_CASE("syslog: honest messages are clean") {
    expect_clean({
        honest("both RFCs, one after the other", {bsd, ietf, bsd}),
        honest("a day of one digit, no host, no process", {"<13>Jan  1 00:00:00 hello", "<0>Jan 01 00:00:00 "}),
        honest("a stamp of today's senders", {"<167>2016-05-24T09:50:52.926451+02:00 ldap slapd[1]: conn=1", "<13>1999-01-01T00:00:00Z a"}),
        honest("nothing but hyphens", {"<191>1 - - - - - -"}),
        honest(
            "structured data",
            {"<165>1 2003-10-11T22:14:15.003Z host app - ID47 [x@32473 iut=\"3\" s=\"a\\\"\\]\\\\b\"][y@32473 z=\"\"] \xef\xbb\xbftext"}),
        honest("a line's end, or a string's, at the end", {bsd + "\n", bsd + std::string(1, '\0')}),
        honest("64,000 octets", {bsd + std::string(64'000 - bsd.size(), 'x')}),
        honest("8-bit octets, TAB", {bsd + "\tna\xefve \xff \xc3\xa9", "<13>Oct 11 22:14:15 \xef\xbb\xbftext"}),
        honest("a line's end and a string's", {bsd + std::string("\r\n\0", 3)}),
        honest("stamps of RFC 3339 without a zone, with a blank, with a comma",
               {"<13>2016-05-24T09:50:52 a", "<13>2016-05-24 09:50:52.1 a", "<13>2016-05-24T09:50:52,123+0200 a",
                "<13>2016-05-24t09:50:52z a"}),
        honest("stamps of RFC 3164 with a year, a fraction, a colon, a mark, a day of one digit",
               {"<13>Oct 11 2016 22:14:15 a", "<13>Oct 11 22:14:15.123 a", "<13>oct 1 22:14:15: a", "<13>*Oct 11 22:14:15 a",
                "<13> Oct 11 22:14:15 a"}),
        honest("a priority in front of another", {"<13><34>Oct 11 22:14:15 mail su: a", "<13><34>1 - - - - - -"}),
        stream("counted (RFC 6587 3.4.1)", fmt::format("C: {} {}{} {}\nC.\n", bsd.size(), bsd, ietf.size(), ietf)),
        stream("up to a line feed (RFC 6587 3.4.2)", fmt::format("C: {}\\n{}\\n\nC.\n", bsd, ietf)),
        stream("one behind the other, and no end of the last", fmt::format("C: {} {}{}\\n{}\nC.\nS.\n", bsd.size(), bsd, ietf, bsd)),
    });
}

TEST_CASE("syslog hostile: datagrams that are no log lines") {
    expect_found({
        hostile("nothing", "", 0),
        hostile("no priority", "Oct 11 22:14:15 mail sshd[99]: hello", 0),
        hostile("a priority beyond all facilities", "<192>Oct 11 22:14:15 mail x", 3),
        hostile("a priority of four digits", "<1911>Oct 11 22:14:15 mail x", 4),
        hostile("a priority with a zero before it", "<013>Oct 11 22:14:15 mail x", 2),
        hostile("no digits", "<>Oct 11 22:14:15 mail x", 1),
        hostile("no end of the priority", "<13", 3),
        hostile("no stamp", "<13>hello world", 6),
        hostile("a month that is none", "<13>Okt 11 22:14:15 mail x", 6),
        hostile("three priorities", "<13><13><13>Oct 11 22:14:15 x", 8),
        hostile("a second priority that is none", "<13><999>Oct 11 22:14:15 x", 7),
        hostile("a colon that ends no stamp", "<13>Oct 11 22:14:15:x", 20),
        hostile("a point without a fraction", "<13>Oct 11 22:14:15. x", 20),
        hostile("a stamp that is none", "<13>Oct 11 2x:14:15 mail x", 12),
        hostile("a stamp without an end", "<13>Oct 11 22:14", 16),
        hostile("no blank behind the stamp", "<13>Oct 11 22:14:15mail", 19),
        hostile("half a zone", "<13>2016-05-24T09:50:52+02 a", 26),
        hostile("version 2", "<13>2 - - - - - -", 5),
        hostile("version 0", "<13>0 - - - - - -", 4),
        hostile("a missing field", "<13>1 -  - - - -", 8),
        hostile("a stamp of words", "<13>1 yesterday - - - - -", 6),
        hostile("a name that is too long", "<13>1 - " + std::string(256, 'h') + " - - - -", 8 + 255),
        hostile("a field with a control octet", "<13>1 - a\x01 - - - -", 9),
        hostile("structured data that does not end", "<13>1 - - - - - [x y=\"z\"", 24),
        hostile("something else for structured data", "<13>1 - - - - - x", 16),
        hostile("a year for a stamp", "<13>1 2016 - - - - -", 10),
        hostile("a parameter without a value", "<13>1 - - - - - [x y] a", 20),
        hostile("a bracket within a value", "<13>1 - - - - - [x y=\"]\"] a", 22),
        hostile("a name of 33 octets", "<13>1 - - - - - [" + std::string(33, 'x') + "] a", 17 + 32),
        hostile("NUL within", bsd + std::string(1, '\0') + "hidden", bsd.size()),
        hostile("an escape", bsd + "\x1b[31m", bsd.size()),
        hostile("a second line", bsd + "\n" + bsd, bsd.size()),
        hostile("DEL in a value", "<13>1 - - - - - [x y=\"\x7f\"] a", 22),
        hostile("DNS", std::string("\0\7\1\0\0\1\0\0\0\0\0\0\3www\7example\0\0\1\0\1", 29), 0),
    });
}

TEST_CASE("syslog hostile: a stream that is no log") {
    using enum Reason;
    expect_found({
        stream("a client that asks", "C: \\^GET / HTTP/1.1\\r\\n\n", not_speaking),
        stream("a count of 0", "C: \\^0 \n", not_speaking),
        stream("a count beyond all messages", "C: 6553\\^7 <13>\n", not_speaking),
        stream("a count and something else", "C: 5\\^x\n", not_speaking),
        stream("a count that is too small", fmt::format("C: {} {}\n", 15, bsd.substr(0, 15) + "\\^" + bsd.substr(15)), not_speaking),
        stream("a count that is too large", fmt::format("C: {} {}\\n<13>\\^\\n\n", bsd.size() + 5, bsd), not_speaking),
        stream("a line feed too early", "C: <13>Oct 11\\^\\n\n", not_speaking),
        stream("NUL", fmt::format("C: {}\\^\\0hidden\\n\n", bsd), not_speaking),
        stream("an end within a counted message", fmt::format("C: {} {}\nC.\\^\n", bsd.size() + 1, bsd), not_speaking),
        stream("an end within a header", "C: <13>Oct\nC.\\^\n", not_speaking),
        stream("an answer", fmt::format("C: {}\\n\nS: \\^ok\\n\n", bsd), syslog_answered),
        stream("a server that speaks first", "S: \\^220 hello\\r\\n\n", syslog_answered),
    });
}

TEST_CASE("syslog hostile: a wrong datagram is grey alone, an answer is critical, and lines that follow are allowed") {
    const Talk talk{"", Script().say(client, bsd).say(client, "rm -rf").say(client, ietf).say(server, "thanks").say(client, bsd), "syslog",
                    "", true};
    const Judged j = judge(policy_for(talk), play_datagrams(talk.script, v4(outside, 40000), v4(mail, 53)));
    using enum sw::Verdict;
    REQUIRE(j.judgements.size() == 5);
    for (const std::size_t allowed : {0U, 2U, 4U}) CHECK(j.judgements[allowed].verdict == allow);
    CHECK(j.judgements[1].reasons == ReasonSet(Reason::not_speaking));
    CHECK(j.judgements[3].reasons == ReasonSet(Reason::syslog_answered));
    REQUIRE(j.findings.size() == 2);
    CHECK(j.findings[0].breach->breach.offset == 0);
    CHECK(info(Reason::syslog_answered).severity == Severity::critical);
}

}  // namespace sw::craft
