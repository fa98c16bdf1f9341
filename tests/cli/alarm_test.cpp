// alarm list, show, ack: what rang and who has seen it.
#include <sys/stat.h>

#include "sensor/journal/alarm_journal.hpp"
#include "tests/cli/fixture.hpp"
#include "tests/cli/queue_desk.hpp"
#include "tests/support/catch.hpp"

using namespace sw::cli;

namespace {

/// Journals "sensor" and "collector": three alarms, the second hostile.
class AlarmDesk : public Folder {
public:
    AlarmDesk() {
        write("sensor", {{}, {1'700'000'000'000'000'000}, sw::Severity::critical, "self-traffic", "first", 0, 0});
        write("collector", {{}, {1'700'000'001'000'000'000}, sw::Severity::high, "finding", "second\x1b[2J", 12, 100});
        write("sensor", {{}, {1'700'000'002'000'000'000}, sw::Severity::notice, "coverage", "third", 0, 0});
    }
    Ended alarm(std::vector<std::string> words, bool json = true) const {
        std::vector<std::string> all = {"--db", "store.db", "alarm"};
        if (json) all.insert(all.begin(), "--json");
        all.insert(all.end(), words.begin(), words.end());
        for (const char* journal : {"sensor", "collector"}) all.insert(all.end(), {"--journal", journal});
        return run(*this, all);
    }
    std::vector<Json> listed(const std::vector<std::string>& more = {}) const {
        std::vector<std::string> words = {"list"};
        words.insert(words.end(), more.begin(), more.end());
        return of_type(lines_of(alarm(words).out), "alarm");
    }
    Json page() const { return of_type(lines_of(alarm({"list"}).out), "page").at(0); }

private:
    void write(const std::string& journal, sw::AlarmRecord record) const {
        std::filesystem::create_directory(at(journal));
        auto writer = sw::AlarmWriter::open(at(journal));
        if (!writer) FAIL(writer.error().text);
        REQUIRE((*writer)->alarm(std::move(record)));
    }
};

}  // namespace

TEST_CASE("alarm list tells the alarms of all journals in order, clean, and ends with 1 while one is not acknowledged") {
    const AlarmDesk desk;
    const Ended ended = desk.alarm({"list"});
    INFO(ended.err);
    CHECK(ended.code == 1);
    const auto alarms = desk.listed();
    REQUIRE(alarms.size() == 3);
    CHECK(alarms[0].at("schema") == 1);
    CHECK(alarms[0].at("sentence") == "first");
    CHECK(alarms[0].at("severity") == "critical");
    CHECK(alarms[0].at("at") == "2023-11-14T22:13:20.000000000Z");
    CHECK(alarms[0].at("finding").is_null());
    CHECK(alarms[0].at("acknowledged").is_null());
    CHECK(alarms[1].at("sentence") == "second\\x1b[2J");
    CHECK(alarms[1].at("finding") == 12);
    CHECK(alarms[1].at("count") == 100);
    CHECK(desk.page().at("unacknowledged") == 3);
    const Ended text = desk.alarm({"list"}, false);
    CHECK(text.code == 1);
    CHECK(is_clean(text.out));
    CHECK(has(text.out, "! 2023-11-14T22:13:20Z "));
    CHECK(has(text.err, "3 alarms, 3 not acknowledged"));
}

TEST_CASE("alarm list takes severity, time and number") {
    const AlarmDesk desk;
    CHECK(desk.listed({"--severity", "high"}).size() == 1);
    CHECK(desk.listed({"--since", "2023-11-14T22:13:21Z"}).size() == 2);
    const auto newest = desk.listed({"--limit", "1"});
    REQUIRE(newest.size() == 1);
    CHECK(newest[0].at("sentence") == "third");
    CHECK(desk.alarm({"list", "--since", "1h"}).code == 0);
    CHECK(desk.alarm({"list", "--since", "yesterdy"}).code == 2);
    CHECK(desk.alarm({"list", "--severity", "loud"}).code == 2);
}

TEST_CASE("alarm ack records who saw it and why, once, and what all have seen is clean") {
    const AlarmDesk desk;
    const std::string id = desk.listed()[0].at("id").get<std::string>();
    const mode_t strict = ::umask(0077);
    REQUIRE(desk.alarm({"ack", id, "-m", "called \x1b the owner"}).code == 0);
    ::umask(strict);
    // The next who acknowledges is another of the group.
    CHECK((std::filesystem::status(desk.at("alarm-acks.jsonl")).permissions() & std::filesystem::perms::mask) ==
          std::filesystem::perms(0660));
    REQUIRE(desk.alarm({"ack", id, "-m", "again"}).code == 0);
    const Json seen = desk.listed()[0].at("acknowledged");
    CHECK(seen.at("reason") == "called \x1b the owner");
    CHECK_FALSE(seen.at("analyst").get<std::string>().empty());
    CHECK(desk.page().at("unacknowledged") == 2);
    const Ended shown = desk.alarm({"show", id}, false);
    CHECK(shown.code == 0);
    CHECK(has(shown.out, "critical, self-traffic"));
    CHECK(has(shown.out, "called \\x1b the owner"));
    CHECK(is_clean(shown.out));

    REQUIRE(desk.alarm({"ack", "--all"}).code == 0);
    CHECK(desk.alarm({"list"}).code == 0);
    const std::string record = desk.text("alarm-acks.jsonl");
    CHECK(std::count(record.begin(), record.end(), '\n') == 3);
}

TEST_CASE("alarm verbs say what is wrong and how to mend it, and change nothing then") {
    const AlarmDesk desk;
    CHECK(desk.alarm({"show", "00000000:1"}).code == 2);
    CHECK(desk.alarm({"ack", "00000000:1"}).code == 2);
    const Ended which = desk.alarm({"ack"});
    CHECK(which.code == 2);
    CHECK(has(which.err, "or --all"));
    CHECK_FALSE(std::filesystem::exists(desk.at("alarm-acks.jsonl")));
    const Ended missing = run(desk, {"alarm", "list", "--journal", "none"});
    CHECK(missing.code == 3);
    CHECK(has(missing.err, "it must be a folder that exists"));
}

TEST_CASE("alarm list reads an acknowledgement file of somebody else's making without harm") {
    const AlarmDesk desk;
    const std::string id = desk.listed()[0].at("id").get<std::string>();
    desk.put("alarm-acks.jsonl",
             "null\n[]\n{\"id\":7,\"at\":\"x\"}\n{\"id\":\"" + id + "\",\"at\":1,\"analyst\":[],\"reason\":\"\\u001b[2J\"}\n\xff{");
    const Ended ended = desk.alarm({"list"});
    CHECK(ended.code == 1);
    CHECK(desk.page().at("unacknowledged") == 2);
    CHECK(is_clean(desk.alarm({"show", id}, false).out));
}
