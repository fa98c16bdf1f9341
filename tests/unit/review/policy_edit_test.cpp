#include "tests/support/captures.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/stock.hpp"
#include "tests/unit/review/reviewed.hpp"

using namespace sw;
using namespace sw::craft;
using sw::test::has;
using sw::test::Reviewed;

namespace {

/// For 198.51.100.7 to 192.0.2.77 port 80.
Proposal some_rule(RuleKind kind = RuleKind::allow) {
    Proposal p;
    p.finding = 1;
    p.name = "finding-1";
    p.kind = kind;
    p.filter =
        kind == RuleKind::allow ? "tcp and src host 198.51.100.7 and dst host 192.0.2.77 and dst port 80" : "arp and src host 192.0.2.77";
    p.toml = "[[" + std::string(to_string(kind)) + "]]\nname   = \"finding-1\"\nfilter = \"" + p.filter +
             "\"\nreason = \"x\"\nuntil  = 2027-02-20\n";
    return p;
}

Result<PolicyEdit> edited(const std::string& text, const Proposal& rule = some_rule()) {
    Reviewed setup(stock_policy);  // marks the process, so that lint may compile
    PolicyLoad load = parse_policy("test.toml", text);
    REQUIRE(load.policy);
    return with_rule(*load.policy, rule, test::today);
}

/// The edit is before + piece + after, where before + after is the old text.
void check_only_insertion(const std::string& before, const std::string& after, const std::string& rule) {
    REQUIRE(after.size() > before.size());
    std::size_t head = 0;
    while (head < before.size() && before[head] == after[head]) ++head;
    const std::size_t tail = before.size() - head;
    CHECK(after.substr(after.size() - tail) == before.substr(head));
    CHECK(has(after, rule));
}

const std::string small =
    "[names]\nmail = \"192.0.2.25\"\n\n[[allow]]\nname = \"a\"\nfilter = \"tcp and dst host $mail and dst port 25\" # note\n";

}  // namespace

TEST_CASE("a rule goes behind the last rule of its kind in the shipped policy and changes nothing else") {
    Octets octets;
    REQUIRE(read_file(SPAN_SOURCE_DIR "/rules/profiles/mail-enclave.toml", octets));
    const std::string before(octets.begin(), octets.end());
    const auto edit = edited(before);
    REQUIRE(edit);
    check_only_insertion(before, edit->text, some_rule().toml);
    CHECK(has(edit->text, "speaks = \"syslog\"\n\n" + some_rule().toml + "\n# [[forbid]] comes before everything else"));
    const auto housekeeping = edited(before, some_rule(RuleKind::housekeeping));
    REQUIRE(housekeeping);
    check_only_insertion(before, housekeeping->text, some_rule(RuleKind::housekeeping).toml);
    CHECK(has(housekeeping->text, some_rule(RuleKind::housekeeping).toml + "\n[wire]\n"));
}

TEST_CASE("a policy without a rule of the kind, or without a last newline, gets the rule at its end") {
    const auto first = edited(small, some_rule(RuleKind::housekeeping));
    REQUIRE(first);
    CHECK(first->text == small + "\n" + some_rule(RuleKind::housekeeping).toml);
    const std::string open = small.substr(0, small.size() - 1);
    const auto second = edited(open);
    REQUIRE(second);
    CHECK(second->text == open + "\n\n" + some_rule().toml);
}

TEST_CASE("a policy with carriage returns keeps them and gets them in the new rule") {
    std::string crlf;
    for (const char c : small) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
    const auto edit = edited(crlf);
    REQUIRE(edit);
    CHECK(edit->text.starts_with(crlf));
    CHECK(has(edit->text, "[[allow]]\r\nname   = \"finding-1\"\r\n"));
}

TEST_CASE("a string that looks like the next table does not swallow the rule") {
    const std::string trap =
        "[names]\nmail = \"192.0.2.25\"\n\n[[allow]]\nname = \"a\"\nfilter = \"\"\"tcp\n[13] & 2 != 0 and dst host $mail\"\"\"\n\n[wire]\nignore = []\n";
    const auto edit = edited(trap);
    if (!edit) FAIL(edit.error().text);
    check_only_insertion(trap, edit->text, some_rule().toml);
    const PolicyLoad load = parse_policy("test.toml", edit->text);
    REQUIRE(load.policy);
    CHECK(load.policy->rules.size() == 2);
}

TEST_CASE("a rule that would make the policy unusable is refused with the place and the reason") {
    Proposal twice = some_rule();
    twice.toml += "until = 2027-02-20\n";
    const auto parse = edited(small, twice);
    REQUIRE_FALSE(parse);
    CHECK(has(parse.error().text, "with the rule, the policy test.toml: line "));
    Proposal nonsense = some_rule();
    nonsense.filter = "tcp and frobnicate";
    nonsense.toml = "[[allow]]\nname = \"finding-1\"\nfilter = \"tcp and frobnicate\"\n";
    CHECK_FALSE(edited(small, nonsense));
}

TEST_CASE("what lint says of the new rule is handed on, and of no other") {
    Proposal literal = some_rule();
    literal.filter = "tcp and src host 198.51.100.7 and dst host 192.0.2.25 and dst port 80";  // $mail
    literal.toml = "[[allow]]\nname = \"finding-1\"\nfilter = \"" + literal.filter + "\"\n";
    const auto edit = edited(small, literal);
    REQUIRE(edit);
    REQUIRE_FALSE(edit->warnings.empty());
    const PolicyLoad load = parse_policy("test.toml", edit->text);
    for (const Diagnostic& d : edit->warnings) {
        CHECK(d.level == Diagnostic::Level::warning);
        CHECK(d.line > load.policy->rules[0].line);
    }
    CHECK(edit->sha256 == load.policy->sha256);
}
