// Lines stand in the order of the frames, whichever is known first.
#include "collector/cli/line_order.hpp"

#include <vector>

#include "tests/support/catch.hpp"

using namespace sw;

namespace {

struct Printed {
    std::vector<std::string> lines;
    LineOrder order{[this](const std::string& line) { lines.push_back(line); }};
};

}  // namespace

TEST_CASE("line order: what is known is printed at once, and frames without a line leave no trace") {
    Printed p;
    p.order.next("one");
    p.order.next("");
    p.order.next("three");
    CHECK(p.lines == std::vector<std::string>{"one", "three"});
    CHECK(p.order.waiting() == 0);
}

TEST_CASE("line order: lines wait for those before them, and no longer") {
    Printed p;
    p.order.next({});
    p.order.next("two");
    p.order.next({});
    p.order.next("four");
    CHECK(p.lines.empty());
    CHECK(p.order.waiting() == 4);
    p.order.settle(2, "three");
    CHECK(p.lines.empty());
    p.order.settle(0, "one");
    CHECK(p.lines == std::vector<std::string>{"one", "two", "three", "four"});
    p.order.next({});
    p.order.next("six");
    p.order.settle(4, "");
    CHECK(p.lines.back() == "six");
    CHECK(p.order.waiting() == 0);
}

TEST_CASE("line order: a frame that nobody waits for is settled without harm") {
    Printed p;
    p.order.settle(0, "nobody's");
    p.order.next("one");
    p.order.settle(0, "again");
    p.order.settle(7, "to come");
    p.order.next("two");
    CHECK(p.lines == std::vector<std::string>{"one", "two"});
}
