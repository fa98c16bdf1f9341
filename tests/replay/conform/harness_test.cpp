/// The harness can fail: it says so where a dialogue is clean that should not be, or wrong elsewhere than marked.
#include "tests/replay/conform/talks.hpp"
#include "tests/support/catch.hpp"

namespace sw::craft {
namespace {

const char* const greeting = R"(
    S> 220 mail.example ESMTP
    C> HELO relay.example.org
    S> 250 mail.example
    C> QUIT
    S> 221 bye
    S.
    C.
)";

}  // namespace

TEST_CASE("talks: an honest dialogue is clean, and nothing is found in it") {
    const Talk talk{"honest", Script(greeting), "smtp"};
    CHECK(not_clean(talk) == "");
    CHECK(not_found(talk, Reason::not_speaking).find("nothing was found") != std::string::npos);
}

TEST_CASE("talks: a wrong dialogue is not clean, and is found only for its reason and at its place") {
    const std::string wrong = "S> 220 mail.example\n C: HELO relay.example.org\\^\\n\n";
    const Talk talk{"bare LF", Script(wrong), "smtp"};
    CHECK(not_clean(talk) != "");
    CHECK(not_found(talk, Reason::smtp_bare_lf) == "");
    CHECK(not_found(talk, Reason::not_speaking).find("smtp-bare-lf") != std::string::npos);
    const Talk elsewhere{"marked elsewhere", Script("S> 220 mail.example\n C: HELO relay.example.or\\^g\\n\n"), "smtp"};
    CHECK(not_found(elsewhere, Reason::smtp_bare_lf).find("expected at octet") != std::string::npos);
}

TEST_CASE("talks: scripts are read as they are written") {
    const Script s("S> 220 a\n# nothing\nC: x\\x00\\r\\t\\\\\\^y\nC.\nS!");
    REQUIRE(s.lines().size() == 4);
    CHECK(s.lines()[0].octets == "220 a\r\n");
    CHECK(s.lines()[1].octets == std::string("x\0\r\t\\y", 6));
    CHECK(s.lines()[2].end == Script::End::fin);
    CHECK(s.lines()[3].end == Script::End::reset);
    REQUIRE(s.marked());
    CHECK(s.marked()->side == Side::client);
    CHECK(s.marked()->offset == 5);
}

}  // namespace sw::craft
