/// rules check and rules show.
#include <algorithm>

#include "tests/cli/fixture.hpp"
#include "tests/support/catch.hpp"

namespace sw::cli {
namespace {

const std::string profile = SPAN_SOURCE_DIR "/rules/profiles/mail-enclave.toml";
const std::string bad = "enclave = \"x\"\ncolour = 1\n[[allow]]\nname = \"a\"\nfilter = \"tcp and port $nobody\"\n";
const std::string doubtful = "enclave = \"x\"\n[[allow]]\nname = \"a\"\nfilter = \"port 25\"\n";

}  // namespace

TEST_CASE("rules check: a good policy ends with 0 and one line that says so, a shipped profile without a warning") {
    const Desk desk;
    const Ended good = run(desk, {"rules", "check", "policy.toml"});
    CHECK(good.code == 0);
    CHECK(has(good.out, "policy.toml: good, 14 rules"));
    CHECK(good.err == "");
    const auto lines = lines_of(run(desk, {"--json", "rules", "check", profile}).out);
    CHECK(lines.back().at("ok") == true);
    CHECK(lines.back().at("errors") == 0);
}

TEST_CASE("rules check: all errors at once, each with its place, and 2") {
    const Desk desk;
    desk.put("bad.toml", bad);
    const Ended text = run(desk, {"rules", "check", "bad.toml"});
    CHECK(text.code == 2);
    CHECK(has(text.out, "bad.toml:2:1: error: unknown key \"colour\""));
    CHECK(has(text.out, "bad.toml:5:"));
    CHECK(has(text.out, "bad.toml: not usable, 2 errors"));
    const Ended json = run(desk, {"--json", "rules", "check", "bad.toml"});
    CHECK(json.code == 2);
    const auto lines = lines_of(json.out);
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].at("schema") == 1);
    CHECK(lines[0].at("type") == "diagnostic");
    CHECK(lines[0].at("file") == "bad.toml");
    CHECK(lines[0].at("line") == 2);
    CHECK(lines[0].at("column") == 1);
    CHECK(lines[0].at("level") == "error");
    CHECK(lines[0].at("code") == "unknown-key");
    CHECK(lines[1].at("line") == 5);
    CHECK(lines[2].at("type") == "check");
    CHECK(lines[2].at("ok") == false);
    CHECK(lines[2].at("errors") == 2);
    CHECK(lines[2].at("policy_sha256").is_null());
}

TEST_CASE("rules check: a warning is no error") {
    const Desk desk;
    desk.put("doubtful.toml", doubtful);
    const Ended ended = run(desk, {"rules", "check", "doubtful.toml"});
    CHECK(ended.code == 0);
    CHECK(has(ended.out, "warning: "));
    CHECK(has(ended.out, "direction-blind"));
}

TEST_CASE("rules check: a rule whose transport cannot carry what it speaks is a warning, in text and JSON") {
    const Desk desk;
    desk.put("misplaced.toml", std::string("home = \"192.0.2.0/24\"\n[[allow]]\nname = \"smtp\"\nspeaks = \"smtp\"\n"
                                           "filter = \"dst host 192.0.2.25 and (tcp or udp) and dst port 25\"\n"));
    const Ended text = run(desk, {"rules", "check", "misplaced.toml"});
    CHECK(text.code == 0);
    CHECK(has(text.out, "misplaced.toml:5:11: warning: \"smtp\" accepts udp 198.51.100.7:40000 > 192.0.2.25:25, but smtp runs over TCP"));
    CHECK(has(text.out, "speaks-transport"));
    const Ended json = run(desk, {"--json", "rules", "check", "misplaced.toml"});
    CHECK(json.code == 0);
    const auto lines = lines_of(json.out);
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].at("type") == "diagnostic");
    CHECK(lines[0].at("level") == "warning");
    CHECK(lines[0].at("code") == "speaks-transport");
    CHECK((lines[0].at("line") == 5 && lines[0].at("column") == 11));
}

TEST_CASE("rules check: a filter that libpcap does not compile is an error of its rule") {
    const Desk desk;
    desk.put("wrong.toml", std::string("enclave = \"x\"\n[[allow]]\nname = \"a\"\nfilter = \"tcp and and udp\"\n"));
    const Ended ended = run(desk, {"rules", "check", "wrong.toml"});
    CHECK(ended.code == 2);
    CHECK(has(ended.out, "wrong.toml:4:"));
}

TEST_CASE(
    "rules check: a log pattern that is not the whole line is an error, one that allows black lines a warning, and rules show has the rules") {
    const Desk desk;
    const std::string front = "[[allow]]\nname = \"a\"\nfilter = \"tcp and dst port 25\"\n[[log.allow]]\napp = \"kernel\"\npattern = ";
    desk.put("half.toml", front + "'^connect from '\n");
    const Ended half = run(desk, {"rules", "check", "half.toml"});
    CHECK(half.code == 2);
    CHECK(has(half.out, "half.toml:6:11: error: a pattern is the whole line, from ^ to $ [not-whole-line]"));
    CHECK(has(half.out, "^connect from .*$"));
    desk.put("black.toml", front + "'^.*SRC=.*$'\n");
    const Ended black = run(desk, {"rules", "check", "black.toml"});
    CHECK(black.code == 0);
    CHECK(has(black.out, "[log-black]"));
    const auto shown = lines_of(run(desk, {"--json", "rules", "show", "black.toml"}).out);
    CHECK(shown.at(0).at("log").at("rules").at(0).at("pattern") == "^.*SRC=.*$");
    CHECK(shown.at(0).at("log").at("learn_minutes") == 30);
}

TEST_CASE("rules check: many files, one bad: the others are checked, too, and it ends with 2") {
    const Desk desk;
    desk.put("bad.toml", bad);
    for (const std::string verb : {"check", "show"}) {
        const Ended ended = run(desk, {"rules", verb, "policy.toml", "bad.toml", profile});
        CHECK(ended.code == 2);
        CHECK(has(ended.out, "mail"));
    }
    CHECK(run(desk, {"rules", "check", "policy.toml", "none.toml"}).code == 2);
}

TEST_CASE("rules check: without a file it checks the one of --policy") {
    const Desk desk;
    CHECK(run(desk, {"--policy", "policy.toml", "rules", "check"}).code == 0);
    CHECK(run(desk, {"rules", "check", "--policy", "policy.toml"}).code == 0);
}

TEST_CASE("rules show: the canonical form is a policy, and shows as itself") {
    const Desk desk;
    desk.put("stock.toml", craft::stock_policy);
    for (const std::string& source : {std::string("stock.toml"), profile}) {
        const Ended once = run(desk, {"rules", "show", source});
        CHECK(once.code == 0);
        desk.put("shown.toml", once.out);
        const Ended twice = run(desk, {"rules", "show", "shown.toml"});
        CHECK(twice.code == 0);
        CHECK(twice.out == once.out);
        CHECK(run(desk, {"rules", "check", "shown.toml"}).code == 0);
    }
}

TEST_CASE("rules show: a policy and its canonical form give the same verdicts") {
    const Desk desk;
    desk.put("shown.toml", run(desk, {"rules", "show", profile}).out);
    desk.put("day.pcap", craft::pcap(craft::enclave_day().frames));
    const auto judged = [&](const std::string& policy) {
        Json s = summary_of(run(desk, {"--json", "replay", "--policy", policy, "day.pcap"}).out);
        s.erase("policy_sha256");
        s.erase("seconds");
        s.erase("schema");
        return s;
    };
    CHECK(judged(profile) == judged("shown.toml"));
}

TEST_CASE("rules show: JSON has every rule with its filter as written and expanded") {
    const Desk desk;
    desk.put("stock.toml", craft::stock_policy);
    const Ended ended = run(desk, {"--json", "rules", "show", "stock.toml"});
    CHECK(ended.code == 0);
    const auto lines = lines_of(ended.out);
    REQUIRE(lines.size() == 1);
    const Json& policy = lines[0];
    CHECK(policy.at("schema") == 1);
    CHECK(policy.at("enclave") == "mail.example");
    CHECK(policy.at("mode") == "flow");
    std::size_t rules = 0;
    for (const char* head : {"\n[[allow]]\n", "\n[[forbid]]\n", "\n[[housekeeping]]\n"}) rules += occurrences(craft::stock_policy, head);
    CHECK(policy.at("rules").size() == rules);
    const Json& rule = policy.at("rules")[0];
    CHECK(rule.at("kind") == "allow");
    CHECK(rule.at("name") == "smtp-in");
    CHECK(has(rule.at("filter"), "$mail"));
    CHECK(has(rule.at("expanded"), "192.0.2.25"));
    CHECK(rule.at("until").is_null());
    const auto pop3 =
        std::find_if(policy.at("rules").begin(), policy.at("rules").end(), [](const Json& r) { return r.at("name") == "pop3"; });
    REQUIRE(pop3 != policy.at("rules").end());
    CHECK(pop3->at("until") == "2026-11-19T00:00:00.000000000Z");
}

TEST_CASE("rules show: JSON has what a rule demands of its conversations, and what DNS is pinned to") {
    const Desk desk;
    desk.put("full.toml",
             std::string("[[allow]]\nname = \"dns\"\nfilter = \"udp and dst host 192.0.2.53 and dst port 53\"\nspeaks = \"dns\"\n"
                         "hours = \"07:00-20:00\"\nledger = true\naccept = [\"fragment\"]\ndns.types = [\"MX\", \"A\"]\n"
                         "[[allow]]\nname = \"imap\"\nfilter = \"tcp and dst host 192.0.2.25 and dst port 143\"\n"
                         "speaks = \"imap\"\ncleartext_login = true\npin = { tls = \"1.2\" }\n"
                         "[[dns_pin]]\nname = \"Mail.example\"\ntype = \"A\"\nvalues = [\"192.0.2.25\"]\n"));
    const Ended ended = run(desk, {"--json", "rules", "show", "full.toml"});
    REQUIRE(ended.code == 0);
    const Json policy = lines_of(ended.out).at(0);
    const Json &dns = policy.at("rules").at(0), &imap = policy.at("rules").at(1);
    CHECK(dns.at("dns").at("types") == Json{"A", "MX"});
    CHECK(dns.at("dns").at("max_name") == 128);
    CHECK(dns.at("budget").at("hours") == "07:00-20:00");
    CHECK((dns.at("ledger") == true && dns.at("accept") == Json{"fragment"} && dns.at("cleartext_login") == false));
    CHECK((imap.at("dns").is_null() && imap.at("cleartext_login") == true && imap.at("pin") == Json{{"tls", "1.2"}}));
    CHECK(policy.at("dns_pins") == Json{{{"name", "mail.example"}, {"type", "A"}, {"values", {"192.0.2.25"}}}});
}

TEST_CASE("rules show: a bad policy shows nothing, tells its errors on standard error, and ends with 2") {
    const Desk desk;
    desk.put("bad.toml", bad);
    const Ended ended = run(desk, {"rules", "show", "bad.toml"});
    CHECK(ended.code == 2);
    CHECK(ended.out == "");
    CHECK(has(ended.err, "bad.toml:2:1"));
}

}  // namespace sw::cli
