#include "rules/logs/log_policy.hpp"

#include "rules/logs/log_lint.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/logs/lines.hpp"

using namespace sw;

namespace {

Policy policy_of(std::string_view rules) {
    const PolicyLoad load = parse_policy(
        "policy.toml",
        "[names]\nmail = [\"192.0.2.25\", \"2001:db8:1::25\"]\nfirewall = \"192.0.2.1\"\nedge = \"192.0.2.1\"\n" + std::string(rules));
    REQUIRE(load.policy);
    return *load.policy;
}

std::string allowed(const LogPolicy& p, std::string_view host, std::string_view program, std::string_view text, Timestamp t = noon) {
    LogLine l = line(program, text, t);
    l.host = host;
    const auto m = p.allowed(l);
    return m.rule != nullptr ? m.rule->label() : m.imported != nullptr ? m.imported->path : "";
}

std::string codes(std::string_view rules, Timestamp now = noon) {
    std::string out;
    for (const Diagnostic& d : lint_logs(policy_of(rules), now)) out += (out.empty() ? "" : " ") + d.code + "@" + std::to_string(d.line);
    return out;
}

}  // namespace

TEST_CASE("log policy: a rule is for its program, its hosts and the whole line") {
    const auto p = *LogPolicy::make(
        policy_of("[[log.allow]]\nname = \"a\"\napp = \"postfix/smtpd\"\nhost = \"mail\"\npattern = '^connect from [a-z.]+$'\n"
                  "[[log.allow]]\nname = \"b\"\npattern = '^hello$'\n"),
        {});
    CHECK(allowed(*p, "mail", "postfix/smtpd", "connect from mx.example") == "a");
    CHECK(allowed(*p, "192.0.2.25", "postfix/smtpd", "connect from mx.example") == "a");  // a host without its name
    CHECK(allowed(*p, "2001:db8:1::25", "postfix/smtpd", "connect from mx.example") == "a");
    CHECK(allowed(*p, "firewall", "postfix/smtpd", "connect from mx.example").empty());
    CHECK(allowed(*p, "mail", "postfix/smtp", "connect from mx.example").empty());
    CHECK(allowed(*p, "mail", "postfix/smtpd", "connect from mx.example; rm -rf /").empty());
    CHECK(allowed(*p, "mail", "postfix/smtpd", "xconnect from mx.example").empty());
    CHECK(allowed(*p, "firewall", "anything", "hello") == "b");
    CHECK(allowed(*p, "firewall", "", "hello") == "b");
}

TEST_CASE("log policy: a host with two names is known by either") {
    const auto p = *LogPolicy::make(policy_of("[[log.allow]]\nname = \"a\"\nhost = \"edge\"\npattern = '^x$'\n"), {});
    CHECK(allowed(*p, "firewall", "", "x") == "a");  // the collector calls 192.0.2.1 by its first name
    CHECK(allowed(*p, "edge", "", "x") == "a");
    CHECK(allowed(*p, "mail", "", "x").empty());
}

TEST_CASE("log policy: a rule ends with its until, and one behind it that still holds is found") {
    const auto p = *LogPolicy::make(policy_of("[[log.allow]]\nname = \"old\"\npattern = '^x$'\nuntil = 2026-11-22T12:00:00Z\n"
                                              "[[log.allow]]\nname = \"other-host\"\nhost = \"firewall\"\npattern = '^[x]$'\n"
                                              "[[log.allow]]\nname = \"new\"\nhost = \"mail\"\npattern = '^.$'\n"),
                                    {});
    CHECK(allowed(*p, "mail", "", "x", noon + Duration{-1}) == "old");
    CHECK(allowed(*p, "mail", "", "x", noon) == "new");
}

TEST_CASE("log policy: imported rules are asked last, with the program in front") {
    const LogcheckImport imported{{{"sshd\\[[0-9]+\\]: hello$", "/etc/x", 3}, {"cron: hi$", "/etc/y", 1}}, {}};
    const auto p = *LogPolicy::make(policy_of("[[log.allow]]\nname = \"own\"\napp = \"cron\"\npattern = '^hi$'\n"), imported);
    LogLine l = line("sshd", "hello");
    l.proc_id = "12";
    CHECK(p->allowed(l).imported->line == 3);
    l.proc_id = "";
    CHECK_FALSE(p->allowed(l));
    l.proc_id = "12";
    l.text = "hello there";
    CHECK_FALSE(p->allowed(l));
    CHECK(allowed(*p, "mail", "cron", "hi") == "own");
}

TEST_CASE("log policy: a set that is too large for its memory is an error and no policy") {
    const LogcheckImport imported{{{"(?:[a-z]{1000}){0}" + std::string(100, 'a'), "/x", 1}}, {}};
    CHECK(LogPolicy::make(policy_of(""), imported));
    const LogcheckImport broken{{{"a(", "/x", 1}}, {}};
    const auto made = LogPolicy::make(policy_of(""), broken);
    REQUIRE_FALSE(made);
    CHECK(made.error().text.starts_with("the imported rules: pattern 0: "));
}

TEST_CASE("log lint: what is doubtful about log rules is named with its line") {
    CHECK(codes("").empty());
    CHECK(codes("[[log.allow]]\napp = \"x\"\npattern = '^hello .*$'\n").empty());
    CHECK(codes("[[log.allow]]\napp = \"x\"\npattern = '^.*$'\n") == "log-matches-all@7");
    CHECK(codes("[[log.allow]]\npattern = '^hello$'\n") == "log-any-program@6");
    CHECK(codes("[[log.forbid]]\npattern = '^hello$'\n").empty());
    CHECK(codes("[[log.allow]]\napp = \"kernel\"\npattern = '^.* SRC=.*$'\n") == "log-black@7");
    CHECK(codes("[[log.allow]]\napp = \"x\"\npattern = '^a$'\nuntil = 2026-11-30\n") == "expires-soon@7");
    CHECK(codes("[[log.allow]]\napp = \"x\"\npattern = '^a$'\nuntil = 2026-11-20\n") == "expired@7");
    CHECK(codes("[[log.allow]]\napp = \"x\"\npattern = '^a$'\nuntil = 2027-11-20\n").empty());
    const std::string twice = "[[log.allow]]\napp = \"x\"\npattern = '^a$'\n";
    CHECK(codes(twice + twice) == "log-shadowed@10");
    CHECK(codes(twice + "[[log.allow]]\napp = \"x\"\nhost = \"mail\"\npattern = '^a$'\n") == "log-shadowed@11");
    CHECK(codes("[[log.allow]]\napp = \"x\"\nhost = \"mail\"\npattern = '^a$'\n" + twice).empty());
    CHECK(codes(twice + "[[log.forbid]]\napp = \"x\"\npattern = '^a$'\n").empty());
}
