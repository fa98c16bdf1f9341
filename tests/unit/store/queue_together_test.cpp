/// Two analysts at once, each with a handle of their own on the same file.
#include <array>
#include <random>
#include <thread>

#include "tests/support/catch.hpp"
#include "tests/unit/store/shelf.hpp"

namespace sw {
namespace {

using shelf::Shelf;

struct Work {
    std::vector<Review> done;
    std::vector<std::string> refused;
};

/// Catch2 is not for threads: results are looked at afterwards.
Work decide_all(const std::string& path, const std::string& analyst, std::vector<std::int64_t> ids, unsigned seed) {
    Work work;
    std::mt19937 random(seed);
    std::shuffle(ids.begin(), ids.end(), random);
    auto store = Store::open(path, Store::Access::review);
    if (!store) return {{}, {store.error().text}};
    Queue queue(*store);
    for (const std::int64_t id : ids) {
        const auto done = queue.decide({id}, {QueueVerb::dismiss, analyst, "seen by " + analyst, {}, "{}"});
        if (done)
            work.done.push_back(done->front());
        else
            work.refused.push_back(done.error().text);
    }
    return work;
}

}  // namespace

TEST_CASE("queue together: of two analysts who work through the same findings each finding is decided by exactly one") {
    constexpr std::int64_t findings = 200;
    Shelf s;
    s.add(std::size_t{findings});
    std::vector<std::int64_t> ids;
    for (std::int64_t id = 1; id <= findings; ++id) ids.push_back(id);
    std::array<Work, 2> work;
    std::thread alice([&] { work[0] = decide_all(s.path(), "alice", ids, 1); });
    std::thread bob([&] { work[1] = decide_all(s.path(), "bob", ids, 2); });
    alice.join();
    bob.join();

    CHECK(work[0].done.size() + work[1].done.size() == findings);
    CHECK(work[0].refused.size() + work[1].refused.size() == findings);
    for (const Work& w : work)
        for (const std::string& text : w.refused) CHECK_THAT(text, Catch::Matchers::Contains("was dismissed by"));
    CHECK(s.value("SELECT count(*) FROM finding WHERE state = 'dismissed' AND version = 1") == std::to_string(findings));
    CHECK(s.value("SELECT count(DISTINCT finding) FROM review") == std::to_string(findings));
    for (const Work& w : work)
        for (const Review& r : w.done) {
            const auto stored = s.queue().history(r.finding, 10);
            REQUIRE(stored->size() == 1);
            CHECK(stored->front().hash == r.hash);
            CHECK(s.queue().get(r.finding)->analyst == r.analyst);
        }
    const auto verified = s.queue().verify("");
    CHECK(verified->rows == findings);
    CHECK(verified->faults.empty());
}

TEST_CASE("queue together: a decision made on what one saw is refused when the other was faster") {
    Shelf s;
    const auto id = s.add();
    auto other = Store::open(s.path(), Store::Access::review);
    REQUIRE(other);
    Queue theirs(*other), ours = s.queue();
    const auto seen = ours.get(id)->version;
    REQUIRE(theirs.decide({id}, {QueueVerb::note, "bob", "a printer", {}, "{}"}));
    const auto late = ours.decide({id}, {QueueVerb::dismiss, "alice", "a scan", seen, "{}"});
    REQUIRE_FALSE(late);
    CHECK_THAT(late.error().text, Catch::Matchers::Contains("noted by bob") && Catch::Matchers::Contains("'a printer'"));
}

}  // namespace sw
