// logs: lines that somebody made to harm, boots, and what people decide about lines.
#include <filesystem>
#include <set>

#include "rules/base/hex.hpp"
#include "tests/cli/queue_desk.hpp"
#include "tests/support/catch.hpp"

using namespace sw::cli;

namespace {

constexpr const char* policy = R"([names]
mail = "192.0.2.25"

[[allow]]
name = "smtp-in"
filter = "tcp and dst host $mail and dst port 25"

[[log.allow]]
name = "smtp-broken-off"
host = "mail"
app = "postfix/smtpd"
pattern = '^lost connection after [A-Z]+ from [^ ]+$'

[[log.forbid]]
name = "root-by-password"
app = "sshd"
pattern = '^Accepted password for root .*$'
)";

std::string login(int minute, const std::string& user, const std::string& from) {
    const std::string mm = (minute < 10 ? "0" : "") + std::to_string(minute);
    return "Nov 22 11:" + mm + ":00 mail sshd[4711]: Accepted publickey for " + user + " from " + from + " port 51234 ssh2\n";
}

/// What amy does on a day.
std::string day() {
    std::string text;
    for (int minute = 0; minute < 10; ++minute) text += login(minute, "amy", "192.0.2.130");
    text += "Nov 22 11:20:00 mail CRON[99]: (root) CMD (run-parts /etc/cron.hourly)\n";
    return text + "Nov 22 11:21:00 mail postfix/qmgr[5]: daemon started -- version 3.7.11, configuration /etc/postfix\n";
}

class LogDesk : public Folder {
public:
    LogDesk() { put("policy.toml", std::string(policy)); }
    Ended watch(std::vector<std::string> words) const {
        words.insert(words.begin(), {"--db", "store.db", "--policy", "policy.toml"});
        return run(*this, words);
    }
    std::vector<Json> json(std::vector<std::string> words) const {
        words.insert(words.begin(), "--json");
        const Ended ended = watch(std::move(words));
        INFO(ended.err);
        CHECK(is_clean(ended.out));
        return lines_of(ended.out);
    }
    /// day() was learnt and frozen by alice.
    void learn() const {
        put("day.log", day());
        const Ended learnt = watch({"logs", "replay", "--host", "mail", "--learn", "day.log"});
        INFO(learnt.out << learnt.err);
        REQUIRE(learnt.code == 0);
        const Ended frozen = watch({"logs", "freeze", "mail", "--as", "alice", "-m", "an ordinary day"});
        INFO(frozen.out << frozen.err);
        REQUIRE(frozen.code == 0);
    }
    Ended judge(const std::string& name, const std::string& text) const {
        put(name, text);
        return watch({"logs", "replay", "--host", "mail", name});
    }
    std::vector<Json> open(const std::string& reason) const {
        std::vector<Json> list;
        for (const Json& f : of_type(json({"queue", "list", "--limit", "1000"}), "finding"))
            if (f.at("reasons").at(0) == reason) list.push_back(f);
        return list;
    }
};

std::string id_of(const Json& finding) { return std::to_string(finding.at("id").get<std::int64_t>()); }

}  // namespace

TEST_CASE("logs: what a pattern allows passes, what one forbids is critical, and a black line stays black") {
    const LogDesk desk;
    desk.learn();
    CHECK(
        desk.judge("allowed.log", "Nov 22 12:00:00 mail postfix/smtpd[7]: lost connection after AUTH from unknown[198.51.100.7]\n").code ==
        0);
    CHECK(desk.judge("root.log", "Nov 22 12:01:00 mail sshd[7]: Accepted password for root from 192.0.2.130 port 4 ssh2\n").code == 1);
    CHECK(desk.open("log-forbidden").at(0).at("severity") == "critical");
    CHECK(desk.judge("drop.log",
                     "Nov 22 12:02:00 mail kernel: [   99.000000] DROP IN= OUT=eth0 SRC=192.0.2.25 DST=203.0.113.9 LEN=40 PROTO=TCP SPT=1 "
                     "DPT=4444\n")
              .code == 1);
    const auto black = desk.open("log-black");
    REQUIRE(black.size() == 1);
    CHECK(black.at(0).at("severity") == "critical");
    const Ended refused = desk.watch({"queue", "allow", id_of(black.at(0)), "-m", "no", "--as", "alice"});
    CHECK(refused.code == 2);
    CHECK(has(refused.err, "never allowed"));
}

TEST_CASE("logs: hostile lines are stored octet for octet, shown clean, and flagged") {
    const LogDesk desk;
    desk.learn();
    const std::string front = "Nov 22 12:00:00 mail app: ";
    const std::vector<std::string> lines{front + "escape \x1b[2J\x1b]0;owned\x07",
                                         front + std::string("nul \0 behind", 13),
                                         front +
                                             "c1 \xc2\x9b"
                                             "31m raw \x9b"
                                             "31m",
                                         front + "bidi \xe2\x80\xaetxt.exe",
                                         front + "not utf-8 \xff\xc0\x8a",
                                         "<999>" + front + "no priority",
                                         "<13><0>" + front + "two priorities",
                                         "Feb 31 25:61:61 mail app: no time",
                                         front + std::string(65'000, 'a')};
    std::string text;
    for (const std::string& l : lines) text += l + "\n";
    CHECK(desk.judge("hostile.log", text).code == 1);
    const auto stored = desk.json({"logs", "search", "--since", "1970-01-01T00:00:00Z", "--verdict", "grey", "--limit", "100"});
    std::set<std::string> octets, odd;
    for (const Json& l : stored) {
        octets.insert(l.at("octets").get<std::string>());
        for (const Json& o : l.at("odd")) odd.insert(o.get<std::string>());
    }
    for (const std::string& l : lines) {
        INFO(l.substr(0, 80));
        CHECK(octets.contains(sw::to_hex({reinterpret_cast<const std::uint8_t*>(l.data()), l.size()})));
    }
    for (const char* slug : {"control-octets", "bidi-octets", "text-not-utf8", "pri-invalid", "pri-twice", "stamp-invalid"}) {
        INFO(slug);
        CHECK(odd.contains(slug));
    }
    CHECK_FALSE(desk.open("log-control-bytes").empty());
    CHECK_FALSE(desk.open("log-too-long").empty());
    // On a screen, too.
    for (const std::vector<std::string>& words : {std::vector<std::string>{"logs", "search", "--limit", "100"},
                                                  {"logs", "rare"},
                                                  {"queue", "list"},
                                                  {"logs", "list", "--values"}}) {
        const Ended shown = desk.watch(words);
        INFO(words.at(1));
        CHECK(shown.code < 2);
        CHECK_FALSE(shown.out.empty());
        CHECK(is_clean(shown.out));
    }
}

TEST_CASE("queue allow: a new line becomes a pattern in the policy, whole from ^ to $, and passes from then on") {
    const LogDesk desk;
    desk.learn();
    const auto status = [](int n) {
        return "Nov 22 12:0" + std::to_string(n) + ":00 mail postfix/scache[7]: statistics: start interval, max " + std::to_string(n) +
               "\n";
    };
    CHECK(desk.judge("new.log", status(1)).code == 1);
    const auto found = desk.open("log-new-template");
    REQUIRE(found.size() == 1);
    const Ended written = desk.watch({"queue", "allow", id_of(found.at(0)), "-m", "harmless", "--as", "alice", "--write", "policy.toml"});
    INFO(written.out << written.err);
    CHECK(written.code == 0);
    CHECK(has(desk.text("policy.toml"), "[[log.allow]]\nname    = \"finding-"));
    CHECK(run(desk, {"rules", "check", "policy.toml"}).code == 0);
    CHECK(desk.judge("again.log", status(2)).code == 0);
    CHECK(desk.judge("stuffed.log", "Nov 22 12:05:00 mail postfix/scache[7]: statistics: start interval, max 2 and more\n").code == 1);
}

TEST_CASE("queue: escalated, dismissed, reopened and noted, findings of lines go the way of all findings") {
    const LogDesk desk;
    desk.learn();
    desk.judge("eve.log", login(31, "eve", "192.0.2.130"));
    const std::string id = id_of(desk.open("log-new-value").at(0));
    for (const char* verb : {"take", "escalate", "reopen", "dismiss"}) {
        const Ended ended = desk.watch({"queue", verb, id, "-m", "because", "--as", "alice"});
        INFO(verb << ended.err);
        CHECK(ended.code == 0);
    }
    CHECK(desk.watch({"queue", "note", id, "-m", "seen before", "--as", "alice"}).code == 0);
    const Ended shown = desk.watch({"queue", "show", id});
    CHECK(shown.code == 0);
    CHECK(has(shown.out, "eve"));
    CHECK(is_clean(shown.out));
    const Ended history = desk.watch({"queue", "history", id});
    CHECK(has(history.out, "escalate"));
    CHECK(has(history.out, "seen before"));
}

TEST_CASE("logs: a boot is learnt from a file, the next one is compared, and one that nobody announced is a finding") {
    const LogDesk desk;
    const auto boot = [](int hour, bool swapped) {
        const std::string at = "Nov 22 1" + std::to_string(hour) + ":00:0";
        const std::string one = at + "1 mail kernel: [    0.100000] x86/fpu: Supporting XSAVE feature\n";
        const std::string two = at + "1 mail kernel: [    0.200000] sd 0:0:0:0: [sda] Attached SCSI disk\n";
        const std::string begin = "<0>" + at + "0 mail kernel: [    0.000000] Linux version 6.1.0-13-amd64\n";
        return begin + "<6>" + (swapped ? two : one) + "<6>" + (swapped ? one : two) + "<30>" + at +
               "9 mail systemd[1]: Startup finished\n" + "<30>Nov 22 1" + std::to_string(hour) +
               ":50:00 mail systemd[1]: Startup finished\n";
    };
    desk.put("first.log", boot(0, false));
    const Ended learnt = desk.watch({"logs", "replay", "--host", "mail", "--learn", "first.log"});
    INFO(learnt.out << learnt.err);
    CHECK(learnt.code == 0);
    CHECK(desk.watch({"logs", "freeze", "mail", "--as", "alice", "-m", "its boot"}).code == 0);
    const Ended again = desk.judge("second.log", boot(2, true));
    INFO(again.out << again.err);
    CHECK(again.code == 1);
    CHECK(desk.open("log-boot-unannounced").size() == 1);
    CHECK(desk.open("log-boot-changed").size() == 1);
}
