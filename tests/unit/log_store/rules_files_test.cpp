/// Policies and imported rules from files; and what a line is compared with.
#include "collector/logs/rules_files.hpp"

#include <sys/stat.h>

#include "collector/logs/learning.hpp"
#include "collector/logs/log_list.hpp"
#include "collector/logs/log_trial.hpp"
#include "tests/unit/log_store/log_room.hpp"

namespace sw::test {
namespace {

std::string refusal(const std::string& path) {
    const auto loaded = load_log_rules(path);
    return loaded ? "" : loaded.error().text;
}

}  // namespace

TEST_CASE("rules files: a policy's imports are read, what does not compile is told with its place") {
    cli::Folder folder;
    REQUIRE(::mkdir(folder.at("rules").c_str(), 0755) == 0);
    folder.put("rules/local", "^\\w{3} [ :0-9]{11} [._[:alnum:]-]+ app(\\[[0-9]+\\])?: ready$\n^broken(\n");
    folder.put("rules/local~", "^.*$\n");  // an editor's copy: logcheck does not read it, either
    folder.put("policy.toml", "[log]\nimport = [\"" + folder.at("rules").string() + "\"]\n");
    const auto loaded = load_log_rules(folder.at("policy.toml"));
    if (!loaded) FAIL(loaded.error().text);
    REQUIRE(loaded->problems.size() == 1);
    CHECK(loaded->problems.front().line == 2);
    CHECK(loaded->rules.logs->allowed(line("app", "ready")));
    CHECK_FALSE(loaded->rules.logs->allowed(line("app", "hello")));
}

TEST_CASE("rules files: what cannot be read is named") {
    cli::Folder folder;
    CHECK(refusal(folder.at("none")).find("cannot read " + folder.at("none").string()) == 0);
    CHECK(refusal(folder.at("")).find("is no regular file") != std::string::npos);
    folder.put("bad.toml", "[log]\nlearn_minutes = \"x\"\nsilent_minutes = \"y\"\n");
    CHECK(refusal(folder.at("bad.toml")).find("bad.toml:2: ") != std::string::npos);
    CHECK(refusal(folder.at("bad.toml")).find("(and 1 more errors)") != std::string::npos);
    folder.put("gone.toml", "[log]\nimport = [\"" + folder.at("nowhere").string() + "\"]\n");
    CHECK(refusal(folder.at("gone.toml")).find("nowhere") != std::string::npos);
    folder.put("large.toml", std::string((4u << 20) + 1, '#'));
    CHECK(refusal(folder.at("large.toml")).find("larger than 4 MiB") != std::string::npos);
}

TEST_CASE("log trial: it says by what a line passes, or what it is compared with") {
    LogRoom room("[[log.allow]]\nname = \"ready\"\npattern = '^ready$'\n");
    room.elsewhere([&](Store& other) { REQUIRE(arm_window(other, "mail", room.now, room.now + std::chrono::seconds{1})); });
    room.commit();
    room.say("sshd: Accepted publickey for alice from 198.51.100.7 port 40000 ssh2");
    room.commit();
    auto trial = LogTrial::make(&room.store, room.rules);
    REQUIRE(trial);
    const auto judge = [&](const std::string& text) { return trial->judge("<30>1 - - " + text, "mail", noon); };
    CHECK(judge("app - - - ready").sentence == "allowed by log rule ready");
    CHECK(judge("sshd - - - Accepted publickey for alice from 198.51.100.7 port 1 ssh2").sentence == "known");
    const Trial value = judge("sshd - - - Accepted publickey for eve from 198.51.100.7 port 1 ssh2");
    CHECK(value.reason == "log-new-value");
    REQUIRE(value.why.size() == 1);
    CHECK(value.why.front().find("\"eve\" is none of those seen there") != std::string::npos);
    const Trial fresh = judge("sshd - - - Accepted password for alice from 198.51.100.7 port 1 ssh2");
    CHECK(fresh.reason == "log-new-template");
    REQUIRE(fresh.why.size() == 1);
    CHECK(fresh.why.front().find("they part behind \"Accepted p\"") != std::string::npos);
    CHECK(judge("other - - - x").why.front().find("nothing is known of other on mail") == 0);
    CHECK(judge("kernel - - - Kernel panic - not syncing: x").kind == LogVerdict::Kind::black);
    CHECK(room.rows("SELECT count(*) FROM log_event") == "1");

    auto without = LogTrial::make(nullptr, room.rules);
    REQUIRE(without);
    CHECK(without->judge("<30>1 - web app - - - ready", "", noon).host == "web");
}

TEST_CASE("log list: how often things are said, known ones and new ones") {
    LogRoom room;
    room.elsewhere([&](Store& other) { REQUIRE(arm_window(other, "mail", room.now, room.now + std::chrono::seconds{3})); });
    room.commit();
    for (const char* text : {"app: often", "app: often", "app: once", "app: new", "app: new"}) room.say(text);
    room.say("app: new", "192.0.2.1");
    room.commit();
    const auto table = frequencies(room.store, "mail", "app");
    REQUIRE(table);
    std::string all;
    for (const Counted& c : *table) all += c.what + " " + std::to_string(c.count) + "\n";
    CHECK(all == "mail app: often 2\nmail app: once 1\nmail app: new 2\n");
}

}  // namespace sw::test
