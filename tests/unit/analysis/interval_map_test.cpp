#include "rules/analysis/interval_map.hpp"

#include <algorithm>
#include <set>

#include "tests/property/analysis/frames.hpp"
#include "tests/support/catch.hpp"

using namespace sw;
using sw::testing::Dice;

namespace {

struct Steps {
    std::vector<std::uint32_t> lower;
    std::vector<std::uint16_t> class_of;

    std::uint16_t at(std::uint32_t x) const {
        const auto after = std::ranges::upper_bound(lower, x);
        return class_of[static_cast<std::size_t>(after - lower.begin()) - 1];
    }
};

Steps steps_at(const std::set<std::uint32_t>& cuts) {
    Steps s{{cuts.begin(), cuts.end()}, {}};
    if (s.lower.empty() || s.lower[0] != 0) s.lower.insert(s.lower.begin(), 0);
    for (std::size_t i = 0; i < s.lower.size(); ++i) s.class_of.push_back(static_cast<std::uint16_t>(i % 251));
    return s;
}

/// Every cut, its neighbours, the ends, and numbers at random.
std::size_t wrong_answers(const Steps& s, Dice& dice) {
    const IntervalMap map(s.lower, s.class_of);
    std::size_t wrong = 0;
    const auto ask = [&](std::uint32_t x) { wrong += map(x) == s.at(x) ? 0u : 1u; };
    ask(0);
    ask(UINT32_MAX);
    for (const std::uint32_t c : s.lower)
        for (const std::uint32_t x : {c - 1, c, c + 1}) ask(x);
    for (int i = 0; i < 2000; ++i) ask(dice.word());
    return wrong;
}

}  // namespace

TEST_CASE("interval map: without cuts everything is class 0") {
    CHECK(IntervalMap()(123) == 0);
    CHECK(IntervalMap({0}, {0})(UINT32_MAX) == 0);
    CHECK(IntervalMap({0}, {0}).constant());
}

TEST_CASE("interval map: the cuts at both ends of the numbers") {
    Dice dice(1);
    CHECK(wrong_answers(steps_at({1}), dice) == 0);
    CHECK(wrong_answers(steps_at({UINT32_MAX}), dice) == 0);
    CHECK(wrong_answers(steps_at({1, 2, 3, UINT32_MAX - 1, UINT32_MAX}), dice) == 0);
}

TEST_CASE("interval map: clusters within clusters") {
    Dice dice(2);
    std::set<std::uint32_t> cuts;
    for (std::uint32_t step = 1; step != 0; step <<= 1)
        for (std::uint32_t i = 1; i <= 20; ++i) cuts.insert(step * i);
    CHECK(wrong_answers(steps_at(cuts), dice) == 0);
}

TEST_CASE("interval map: random cuts, spread and clustered, agree with a binary search") {
    Dice dice(3);
    std::size_t wrong = 0;
    for (int round = 0; round < 300; ++round) {
        std::set<std::uint32_t> cuts;
        for (std::uint32_t i = 0, n = 1 + dice.below(500); i < n; ++i)
            cuts.insert(1 + (dice.one_in(3) ? dice.word() / 2 : dice.below(4) * 0x10000000 + dice.below(dice.one_of({300u, 70'000u}))));
        wrong += wrong_answers(steps_at(cuts), dice);
    }
    CHECK(wrong == 0);
}

TEST_CASE("interval map: its memory is proportional to the cuts, however they lie") {
    Dice dice(4);
    for (const std::uint32_t spread : {4000u, 1'000'000u, UINT32_MAX}) {
        std::set<std::uint32_t> cuts;
        while (cuts.size() < 2000) cuts.insert(1 + dice.below(spread - 1));
        const Steps s = steps_at(cuts);
        CHECK(IntervalMap(s.lower, s.class_of).octets() < 2000 * 64);
    }
}
