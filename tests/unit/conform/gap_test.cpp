/// Octets that were not captured: within content of a known length a machine goes on behind them; elsewhere it can judge no more.
#include <memory>

#include "tests/support/catch.hpp"
#include "tests/unit/conform/machines.hpp"

using namespace sw;
using test::Conversation;

namespace {

Rule clear_login() {
    Rule rule;
    rule.cleartext_login = true;
    return rule;
}

}  // namespace

TEST_CASE("gap: within a literal of IMAP, and not beyond it") {
    const auto p = test::protocol("imap", clear_login());
    Conversation c(*p);
    REQUIRE_FALSE(c.server("* PREAUTH hi\r\n"));
    REQUIRE_FALSE(c.client("a SELECT inbox\r\n"));
    REQUIRE_FALSE(c.server("a OK done\r\n* 1 FETCH (BODY[] {100}\r\n0123456789"));
    CHECK(c.machine().in_content());
    CHECK_FALSE(c.machine().gap(Side::responder, 91));
    REQUIRE(c.machine().gap(Side::responder, 80));
    REQUIRE_FALSE(c.server("0123456789)\r\n"));
    CHECK_FALSE(c.machine().in_content());
    CHECK_FALSE(c.machine().gap(Side::responder, 1));
    const auto breach = c.server("\xff");
    REQUIRE(breach);
    CHECK(breach->offset == 14 + 11 + 25 + 100 + 3);  // gaps count
}

TEST_CASE("gap: a chunk of a mail may go on in the middle of a line's end") {
    const auto p = test::protocol("smtp");
    const auto in_chunk = [&p] {
        auto c = std::make_unique<Conversation>(*p);
        REQUIRE_FALSE(c->server("220 a\r\n"));
        REQUIRE_FALSE(c->client("EHLO b\r\n"));
        REQUIRE_FALSE(c->server("250-a\r\n250 CHUNKING\r\n"));
        REQUIRE_FALSE(c->client("BDAT 20 LAST\r\naaaa"));
        CHECK_FALSE(c->machine().gap(Side::initiator, 17));
        REQUIRE(c->machine().gap(Side::initiator, 4));
        return c;
    };
    CHECK_FALSE(in_chunk()->client("\nccccccccc\r\n"));
    CHECK_FALSE(in_chunk()->client("cccccccccc\r\n"));
    const auto breach = in_chunk()->client("\nc\n");
    REQUIRE(breach);
    CHECK(breach->reason == Reason::smtp_bare_lf);
}

TEST_CASE("gap: POP3 has none") {
    const auto p = test::protocol("pop3");
    Conversation c(*p);
    REQUIRE_FALSE(c.server("+OK\r\n"));
    CHECK_FALSE(c.machine().gap(Side::responder, 1));
}

TEST_CASE("gap: within bodies of HTTP") {
    const auto p = test::protocol("http");
    Conversation c(*p);
    REQUIRE_FALSE(c.client("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    CHECK_FALSE(c.machine().gap(Side::initiator, 1));
    REQUIRE_FALSE(c.server("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"));
    CHECK(c.machine().in_content());
    CHECK(c.machine().gap(Side::responder, 100));
    CHECK_FALSE(c.machine().in_content());
    CHECK_FALSE(c.machine().gap(Side::responder, 1));

    Conversation chunks(*p);
    REQUIRE_FALSE(chunks.client("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    REQUIRE_FALSE(chunks.server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n"));
    CHECK_FALSE(chunks.machine().gap(Side::responder, 101));
    CHECK(chunks.machine().gap(Side::responder, 100));
    REQUIRE_FALSE(chunks.server("\r\n"));
    CHECK_FALSE(chunks.machine().gap(Side::responder, 1));
    CHECK_FALSE(chunks.server("0\r\n\r\n"));
}

TEST_CASE("gap: within frames of HTTP/2, but not in settings") {
    const auto p = test::protocol("http");
    Conversation c(*p);
    REQUIRE_FALSE(c.client("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + std::string("\0\0\0\4\0\0\0\0\0", 9)));
    REQUIRE_FALSE(c.client(std::string("\0\0\x64\1\4\0\0\0\1", 9)));
    CHECK(c.machine().gap(Side::initiator, 100));
    REQUIRE_FALSE(c.client(std::string("\0\0\6\4\0\0\0\0\0", 9)));
    CHECK_FALSE(c.machine().gap(Side::initiator, 6));
}

TEST_CASE("gap: of SSH only behind its keys") {
    const auto p = test::protocol("ssh");
    Conversation c(*p);
    REQUIRE_FALSE(c.client("SSH-2.0-x\r\n"));
    CHECK(c.listener.last == Told::ident);
    CHECK(c.listener.text == "SSH-2.0-x");
    CHECK_FALSE(c.machine().gap(Side::initiator, 1));
}

TEST_CASE("gap: within packets of OpenVPN over TCP") {
    const auto p = test::protocol("openvpn");
    Conversation c(*p);
    REQUIRE_FALSE(c.client(std::string("\0\x20\x38sessionA", 11) + std::string(3, 'x')));
    CHECK_FALSE(c.machine().gap(Side::initiator, 21));
    CHECK(c.machine().gap(Side::initiator, 20));
    CHECK_FALSE(c.machine().gap(Side::initiator, 1));
}

TEST_CASE("gap: a stream of log lines cannot be judged behind one") {
    const auto p = test::protocol("syslog");
    Conversation c(*p);
    CHECK_FALSE(c.machine().gap(Side::initiator, 1));
}
