/// What is learnt of a host, who freezes it, and that taking that back takes it back.
#include "collector/logs/learning.hpp"
#include "collector/logs/log_list.hpp"
#include "tests/unit/log_store/log_room.hpp"

namespace sw::test {
namespace {

constexpr const char* marker = "<5>1 - - kernel - - - [    0.000000] Linux version 6.1.0-13-amd64 (debian-kernel@lists.debian.org)";

void learn(LogRoom& room, Timestamp from, Timestamp until) {
    room.elsewhere([&](Store& other) { REQUIRE(arm_window(other, "mail", from, until)); });
    room.commit();  // the daemon notices between two commits
}

std::string verdicts(LogRoom& room) { return room.rows("SELECT group_concat(verdict, '') FROM log_event"); }

std::string refusal(const Result<std::vector<Review>>& r) { return r ? "" : r.error().text; }

}  // namespace

TEST_CASE("log learning: within its window everything is learnt, behind it what is new is a finding again") {
    LogRoom room;
    learn(room, room.now, room.now + std::chrono::seconds{3});
    room.say("sshd: Accepted publickey for alice from 198.51.100.7 port 40000 ssh2");
    room.say("sshd: Accepted publickey for bob from 198.51.100.7 port 40000 ssh2");
    room.say("sshd: Server listening on 0.0.0.0 port 22.");
    room.say("sshd: Accepted publickey for alice from 198.51.100.7 port 555 ssh2");
    room.say("sshd: Accepted publickey for eve from 198.51.100.7 port 555 ssh2");
    room.say("sshd: Bye");
    room.commit();
    CHECK(verdicts(room) == "222033");
    CHECK(room.findings() == "log-new-value mail 1\nlog-new-template mail 1");
    CHECK(room.rows("SELECT count FROM finding WHERE reasons LIKE '%learnt%'") == "3");
    CHECK(room.rows("SELECT CAST(value AS TEXT) FROM log_value WHERE template = (SELECT template FROM log_event LIMIT 1) ORDER BY 1")
              .find("alice\nbob") != std::string::npos);
    room.reopen();
    room.say("sshd: Accepted publickey for bob from 198.51.100.7 port 555 ssh2");
    room.say("sshd: Accepted publickey for eve from 198.51.100.7 port 555 ssh2");
    room.commit();
    CHECK(verdicts(room) == "22203303");
}

TEST_CASE("log learning: what is frozen is known, and its host learns no more") {
    LogRoom room;
    learn(room, room.now, room.now + std::chrono::hours{1});
    room.say("app: hello");
    room.commit();
    const auto learning = learning_of(room.store, "mail");
    REQUIRE(learning);
    CHECK(learning->templates == 1);
    CHECK(learning->state == QueueState::open);
    room.elsewhere([&](Store& other) {
        const auto reviews = freeze(other, "mail", room.by(QueueVerb::allow, "seen every line"));
        if (!reviews) FAIL(reviews.error().text);
        REQUIRE(reviews->size() == 1);
        CHECK(reviews->front().detail.find(learning->digest) != std::string::npos);
    });
    room.say("app: hello");  // before the daemon has noticed
    room.commit();
    room.say("app: hello");
    room.say("app: good night");
    room.commit();
    CHECK(verdicts(room) == "2003");
    CHECK(room.rows("SELECT state FROM finding WHERE reasons LIKE '%learnt%'") == "allowed");
}

TEST_CASE("log learning: what is dismissed or whose freezing is undone is known no more") {
    LogRoom room;
    learn(room, room.now, room.now + std::chrono::seconds{1});
    room.say("app: hello");
    room.commit();
    const std::int64_t id = room.finding("log-learnt");
    const auto said_again = [&] {
        room.commit();
        room.say("app: hello");
        room.commit();
        return verdicts(room).back();
    };
    const auto decide = [&](QueueVerb verb) {
        room.elsewhere([&](Store& other) {
            const auto done = verb == QueueVerb::allow ? freeze(other, "mail", room.by(verb)) : Queue(other).decide({id}, room.by(verb));
            if (!done) FAIL(done.error().text);
        });
        return said_again();
    };
    CHECK(decide(QueueVerb::allow) == '0');
    room.elsewhere([](Store& other) { REQUIRE(Queue(other).undo(0, "alice", "")); });
    CHECK(said_again() == '0');  // open: it is being learnt
    CHECK(decide(QueueVerb::dismiss) == '3');
    CHECK(decide(QueueVerb::reopen) == '0');
}

TEST_CASE("log learning: a learning that grew while it was looked at is not frozen") {
    LogRoom room;
    learn(room, room.now, room.now + std::chrono::hours{1});
    room.say("app: hello");
    room.commit();
    Decision hasty = room.by(QueueVerb::allow);
    const auto before = learning_of(room.store, "mail");
    room.say("app: good night");
    room.commit();
    const auto after = learning_of(room.store, "mail");
    REQUIRE(before);
    REQUIRE(after);
    CHECK(before->digest != after->digest);
    CHECK(before->finding == after->finding);
    CHECK(refusal(freeze(room.store, "web", hasty)).find("nothing was learnt of web") == 0);
}

TEST_CASE("log learning: a boot that was armed is learnt, the next one is compared with those that were accepted") {
    LogRoom room("[log]\nlearn_minutes = 1\n");
    room.elsewhere([&](Store& other) { REQUIRE(arm_boot(other, "mail", room.now + std::chrono::hours{1})); });
    room.commit();
    room.say("app: before the boot");
    const auto boot = [&](std::initializer_list<const char*> lines) {
        room.message(marker);
        for (const char* l : lines) room.say(l);
        room.commit();
        room.now = room.now + std::chrono::minutes{2};
        room.commit();
    };
    boot({"sshd: Server listening on 0.0.0.0 port 22.", "cron: (CRON) STARTUP"});
    CHECK(verdicts(room) == "3222");
    room.elsewhere([&](Store& other) { REQUIRE(freeze(other, "mail", room.by(QueueVerb::allow))); });
    room.commit();
    room.elsewhere([&](Store& other) { REQUIRE(announce_boot(other, "mail", room.now + std::chrono::hours{1})); });
    room.commit();
    boot({"sshd: Server listening on 0.0.0.0 port 22.", "cron: (CRON) STARTUP"});
    CHECK(room.findings() == "log-new-template mail 1");
    boot({"sshd: Server listening on 0.0.0.0 port 22.", "rootkit: loaded"});
    CHECK(room.findings() == "log-new-template mail 1\nlog-boot-unannounced mail 1\nlog-new-template mail 1\nlog-boot-changed mail 1");
    const std::string shown =
        room.rows("SELECT CAST(octets AS TEXT) FROM sample WHERE finding = " + std::to_string(room.finding("log-boot-changed")));
    CHECK(shown.find("- cron: ") != std::string::npos);
}

TEST_CASE("log learning: boots that begin and end between two commits are learnt and compared all the same") {
    LogRoom room("[log]\nlearn_minutes = 1\n");
    const auto boot = [&](std::initializer_list<const char*> lines) {
        room.message(marker);
        for (const char* l : lines) room.say(l);
        room.now = room.now + std::chrono::minutes{2};
        room.say("cron: (CRON) STARTUP");
    };
    room.elsewhere([&](Store& other) { REQUIRE(arm_boot(other, "mail", room.now + std::chrono::hours{1})); });
    room.commit();
    boot({"cron: (CRON) STARTUP", "app: first", "app: second"});
    room.commit();
    room.elsewhere([&](Store& other) { REQUIRE(freeze(other, "mail", room.by(QueueVerb::allow))); });
    room.commit();
    CHECK(room.rows("SELECT count(*) FROM log_boot_line") == "4");
    boot({"cron: (CRON) STARTUP", "app: second", "app: first"});
    room.commit();
    CHECK(room.findings() == "log-boot-unannounced mail 1\nlog-boot-changed mail 1");
}

TEST_CASE("log learning: where everything is learnt a boot is too, and no other boot is from then on") {
    LogIngestOptions how;
    how.learn = true;
    how.marker = "replay";
    LogRoom room("[log]\nlearn_minutes = 1\n", how);
    room.say("app: first");
    room.message(marker);
    room.say("app: second");
    room.commit();
    CHECK(room.findings().empty());
    room.elsewhere([&](Store& other) { REQUIRE(freeze(other, "mail", room.by(QueueVerb::allow))); });
    room.options.learn = false;
    room.reopen();
    room.now = room.now + std::chrono::minutes{2};
    room.message(marker);
    room.now = room.now + std::chrono::minutes{2};
    room.say("app: first");
    room.commit();
    CHECK(room.findings() == "log-boot-unannounced mail 1\nlog-boot-changed mail 1");
    CHECK(room.rows("SELECT phase FROM log_host") == "idle");
}

TEST_CASE("log learning: a daemon that is restarted within a boot goes on with it") {
    LogRoom room("[log]\nlearn_minutes = 10\n");
    room.elsewhere([&](Store& other) { REQUIRE(arm_boot(other, "mail", room.now + std::chrono::hours{1})); });
    room.commit();
    room.message(marker);
    room.say("app: one thing");
    room.commit();
    room.reopen();
    room.say("app: and another");
    room.commit();
    CHECK(verdicts(room) == "222");
    CHECK(room.rows("SELECT count(*) FROM log_boot_line") == "3");
    CHECK(room.rows("SELECT phase FROM log_host") == "learning");
    CHECK(room.rows("SELECT count(DISTINCT finding) FROM log_template") == "1");
}

TEST_CASE("log learning: what a forged marker would have had learnt is a finding") {
    LogRoom room;
    room.elsewhere([&](Store& other) { REQUIRE(arm_boot(other, "mail", room.now + std::chrono::hours{1})); });
    room.commit();
    std::string user = marker;
    user.replace(1, 1, "13");  // logger -t kernel
    room.message(user);
    room.say("app: let me in");
    room.commit();
    CHECK(room.findings().find("log-boot-forged mail 1") != std::string::npos);
    CHECK(room.findings().find("log-new-template mail 1") != std::string::npos);
    CHECK(room.rows("SELECT count(*) FROM log_template") == "0");
}

TEST_CASE("log learning: what the store has of a host can be learnt, and adds no line") {
    LogRoom room;
    for (const char* user : {"alice", "bob"})
        room.say(std::string("sshd: Accepted publickey for ") + user + " from 198.51.100.7 port 40000 ssh2");
    room.say("app: hello");
    room.commit();
    room.elsewhere([&](Store& other) {
        const auto learnt = learn_stored(other, room.rules, "mail", noon, noon + std::chrono::seconds{1});
        if (!learnt) FAIL(learnt.error().text);
        CHECK(learnt->lines == 2);
        CHECK(learnt->templates == 1);
        CHECK_FALSE(learn_stored(other, room.rules, "web", noon, room.now));
    });
    CHECK(room.rows("SELECT count(*) FROM log_event") == "3");
    room.commit();
    room.say("sshd: Accepted publickey for bob from 198.51.100.7 port 1 ssh2");
    room.say("app: hello");
    room.commit();
    CHECK(verdicts(room) == "33303");
    std::vector<ListedTemplate> listed;
    REQUIRE(list_templates(room.store, {.host = "mail", .program = "", .state = std::nullopt, .values = true},
                           [&](const ListedTemplate& t) { listed.push_back(t); }));
    REQUIRE(listed.size() == 1);
    CHECK(listed.front().in_force);
    CHECK(listed.front().finding == room.finding("log-learnt"));
}

TEST_CASE("log learning: names that a host calls itself while it is learnt are its names") {
    LogRoom room;
    learn(room, room.now, room.now + std::chrono::seconds{1});
    room.message("<30>1 - mx.example.org app - - - hello");
    room.message("<30>1 - mx.example.org app - - - hello");
    room.message("<30>1 - firewall app - - - hello");
    room.commit();
    CHECK(room.findings() == "log-host-mismatch mail 1");
    CHECK(room.rows("SELECT claimed FROM log_claim") == "mx.example.org");
}

TEST_CASE("log learning: a second learning adds nothing to what is approved, and what it adds besides goes with it") {
    LogRoom room;
    const auto login = [&](const char* user) {
        room.say(std::string("sshd: Accepted publickey for ") + user + " from 198.51.100.7 port 40000 ssh2");
    };
    learn(room, room.now, room.now + std::chrono::seconds{1});
    login("alice");
    room.commit();
    room.elsewhere([&](Store& other) { REQUIRE(freeze(other, "mail", room.by(QueueVerb::allow))); });
    room.commit();
    learn(room, room.now, room.now + std::chrono::seconds{2});
    login("eve");
    room.say("app: hello");
    room.commit();
    CHECK(verdicts(room) == "232");
    const auto second = learning_of(room.store, "mail");
    REQUIRE(second);
    CHECK(second->templates == 1);
    room.elsewhere([&](Store& other) { REQUIRE(Queue(other).decide({second->finding}, room.by(QueueVerb::dismiss))); });
    room.commit();
    room.say("app: hello");
    login("alice");
    room.commit();
    CHECK(verdicts(room) == "23230");
}

TEST_CASE("log learning: it stops where a person stops it") {
    LogRoom room;
    learn(room, room.now, room.now + std::chrono::hours{1});
    room.say("app: hello");
    room.commit();
    room.elsewhere([&](Store& other) { REQUIRE(stop_learning(other, "mail")); });
    room.commit();
    room.say("app: hello");
    room.say("app: good night");
    room.commit();
    CHECK(verdicts(room) == "203");
}

}  // namespace sw::test
