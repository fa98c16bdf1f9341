#include "rules/logs/log_judge.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/logs/lines.hpp"

using namespace sw;
using Kind = LogVerdict::Kind;

namespace {

std::shared_ptr<const LogPolicy> policy_of(std::string_view rules) {
    const PolicyLoad load = parse_policy("policy.toml", "[names]\nmail = \"192.0.2.25\"\nfirewall = \"192.0.2.1\"\n" + std::string(rules));
    for (const Diagnostic& d : load.diagnostics) INFO(d.message);
    REQUIRE(load.policy);
    auto made = LogPolicy::make(*load.policy, {});
    REQUIRE(made);
    return *made;
}

constexpr const char* drop = "DROP IN=eth0 OUT= SRC=198.51.100.7 DST=192.0.2.25 LEN=40 PROTO=TCP SPT=1 DPT=23";

}  // namespace

TEST_CASE("log judge: known, new value, new template, each with what a person needs") {
    LogJudge judge(policy_of(""), {}, test_key);
    CHECK(judge.learn(line("sshd", "Accepted password for amy from 192.0.2.130 port 1 ssh2")).kind == Kind::learnt);
    judge.baseline().freeze("mail");

    LogVerdict v = judge.judge(line("sshd", "Accepted password for amy from 192.0.2.130 port 2 ssh2"));
    CHECK(v.kind == Kind::known);
    CHECK_FALSE(v.is_finding());
    CHECK(v.found->count == 2);

    const LogLine eve = line("sshd", "Accepted password for eve from 192.0.2.130 port 2 ssh2");
    v = judge.judge(eve);
    CHECK(v.kind == Kind::grey);
    CHECK(v.reason == LogReason::new_value);
    CHECK(sentence(v, eve) ==
          "mail: sshd said \"Accepted password for {user} from {source} port {integer} ssh2\" with a value never seen there: user \"eve\"");

    const LogLine odd = line("sshd", "error: Could not load host key: /etc/ssh/key");
    v = judge.judge(odd);
    CHECK(v.reason == LogReason::new_template);
    CHECK(v.first);
    CHECK(v.found->text == "error: Could not load host key: {path}");
    CHECK(sentence(v, odd) == "mail: sshd said something that it never said before: \"error: Could not load host key: {path}\"");
    CHECK_FALSE(judge.judge(odd).first);
}

TEST_CASE("log judge: black lines are black whatever was learnt or allowed") {
    LogJudge judge(policy_of("[[log.allow]]\napp = \"kernel\"\npattern = \"^.*$\"\n"), {}, test_key);
    for (int round = 0; round < 2; ++round) {
        const LogVerdict v = judge.learn(kernel(drop));
        CHECK(v.kind == Kind::black);
        CHECK(v.reason == LogReason::black);
        CHECK(v.black->slug == "netfilter-drop");
    }
    CHECK(judge.baseline().size() == 0);
    CHECK(sentence(judge.judge(kernel(drop)), kernel(drop)) ==
          "mail reports that nftables or iptables dropped a packet: kernel \"" + std::string(drop) + "\"");
    CHECK(judge.judge(kernel("usb 1-1: new device")).kind == Kind::allowed);
}

TEST_CASE("log judge: what a policy forbids is black, before it is known") {
    const char* rules = "[[log.forbid]]\nname = \"no-root\"\napp = \"sshd\"\npattern = \"^Accepted .* for root .*$\"\n";
    LogJudge judge(policy_of(""), {}, test_key);
    const LogLine root = line("sshd", "Accepted password for root from 192.0.2.130 port 1 ssh2");
    judge.learn(root);
    CHECK(judge.judge(root).kind == Kind::known);
    judge.set_policy(policy_of(rules));
    const LogVerdict v = judge.judge(root);
    CHECK(v.kind == Kind::black);
    CHECK(v.reason == LogReason::forbidden);
    CHECK(v.match.rule->label() == "no-root");
    CHECK(sentence(v, root).starts_with("mail said what the policy forbids (no-root): sshd \"Accepted"));
    LogJudge fresh(policy_of(rules), {}, test_key);
    CHECK(fresh.learn(root).reason == LogReason::forbidden);
    CHECK(fresh.baseline().size() == 0);
}

TEST_CASE("log judge: what a rule allows is allowed, and not learnt on top of that") {
    LogJudge judge(policy_of("[[log.allow]]\napp = \"dovecot\"\nhost = \"mail\"\npattern = \"^imap-login: Login: .*$\"\n"), {}, test_key);
    const LogVerdict v = judge.learn(line("dovecot", "imap-login: Login: user=<amy>"));
    CHECK(v.kind == Kind::allowed);
    CHECK(v.match.rule->label() == "line 7");
    CHECK(judge.baseline().size() == 0);
}

TEST_CASE("log judge: an execution is known by user, program and shape of its arguments") {
    LogJudge judge(policy_of(""), {}, test_key);
    const LogLine ls = line("snoopy", "[uid:0 filename:/bin/ls]: ls -l /tmp");
    const LogLine other_path = line("snoopy", "[uid:0 filename:/bin/ls]: ls -l /home");
    const LogLine other_user = line("snoopy", "[uid:7 filename:/bin/ls]: ls -l /tmp");
    const LogLine other_shape = line("snoopy", "[uid:0 filename:/bin/ls]: ls -R /tmp");
    const LogLine other_program = line("snoopy", "[uid:0 filename:/tmp/ls]: ls -l /tmp");
    CHECK(judge.learn(ls).kind == Kind::learnt);
    judge.baseline().freeze("mail");
    CHECK(judge.judge(ls).kind == Kind::known);
    CHECK(judge.judge(other_path).kind == Kind::known);
    for (const LogLine& l : {other_user, other_shape, other_program}) {
        const LogVerdict v = judge.judge(l);
        CHECK(v.kind == Kind::black);
        CHECK(v.reason == LogReason::new_execution);
        CHECK(judge.learn(l).kind == Kind::black);  // frozen
    }
    LogVerdict v = judge.judge(other_user);
    CHECK(v.found->text == "execution by 7: /bin/ls -l \\{path}");
    CHECK(sentence(v, other_user) == "mail ran a program that it never ran before: \"/bin/ls\" with \"-l {path}\" as user \"7\"");
    REQUIRE(judge.baseline().add(*v.found));  // a person's verb
    CHECK(judge.judge(other_user).kind == Kind::known);
}

TEST_CASE("log judge: unknown templates that are findings already are remembered over a restart") {
    LogJudge before(policy_of(""), {}, test_key), after(policy_of(""), {}, {9});
    const LogLine odd = line("x", "never said before 5");
    const LogVerdict v = before.judge(odd);
    CHECK(v.first);
    after.remember_new(*v.found);
    CHECK(after.new_templates("mail") == 1);
    CHECK_FALSE(after.judge(odd).first);
    after.forget_new(*v.found);
    CHECK(after.judge(odd).first);
}

TEST_CASE("log judge: a full host learns no more, and what it does not learn is new") {
    LogJudge judge(policy_of(""), {256, 1, 64, 1'000}, test_key);
    CHECK(judge.learn(line("x", "one")).kind == Kind::learnt);
    CHECK(judge.learn(line("x", "two")).reason == LogReason::new_template);
    CHECK(judge.learn(line("x", "one")).kind == Kind::known);
}

TEST_CASE("log reason: every row has its slug, and the slug its row") {
    for (std::size_t i = 0; i < static_cast<std::size_t>(LogReason::count); ++i) {
        const auto r = static_cast<LogReason>(i);
        CHECK(info(r).slug.find("log") != std::string_view::npos);
        CHECK_FALSE(info(r).sentence.empty());
        CHECK(log_reason_from_slug(info(r).slug) == r);
    }
    CHECK_FALSE(log_reason_from_slug("no-rule"));
}
