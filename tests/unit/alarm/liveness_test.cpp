// Silence is an alarm: once when it begins, once when it ends.
#include "collector/alarm/liveness.hpp"

#include "tests/unit/alarm/records.hpp"

namespace sw::test {
namespace {

using std::chrono::seconds;

class Watched {
public:
    Liveness liveness{"/journal", {seconds{5}, seconds{30}, seconds{60}}, second(0)};

    /// A heartbeat at each second from from to to, its frames counted by step.
    void beats(int from, int to, std::uint64_t step = 1) {
        for (int i = from; i <= to; ++i) {
            frames_ += step;
            AlarmHeartbeat b = beat(i, frames_);
            b.trouble = trouble;
            b.both_ways = both_ways;
            liveness.heard(b, second(i));
            check(i);
        }
    }
    void check(int at) {
        for (AlarmRecord& r : liveness.check(second(at), {})) told.push_back(std::move(r));
    }
    std::vector<AlarmRecord> take() { return std::exchange(told, {}); }

    std::vector<AlarmRecord> told;
    std::string trouble;
    bool both_ways = true;

private:
    std::uint64_t frames_ = 0;
};

}  // namespace

TEST_CASE("liveness: a late heartbeat is told once, and once when it is back") {
    Watched w;
    w.beats(0, 10);
    w.check(15);
    CHECK(w.take().empty());
    for (int i = 16; i < 40; ++i) w.check(i);
    auto told = w.take();
    REQUIRE(told.size() == 1);
    CHECK((told[0].severity == Severity::critical && told[0].kind == "dead-man"));
    CHECK(told[0].sentence.find("span-sensor span0 for 6 s") != std::string::npos);
    w.beats(40, 45);
    told = w.take();
    REQUIRE(told.size() == 1);
    CHECK(told[0].severity == Severity::notice);
    CHECK(told[0].sentence == "span-sensor span0 is heard again.");
}

TEST_CASE("liveness: one not heard since the start has the grace, whatever heartbeat a dead writer left") {
    Watched w;
    w.liveness.heard(beat(-1000, 5), second(0));
    for (int i = 0; i <= 30; ++i) w.check(i);
    CHECK(w.take().empty());
    w.check(31);
    CHECK(w.take().size() == 1);
    // Found again when the journal is opened again: no news.
    w.liveness.heard(beat(-1000, 5), second(32));
    w.check(32);
    CHECK(w.take().empty());
    CHECK(w.liveness.is_late());
}

TEST_CASE("liveness: a journal that never was is told by its folder") {
    Watched w;
    w.check(31);
    const auto told = w.take();
    REQUIRE(told.size() == 1);
    CHECK(told[0].sentence.find("the writer of /journal for 31 s, nor ever before") != std::string::npos);
}

TEST_CASE("liveness: a capture that stands still although it ran is told, one that never ran is not") {
    Watched never;
    never.beats(0, 200, 0);
    CHECK(never.take().empty());

    Watched w;
    w.beats(0, 10);
    w.beats(11, 70, 0);
    CHECK(w.take().empty());
    w.beats(71, 90, 0);
    auto told = w.take();
    REQUIRE(told.size() == 1);
    CHECK(told[0].kind == "stalled");
    w.beats(91, 95);
    told = w.take();
    REQUIRE(told.size() == 1);
    CHECK(told[0].sentence == "span-sensor span0 sees frames again.");
}

TEST_CASE("liveness: trouble and a one-sided mirror are told when they begin and when they end") {
    Watched w;
    w.beats(0, 5);
    w.trouble = "no\x1blink";
    w.both_ways = false;
    w.beats(6, 20);
    auto told = w.take();
    REQUIRE(told.size() == 2);
    CHECK(told[0].sentence == "span-sensor span0 runs but does not do its work: no\\x1blink.");
    CHECK((told[1].kind == "mirror" && told[1].severity == Severity::high));
    w.trouble.clear();
    w.both_ways = true;
    w.beats(21, 30);
    CHECK(w.take().size() == 2);
}

TEST_CASE("liveness: what stood before a restart is neither told again nor forgotten") {
    Watched before;
    before.beats(0, 3);
    before.check(100);
    REQUIRE(before.take().size() == 1);
    CHECK(before.liveness.standing() == "l");
    Watched after;
    after.liveness.restore(before.liveness.standing());
    for (int i = 0; i < 100; ++i) after.check(i);
    CHECK(after.take().empty());
    after.beats(100, 105);
    const auto told = after.take();
    REQUIRE(told.size() == 1);
    CHECK(told[0].severity == Severity::notice);
}

}  // namespace sw::test
