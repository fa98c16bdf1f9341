// Nothing is kept back without being counted.
#include "collector/alarm/throttle.hpp"

#include "tests/unit/alarm/records.hpp"

namespace sw::test {
namespace {

AlarmRecord of_finding(std::int64_t finding, const std::string& journal = "00000001") {
    AlarmRecord r = alarm("again", finding);
    r.id = journal + ":1";
    return r;
}

}  // namespace

TEST_CASE("throttle: rings and what they say was kept back add up to what happened") {
    Throttle throttle(std::chrono::seconds{60});
    std::uint64_t happened = 0, told = 0, rings = 0;
    for (int t = 0; t < 1000; ++t) {
        for (const Throttle::Due& d : throttle.due(second(t))) told += 1 + d.kept_back, ++rings;
        for (int i = 0; i < t % 4; ++i) {
            ++happened;
            if (const auto kept = throttle.ring(of_finding(t % 3), second(t))) told += 1 + *kept, ++rings;
        }
    }
    for (const Throttle::Due& d : throttle.due(second(1000), true)) told += 1 + d.kept_back, ++rings;
    CHECK(told == happened);
    CHECK(rings <= 3 * (1000 / 60 + 3));
    CHECK(throttle.kept_back() > 1000);
}

TEST_CASE("throttle: different findings, journals and sentences do not keep each other back") {
    Throttle throttle(std::chrono::seconds{60});
    CHECK(throttle.ring(of_finding(1), second(0)));
    CHECK(throttle.ring(of_finding(2), second(0)));
    CHECK(throttle.ring(of_finding(1, "00000002"), second(0)));
    CHECK(throttle.ring(alarm("a"), second(0)));
    CHECK(throttle.ring(alarm("b"), second(0)));
    CHECK_FALSE(throttle.ring(of_finding(1), second(59)));
    CHECK_FALSE(throttle.ring(alarm("a"), second(59)));
}

TEST_CASE("throttle: with no window everything rings") {
    Throttle throttle(std::chrono::seconds{0});
    for (int i = 0; i < 5; ++i) CHECK(throttle.ring(of_finding(1), second(0)) == 0u);
}

TEST_CASE("throttle: what was kept back rings when its time has come, though nothing follows") {
    Throttle throttle(std::chrono::seconds{60});
    REQUIRE(throttle.ring(of_finding(1), second(0)));
    for (int i = 0; i < 3; ++i) CHECK_FALSE(throttle.ring(of_finding(1), second(1)));
    CHECK(throttle.due(second(59)).empty());
    const auto due = throttle.due(second(60));
    REQUIRE(due.size() == 1);
    CHECK(due[0].kept_back == 2);
    CHECK(throttle.due(second(200)).empty());
}

}  // namespace sw::test
