/// The record of decisions: whatever is done to it behind the queue's back is found.
#include "tests/support/catch.hpp"
#include "tests/unit/store/shelf.hpp"

namespace sw {
namespace {

using Catch::Matchers::Contains;
using shelf::decide;
using shelf::Shelf;

std::vector<std::string> faults(Shelf& s, const std::string& head = "") {
    const auto verified = s.queue().verify(head);
    if (!verified) FAIL(verified.error().text);
    return verified->faults;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string all;
    for (const std::string& line : lines) all += line + "\n";
    return all;
}

/// Six reviews of three findings; one finding nobody decided on.
void fill(Shelf& s) {
    s.add(std::size_t{4});
    REQUIRE(decide(s, QueueVerb::take, 1));
    REQUIRE(decide(s, QueueVerb::dismiss, 1));
    REQUIRE(decide(s, QueueVerb::escalate, 2, "bob"));
    REQUIRE(s.queue().undo(2, "alice", "too early"));
    REQUIRE(decide(s, QueueVerb::note, 3));
    REQUIRE(decide(s, QueueVerb::allow, 3));
}

/// As somebody who can write the file would.
void unlock(Shelf& s) {
    s.sql("DROP TRIGGER review_no_update; DROP TRIGGER review_no_delete; PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON");
}

}  // namespace

TEST_CASE("queue verify: an untouched record is whole, and an empty one too") {
    Shelf s;
    CHECK(faults(s).empty());
    CHECK(s.queue().verify("")->head == std::string(64, '0'));
    fill(s);
    CHECK(faults(s).empty());
    const auto verified = s.queue().verify("");
    CHECK(verified->rows == 6);
    CHECK(verified->head == s.queue().history({}, 1)->front().hash);
}

TEST_CASE("queue verify: review rows can be neither changed nor deleted through SQL") {
    Shelf s;
    fill(s);
    for (const char* text : {"UPDATE review SET reason = 'another' WHERE id = 2", "DELETE FROM review WHERE id = 6"}) {
        const auto done = s.store().db().execute(text);
        INFO(text);
        REQUIRE_FALSE(done);
        CHECK_THAT(done.error().text, Contains("review rows are never"));
    }
    CHECK(faults(s).empty());
}

TEST_CASE("queue verify: a change of any column of any row is found") {
    const std::vector<std::string> changes = {"id = id + 100",
                                              "at = at + 1",
                                              "analyst = analyst || 'x'",
                                              "verb = 'note2'",
                                              "finding = finding + 1",
                                              "was = 'allowed'",
                                              "was_analyst = iif(was_analyst IS NULL, '', NULL)",
                                              "was_analyst = 'mallory'",
                                              "becomes = 'open '",
                                              "becomes_analyst = iif(becomes_analyst IS NULL, '', NULL)",
                                              "becomes_analyst = 'mallory'",
                                              "version = version + 1",
                                              "count = count + 1",
                                              "reason = reason || ' '",
                                              "undo_of = iif(undo_of IS NULL, 1, NULL)",
                                              "detail = '{ }'",
                                              "prev = x'" + std::string(64, '1') + "'",
                                              "prev = x''",
                                              "hash = zeroblob(32)",
                                              "hash = x''"};
    for (int row = 1; row <= 6; ++row)
        for (const std::string& change : changes) {
            Shelf s;
            fill(s);
            unlock(s);
            s.sql("UPDATE review SET " + change + " WHERE id = " + std::to_string(row));
            INFO("row " << row << ": " << change);
            CHECK_FALSE(faults(s).empty());
        }
}

TEST_CASE("queue verify: text moved from one field into the next is found") {
    Shelf s;
    fill(s);
    unlock(s);
    s.sql("UPDATE review SET analyst = 'ali', verb = 'cetake' WHERE id = 1");
    CHECK_THAT(joined(faults(s)), Contains("review 1 was changed after it was written"));
}

TEST_CASE("queue verify: a row that is gone is found, the first, a middle one and the last") {
    for (int row = 1; row <= 6; ++row) {
        Shelf s;
        fill(s);
        unlock(s);
        s.sql("DELETE FROM review WHERE id = " + std::to_string(row));
        INFO(row);
        const std::string text = joined(faults(s));
        if (row < 6) CHECK_THAT(text, Contains("review " + std::to_string(row) + " is missing"));
        if (row == 6) CHECK_THAT(text, Contains("finding 3 is allowed by alice at version 2, but the record says open at version 1"));
    }
}

TEST_CASE("queue verify: two rows that changed places are found") {
    Shelf s;
    fill(s);
    unlock(s);
    s.sql("UPDATE review SET id = 100 WHERE id = 2; UPDATE review SET id = 2 WHERE id = 3; UPDATE review SET id = 3 WHERE id = 100");
    CHECK(faults(s).size() >= 2);
}

TEST_CASE("queue verify: a finding moved without a decision is found") {
    for (const char* change : {"UPDATE finding SET state = 'dismissed' WHERE id = 4", "UPDATE finding SET state = 'open' WHERE id = 2",
                               "UPDATE finding SET analyst = 'mallory' WHERE id = 2", "UPDATE finding SET analyst = 'mallory' WHERE id = 4",
                               "UPDATE finding SET version = version + 1 WHERE id = 1", "UPDATE finding SET version = 1 WHERE id = 4"}) {
        Shelf s;
        fill(s);
        s.sql(change);
        INFO(change);
        CHECK(faults(s).size() == 1);
    }
}

TEST_CASE("queue verify: a finding that was decided on and deleted is found") {
    Shelf s;
    fill(s);
    unlock(s);
    s.sql("DELETE FROM finding WHERE id = 2");
    CHECK(faults(s) == std::vector<std::string>{"finding 2 was decided on but is not in the store any more"});
}

TEST_CASE("queue verify: a head noted earlier must be in the record, in full or its beginning") {
    Shelf s;
    CHECK(faults(s, std::string(64, '0')).empty());
    fill(s);
    const std::string third = (*s.queue().history({}, 10))[2].hash;
    CHECK(faults(s, third).empty());
    CHECK(faults(s, third.substr(0, 12)).empty());
    const std::string other = std::string(64, 'e');
    CHECK_THAT(joined(faults(s, other)), Contains("no review has the hash " + other));
}

TEST_CASE("queue verify: a record rewound together with its findings is found by the head noted before") {
    Shelf s;
    fill(s);
    const std::string head = s.queue().verify("")->head;
    unlock(s);
    s.sql("DELETE FROM review WHERE id = 6; UPDATE finding SET state = 'open', analyst = NULL, version = 1 WHERE id = 3");
    CHECK(faults(s).empty());
    CHECK(faults(s, head).size() == 1);
}

TEST_CASE("queue verify: hostile text in the record is escaped in what is said of it") {
    Shelf s;
    fill(s);
    s.sql("UPDATE finding SET analyst = char(27) || '[2J' WHERE id = 4");
    const std::string text = joined(faults(s));
    CHECK_THAT(text, Contains("\\x1b[2J"));
    CHECK(text.find('\x1b') == std::string::npos);
}

}  // namespace sw
