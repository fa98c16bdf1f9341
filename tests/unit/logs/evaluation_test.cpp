// How much a person has to read, measured on logs of others: learn on the first part, judge the rest, beside logcheck's rules on
// the same lines. docs/logs.md has the figures.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "collector/syslog/syslog_message.hpp"
#include "rules/base/pattern.hpp"
#include "rules/logs/boot_tracker.hpp"
#include "rules/logs/log_judge.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/logs/lines.hpp"

using namespace sw;

namespace {

namespace fs = std::filesystem;

const fs::path corpora = fs::path(SPAN_CORPORA) / "logs";
const fs::path logcheck_rules = "/etc/logcheck/ignore.d.server";

std::vector<std::string> lines_of(const fs::path& path) {
    std::ifstream file(path);
    std::vector<std::string> out;
    for (std::string text; std::getline(file, text);) {
        while (text.ends_with('\r')) text.pop_back();
        out.push_back(text);
    }
    return out;
}

/// Parsed lines; the texts live in lines.
std::vector<LogLine> parse(const std::vector<std::string>& lines, std::string_view program = {}) {
    std::vector<LogLine> out;
    for (const std::string& text : lines) {
        LogLine l;
        if (program.empty()) {
            l = to_log_line(parse_syslog(text, noon), "mail", noon);
        } else {
            l = line(program, text);
        }
        out.push_back(l);
    }
    return out;
}

std::vector<std::string> logcheck_patterns() {
    std::vector<RuleFile> files;
    for (const auto& entry : fs::directory_iterator(logcheck_rules)) {
        if (!is_logcheck_name(entry.path().filename().string())) continue;
        std::stringstream text;
        text << std::ifstream(entry.path()).rdbuf();
        files.push_back({entry.path().string(), text.str()});
    }
    std::vector<std::string> out;
    for (ImportedRule& r : import_logcheck(files).rules) out.push_back(std::move(r.pattern));
    return out;
}

/// Lines that logcheck would print.
std::string unmatched_by_logcheck(const std::vector<LogLine>& lines, std::size_t from) {
    if (!fs::exists(logcheck_rules)) return "?";
    static const PatternSet set = std::move(*PatternSet::compile(logcheck_patterns()));
    std::size_t n = 0;
    for (std::size_t i = from; i < lines.size(); ++i) {
        std::string text(lines[i].program);
        if (!lines[i].proc_id.empty()) text.append("[").append(lines[i].proc_id).append("]");
        text.append(": ").append(lines[i].text);
        n += set.first_match(text).first < 0;
    }
    return std::to_string(n);
}

LogJudge fresh_judge() {
    const Policy policy;
    return LogJudge(*LogPolicy::make(policy, {}), {}, test_key);
}

struct Reading {
    std::size_t learnt = 0, templates = 0, judged = 0;
    std::size_t lines = 0;     ///< findings behind which they are, if nobody decides anything
    std::size_t findings = 0;  ///< those lines by template and reason: what the queue shows
    std::size_t decided = 0;   ///< lines read by somebody who decides each as it comes: adopt the template, open the hole
};

/// A person's answer to a finding: all like it are known from now on.
void decide(LogJudge& judge, const LogVerdict& v) {
    if (v.reason == LogReason::new_template) {
        const LogTemplate adopted = *v.found;
        REQUIRE(judge.baseline().add(adopted));
    } else if (v.reason == LogReason::new_value) {
        const TemplateId id = v.found->id();
        for (const NewValue& n : v.values) REQUIRE(judge.baseline().set_open(id, n.hole, true));
    }
}

Reading evaluate(const std::vector<LogLine>& lines, std::size_t learn) {
    LogJudge idle = fresh_judge(), busy = fresh_judge();
    for (std::size_t i = 0; i < learn; ++i) {
        idle.learn(lines[i]);
        busy.learn(lines[i]);
    }
    for (LogJudge* j : {&idle, &busy}) j->baseline().freeze("mail");
    Reading r{learn, idle.baseline().size(), lines.size() - learn};
    std::set<std::string> findings;
    for (std::size_t i = learn; i < lines.size(); ++i) {
        if (const LogVerdict v = idle.judge(lines[i]); v.is_finding()) {
            ++r.lines;
            findings.insert(std::string(info(*v.reason).slug) + (v.found != nullptr ? v.found->text : ""));
        }
        if (const LogVerdict v = busy.judge(lines[i]); v.is_finding()) {
            ++r.decided;
            decide(busy, v);
        }
    }
    r.findings = findings.size();
    return r;
}

std::string words(const char* what, const Reading& r, const std::string& logcheck) {
    std::ostringstream out;
    out << what << ": learnt " << r.templates << " templates from " << r.learnt << " lines; of the other " << r.judged << ", " << r.lines
        << " are new, in " << r.findings << " findings; decided as they come, " << r.decided << " lines are read. logcheck's rules leave "
        << logcheck << " lines";
    return out.str();
}

}  // namespace

TEST_CASE("evaluation: loghub's OpenSSH, first half learnt, second half judged") {
    if (!fs::exists(corpora)) {
        WARN("skipped: no corpora");
        return;
    }
    const auto texts = lines_of(corpora / "loghub/OpenSSH_2k.log");
    const auto lines = parse(texts);
    REQUIRE(lines.size() == 2000);
    // With CRs stripped logcheck's own grep leaves 334 of the 2,000; so do its rules as we import them.
    if (fs::exists(logcheck_rules)) CHECK(unmatched_by_logcheck(lines, 0) == "334");
    const Reading r = evaluate(lines, 1000);
    WARN(words("OpenSSH", r, unmatched_by_logcheck(lines, 1000)));
    CHECK(r.templates <= 30);
    CHECK(r.findings <= 10);
    CHECK(r.decided <= 15);
}

TEST_CASE("evaluation: loghub's Apache, first half learnt, second half judged") {
    if (!fs::exists(corpora)) {
        WARN("skipped: no corpora");
        return;
    }
    const auto texts = lines_of(corpora / "loghub/Apache_2k.log");
    const auto lines = parse(texts, "apache2");
    REQUIRE(lines.size() == 2000);
    const Reading r = evaluate(lines, 1000);
    WARN(words("Apache", r, unmatched_by_logcheck(lines, 1000)));
    CHECK(r.templates <= 8);
    CHECK(r.findings <= 1);
}

TEST_CASE("evaluation: Postfix samples, one of each kind: nothing is known that was not said, and the same said of other mail is") {
    if (!fs::exists(corpora)) {
        WARN("skipped: no corpora");
        return;
    }
    std::vector<std::string> texts;
    for (const std::string& text : lines_of(corpora / "postfix-grok/all_tests.shared.yaml")) {
        if (!text.starts_with("data: ")) continue;
        std::string data = text.substr(6);
        if (data.size() > 1 && (data[0] == '"' || data[0] == '\'') && data.back() == data[0]) data = data.substr(1, data.size() - 2);
        texts.push_back(data);
    }
    REQUIRE(texts.size() > 70);
    const auto lines = parse(texts, "postfix/smtpd");
    const Reading r = evaluate(lines, lines.size() / 2);
    WARN(words("Postfix, each line of another kind", r, unmatched_by_logcheck(lines, lines.size() / 2)));

    // The same lines of other mail: every value that keeps no set is another one.
    LogJudge judge = fresh_judge();
    for (const LogLine& l : lines) judge.learn(l);
    judge.baseline().freeze("mail");
    std::size_t known = 0, changed = 0;
    for (const LogLine& l : lines) {
        auto t = template_of(l);
        if (!t) continue;
        std::string other, rest = t->text;
        std::size_t hole = 0;
        bool varies = false;
        for (std::size_t open = rest.find('{'); open != std::string::npos; open = rest.find('{')) {
            if (open > 0 && rest[open - 1] == '\\') break;
            const Hole& h = t->holes[hole++];
            varies = varies || !info(h.kind).keeps_values;
            other += rest.substr(0, open) + (info(h.kind).keeps_values ? h.values.front() : std::string(info(h.kind).sample));
            rest = rest.substr(rest.find('}', open) + 1);
        }
        other += rest;
        if (!varies || other.find('\\') != std::string::npos) continue;
        ++changed;
        const LogVerdict v = judge.judge(line("postfix/smtpd", other));
        INFO(l.text << "\n" << other);
        CHECK(v.kind == LogVerdict::Kind::known);
        known += v.kind == LogVerdict::Kind::known;
    }
    WARN("Postfix, the same said of other mail: " << known << " of " << changed << " known");
    CHECK(changed > 50);
}

TEST_CASE("evaluation: needles in a day of attacks are all found: a new user, a new address, a new command, an order changed at boot") {
    // What the host says at boot and when amy works, then two thousand lines of a real attack around the needles.
    const std::vector<LogLine> boot{
        kernel("[    0.000000] Linux version 6.1.0-13-amd64"), kernel("[    0.100000] x86/fpu: Supporting XSAVE feature 0x001"),
        kernel("[    0.200000] sd 0:0:0:0: [sda] Attached SCSI disk"), line("systemd", "Reached target Multi-User System."),
        line("sshd", "Server listening on 192.0.2.25 port 22.")};
    const std::vector<LogLine> day{line("sshd", "Accepted publickey for amy from 192.0.2.130 port 51234 ssh2"),
                                   line("sudo", "     amy : TTY=pts/0 ; PWD=/srv/amy ; USER=root ; COMMAND=/usr/bin/apt update"),
                                   line("CRON", "(root) CMD (run-parts /etc/cron.hourly)"),
                                   line("snoopy", "[uid:0 filename:/usr/bin/apt]: apt update")};
    BootTracker boots;
    LogJudge judge = fresh_judge();
    REQUIRE(boots.arm("mail", noon + std::chrono::hours{1}));
    const auto take = [&](const LogLine& l) {
        const BootStep step = boots.see(l);
        const LogVerdict v = step.learning ? judge.learn(l) : judge.judge(l);
        if (step.in_boot && v.found != nullptr) boots.record(l, v.found->text);
        return v;
    };
    for (const auto* part : {&boot, &day})
        for (const LogLine& l : *part) CHECK(take(l).kind == LogVerdict::Kind::learnt);
    auto closed = boots.close(noon + std::chrono::hours{1});
    REQUIRE(closed.size() == 1);
    REQUIRE(boots.accept("mail", closed.front().list));
    std::vector<std::string> texts;
    if (fs::exists(corpora)) texts = lines_of(corpora / "loghub/OpenSSH_2k.log");
    const auto attack = parse(texts);
    for (const LogLine& l : attack) judge.learn(l);
    judge.baseline().freeze("mail");

    const Timestamp later = noon + std::chrono::hours{24};
    const auto found = [&](std::string_view program, std::string_view text, LogReason reason, std::string_view value) {
        for (const LogLine& l : attack) judge.judge(l);
        const LogVerdict v = judge.judge(line(program, text, later));
        INFO(text);
        CHECK(v.reason == reason);
        if (!value.empty()) CHECK((v.values.size() == 1 && v.values.front().value == value));
    };
    found("sshd", "Accepted publickey for eve from 192.0.2.130 port 51234 ssh2", LogReason::new_value, "eve");
    found("sshd", "Accepted publickey for amy from 203.0.113.9 port 51234 ssh2", LogReason::new_value, "203.0.113.9");
    found("sshd", "Accepted password for amy from 192.0.2.130 port 51234 ssh2",
          texts.empty() ? LogReason::new_template : LogReason::new_value, "");
    found("sudo", "     amy : TTY=pts/0 ; PWD=/srv/amy ; USER=root ; COMMAND=/bin/sh", LogReason::new_value, "/bin/sh");
    found("CRON", "(root) CMD (/tmp/.x)", LogReason::new_value, "/tmp/.x");
    found("snoopy", "[uid:0 filename:/tmp/apt]: apt update", LogReason::new_execution, "");
    found("sshd", "Server listening on 192.0.2.25 port 2222.", LogReason::new_value, "2222");
    found("kernel", "DROP IN= OUT=eth0 SRC=192.0.2.25 DST=203.0.113.9 LEN=40 PROTO=TCP SPT=1 DPT=4444", LogReason::black, "");

    std::vector<LogLine> again = boot;
    std::swap(again[1], again[2]);
    again.insert(again.end(), day.begin(), day.end());
    for (LogLine& l : again) {
        l.received = later;
        take(l);
    }
    closed = boots.close(later + std::chrono::hours{1});
    REQUIRE(closed.size() == 1);
    REQUIRE(closed.front().difference);
    CHECK(to_text(*closed.front().difference) ==
          "~ kernel: {clock} sd {integer}:{integer}:{integer}:{integer}: [sda] Attached SCSI disk\n");
}
