#include "rules/logs/log_policy.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "rules/logs/black_lines.hpp"
#include "rules/logs/log_lint.hpp"
#include "rules/logs/log_reason.hpp"
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

TEST_CASE("log policy: the mail enclave's allows take what strangers make Postfix say, and nothing behind it") {
    std::ostringstream text;
    text << std::ifstream(SPAN_SOURCE_DIR "/rules/profiles/mail-enclave.toml").rdbuf();
    const PolicyLoad load = parse_policy("mail-enclave.toml", text.str());
    REQUIRE(load.policy);
    CHECK(lint_logs(*load.policy, noon).empty());
    const auto p = *LogPolicy::make(*load.policy, {});
    const auto smtpd = [&](const char* said) { return allowed(*p, "mail", "postfix/smtpd", said); };
    CHECK(smtpd("disconnect from unknown[198.51.100.7] ehlo=1 auth=0/3 quit=1 commands=2/5") == "smtp-ended");
    CHECK(smtpd("disconnect from mx.example.net[2001:db8:2::1] commands=0/0") == "smtp-ended");
    CHECK(smtpd("lost connection after AUTH from unknown[198.51.100.7]") == "smtp-broken-off");
    CHECK(smtpd("timeout after DATA (4711 bytes) from mx.example.net[198.51.100.7]") == "smtp-broken-off");
    CHECK(smtpd("NOQUEUE: reject: RCPT from unknown[198.51.100.7]: 554 5.7.1 <a@b.example>: Relay access denied; from=<x@y.example> "
                "to=<a@b.example> proto=ESMTP helo=<z>") == "smtp-refused");
    CHECK(smtpd("SSL_accept error from unknown[198.51.100.7]: lost connection") == "smtp-no-tls");
    CHECK(allowed(*p, "mail", "postfix/smtp", "connect to mx.example.net[203.0.113.9]:25: Connection timed out") == "smtp-out-unreachable");
    // Not behind it, not within it, not of another host or program.
    CHECK(smtpd("lost connection after AUTH from unknown[198.51.100.7]; Accepted password for root").empty());
    CHECK(smtpd("lost connection after AUTH from unknown[198.51.100.7; id]").empty());
    CHECK(smtpd("disconnect from unknown[198.51.100.7] commands=0/0 x").empty());
    CHECK(smtpd("SSL_accept error from unknown[198.51.100.7]: anything else").empty());
    CHECK(allowed(*p, "firewall", "postfix/smtpd", "lost connection after AUTH from unknown[198.51.100.7]").empty());
    CHECK(allowed(*p, "mail", "sshd", "lost connection after AUTH from unknown[198.51.100.7]").empty());
    const auto root = p->forbidden(line("sshd", "Accepted password for root from 192.0.2.130 port 4711 ssh2"));
    REQUIRE(root.rule != nullptr);
    CHECK(root.rule->label() == "root-by-password");
}

TEST_CASE("span-watcher-policy(5): every kind of hole, black line and reason of a log line stands in it") {
    std::ostringstream page;
    page << std::ifstream(SPAN_SOURCE_DIR "/docs/man/span-watcher-policy.5").rdbuf();
    const std::string text = page.str();
    const auto has = [&text](const std::string& row) {
        INFO(row);
        CHECK(text.find(row) != std::string::npos);
    };
    for (std::size_t i = 0; i < static_cast<std::size_t>(HoleKind::count); ++i) {
        const HoleKindInfo& k = info(static_cast<HoleKind>(i));
        has(".It Cm " + std::string(k.word) + " Ta " + (k.keeps_values ? "kept" : "any") + " Ta " + std::to_string(k.longest) + " Ta " +
            std::string(k.what) + "\n");
    }
    for (std::size_t i = 0; i < static_cast<std::size_t>(LogReason::count); ++i) {
        const LogReasonInfo& r = info(static_cast<LogReason>(i));
        has(".It " + std::string(r.slug) + " Ta " + (r.severity == Severity::critical ? "critical" : "high") + " Ta " +
            std::string(r.sentence) + "\n");
    }
#define BLACK_LINE(slug, cls, programs, pattern, sentence, sample) has(".It " slug " Ta " #programs " Ta " sentence "\n");
#include "rules/logs/black_line.def"
#undef BLACK_LINE
    const auto says = [&text](std::string row, std::string before) {
        std::replace(row.begin(), row.end(), '_', '-');
        if (before.ends_with(' ')) before.pop_back();
        const std::size_t at = text.find("\n.It " + row);
        INFO(row << before);
        REQUIRE(at != std::string::npos);
        const std::string words = text.substr(at, text.find('\n', at + 1) - at) + ",";
        CHECK(words.find(" " + before + ",") != std::string::npos);
    };
#define WORD_RULE(programs, before, ends, kind, unless) says(#kind " Ta " #programs " Ta ", before);
#include "rules/logs/word_rules.def"
#undef WORD_RULE
}
