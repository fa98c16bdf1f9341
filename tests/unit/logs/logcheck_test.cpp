#include "rules/logs/logcheck.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "rules/base/pattern.hpp"
#include "tests/support/catch.hpp"

using namespace sw;

namespace {

const std::string front = "^(\\w{3} [ :[:digit:]]{11}|[0-9T:.+-]{32}) [._[:alnum:]-]+ ";

/// The pattern of one rule, or why it has none.
std::string imported(std::string_view rule) {
    const LogcheckImport i = import_logcheck({{"f", std::string(rule) + "\n"}});
    if (i.rules.size() == 1 && i.problems.empty()) return i.rules[0].pattern;
    if (i.rules.empty() && i.problems.size() == 1) return "not: " + i.problems[0].why;
    return i.rules.empty() ? "nothing" : "both";
}

}  // namespace

TEST_CASE("logcheck import: the header is cut off, however it is written") {
    CHECK(imported(front + "sshd\\[[[:digit:]]+\\]: hello$") == "sshd\\[[[:digit:]]+\\]: hello$");
    CHECK(imported("^\\w{3} [ :0-9]{11} [._[:alnum:]-]+ cron: x$") == "cron: x$");
    CHECK(imported("^([[:alpha:]]{3} [ :[:digit:]]{11}|[0-9T:.+-]{32}) [^[:space:]]+ kernel:( \\[ *[[:digit:]]+\\.[[:digit:]]+\\])? x$") ==
          "kernel:( \\[ *[[:digit:]]+\\.[[:digit:]]+\\])? x$");
    CHECK(imported("^[-0-9]{10} [0-9:]{8} Start queue run: pid=[0-9]+$") == "not: it does not begin with a date and a host");
    CHECK(imported("hello$") == "not: it does not begin with a date and a host");
    CHECK(imported(front + "$") == "not: it matches no text");
}

TEST_CASE("logcheck import: what POSIX and RE2 write differently is translated") {
    CHECK(imported(front + "a: x{,5}$") == "a: x{0,5}$");
    CHECK(imported(front + "a: \\<word\\>$") == "a: \\bword\\b$");
    CHECK(imported(front + "a: [\\w]$") == "a: [\\\\w]$");
    CHECK(imported(front + "a: []x[:alpha:]\\]$") == "a: []x[:alpha:]\\\\]$");
    CHECK(imported(front + "a: \\d\\.$") == "a: d\\.$");
    CHECK(Pattern::compile(imported(front + "a: []x[:alpha:]\\]$"))->matches("a: \\"));
}

TEST_CASE("logcheck import: what cannot be matched in linear time or at all is listed with its place") {
    CHECK(imported(front + "a: (b)\\1$") == "not: a back-reference, which cannot be matched in linear time");
    CHECK(imported(front + "a: [[.hyphen.]]$") == "not: a collating symbol or equivalence class ([. or [=)");
    CHECK(imported(front + "a: [x") == "not: a [ is not closed");
    CHECK(imported(front + "a: (x$").starts_with("not: missing )"));
    CHECK(imported(front + "a: x\\") == "not: it ends in a backslash");
    CHECK(imported(front + "a: x{2000}$").starts_with("not: "));
    CHECK(imported(front + "a: " + std::string(9000, 'x')) == "not: longer than 8,192 octets");
    const LogcheckImport i =
        import_logcheck({{"one", "# comment\n\n" + front + "a: (b)\\1$\n"}, {"two", front + "a: b$  \r\n   \n  # x\n"}});
    REQUIRE(i.problems.size() == 1);
    CHECK(i.problems[0].path == "one");
    CHECK(i.problems[0].line == 3);
    REQUIRE(i.rules.size() == 1);
    CHECK(i.rules[0].path == "two");
    CHECK(i.rules[0].line == 1);
    CHECK(i.rules[0].pattern == "a: b$");
    CHECK(import_logcheck({{"big", std::string((1 << 20) + 1, 'x')}}).problems.front().why == "the file is larger than 1 MiB");
}

TEST_CASE("logcheck import: a rule that does not end its line is matched as a whole line all the same") {
    const auto set = PatternSet::compile({imported(front + "ikiwiki: done")});
    REQUIRE(set);
    CHECK(set->first_match("ikiwiki: done").first == 0);
    CHECK(set->first_match("ikiwiki: done, and then some").first == -1);
}

TEST_CASE("logcheck import: file names are those that run-parts takes") {
    CHECK(is_logcheck_name("ssh"));
    CHECK(is_logcheck_name("local-my_rules2"));
    for (const char* name : {"", "ssh.dpkg-old", "ssh~", ".ssh", "a b", "a/b"}) CHECK_FALSE(is_logcheck_name(name));
}

TEST_CASE("logcheck import: of Debian's own rules all but a few are used, and match what they are written for") {
    const std::filesystem::path folder = "/etc/logcheck/ignore.d.server";
    if (!std::filesystem::exists(folder)) {
        WARN("skipped: no logcheck-database");
        return;
    }
    std::vector<RuleFile> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (!is_logcheck_name(entry.path().filename().string())) continue;
        std::stringstream text;
        text << std::ifstream(entry.path()).rdbuf();
        files.push_back({entry.path().filename().string(), text.str()});
    }
    const LogcheckImport i = import_logcheck(files);
    CHECK(i.rules.size() > 1'000);
    CHECK(i.problems.size() < 25);
    // Each of those that are not used is a back-reference or was not written for syslog.
    for (const ImportProblem& p : i.problems) {
        INFO(p.path << ":" << p.line << ": " << p.why << ": " << p.rule);
        CHECK((p.why.starts_with("a back-reference") || p.why.starts_with("it does not begin with a date")));
    }
    std::vector<std::string> texts;
    for (const ImportedRule& r : i.rules) texts.push_back(r.pattern);
    const auto set = PatternSet::compile(texts);
    REQUIRE(set);
    for (const char* text :
         {"sshd[12]: Accepted publickey for amy from 192.0.2.130 port 5 ssh2", "postfix/qmgr[7]: 4ABC12DE3: removed",
          "sshd[12]: Invalid user admin from 198.51.100.7 port 4711", "postfix/smtpd[7]: connect from unknown[198.51.100.7]"}) {
        INFO(text);
        CHECK(set->first_match(text).first >= 0);
    }
    CHECK(set->first_match("sshd[12]: Accepted publickey for amy from 192.0.2.130 port 5 ssh2; rm -rf /").first == -1);
    CHECK(set->first_match("evil[12]: Accepted publickey").first == -1);
}
