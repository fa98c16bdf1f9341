#include "sensor/capture/time_scale.hpp"

#include "tests/support/catch.hpp"

using namespace sw;

TEST_CASE("clock: powers of ten scale exactly and round down") {
    CHECK(TimeScale(0, 0).at(2) == Timestamp{2'000'000'000});
    CHECK(TimeScale(3, 0).at(2) == Timestamp{2'000'000});
    CHECK(TimeScale(6, 0).at(1'700'000'000'123'456) == Timestamp{1'700'000'000'123'456'000});
    CHECK(TimeScale(9, 0).at(1) == Timestamp{1});
    CHECK(TimeScale(10, 0).at(19) == Timestamp{1});
    CHECK(TimeScale(12, 0).at(1'999) == Timestamp{1});
    CHECK(TimeScale(28, 0).at(UINT64_MAX) == Timestamp{1});
    CHECK(TimeScale(29, 0).at(UINT64_MAX) == Timestamp{0});
    CHECK(TimeScale(127, 0).at(UINT64_MAX) == Timestamp{0});
}

TEST_CASE("clock: powers of two scale exactly and round down") {
    CHECK(TimeScale(0x80, 0).at(3) == Timestamp{3'000'000'000});
    CHECK(TimeScale(0x88, 0).at(257) == Timestamp{1'003'906'250});
    CHECK(TimeScale(0x80 + 32, 0).at((std::uint64_t{5} << 32) + 1) == Timestamp{5'000'000'000});
    CHECK(TimeScale(0x80 + 63, 0).at(std::uint64_t{1} << 63) == Timestamp{1'000'000'000});
    CHECK(TimeScale(0xff, 0).at(UINT64_MAX) == Timestamp{0});
}

TEST_CASE("clock: the offset is added in seconds, and both ends saturate") {
    CHECK(TimeScale(6, -3).at(1'000'000) == Timestamp{-2'000'000'000});
    CHECK(TimeScale(6, INT64_MAX).at(0) == Timestamp{INT64_MAX});
    CHECK(TimeScale(6, INT64_MIN).at(UINT64_MAX) == Timestamp{INT64_MIN});
    CHECK(TimeScale(0, 0).at(UINT64_MAX) == Timestamp{INT64_MAX});
}
