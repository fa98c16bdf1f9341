// logs: from a log file to what a host may say, and what it said besides.
#include <filesystem>
#include <string>

#include "tests/cli/queue_desk.hpp"
#include "tests/support/catch.hpp"

using namespace sw::cli;

namespace {

/// A morning of mail's, said three times over; user and address as given.
std::string morning(const std::string& user = "amy", const std::string& from = "192.0.2.130") {
    std::string text;
    for (int hour = 6; hour < 9; ++hour) {
        const std::string at = "Nov 27 0" + std::to_string(hour) + ":00:0";
        text += at + "1 mail sshd[410]: Accepted publickey for " + user + " from " + from + " port 50210 ssh2: ED25519 SHA256:abc\n";
        text += at + "2 mail sshd[410]: pam_unix(sshd:session): session opened for user " + user + "(uid=1000) by (uid=0)\n";
        text += at + "3 mail postfix/qmgr[77]: 4F2A1C: removed\n";
        text += at + "4 mail CRON[999]: (root) CMD (   cd / && run-parts --report /etc/cron.hourly)\n";
    }
    return text;
}

/// A store that has learnt mail's morning, and frozen it.
class LogDesk : public Desk {
public:
    LogDesk() {
        put("monday.log", morning());
        const Ended learnt = logs({"replay", "--host", "mail", "--learn", "monday.log"});
        INFO(learnt.out << learnt.err);
        REQUIRE(learnt.code == 0);
        const Ended frozen = logs({"freeze", "mail", "-m", "read by amy and bob"});
        INFO(frozen.err);
        REQUIRE(frozen.code == 0);
    }
    Ended watch(std::vector<std::string> words, const Setup& setup = {}) const {
        words.insert(words.begin(), {"--db", "store.db", "--policy", "policy.toml"});
        return run(*this, words, setup);
    }
    Ended logs(std::vector<std::string> words, const Setup& setup = {}) const {
        words.insert(words.begin(), "logs");
        return watch(std::move(words), setup);
    }
    std::vector<Json> json(std::vector<std::string> words) const {
        words.insert(words.begin(), "--json");
        const Ended ended = watch(std::move(words));
        INFO(ended.err);
        CHECK(is_clean(ended.out));
        return lines_of(ended.out);
    }
    /// Judge more lines; gives the findings.
    std::vector<Json> more(const std::string& name, const std::string& lines) const {
        put(name, lines);
        return of_type(json({"logs", "replay", "--host", "mail", name}), "finding");
    }
};

std::string login_of(const std::string& user) {
    return "Nov 28 09:00:01 mail sshd[512]: Accepted publickey for " + user + " from 192.0.2.130 port 50300 ssh2: ED25519 SHA256:abc\n";
}

}  // namespace

TEST_CASE("logs: what was learnt and frozen passes, and a new user is one finding until somebody adds him") {
    const LogDesk desk;
    CHECK(desk.more("tuesday.log", morning() + login_of("amy")).empty());
    const std::vector<Json> found = desk.more("wednesday.log", login_of("eve") + login_of("eve"));
    REQUIRE(found.size() == 1);
    CHECK(found[0].at("reasons") == Json({"log-new-value"}));
    CHECK(found[0].at("count") == 2);
    const std::string id = std::to_string(found[0].at("id").get<std::int64_t>());
    const Ended proposed = desk.watch({"queue", "allow", id, "-m", "eve is new"});
    INFO(proposed.out << proposed.err);
    CHECK(proposed.code == 0);
    CHECK(has(proposed.out, "Nothing was changed"));
    REQUIRE(desk.watch({"queue", "allow", id, "--add", "-m", "eve is new"}).code == 0);
    CHECK(desk.more("thursday.log", login_of("eve") + login_of("amy")).empty());
    CHECK(desk.more("friday.log", login_of("mallory")).size() == 1);
    // Taken back, he is a finding again.
    REQUIRE(desk.watch({"queue", "undo", "-m", "not yet"}).code == 0);
    CHECK(desk.more("saturday.log", login_of("eve") + login_of("eve") + login_of("eve")).size() == 1);
}

TEST_CASE("logs: queue and export show lines as what they are") {
    const LogDesk desk;
    const std::vector<Json> found = desk.more("x.log", "Nov 28 09:00:01 mail evil: \x1b]0;owned\x07 and \xff\n");
    REQUIRE_FALSE(found.empty());
    const std::string id = std::to_string(found[0].at("id").get<std::int64_t>());
    const std::vector<Json> shown = desk.json({"queue", "show", id});
    CHECK(of_type(shown, "finding").at(0).at("kind") == "log");
    const Json sample = of_type(shown, "sample").at(0);
    CHECK(has(sample.at("line"), "\\x1b]0;owned"));
    CHECK(sample.at("datalink").is_null());
    CHECK(is_clean(desk.watch({"queue", "show", id}).out));
    const Ended eve = desk.watch({"export", "eve", id});
    CHECK(eve.code == 0);
    CHECK(has(eve.out, "\"app_proto\":\"syslog\""));
    CHECK(is_clean(eve.out));
    const Ended pcapng = desk.watch({"export", "pcapng", "-o", "x.pcapng", id});
    INFO(pcapng.err);
    CHECK(has(pcapng.err, "log"));
}

TEST_CASE("logs: list, search and rare tell what there is") {
    const LogDesk desk;
    const std::vector<Json> templates = of_type(desk.json({"logs", "list", "--host", "mail", "--values"}), "template");
    REQUIRE(templates.size() == 4);
    for (const Json& t : templates) {
        CHECK(t.at("state") == "approved");
        CHECK(t.at("in_force") == true);
        CHECK(t.at("count") == 3);
    }
    CHECK(of_type(desk.json({"logs", "list", "--host", "mail", "--state", "learnt"}), "template").empty());
    CHECK(of_type(desk.json({"logs", "search", "amy", "session"}), "line").size() == 3);
    CHECK(of_type(desk.json({"logs", "search", "--program", "sshd", "--limit", "2"}), "line").size() == 2);
    CHECK(desk.json({"logs", "search", "nobody"}).empty());
    const Json line = of_type(desk.json({"logs", "search", "removed"}), "line").at(0);
    CHECK(line.at("app") == "postfix/qmgr");
    CHECK(line.at("verdict") == "learnt");
    CHECK(of_type(desk.json({"logs", "rare"}), "tail").size() >= 4);
}

TEST_CASE("logs: test says by what a line passes, or why not, and ends with 1 for what would be a finding") {
    const LogDesk desk;
    const std::string known = login_of("amy"), other = login_of("eve");
    CHECK(desk.logs({"test", "--host", "mail", "--line", known.substr(0, known.size() - 1)}).code == 0);
    const Ended would = desk.logs({"test", "--host", "mail", "--line", other.substr(0, other.size() - 1)});
    CHECK(would.code == 1);
    CHECK(has(would.out, "log-new-value"));
    CHECK(has(would.out, "eve"));
    CHECK(desk.logs({"test", "--host", "mail", "-"}, {.input = known + other}).code == 1);
    CHECK(desk.logs({"test"}).code == 2);
    CHECK(desk.logs({"test", "nowhere.log"}).code == 2);
}

TEST_CASE("logs: a file is in the store once, and black lines are critical whatever was learnt") {
    const LogDesk desk;
    const Ended again = desk.logs({"replay", "--host", "mail", "monday.log"});
    CHECK(again.code == 0);
    CHECK(has(again.err, "already in"));
    const std::vector<Json> found =
        desk.more("bad.log", "Nov 28 10:00:00 mail kernel: [  12.345678] Kernel panic - not syncing: Fatal exception\n");
    REQUIRE(found.size() == 1);
    CHECK(found[0].at("severity") == "critical");
    const std::string id = std::to_string(found[0].at("id").get<std::int64_t>());
    CHECK(desk.watch({"queue", "allow", id, "--add", "-m", "never"}).code == 2);
    CHECK(desk.logs({"replay", "--host", "mail", "nowhere.log"}).code == 2);
}

TEST_CASE("logs: learning is armed, announced and stopped, and without a learning there is nothing to freeze") {
    const LogDesk desk;
    CHECK(has(desk.logs({"learn", "firewall"}).out, "its next boot is learnt"));
    CHECK(has(desk.logs({"learn", "firewall", "--for", "10m"}).out, "is learnt"));
    CHECK(has(desk.logs({"learn", "firewall", "--stop"}).out, "learns no more"));
    CHECK(has(desk.logs({"announce", "mail"}).out, "is no finding"));
    CHECK(desk.logs({"freeze", "firewall", "-m", "what?"}).code == 2);
    CHECK(desk.logs({"freeze", "mail"}).code == 2);
    CHECK(desk.logs({"learn", "mail", "--since", "1h"}).code == 2);
}

TEST_CASE("logs: import lists the rules that cannot be used, with their place") {
    const LogDesk desk;
    std::filesystem::create_directory(desk.at("rules"));
    desk.put("rules/local", "^\\w{3} [ :0-9]{11} [._[:alnum:]-]+ sshd\\[[0-9]+\\]: hello$\n^(a)\\1$\n");
    const Ended listed = desk.logs({"import", "rules"});
    CHECK(listed.code == 1);
    CHECK(has(listed.out, "rules/local:2:"));
    CHECK(has(listed.err, "1 rules can be used, 1 cannot"));
    desk.put("rules/local", "^(a)\\1" + std::string(100'000, 'x') + "$\n");
    const Ended large = desk.logs({"import", "rules"});
    CHECK(large.out.size() < 1'000);
    CHECK(has(large.out, "(100007 octets)"));
}

TEST_CASE("logs: status tells of lines and their sources") {
    const LogDesk desk;
    const Json status = of_type(desk.json({"status"}), "status").at(0);
    CHECK(status.at("logs").at("lines") == 12);
    CHECK(status.at("logs").at("templates").at("approved") == 4);
    CHECK(status.at("logs").at("sources").at(0).at("via") == "file");
    CHECK(status.at("logs").at("silent").is_null());
}
