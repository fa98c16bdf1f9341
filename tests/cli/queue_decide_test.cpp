/// Deciding on the command line: what is printed, what is refused, what stays on record.
#include <pwd.h>
#include <unistd.h>

#include "tests/cli/queue_desk.hpp"
#include "tests/support/catch.hpp"

namespace sw::cli {
namespace {

using Catch::Matchers::Contains;

std::string login() {
    const passwd* entry = ::getpwuid(::getuid());
    return entry == nullptr ? "" : entry->pw_name;
}

std::string state_of(const QueueDesk& desk, std::int64_t id) {
    return desk.json({"queue", "show", std::to_string(id), "--samples", "0"}).front().at("state");
}

}  // namespace

TEST_CASE("queue decisions: each prints its review, who decided and the record's head") {
    const QueueDesk desk;
    const Ended taken = desk.watch({"queue", "take", "1"});
    INFO(taken.err);
    CHECK(taken.code == 0);
    const std::string head = desk.json({"queue", "history", "--verify"}).front().at("head");
    CHECK(taken.out == "review 1: finding 1 take (open -> taken) by " + login() + ", head " + head.substr(0, 12) + "\n");
    const auto lines = desk.json({"queue", "dismiss", "1", "-m", "a printer"});
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].at("schema") == 1);
    CHECK(lines[0].at("type") == "review");
    CHECK(lines[0].at("id") == 2);
    CHECK(lines[0].at("analyst") == login());
    CHECK(lines[0].at("verb") == "dismiss");
    CHECK(lines[0].at("was") == "taken");
    CHECK(lines[0].at("becomes") == "dismissed");
    CHECK(lines[0].at("reason") == "a printer");
    CHECK(lines[0].at("version") == 2);
    CHECK(lines[0].at("hash").get<std::string>().size() == 64);
}

TEST_CASE("queue decisions: an undo puts the finding back, one after the other") {
    const QueueDesk desk;
    REQUIRE(desk.watch({"queue", "take", "1"}).code == 0);
    REQUIRE(desk.watch({"queue", "escalate", "1", "-m", "odd"}).code == 0);
    CHECK_THAT(desk.watch({"queue", "undo"}).out, Contains("undo of review 2 (escalated -> taken)"));
    CHECK(state_of(desk, 1) == "taken");
    CHECK(desk.watch({"queue", "undo", "-m", "not mine"}).code == 0);
    CHECK(state_of(desk, 1) == "open");
    const Ended none = desk.watch({"queue", "undo"});
    CHECK(none.code == 2);
    CHECK_THAT(none.err, Contains("nothing to undo"));
    CHECK(desk.watch({"queue", "undo", "3"}).code == 2);
    CHECK(desk.watch({"queue", "undo", "4"}).code == 0);
    CHECK(state_of(desk, 1) == "taken");
}

TEST_CASE("queue decisions: a stale one is refused with what happened, exit 2") {
    const QueueDesk desk;
    REQUIRE(desk.watch({"queue", "note", "1", "-m", "a printer"}).code == 0);
    const Ended stale = desk.watch({"queue", "dismiss", "1", "-m", "x", "--if-version", "0"});
    CHECK(stale.code == 2);
    CHECK_THAT(stale.err, Contains("finding 1 is at version 1 now, not 0: noted by " + login()) && Contains("'a printer'"));
    CHECK(desk.watch({"queue", "dismiss", "1", "-m", "x", "--if-version", "1"}).code == 0);
    const Ended again = desk.watch({"queue", "escalate", "1", "-m", "y"});
    CHECK(again.code == 2);
    CHECK_THAT(again.err, Contains("finding 1 was dismissed by " + login()) && Contains("undo that or reopen it first"));
}

TEST_CASE("queue decisions: a match whose number is not the expected one changes nothing") {
    const QueueDesk desk;
    const Ended wrong = desk.watch({"queue", "dismiss", "--match", "host:192.0.2.25", "--expect", "3", "-m", "x"});
    CHECK(wrong.code == 2);
    CHECK(wrong.out == "");
    CHECK_THAT(wrong.err, Contains("2 findings match, not 3: nothing was changed"));
    CHECK(desk.json({"queue", "history", "--verify"}).front().at("reviews") == 0);
    const auto right = desk.json({"queue", "dismiss", "--match", "host:192.0.2.25", "--expect", "2", "-m", "x"});
    REQUIRE(right.size() == 2);
    CHECK(right[0].at("detail") == Json{{"match", "host:192.0.2.25"}});
    CHECK(desk.watch({"queue", "list"}).code == 0);
    CHECK(desk.watch({"queue", "reopen", "--match", "port:465", "--expect", "1", "-m", "x"}).code == 2);
    CHECK(desk.watch({"queue", "reopen", "--match", "state:dismissed port:465", "--expect", "1", "-m", "x"}).code == 0);
}

TEST_CASE("queue decisions: root may sign for another, nobody else") {
    const QueueDesk desk;
    const Ended ended = desk.watch({"queue", "take", "1", "--as", "bob"});
    if (::getuid() == 0) {
        CHECK_THAT(ended.out, Contains("by bob,"));
        CHECK_THAT(desk.watch({"queue", "dismiss", "1", "--as", "alice", "-m", "x"}).err, Contains("taken by bob"));
        CHECK(desk.watch({"queue", "take", "2", "--as", "a b"}).code == 2);
    } else {
        CHECK(ended.code == 2);
        CHECK_THAT(ended.err, Contains("root only"));
    }
}

TEST_CASE("queue history: every decision in order, of all findings or one") {
    const QueueDesk desk;
    REQUIRE(desk.watch({"queue", "take", "1", "2"}).code == 0);
    REQUIRE(desk.watch({"queue", "dismiss", "2", "-m", "known"}).code == 0);
    const Ended all = desk.watch({"queue", "history"});
    CHECK(all.code == 0);
    CHECK(std::count(all.out.begin(), all.out.end(), '\n') == 3);
    CHECK_THAT(all.out, Contains("finding 2  dismiss (taken -> dismissed) by " + login() + ", 1 so far: known\n"));
    CHECK(desk.json({"queue", "history", "2"}).size() == 2);
    CHECK(desk.json({"queue", "history", "--limit", "1"}).front().at("id") == 3);
}

TEST_CASE("queue history --verify: exit 0 when whole, 4 when tampered with, told as text and as JSON") {
    const QueueDesk desk;
    REQUIRE(desk.watch({"queue", "take", "1"}).code == 0);
    REQUIRE(desk.watch({"queue", "dismiss", "1", "-m", "known"}).code == 0);
    const auto whole = desk.json({"queue", "history", "--verify"});
    REQUIRE(whole.size() == 1);
    CHECK(whole[0].at("type") == "verified");
    CHECK(whole[0].at("whole") == true);
    CHECK(whole[0].at("reviews") == 2);
    const std::string head = whole[0].at("head");
    CHECK(desk.watch({"queue", "history", "--verify", "--head", head}).code == 0);
    CHECK(desk.watch({"queue", "history", "--verify"}).out == "2 reviews, whole; every finding is where they left it\nhead " + head + "\n");
    CHECK(desk.watch({"queue", "history", "--verify", "--head", std::string(64, 'e')}).code == 4);
    desk.sql("UPDATE finding SET state = 'open', analyst = NULL WHERE id = 1");
    const Ended tampered = desk.watch({"queue", "history", "--verify"});
    CHECK(tampered.code == 4);
    CHECK_THAT(tampered.out, Contains("finding 1 is open at version 2, but the record says dismissed by " + login() + " at version 2"));
    CHECK_THAT(tampered.err, Contains("tampered with"));
}

}  // namespace sw::cli
