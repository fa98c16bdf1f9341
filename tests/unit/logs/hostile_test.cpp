// What somebody writes into a log who wants to pass for what is known.
#include <chrono>
#include <set>

#include "rules/logs/log_judge.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/logs/lines.hpp"

using namespace sw;
using Fit = Baseline::Fit;

namespace {

std::shared_ptr<const LogPolicy> no_rules() {
    static const Policy policy;
    return *LogPolicy::make(policy, {});
}

}  // namespace

TEST_CASE("hostile line: something behind, before or within a known line makes it another line") {
    Baseline b({}, test_key);
    const std::string known = "Accepted password for amy from 192.0.2.130 port 51234 ssh2";
    b.learn(line("sshd", known));
    for (const char* put : {"; rm -rf /", " ", "x", " from 203.0.113.9", "\t", "\xff", "{user}", "\\", "1"})
        for (std::size_t at = 0; at <= known.size(); ++at) {
            std::string stuffed = known;
            stuffed.insert(at, put);
            const Fit fit = b.ask(line("sshd", stuffed)).fit;
            // Digits put into a port are a port.
            if (fit == Fit::known) CHECK(template_text("sshd", stuffed) == template_text("sshd", known));
            if (std::string_view(put) != "1") CHECK(fit != Fit::known);
        }
}

TEST_CASE("hostile line: an address hole holds an address and nothing else") {
    Baseline b({}, test_key);
    b.learn(line("x", "connect from 192.0.2.1"));
    CHECK(b.ask(line("x", "connect from 203.0.113.9")).fit == Fit::known);
    for (const char* other :
         {"1.2.3.4; rm -rf /", "1.2.3.4|sh", "1.2.3.4 5.6.7.8", "1.2.3.4.evil.example", "1.2.3.400", "[1.2.3.4]", "1.2.3.4/32", "", "evil"})
        CHECK(b.ask(line("x", "connect from " + std::string(other))).fit == Fit::new_template);
}

TEST_CASE("hostile line: a user's name with spaces in it is no known user's line") {
    Baseline b({}, test_key);
    b.learn(line("sshd", "Invalid user bob from 198.51.100.7 port 4711"));
    CHECK(b.ask(line("sshd", "Invalid user bob from 198.51.100.7 port 4711 from 203.0.113.9 port 22")).fit == Fit::new_template);
    CHECK(b.ask(line("sshd", "Invalid user bob from 203.0.113.9 port 4711")).fit == Fit::new_value);
    CHECK(b.ask(line("sshd", "Invalid user bob bob from 198.51.100.7 port 4711")).fit == Fit::new_template);
}

TEST_CASE("hostile line: what looks like a template's own words is text") {
    Baseline b({}, test_key);
    b.learn(line("x", "user amy"));
    CHECK(b.ask(line("x", "user {user}")).fit == Fit::new_value);
    CHECK(b.ask(line("x", "{user} {user}")).fit == Fit::new_template);
    // Not even the skeleton's own marks: they are control octets.
    const std::string mark("user \0\x20", 7);
    CHECK(b.ask(line("x", mark)).fit == Fit::control_octets);
    CHECK(b.learn(line("x", mark)) == Baseline::Learnt::refused_line);
}

TEST_CASE("hostile line: host and program cannot be mistaken for each other or for text") {
    Baseline b({}, test_key);
    LogLine l = line("b", "c");
    l.host = "a";
    b.learn(l);
    for (const auto& [host, program, text] :
         std::vector<std::array<const char*, 3>>{{"ab", "", "c"}, {"a", "", "bc"}, {"", "ab", "c"}, {"a", "bc", ""}}) {
        l.host = host;
        l.program = program;
        l.text = text;
        CHECK(b.ask(l).fit == Fit::new_template);
    }
}

TEST_CASE("hostile line: control octets, escape sequences and line breaks are findings of their own and never learnt") {
    LogJudge judge(no_rules(), {}, test_key);
    for (const std::string& bad : {std::string("a\0b", 3), std::string("\x1b[2J"), std::string("a\nAccepted password for root"),
                                   std::string("a\rb"), std::string("\b\b\b"), std::string("\x7f")}) {
        const LogVerdict v = judge.learn(line("x", bad));
        CHECK(v.reason == LogReason::control_bytes);
        CHECK(v.kind == LogVerdict::Kind::grey);
        const std::string said = sentence(v, line("x", bad));
        CHECK(std::none_of(said.begin(), said.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }));
    }
    CHECK(judge.baseline().size() == 0);
}

TEST_CASE("hostile line: what is shown of it is clean: C1, bidi and broken UTF-8 are escaped in templates, values and sentences") {
    LogJudge judge(no_rules(), {}, test_key);
    const std::string bad = "user \xc2\x9b\xe2\x80\xae\xff said \xe2\x80\xae";
    LogVerdict v = judge.judge(line("x", bad));
    REQUIRE(v.reason == LogReason::new_template);
    CHECK(v.found->text == "user {user} said \\u{202e}");
    CHECK(sentence(v, line("x", bad)) == "mail: x said something that it never said before: \"user {user} said \\u{202e}\"");
    judge.learn(line("x", "user amy said \xe2\x80\xae"));
    v = judge.judge(line("x", bad));
    REQUIRE(v.reason == LogReason::new_value);
    CHECK(sentence(v, line("x", bad)) ==
          "mail: x said \"user {user} said \\u{202e}\" with a value never seen there: user \"\\u{009b}\\u{202e}\\xff\"");
}

TEST_CASE("hostile line: 64 KiB are too long to be known, and cost no more than reading them") {
    LogJudge judge(no_rules(), {}, test_key);
    const std::string huge(65'535, '<');
    const LogVerdict v = judge.learn(line("x", huge));
    CHECK(v.reason == LogReason::too_long);
    CHECK(sentence(v, line("x", huge)).size() < 400);
}

TEST_CASE("hostile line: lines made to be slow are not: each octet is looked at a bounded number of times") {
    // The longest that are scanned, of what the scanner looks ahead for.
    Baseline b({}, test_key);
    for (const char* piece : {"user=", "user=\"", "<", "\"", "\"\\", "status=sent (", "1:", "a:", "::", "/", "2026-", "user=<", "1.1.1.",
                              "Jan ", "by ", "for ", "[1.1.1.1", "0x", "said: "}) {
        std::string text;
        while (text.size() + std::string_view(piece).size() <= 8192) text += piece;
        const auto start = std::clock();
        for (int i = 0; i < 5; ++i) b.ask(line("postfix/smtpd", text));
        const double ms = 1000.0 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC / 5;
        INFO(piece << ": " << ms << " ms");
        CHECK(ms < 50);  // of processor time, with sanitizers
    }
}

TEST_CASE("hostile line: a flood of new templates is bounded: beyond the limit it is a flood, and only that") {
    LogJudge judge(no_rules(), {256, 10'000, 64, 100}, test_key);
    std::size_t first = 0, flood = 0;
    for (int i = 0; i < 1000; ++i) {
        const std::string text = "word" + std::string(static_cast<std::size_t>(i % 500 + 1), 'x');
        const LogVerdict v = judge.judge(line("x", text));
        first += v.reason == LogReason::new_template && v.first;
        flood += v.reason == LogReason::flood;
        if (v.reason == LogReason::flood) CHECK(v.found == nullptr);
    }
    CHECK(first == 100);
    CHECK(flood == 800);
    CHECK(judge.new_templates("mail") == 100);
    // Another host has a limit of its own; a template that a person decided makes room.
    LogLine other = line("x", "hello");
    other.host = "firewall";
    CHECK(judge.judge(other).reason == LogReason::new_template);
    judge.forget_new(*template_of(line("x", "wordx")));
    CHECK(judge.judge(line("x", "another")).reason == LogReason::new_template);
}

TEST_CASE("hostile line: a sender who knows the code but not the key cannot make templates collide") {
    // The same shapes under two keys: were the hash not keyed, they would be the same.
    Baseline one({}, {1}), other({}, {2});
    std::set<std::uint64_t> shapes;
    for (int i = 0; i < 1000; ++i) {
        const std::string text =
            std::string("a") + static_cast<char>('a' + i % 26) + std::string(static_cast<std::size_t>(i / 26 + 1), 'b');
        const auto a = one.ask(line("x", text)).shape, c = other.ask(line("x", text)).shape;
        CHECK(a != c);
        shapes.insert(a);
        shapes.insert(c);
    }
    CHECK(shapes.size() == 2000);
}
