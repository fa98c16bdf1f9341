// [log], [[log.allow]] and [[log.forbid]] of the policy file.
#include "tests/support/catch.hpp"
#include "tests/unit/policy/policy_helpers.hpp"

using namespace sw;
using sw::test::find;
using sw::test::parse;

namespace {

const std::string names = "[names]\nmail = \"192.0.2.25\"\nfirewall = \"192.0.2.1\"\n";

/// The one error of a log section, "code: message / fix"; "" if there is none.
std::string error_of(const std::string& text) {
    const PolicyLoad load = parse(names + text);
    for (const Diagnostic& d : load.diagnostics)
        if (d.level == Diagnostic::Level::error)
            return std::to_string(d.line) + ":" + std::to_string(d.column) + " " + d.code + ": " + d.message + " / " + d.fix;
    return "";
}

std::string pattern(const std::string& p) { return "[[log.allow]]\npattern = '" + p + "'\n"; }

}  // namespace

TEST_CASE("policy log: every key of the section and of its rules is read") {
    const PolicyLoad load = parse(R"([[log.allow]]
name = "connects"
host = ["mail", "firewall"]
app = "postfix/smtpd"
pattern = '^connect from [^ ]+$'
owner = "amy"
reason = "all the world writes to us"
until = 2027-06-30

[[log.forbid]]
host = "mail"
pattern = '^root .*$'

[log]
learn_minutes = 15
silent_minutes = 0
witness_line_seconds = 5
witness_flow_seconds = 1800
max_templates = 500
max_values = 16
max_new = 100
import = ["/etc/logcheck/ignore.d.server", "/etc/logcheck/ignore.d.server", "/usr/local/etc/logcheck"]

[names]
mail = "192.0.2.25"
firewall = "192.0.2.1"
)");
    REQUIRE(load.policy);
    const LogSection& log = load.policy->log;
    CHECK(log.learn == std::chrono::minutes{15});
    CHECK(log.silent == std::chrono::minutes{0});
    CHECK((log.line_waits == std::chrono::seconds{5} && log.flow_waits == std::chrono::seconds{1'800}));
    CHECK(log.templates_a_host == 500);
    CHECK(log.values_a_hole == 16);
    CHECK(log.new_templates_a_host == 100);
    CHECK(log.import == std::vector<std::string>{"/etc/logcheck/ignore.d.server", "/usr/local/etc/logcheck"});
    REQUIRE(log.rules.size() == 2);
    const LogRule& r = log.rules[0];
    CHECK(r.kind == LogRuleKind::allow);
    CHECK(r.label() == "connects");
    CHECK(r.hosts == std::vector<std::string>{"mail", "firewall"});
    CHECK(r.app == "postfix/smtpd");
    CHECK(r.pattern == "^connect from [^ ]+$");
    CHECK(r.owner == "amy");
    CHECK(r.reason == "all the world writes to us");
    CHECK(to_rfc3339(*r.until) == "2027-06-30T00:00:00.000000000Z");
    CHECK(r.line == 5);
    CHECK(r.column == 12);
    CHECK(log.rules[1].kind == LogRuleKind::forbid);
    CHECK(log.rules[1].label() == "line 12");
}

TEST_CASE("policy log: a policy without it has the defaults that the man page names") {
    const PolicyLoad load = parse(names);
    REQUIRE(load.policy);
    CHECK(load.policy->log.learn == std::chrono::minutes{30});
    CHECK(load.policy->log.silent == std::chrono::minutes{60});
    CHECK((load.policy->log.line_waits == std::chrono::seconds{60} && load.policy->log.flow_waits == std::chrono::seconds{180}));
    CHECK(load.policy->log.templates_a_host == 10'000);
    CHECK(load.policy->log.values_a_hole == 64);
    CHECK(load.policy->log.new_templates_a_host == 1'000);
    CHECK(load.policy->log.rules.empty());
}

TEST_CASE("policy log: a pattern is the whole line, or an error that proposes it") {
    CHECK(error_of(pattern("^connect from .*$")).empty());
    CHECK(error_of(pattern("^connect from ")) ==
          "5:11 not-whole-line: a pattern is the whole line, from ^ to $ / write \"^connect from .*$\", or "
          "better than .* what may stand there");
    CHECK(error_of(pattern("connect")).find("write \"^connect.*$\"") != std::string::npos);
    CHECK(error_of(pattern("connect$")).find("write \"^connect$\"") != std::string::npos);
    // A dollar sign of the text is no end.
    CHECK(error_of(pattern("^costs 5\\$")).find("not-whole-line") != std::string::npos);
    CHECK(error_of(pattern("^costs 5\\\\$")).empty());
    CHECK(error_of(pattern("")).find("not-whole-line") != std::string::npos);
}

TEST_CASE("policy log: a pattern that is no expression rejects the file, with RE2's reason") {
    CHECK(error_of(pattern("^a($")) == "5:11 pattern: this is no regular expression (RE2): missing ): ^a($ / ");
    CHECK(error_of(pattern("^(a)\\1$")).find("pattern: ") != std::string::npos);
    CHECK(error_of(pattern("^" + std::string(5000, 'a') + "$")).find("limit: a pattern has at most 4,096 octets") != std::string::npos);
    CHECK_FALSE(parse(names + pattern("^a($")).policy);
}

TEST_CASE("policy log: keys, hosts, names and numbers that are none are errors that say the fix") {
    CHECK(error_of("[log]\nlearn_minuets = 5\n") == "5:1 unknown-key: unknown key \"learn_minuets\" in [log] / write learn_minutes");
    CHECK(error_of("[[log.allow]]\npattern = '^a$'\npatern = '^a$'\n").find("write pattern") != std::string::npos);
    CHECK(error_of("[[log.allow]]\napp = \"x\"\n") ==
          "4:1 missing-key: this rule has no pattern / pattern = \"^connect from .*$\": the whole line");
    CHECK(error_of("[log.allow]\npattern = '^a$'\n").find("write [[log.allow]] with two brackets") != std::string::npos);
    CHECK(error_of("[[log.allow]]\nhost = \"firewal\"\npattern = '^a$'\n") ==
          "5:8 unknown-name: [names] has no \"firewal\" / write firewall");
    CHECK(error_of("[[log.allow]]\nhost = []\npattern = '^a$'\n").find("empty-list") != std::string::npos);
    CHECK(error_of("[[log.allow]]\nhost = 5\npattern = '^a$'\n").find("type") != std::string::npos);
    CHECK(error_of("[[log.allow]]\nname = \"a b\"\npattern = '^a$'\n").find("bad-name") != std::string::npos);
    const std::string twice = "[[log.allow]]\nname = \"a\"\npattern = '^a$'\n";
    CHECK(error_of(twice + twice).find("8:8 duplicate-rule: a log rule named \"a\" stands at line 5 already") != std::string::npos);
    CHECK(error_of("[[log.allow]]\npattern = '^a$'\nuntil = \"soon\"\n").find("type: until must be a date") != std::string::npos);
    CHECK(error_of("[log]\nlearn_minutes = 0\n") == "5:17 bad-value: 0 is too little / 1 to 1440");
    CHECK(error_of("[log]\nmax_values = 5000\n") == "5:14 bad-value: 5000 is too much / 1 to 4096");
    CHECK(error_of("[log]\nmax_values = \"many\"\n").find("type: max_values must be an integer") != std::string::npos);
    CHECK(error_of("[log]\nimport = [\"logcheck\"]\n").find("bad-value: \"logcheck\" is no absolute path") != std::string::npos);
    CHECK(error_of("[log]\nimport = \"/etc\"\n").find("type: import must be an array") != std::string::npos);
    CHECK(error_of("log = 5\n").empty());  // of [names], above
    CHECK(parse("log = 5\n").diagnostics.front().message == "log must be a table, not an integer");
}

TEST_CASE("policy log: all that is wrong is said at once") {
    const PolicyLoad load = parse(names + "[log]\nlearn_minutes = 0\nmax_new = 0\n[[log.allow]]\npattern = 'a'\nhost = \"x\"\n");
    std::size_t errors = 0;
    for (const Diagnostic& d : load.diagnostics) errors += d.level == Diagnostic::Level::error;
    CHECK(errors == 4);
    CHECK_FALSE(load.policy);
}
