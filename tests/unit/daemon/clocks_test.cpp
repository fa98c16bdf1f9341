#include "sensor/daemon/clocks.hpp"
#include "tests/support/catch.hpp"

namespace sw {
namespace {

using namespace std::chrono_literals;

Instant at(Duration wall, Duration steady) { return {Timestamp{} + wall, steady}; }

}  // namespace

TEST_CASE("clocks: a wall clock that goes with the steady one does not step, however long nobody looks") {
    ClockWatch watch(at(1000s, 5s));
    CHECK_FALSE(watch.step(at(1001s, 6s)));
    CHECK_FALSE(watch.step(at(1901s, 905s)));  // a second slow: within the tolerance
    CHECK_FALSE(watch.step(at(1902s, 906s)));
}

TEST_CASE("clocks: a wall clock that was set steps by the difference, once, in either direction") {
    ClockWatch watch(at(1000s, 5s));
    CHECK(watch.step(at(1011s, 6s)) == Duration(10s));
    CHECK_FALSE(watch.step(at(1012s, 7s)));
    CHECK(watch.step(at(13s, 8s)) == Duration(-1000s));
    CHECK_FALSE(watch.step(at(14s, 9s)));
}

}  // namespace sw
