/// Words are found, whether they are indexed yet or not; old lines go and leave everything else.
#include "collector/logs/log_search.hpp"

#include "collector/logs/log_index.hpp"
#include "tests/unit/log_store/log_room.hpp"

namespace sw::test {
namespace {

using namespace std::string_literals;

std::string found(LogRoom& room, std::initializer_list<std::string> words, LogQuery query = {}) {
    query.words = words;
    const auto lines = search_lines(room.store, query);
    if (!lines) return lines.error().text;
    std::string ids;
    for (const StoredLine& l : *lines) ids += (ids.empty() ? "" : " ") + std::to_string(l.id);
    return ids;
}

void index_all(LogRoom& room) {
    for (;;) {
        const auto done = index_step(room.store, 3);
        REQUIRE(done);
        if (*done == 0) return;
    }
}

}  // namespace

TEST_CASE("log search: words are found at the beginning of words, before and after they are indexed") {
    LogRoom room;
    room.say("sshd: Accepted publickey for alice from 198.51.100.7");
    room.say("sshd: Failed password for bob from 198.51.100.77");
    room.say("app: the caf\xc3\xa9 is open, malice aforethought");
    room.message("<13>1 - - app - - - a\0alice\xff\x1b[31mred"s);
    room.commit();
    for (const bool indexed : {false, true}) {
        if (indexed) index_all(room);
        CAPTURE(indexed);
        CHECK(found(room, {"alice"}) == "1");
        CHECK(found(room, {"ALI"}) == "1");
        CHECK(found(room, {"198.51.100.7"}) == "1 2");
        CHECK(found(room, {"198.51.100.7", "alice"}) == "1");
        CHECK(found(room, {"caf\xc3\xa9"}) == "3");
        CHECK(found(room, {"aforethought", "open"}) == "3");
        CHECK(found(room, {"\\xff"}) == "4");  // as it is shown
        CHECK(found(room, {"\\x1b[31mred"}) == "4");
        CHECK(found(room, {"password for"}) == "2");
        CHECK(found(room, {"nobody"}).empty());
        CHECK(found(room, {"\" OR line:\""}).empty());
        CHECK(found(room, {}) == "1 2 3 4");
    }
}

TEST_CASE("log search: by time, host, program, verdict and finding, the newest so many") {
    LogRoom room("[[log.allow]]\nname = \"ready\"\npattern = '^ready$'\n");
    room.say("app: ready");
    room.say("web: ready", "192.0.2.1");
    room.say("app: hello");
    room.say("app: ready");
    room.commit();
    const auto second = [](int n) { return noon + std::chrono::seconds{n}; };
    LogQuery q;
    q.since = second(1);
    q.until = second(2);
    CHECK(found(room, {}, q) == "2 3");
    CHECK(found(room, {}, {.words = {}, .since = {}, .until = {}, .host = "firewall", .app = "", .verdict = {}, .finding = {}}) == "2");
    CHECK(found(room, {}, {.words = {}, .since = {}, .until = {}, .host = "", .app = "app", .verdict = 1, .finding = {}}) == "1 4");
    CHECK(
        found(room, {},
              {.words = {}, .since = {}, .until = {}, .host = "", .app = "", .verdict = {}, .finding = room.finding("log-new-template")}) ==
        "3");
    q = {};
    q.limit = 2;
    CHECK(found(room, {}, q) == "3 4");
}

TEST_CASE("log search: a line's octets come back whole, NUL and all") {
    LogRoom room;
    std::string all;
    for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
    room.message("<13>1 - - app - - - " + all);
    room.commit();
    index_all(room);
    const auto lines = search_lines(room.store, {});
    REQUIRE(lines);
    REQUIRE(lines->size() == 1);
    CHECK(lines->front().raw == "<13>1 - - app - - - " + all);
}

TEST_CASE("log retention: what is old goes, from the index too, and findings, samples, templates and counts stay") {
    LogRoom room;
    for (int i = 0; i < 10; ++i) room.say("app: line alpha" + std::to_string(i));
    room.commit();
    REQUIRE(index_step(room.store, 5));
    const std::string findings = room.rows("SELECT sum(count) || ' ' || sum(samples) FROM finding");
    const auto gone = log_retain_step(room.store, {.before = noon + std::chrono::seconds{7}, .octets = 0});
    REQUIRE(gone);
    CHECK(*gone == 7);
    CHECK(*log_retain_step(room.store, {.before = noon + std::chrono::seconds{7}, .octets = 0}) == 0);
    index_all(room);
    CHECK(found(room, {"line"}) == "8 9 10");
    CHECK(room.rows("SELECT count(*) FROM log_text WHERE log_text MATCH 'alpha1'") == "0");
    CHECK(room.rows("SELECT sum(count) || ' ' || sum(samples) FROM finding") == findings);
    CHECK(room.rows("SELECT lines FROM log_source") == "10");
    CHECK(room.rows("INSERT INTO log_text (log_text) VALUES ('integrity-check')").empty());
}

TEST_CASE("log retention: lines whose receiver had lost its clock go with those that were stored behind them, not at once") {
    LogRoom room;
    for (int i = 0; i < 6; ++i) room.say("app: line alpha" + std::to_string(i));
    room.commit();
    REQUIRE(room.rows("UPDATE log_event SET received = 7000000000 WHERE id IN (1, 3, 6)").empty());  // 1970
    REQUIRE(room.rows("UPDATE log_event SET received = 4102444800000000000 WHERE id = 4").empty());  // 2100
    const auto left = [&room](int seconds) {
        for (;;) {
            const auto gone = log_retain_step(room.store, {.before = noon + std::chrono::seconds{seconds}, .octets = 0});
            REQUIRE(gone);
            if (*gone == 0) return room.rows("SELECT group_concat(id, ' ') FROM (SELECT id FROM log_event ORDER BY id)");
        }
    };
    CHECK(left(1) == "1 2 3 4 5 6");
    CHECK(left(2) == "3 4 5 6");
    CHECK(left(60) == "6");
}

TEST_CASE("log retention: a line that was late and is too old goes, though younger ones were stored before it") {
    LogRoom room;
    for (int i = 0; i < 3; ++i) room.say("app: line alpha" + std::to_string(i));
    room.commit();
    REQUIRE(room.rows("UPDATE log_event SET received = " + std::to_string((noon + -std::chrono::hours{24}).ns) + " WHERE id = 3").empty());
    REQUIRE(log_retain_step(room.store, {.before = noon, .octets = 0}));
    CHECK(room.rows("SELECT group_concat(id, ' ') FROM (SELECT id FROM log_event ORDER BY id)") == "1 2");
}

TEST_CASE("log retention: beyond its size the oldest go") {
    LogRoom room;
    for (int i = 0; i < 100; ++i) room.say("app: " + std::string(900, 'x') + std::to_string(i));
    room.commit();
    for (;;) {
        const auto gone = log_retain_step(room.store, {.before = {}, .octets = 10'000});
        REQUIRE(gone);
        if (*gone == 0) break;
    }
    CHECK(std::stoi(room.rows("SELECT sum(length(raw)) FROM log_event")) <= 10'000);
    CHECK(std::stoi(room.rows("SELECT sum(length(raw)) FROM log_event")) > 8'000);
    CHECK(room.rows("SELECT max(id) FROM log_event") == "100");
    CHECK(room.rows("SELECT sum(length(raw)) FROM log_event") == room.rows("SELECT value FROM setting WHERE name = 'log_octets'"));
}

}  // namespace sw::test
