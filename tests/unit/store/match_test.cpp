/// The words that select findings: what they mean, and what a wrong one says.
#include "collector/store/match.hpp"

#include "collector/store/match_time.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/store/shelf.hpp"

namespace sw {
namespace {

using shelf::matching;
using shelf::Row;
using shelf::Shelf;
using Ids = std::vector<std::int64_t>;

constexpr std::int64_t second = 1'000'000'000;

std::string error_of(const std::string& expression) {
    const auto terms = parse_match(expression);
    return terms ? "no error" : terms.error().text;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("match: a word is a key and its value, a free word, or one of them behind a minus") {
    const auto terms = parse_match("  state:open\t-port:53 scan \"two words\" text:\"a \\\"quoted\\\" one\" -x");
    REQUIRE(terms);
    REQUIRE(terms->size() == 6);
    using Key = MatchTerm::Key;
    const auto is = [&](std::size_t i, Key key, bool negated, const std::string& value) {
        INFO(i);
        CHECK((*terms)[i].key == key);
        CHECK((*terms)[i].negated == negated);
        CHECK((*terms)[i].value == value);
    };
    is(0, Key::state, false, "open");
    is(1, Key::port, true, "53");
    is(2, Key::text, false, "scan");
    is(3, Key::text, false, "two words");
    is(4, Key::text, false, "a \"quoted\" one");
    is(5, Key::text, true, "x");
}

TEST_CASE("match: no word at all selects everything") {
    const auto terms = parse_match(" \t ");
    REQUIRE(terms);
    CHECK(terms->empty());
    CHECK(to_sql(*terms, {}).where == "1");
}

TEST_CASE("match: what match_word writes is read back as it was") {
    for (const std::string value : {"plain", "two words", "a\"b", "back\\slash", "-minus", "colon:ed", "tab\there", "\"", "\\"}) {
        INFO(value);
        const auto terms = parse_match("state:open " + match_word("text", value) + " port:25");
        REQUIRE(terms);
        REQUIRE(terms->size() == 3);
        CHECK((*terms)[1].value == value);
    }
}

TEST_CASE("match: a wrong word is named, with what it should have been") {
    CHECK(has(error_of("sate:open"), "'sate:open': there is no key 'sate', did you mean 'state:'?"));
    CHECK(has(error_of("2001:db8::1"), "quote the word"));
    CHECK(has(error_of("state:opn"), "did you mean 'open'?"));
    CHECK(has(error_of("state:x"), "it must be one of open, taken, escalated, allowed, dismissed"));
    CHECK(has(error_of("severity:hgh"), "did you mean 'high'?"));
    CHECK(has(error_of("verdict:white"), "grey, black"));
    CHECK(has(error_of("direction:sideways"), "inbound"));
    CHECK(has(error_of("reason:no-rul"), "did you mean 'no-rule'?"));
    CHECK(has(error_of("reason:zzzzzzzzzzzz"), "no reason has that name"));
    CHECK(has(error_of("src:192.0.2.300"), "address or a prefix"));
    CHECK(has(error_of("src:192.0.2.1/24"), "host bits"));
    CHECK(has(error_of("port:65536"), "0 to 65535"));
    CHECK(has(error_of("port:-1"), "0 to 65535"));
    CHECK(has(error_of("id:12x"), "an id is a number"));
    CHECK(has(error_of("id:99999999999999999999"), "an id is a number"));
    CHECK(has(error_of("count:>"), ">100, <10"));
    CHECK(has(error_of("count:>-3"), ">100, <10"));
    CHECK(has(error_of("since:yesterday"), "15m"));
    CHECK(has(error_of("state:"), "nothing stands behind the colon"));
    CHECK(has(error_of("-"), "no word to search for"));
    CHECK(has(error_of("\"\""), "no word to search for"));
    CHECK(has(error_of("text:\"open"), "quote is not closed"));
    CHECK(has(error_of("text:" + std::string(1001, 'a')), "longer than 1000 octets"));
    CHECK(has(error_of(std::string("text:a\0b", 8)), "NUL"));
    std::string many;
    for (int i = 0; i < 101; ++i) many += "id:1 ";
    CHECK(has(error_of(many), "more than 100 words"));
}

TEST_CASE("match: an error shows the word escaped") {
    const std::string text = error_of("st\x1b[31mate:open");
    CHECK(has(text, "\\x1b"));
    CHECK_FALSE(has(text, "\x1b"));
}

TEST_CASE("match: words of one key are alternatives, different keys must all hold") {
    Shelf s;
    const auto a = s.add({.port = 25}), b = s.add({.port = 465}), c = s.add({.proto = "udp", .port = 25});
    CHECK(matching(s, "port:25 port:465") == Ids{a, b, c});
    CHECK(matching(s, "port:25 proto:tcp") == Ids{a});
    CHECK(matching(s, "port:25 port:465 proto:TCP") == Ids{a, b});
    CHECK(matching(s, "proto:17") == Ids{c});
    CHECK(matching(s, "port:25 -proto:udp") == Ids{a});
}

TEST_CASE("match: a minus also selects findings that have no such field") {
    Shelf s;
    const auto with = s.add(), without = s.add({.initiator = "", .port = -1, .nearest = ""});
    CHECK(matching(s, "-port:465") == Ids{without});
    CHECK(matching(s, "-src:198.51.100.7") == Ids{without});
    CHECK(matching(s, "-host:198.51.100.7") == Ids{without});
    CHECK(matching(s, "-rule:smtp-in") == Ids{without});
    CHECK(matching(s, "-analyst:bob") == Ids{with, without});
}

TEST_CASE("match: addresses match by prefix, of the part that is asked for") {
    Shelf s;
    const auto a = s.add({.initiator = "192.0.2.0", .responder = "198.51.100.1"});
    const auto b = s.add({.initiator = "192.0.2.255", .responder = "198.51.100.1"});
    const auto c = s.add({.initiator = "192.0.3.0", .responder = "192.0.2.7"});
    const auto six = s.add({.initiator = "2001:db8:1::25", .responder = "::"});
    CHECK(matching(s, "src:192.0.2.0/24") == Ids{a, b});
    CHECK(matching(s, "dst:192.0.2.0/24") == Ids{c});
    CHECK(matching(s, "host:192.0.2.0/24") == Ids{a, b, c});
    CHECK(matching(s, "src:192.0.2.255") == Ids{b});
    CHECK(matching(s, "src:0.0.0.0/0") == Ids{a, b, c});
    CHECK(matching(s, "src:::/0") == Ids{six});
    CHECK(matching(s, "src:2001:db8:1::/48") == Ids{six});
    CHECK(matching(s, "src:2001:db8:1::25") == Ids{six});
    CHECK(matching(s, "src:192.0.2.254/31") == Ids{b});
    CHECK(matching(s, "-src:192.0.2.0/24") == Ids{c, six});
}

TEST_CASE("match: every key asks for its own column") {
    Shelf s;
    const auto plain = s.add();
    const auto black = s.add({.severity = 2,
                              .black = true,
                              .reasons = R"(["forbidden"])",
                              .direction = "outbound",
                              .nearest = "",
                              .rule = "mail-out",
                              .count = 500});
    CHECK(matching(s, "id:2") == Ids{black});
    CHECK(matching(s, "severity:critical") == Ids{black});
    CHECK(matching(s, "severity:high") == Ids{plain});
    CHECK(matching(s, "severity:notice") == Ids{});
    CHECK(matching(s, "verdict:black") == Ids{black});
    CHECK(matching(s, "verdict:grey") == Ids{plain});
    CHECK(matching(s, "reason:no-rule") == Ids{plain});
    CHECK(matching(s, "reason:forbidden") == Ids{black});
    CHECK(matching(s, "direction:outbound") == Ids{black});
    CHECK(matching(s, "rule:mail-out") == Ids{black});
    CHECK(matching(s, "rule:smtp-in") == Ids{plain});
    CHECK(matching(s, "count:>1") == Ids{black});
    CHECK(matching(s, "count:<2") == Ids{plain});
    CHECK(matching(s, "count:500") == Ids{black});
    CHECK(matching(s, "count:>1 count:<500") == Ids{});
    REQUIRE(decide(s, QueueVerb::take, plain));
    CHECK(matching(s, "analyst:alice") == Ids{plain});
    CHECK(matching(s, "state:taken") == Ids{plain});
    CHECK(matching(s, "state:taken state:open") == Ids{plain, black});
    CHECK(matching(s, "-state:taken") == Ids{black});
}

TEST_CASE("match: a reason's name does not match a longer one") {
    Shelf s;
    s.add({.reasons = R"(["fragment-tiny"])"});
    CHECK(matching(s, "reason:fragment") == Ids{});
}

TEST_CASE("match: free words are looked for in sentence and comments, letters of any case, and all must be there") {
    Shelf s;
    const auto a = s.add({.sentence = "A 100% sure Scan of many_ports."}), b = s.add({.sentence = "Nothing."});
    s.sample(b, 1, "GREY #2: a scan, c:\\dir");
    CHECK(matching(s, "scan") == Ids{a, b});
    CHECK(matching(s, "SCAN sure") == Ids{a});
    CHECK(matching(s, "-scan") == Ids{});
    CHECK(matching(s, "100%") == Ids{a});
    CHECK(matching(s, "1%0") == Ids{});
    CHECK(matching(s, "many_ports") == Ids{a});
    CHECK(matching(s, "manyxports") == Ids{});
    CHECK(matching(s, "\"c:\\\\dir\"") == Ids{b});
    CHECK(matching(s, "text:\"sure scan\"") == Ids{a});
    CHECK(matching(s, "'; DROP TABLE finding; --") == Ids{});
    CHECK(matching(s, "scan") == Ids{a, b});
}

TEST_CASE("match: since and until bound the packets of a finding") {
    Shelf s;
    const Timestamp now{1'795'132'800 * second};
    const auto old = s.add({.first = now + std::chrono::hours(-50), .last = now + std::chrono::hours(-49)});
    const auto fresh = s.add({.first = now + std::chrono::minutes(-10), .last = now + std::chrono::minutes(-5)});
    const auto both = s.add({.first = now + std::chrono::hours(-50), .last = now + std::chrono::minutes(-5)});
    CHECK(matching(s, "since:1h", now) == Ids{fresh, both});
    CHECK(matching(s, "until:1h", now) == Ids{old, both});
    CHECK(matching(s, "since:2d until:1h", now) == Ids{both});
    CHECK(matching(s, "-since:1h", now) == Ids{old});
    CHECK(matching(s, "since:2026-11-19T23:55:00Z", now) == Ids{fresh, both});
    CHECK(matching(s, "since:2026-11-19T23:55:01Z", now) == Ids{});
}

TEST_CASE("instants: so long ago, dates, and RFC 3339 with or without zone") {
    const Timestamp now{1'795'132'800 * second};  // 2026-11-20T00:00:00Z
    const auto at = [&](std::string_view text) { return instant_from(text, now).value_or(Timestamp{-1}); };
    CHECK(at("90s") == now + std::chrono::seconds(-90));
    CHECK(at("15m") == now + std::chrono::minutes(-15));
    CHECK(at("1h") == now + std::chrono::hours(-1));
    CHECK(at("7d") == now + std::chrono::hours(-168));
    CHECK(at("2w") == now + std::chrono::hours(-336));
    CHECK(at("0s") == now);
    CHECK(at("2026-11-20") == now);
    CHECK(at("2026-11-20T00:00") == now);
    CHECK(at("2026-11-20T00:00:00") == now);
    CHECK(at("2026-11-20T00:00:00Z") == now);
    CHECK(at("2026-11-20T01:00:00+01:00") == now);
    CHECK(at("2026-11-19T18:30:00-05:30") == now);
    CHECK(at("2026-11-20T00:00:00.5Z") == now + std::chrono::milliseconds(500));
    CHECK(at("2026-11-20T00:00:00.000000001Z") == Timestamp{now.ns + 1});
    for (const char* wrong : {"",
                              "s",
                              "h",
                              "1",
                              "1y",
                              "-1h",
                              "+1h",
                              "1.5h",
                              "99999999999h",
                              "2026",
                              "2026-13-01",
                              "2026-02-30",
                              "2026-11-20 ",
                              "2026-11-20T",
                              "2026-11-20T24:00",
                              "2026-11-20T00:60",
                              "2026-11-20T00:00:60",
                              "2026-11-20T00:00:00.",
                              "2026-11-20T00:00:00X",
                              "2026-11-20T00:00:00+1",
                              "2026-11-20T00:00:00.1234567891Z",
                              "2026-11-20T00:00:00ZZ",
                              "1600-01-01",
                              "2300-01-01"}) {
        INFO(wrong);
        CHECK_FALSE(instant_from(wrong, now));
    }
}

}  // namespace sw
