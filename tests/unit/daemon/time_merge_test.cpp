#include <algorithm>
#include <random>

#include "sensor/daemon/fan_in.hpp"
#include "tests/support/catch.hpp"

namespace sw {
namespace {

using namespace std::chrono_literals;

constexpr Duration patience = 120ms;

/// A frame of ring, of that time, that came when it was `seen`.
void show(TimeMerge& merge, std::size_t ring, std::int64_t ts, Duration seen) { merge.head(ring) = {true, {ts}, seen}; }

}  // namespace

TEST_CASE("time merge: while every ring shows a frame the oldest is next at once") {
    TimeMerge merge(3, patience);
    Duration until{0};
    show(merge, 0, 30, 1s);
    show(merge, 1, 10, 1s);
    show(merge, 2, 20, 1s);
    CHECK(merge.next(1s, until) == 1);
    show(merge, 1, 40, 1s);
    CHECK(merge.next(1s, until) == 2);
    show(merge, 2, 50, 1s);
    CHECK(merge.next(1s, until) == 0);
}

TEST_CASE("time merge: a frame waits for a silent ring as long as the kernel may hold an older one back, and no longer") {
    TimeMerge merge(2, patience);
    Duration until{0};
    CHECK(merge.next(1s, until) == TimeMerge::none);
    CHECK(until == Duration::max());
    show(merge, 0, 10, 1s);
    CHECK(merge.next(1s, until) == TimeMerge::none);
    CHECK(until == 1s + patience);
    CHECK(merge.next(1s + patience - 1ns, until) == TimeMerge::none);
    CHECK(merge.next(1s + patience, until) == 0);
    merge.hurry();
    CHECK(merge.next(1s, until) == 0);
}

TEST_CASE("time merge: a clock that was set back holds nothing up") {
    TimeMerge merge(2, patience);
    Duration until{0};
    show(merge, 0, 3'600'000'000'000, 1s);
    show(merge, 1, 5, 1s);
    CHECK(merge.next(1s, until) == 1);
    merge.head(1).there = false;
    CHECK(merge.next(1s + patience, until) == 0);
}

TEST_CASE("time merge: each ring's frames come in its order, and all of them in the order of time, however they are dealt") {
    std::mt19937 random(5);
    for (int round = 0; round < 200; ++round) {
        const std::size_t rings = 2 + random() % 7;
        std::vector<std::vector<std::int64_t>> dealt(rings);
        for (std::int64_t ts = 1; ts <= 300; ++ts) dealt[random() % rings].push_back(ts);
        TimeMerge merge(rings, patience);
        std::vector<std::size_t> at(rings);
        const auto bring = [&](std::size_t ring) {
            merge.head(ring).there = at[ring] < dealt[ring].size();
            if (merge.head(ring).there) show(merge, ring, dealt[ring][at[ring]], 1s);
        };
        for (std::size_t i = 0; i < rings; ++i) bring(i);
        std::vector<std::int64_t> merged;
        Duration until{0};
        for (std::size_t ring; (ring = merge.next(1s + patience, until)) != TimeMerge::none;) {
            merged.push_back(dealt[ring][at[ring]++]);
            bring(ring);
        }
        CHECK(merged.size() == 300);
        CHECK(std::is_sorted(merged.begin(), merged.end()));
    }
}

}  // namespace sw
