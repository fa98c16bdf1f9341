/// Floods: what an attacker who writes lines can make of the queue is bounded.
#include "collector/logs/learning.hpp"
#include "tests/unit/log_store/log_room.hpp"

namespace sw::test {

TEST_CASE("log folds: a host that says endless new things of one program makes 64 findings and one that counts the rest") {
    LogRoom room("[log]\nmax_new = 1000\n");
    for (std::size_t i = 0; i < 200; ++i) room.say("app: " + std::string(1 + i % 100, 'x') + std::string(1 + i / 100, 'y') + " came");
    room.commit();
    CHECK(room.rows("SELECT count(*) FROM finding WHERE NOT folded") == "64");
    CHECK(room.rows("SELECT count || ' ' || json_extract(shape, '$.program') FROM finding WHERE folded") == "136 app");
    room.reopen();
    room.say("app: another one");
    room.commit();
    CHECK(room.rows("SELECT count FROM finding WHERE folded") == "137");
    CHECK(room.rows("SELECT sum(count) FROM finding") == "201");
}

TEST_CASE("log folds: endless drops do not hide one of another kind") {
    LogRoom room;
    for (int i = 0; i < 100; ++i)
        room.message("<4>1 - - kernel - - - drop IN=eth0 OUT= MAC= SRC=198.51.100." + std::to_string(i) +
                     " DST=192.0.2.25 LEN=60 TTL=64 PROTO=TCP SPT=40000 DPT=23 SYN");
    room.message("<2>1 - - kernel - - - Kernel panic - not syncing: Fatal exception");
    room.commit();
    CHECK(room.rows("SELECT count(*) FROM finding WHERE NOT folded AND shape LIKE '%DST%' OR shape LIKE '%destination%'") == "16");
    CHECK(room.rows("SELECT count FROM finding WHERE folded") == "84");
    CHECK(room.rows("SELECT count FROM finding WHERE shape LIKE '%kernel-panic%'") == "1");
}

TEST_CASE("log folds: a flood of new lines does not drown a new value in a known one") {
    LogRoom room;
    room.elsewhere([&](Store& other) { REQUIRE(arm_window(other, "mail", room.now, room.now + std::chrono::seconds{1})); });
    room.commit();
    room.say("sshd: Accepted publickey for amy from 192.0.2.130 port 4 ssh2");
    room.commit();
    for (int i = 0; i < 10; ++i)
        for (int k = 0; k < 40; ++k)
            room.say("app" + std::string(1, static_cast<char>('a' + i)) + ": w" + std::string(static_cast<std::size_t>(k + 1), 'x') +
                     " said so");
    room.say("sshd: Accepted publickey for mallory from 192.0.2.130 port 4 ssh2");
    room.commit();
    CHECK(room.rows("SELECT count(*) FROM finding WHERE reasons LIKE '%log-flood%'") == "1");
    CHECK(room.rows("SELECT count FROM finding WHERE reasons LIKE '%log-new-value%'") == "1");
}

TEST_CASE("log folds: whoever makes up senders makes up 256 hosts, the rest is one, and a host of the policy is never lost among them") {
    LogRoom room;
    const auto sender = [](int i) { return "10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256); };
    for (int i = 0; i < 1000; ++i) room.say("app: hello", sender(i));
    room.say("app: hello", "192.0.2.25");
    for (int i = 1000; i < 2000; ++i) room.say("app: hello", sender(i));
    room.commit();
    CHECK(room.rows("SELECT count(*) FROM log_source") == "258");
    CHECK(room.rows("SELECT lines FROM log_source WHERE host = 'other hosts'") == "1744");
    CHECK(room.rows("SELECT lines FROM log_source WHERE host = 'mail'") == "1");
    CHECK(room.rows("SELECT count(*) FROM log_event") == "2001");
    CHECK(room.rows("SELECT sum(count) FROM finding WHERE reasons LIKE '%log-new-template%'") == "2001");
    CHECK(room.rows("SELECT count FROM finding WHERE json_extract(shape, '$.host') = 'mail'") == "1");
    CHECK(room.rows("SELECT count(*) FROM finding") == "258");
    room.reopen();
    room.say("app: hello", sender(3000));
    room.say("app: hello", sender(7));
    room.commit();
    CHECK(room.rows("SELECT lines FROM log_source WHERE host = 'other hosts'") == "1745");
    CHECK(room.rows("SELECT lines FROM log_source WHERE host = '10.0.0.7'") == "2");
}

TEST_CASE("log folds: lines that a full queue cannot tell apart are counted by the finding that takes the rest, in the next run too") {
    LogIngestOptions few;
    few.samples.findings = 3;
    LogRoom room({}, few);
    for (int run = 0; run < 2; ++run) {
        for (int i = 0; i < 10; ++i) room.say("app" + std::to_string(10 * run + i) + ": said something");
        room.commit();
        room.reopen();
    }
    CHECK(room.rows("SELECT count(*) FROM finding") == "4");
    CHECK(room.rows("SELECT sum(count) FROM finding") == "20");
    CHECK(room.rows("SELECT count(*) FROM log_event") == "20");
}

TEST_CASE("log folds: a host with too many findings of all kinds has a flood") {
    LogRoom room;
    for (int i = 0; i < 400; ++i) room.say("app" + std::to_string(i) + ": said something");
    room.commit();
    CHECK(room.rows("SELECT count(*) FROM finding WHERE NOT folded AND reasons LIKE '%new-template%'") == "256");
    CHECK(room.rows("SELECT sum(count) FROM finding WHERE reasons LIKE '%flood%'") == "144");
}

TEST_CASE("log folds: what people decided on makes room again") {
    LogRoom room;
    for (int i = 0; i < 64; ++i) room.say("app: " + std::string(static_cast<std::size_t>(i + 1), 'x') + " came");
    room.commit();
    room.elsewhere([&](Store& other) {
        for (int id = 1; id <= 64; ++id) REQUIRE(Queue(other).decide({id}, room.by(QueueVerb::dismiss)));
    });
    room.commit();
    room.say("app: hello");
    room.commit();
    room.say("app: how are you");
    room.commit();
    CHECK(room.rows("SELECT count(*) FROM finding WHERE folded") == "0");
}

}  // namespace sw::test
