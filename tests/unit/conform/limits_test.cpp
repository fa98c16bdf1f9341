/// Lines, heads and lists without end are found at their limits; machines are small.
#include "tests/support/catch.hpp"
#include "tests/unit/conform/machines.hpp"

using namespace sw;
using test::Conversation;

TEST_CASE("limits: a command of IMAP ends within 65,536 octets, literals aside") {
    const auto p = test::protocol("imap");
    Conversation c(*p);
    REQUIRE_FALSE(c.server("* OK [CAPABILITY LITERAL+] hi\r\n"));
    REQUIRE_FALSE(c.client("a ID {100000+}\r\n" + std::string(100'000, 'x') + " "));
    REQUIRE_FALSE(c.client(std::string(65'536 - 17, 'x')));
    const auto breach = c.client("x");
    REQUIRE(breach);
    CHECK(breach->offset == 16 + 100'000 + 1 + 65'536 - 17);
}

TEST_CASE("limits: a response of IMAP may be as long as a mailbox is large") {
    const auto p = test::protocol("imap", [] {
        Rule rule;
        rule.cleartext_login = true;
        return rule;
    }());
    Conversation c(*p);
    REQUIRE_FALSE(c.server("* PREAUTH hi\r\n* SEARCH"));
    for (int i = 0; i < 100'000; ++i) REQUIRE_FALSE(c.server(" 1234567"));
    CHECK_FALSE(c.server("\r\n"));
}

TEST_CASE("limits: a head of HTTP has at most 128 fields and 65,536 octets") {
    const auto p = test::protocol("http");
    Conversation fields(*p);
    REQUIRE_FALSE(fields.client("GET / HTTP/1.1\r\n"));
    for (int i = 0; i < 128; ++i) REQUIRE_FALSE(fields.client("a:b\r\n"));
    CHECK(fields.client("a")->offset == 16 + 128 * 5);

    Conversation octets(*p);
    REQUIRE_FALSE(octets.client("GET / HTTP/1.1\r\n"));
    for (int i = 0; i < 8; ++i) REQUIRE_FALSE(octets.client("a:" + std::string(8'000 - 4, 'b') + "\r\n"));
    REQUIRE_FALSE(octets.client("a:" + std::string(65'536 - 16 - 64'000 - 2, 'b')));
    CHECK(octets.client("b")->offset == 65'536);
}

TEST_CASE("limits: a message in a stream of log lines ends within 65,536 octets") {
    const auto p = test::protocol("syslog");
    Conversation c(*p);
    REQUIRE_FALSE(c.client("<13>Oct 11 22:14:15 " + std::string(65'536 - 19, 'x')));
    CHECK(c.client("x")->offset == 65'537);
}

TEST_CASE("limits: every protocol has a machine, and none takes more than 2 KiB") {
    for (const std::string speaks : {"smtp", "imap", "pop3", "dns", "tls", "ssh", "http", "syslog", "ntp", "wireguard", "openvpn", "ike"}) {
        INFO(speaks);
        const auto p = test::protocol(speaks);
        REQUIRE(p);
        CHECK(p->machine_octets() <= Protocol::most_octets);
    }
}
