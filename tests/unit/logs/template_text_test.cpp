#include <random>

#include "rules/base/pattern.hpp"
#include "rules/logs/baseline.hpp"
#include "rules/logs/template_text.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/logs/lines.hpp"

using namespace sw;

namespace {

/// Pieces that lines are made of: what the scanner knows, its neighbours, and what it must not mistake.
std::string random_line(std::mt19937& random) {
    static const std::vector<std::string> pieces{"user ",
                                                 "user=<",
                                                 "from ",
                                                 "uid=",
                                                 "status=sent (",
                                                 "COMMAND=",
                                                 "exe=\"",
                                                 "amy",
                                                 "4711",
                                                 "-5",
                                                 "0.25",
                                                 "1.5s",
                                                 "64kB",
                                                 "0x1f",
                                                 "deadbeef01",
                                                 "192.0.2.1",
                                                 "192.0.2.1:25",
                                                 "2001:db8::7",
                                                 "::1",
                                                 "02:00:00:00:00:19",
                                                 "mx.example.net[192.0.2.1]",
                                                 "<a@b.c>",
                                                 "/var/x",
                                                 "\"two words\"",
                                                 "\"one\"",
                                                 "{",
                                                 "}",
                                                 "\\",
                                                 "Nov 22 11:00:00",
                                                 "2026-11-22T11:00:00Z",
                                                 "[",
                                                 "]",
                                                 "(",
                                                 ")",
                                                 ">",
                                                 "'",
                                                 ":",
                                                 ",",
                                                 " ",
                                                 " ",
                                                 " ",
                                                 "=",
                                                 ".",
                                                 "\xc3\xbc",
                                                 "\xff",
                                                 "\xe2\x80\xae",
                                                 "session-42.scope",
                                                 "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
                                                 "listening ",
                                                 "port 22",
                                                 "[    1.000000] ",
                                                 "for ",
                                                 "by ",
                                                 "12:34:56",
                                                 "01234567-89ab-cdef-0123-456789abcdef",
                                                 "said: ",
                                                 "helo=<",
                                                 "message-id=<",
                                                 "code=1"};
    std::uniform_int_distribution<std::size_t> pick(0, pieces.size() - 1), count(1, 14);
    std::string out;
    for (std::size_t n = count(random); n > 0; --n) out += pieces[pick(random)];
    return out;
}

}  // namespace

TEST_CASE("template text: whatever a line holds, its template reads back as itself, knows the line, and has a pattern that matches it") {
    std::mt19937 random(26);
    const std::vector<std::string> programs{"sshd", "postfix/smtpd", "dovecot", "sudo", "CRON", "systemd", "kernel", "x", ""};
    for (int i = 0; i < 3000; ++i) {
        const std::string text = random_line(random);
        const std::string& program = programs[static_cast<std::size_t>(i) % programs.size()];
        const auto t = template_of(line(program, text));
        if (!t) continue;
        INFO(program << ": " << text << " -> " << t->text);
        const auto parsed = parse_template_text(t->text);
        REQUIRE(parsed);
        CHECK(text_of_skeleton(parsed->skeleton) == t->text);
        CHECK(parsed->kinds.size() == t->holes.size());
        Baseline baseline({}, test_key);
        REQUIRE(baseline.add(*t));
        CHECK(baseline.ask(line(program, text)).fit == Baseline::Fit::known);
        const auto pattern = Pattern::compile(as_pattern(*t));
        REQUIRE(pattern);
        CHECK(pattern->matches(text));
        if (template_text(program, text + " x") != t->text) CHECK_FALSE(pattern->matches(text + " x"));
    }
}

TEST_CASE("template text: what is none is refused, and the place is said") {
    const auto why = [](std::string_view text) {
        const auto p = parse_template_text(text);
        return p ? std::string("none") : p.error().text;
    };
    CHECK(why("a {integer} b") == "none");
    CHECK(why("a {integer") == "a template that is none: a brace that is not closed (one of the line itself is written \\{) at octet 3");
    CHECK(why("a {number of} b").starts_with("a template that is none: a hole of no kind that there is (integer, number, "));
    CHECK(why("a \\q") == "a template that is none: \\ is followed by no \\, {, xNN or u{NNNN} at octet 3");
    CHECK(why("a \\x0") != "none");
    CHECK(why("a \\u{110000}") != "none");
    CHECK(why("a \\u{}") != "none");
    CHECK(why("a \\x1b") == "a template that is none: a control character at octet 3");
    CHECK(why(std::string_view("a \0", 3)) != "none");
    std::string many;
    for (int i = 0; i < 65; ++i) many += "{integer}";
    CHECK(why(many).find("more than 64 holes") != std::string::npos);
    CHECK(why(std::string(9000, 'a')).find("more octets") != std::string::npos);
}

TEST_CASE("template text: the pattern of a template says its sets, and escapes what they hold") {
    auto t = template_of(line("sshd", "Accepted password for amy from 192.0.2.130 port 5 ssh2"));
    REQUIRE(t);
    t->holes[0].values = {"amy", "b.o|b"};
    CHECK(as_pattern(*t) == "^Accepted password for (?:amy|b\\.o\\|b) from 192\\.0\\.2\\.130 port (?:[-+]?[0-9]{1,20}) ssh2$");
    t->holes[0].open = true;
    CHECK(as_pattern(*t).starts_with("^Accepted password for (?:(?s:.)+) from "));
    t->holes[0] = {HoleKind::user, false, {}};
    const auto nobody = Pattern::compile(as_pattern(*t));
    REQUIRE(nobody);
    CHECK_FALSE(nobody->matches("Accepted password for amy from 192.0.2.130 port 5 ssh2"));
    CHECK_FALSE(nobody->matches("Accepted password for  from 192.0.2.130 port 5 ssh2"));
}

TEST_CASE("template text: every kind of hole has a word of its own, and a sample that its pattern accepts") {
    for (std::size_t k = 0; k < static_cast<std::size_t>(HoleKind::count); ++k) {
        const auto kind = static_cast<HoleKind>(k);
        INFO(info(kind).word);
        CHECK(hole_kind_from(info(kind).word) == kind);
        CHECK(info(kind).sample.size() <= info(kind).longest);
        const auto pattern = Pattern::compile(std::string(info(kind).pattern));
        REQUIRE(pattern);
        CHECK(pattern->matches(info(kind).sample));
        CHECK_FALSE(pattern->matches(""));
    }
    CHECK_FALSE(hole_kind_from("anything"));
}
