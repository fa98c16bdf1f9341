#include "rules/logs/rare.hpp"

#include "tests/support/catch.hpp"

using namespace sw;

namespace {

std::string text(const std::vector<Counted>& list) {
    std::string out;
    for (const Counted& c : list) out += (out.empty() ? "" : " ") + c.what + "=" + std::to_string(c.count);
    return out;
}

}  // namespace

TEST_CASE("rare: both ends of the table, and nothing twice") {
    const Tails t = tails({{"d", 7}, {"a", 1}, {"c", 3}, {"b", 1}, {"e", 100}}, 2);
    CHECK(text(t.rare) == "a=1 b=1");
    CHECK(text(t.common) == "e=100 d=7");
    CHECK(t.kinds == 5);
    CHECK(t.lines == 112);
}

TEST_CASE("rare: a small table is all rare") {
    const Tails t = tails({{"b", 2}, {"a", 2}}, 10);
    CHECK(text(t.rare) == "a=2 b=2");
    CHECK(t.common.empty());
    CHECK(tails({}, 3).rare.empty());
    CHECK(text(tails({{"a", 1}, {"b", 2}, {"c", 3}}, 2).common) == "c=3");
}

TEST_CASE("rare: equal ones are added up, and what was never said does not count") {
    const Tails t = tails({{"a", 1}, {"a", 2}, {"z", 0}}, 5);
    CHECK(text(t.rare) == "a=3");
    CHECK(t.kinds == 1);
    CHECK(t.lines == 3);
}
