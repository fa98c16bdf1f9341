/// Taking decisions back, as far as one likes.
#include "tests/support/catch.hpp"
#include "tests/unit/store/shelf.hpp"

namespace sw {
namespace {

using Catch::Matchers::Contains;
using shelf::decide;
using shelf::Shelf;

Result<Review> undo(Shelf& s, std::int64_t review, const std::string& analyst = "alice") { return s.queue().undo(review, analyst, ""); }

std::string refusal(const Result<Review>& result) {
    REQUIRE_FALSE(result);
    CHECK(result.error().code == ExitCode::input);
    return result.error().text;
}

bool whole(Shelf& s) {
    const auto verified = s.queue().verify("");
    REQUIRE(verified);
    for (const std::string& fault : verified->faults) UNSCOPED_INFO(fault);
    return verified->faults.empty();
}

}  // namespace

TEST_CASE("queue undo: the finding is what it was before, state and analyst") {
    Shelf s;
    const auto id = s.add();
    REQUIRE(decide(s, QueueVerb::take, id));
    REQUIRE(decide(s, QueueVerb::dismiss, id));
    const auto r = undo(s, 0);
    REQUIRE(r);
    CHECK(r->verb == "undo");
    CHECK(r->undo_of == 2);
    CHECK(s.queue().get(id)->state == QueueState::taken);
    CHECK(s.queue().get(id)->analyst == "alice");
    CHECK(s.queue().get(id)->version == 3);
    REQUIRE(undo(s, 0));
    CHECK(s.queue().get(id)->state == QueueState::open);
    CHECK(s.queue().get(id)->analyst == "");
    CHECK_THAT(refusal(undo(s, 0)), Contains("nothing to undo"));
    CHECK(whole(s));
}

TEST_CASE("queue undo: fifty decisions over five findings are walked back to the beginning") {
    Shelf s;
    s.add(std::size_t{5});
    constexpr QueueVerb cycle[] = {QueueVerb::take, QueueVerb::note, QueueVerb::escalate, QueueVerb::reopen, QueueVerb::dismiss};
    std::int64_t decisions = 0;
    for (int round = 0; round < 2; ++round)
        for (const QueueVerb verb : cycle)
            for (std::int64_t id = 1; id <= 5; ++id, ++decisions) {
                if (round == 1 && verb == QueueVerb::take) {
                    REQUIRE(decide(s, QueueVerb::reopen, id));  // it was dismissed in the round before
                    continue;
                }
                REQUIRE(decide(s, verb, id));
            }
    REQUIRE(decisions == 50);
    for (std::int64_t i = 0; i < decisions; ++i) {
        const auto r = undo(s, 0);
        INFO(i);
        REQUIRE(r);
        CHECK(r->undo_of == decisions - i);
    }
    CHECK_THAT(refusal(undo(s, 0)), Contains("nothing to undo"));
    CHECK(s.value("SELECT count(*) FROM finding WHERE state = 'open' AND analyst IS NULL AND version = 20") == "5");
    CHECK(whole(s));
}

TEST_CASE("queue undo: undoing an undo does it again, and that can be undone too") {
    Shelf s;
    const auto id = s.add();
    REQUIRE(decide(s, QueueVerb::dismiss, id));
    REQUIRE(undo(s, 1));
    REQUIRE(undo(s, 2));
    CHECK(s.queue().get(id)->state == QueueState::dismissed);
    CHECK(s.queue().get(id)->analyst == "alice");
    REQUIRE(undo(s, 3));
    CHECK(s.queue().get(id)->state == QueueState::open);
    REQUIRE(undo(s, 4));
    CHECK(s.queue().get(id)->state == QueueState::dismissed);
    REQUIRE(undo(s, 0));
    CHECK(s.queue().get(id)->state == QueueState::open);
    CHECK(whole(s));
}

TEST_CASE("queue undo: what was taken back already is refused by the review that did it") {
    Shelf s;
    REQUIRE(decide(s, QueueVerb::dismiss, s.add()));
    REQUIRE(undo(s, 1));
    CHECK_THAT(refusal(undo(s, 1)), Contains("review 1 was taken back already by review 2"));
}

TEST_CASE("queue undo: refused when the finding was decided again since, whoever did it") {
    Shelf s;
    const auto id = s.add();
    REQUIRE(decide(s, QueueVerb::dismiss, id));
    REQUIRE(decide(s, QueueVerb::reopen, id, "bob"));
    CHECK_THAT(refusal(undo(s, 0)), Contains("review 1 cannot be undone: finding 1 was decided again since, reopened by bob") &&
                                        Contains("(review 2)") && Contains("undo that first"));
    REQUIRE(undo(s, 2, "alice"));
    CHECK(s.queue().get(id)->state == QueueState::dismissed);
    REQUIRE(undo(s, 1));
    CHECK(s.queue().get(id)->state == QueueState::open);
    CHECK_THAT(refusal(undo(s, 3)), Contains("decided again since"));
    CHECK(whole(s));
}

TEST_CASE("queue undo: a redo is refused once the finding went another way") {
    Shelf s;
    const auto id = s.add();
    REQUIRE(decide(s, QueueVerb::dismiss, id));
    REQUIRE(undo(s, 1));
    REQUIRE(decide(s, QueueVerb::take, id, "bob"));
    CHECK_THAT(refusal(undo(s, 2)), Contains("taken by bob"));
    CHECK(s.queue().get(id)->state == QueueState::taken);
}

TEST_CASE("queue undo: a note can be withdrawn, and never stands in the way") {
    Shelf s;
    const auto id = s.add();
    REQUIRE(decide(s, QueueVerb::dismiss, id));
    REQUIRE(decide(s, QueueVerb::note, id, "bob"));
    REQUIRE(undo(s, 1));
    CHECK(s.queue().get(id)->state == QueueState::open);
    REQUIRE(undo(s, 0, "bob"));
    REQUIRE(undo(s, 4, "bob"));
    CHECK(s.queue().get(id)->state == QueueState::open);
    REQUIRE(undo(s, 3));
    CHECK(s.queue().get(id)->state == QueueState::dismissed);
    CHECK(whole(s));
}

TEST_CASE("queue undo: by default only one's own decisions") {
    Shelf s;
    REQUIRE(decide(s, QueueVerb::dismiss, s.add(), "alice"));
    REQUIRE(decide(s, QueueVerb::dismiss, s.add(), "bob"));
    REQUIRE(undo(s, 0, "alice"));
    CHECK(s.queue().get(1)->state == QueueState::open);
    CHECK(s.queue().get(2)->state == QueueState::dismissed);
    CHECK_THAT(refusal(undo(s, 0, "carol")), Contains("no decision of yours stands"));
}

TEST_CASE("queue undo: a review that is not there is an error with its number") {
    Shelf s;
    CHECK_THAT(refusal(undo(s, 7)), Contains("there is no review 7"));
}

}  // namespace sw
