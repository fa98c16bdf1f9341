#include <cstdint>
#include <limits>

#include "rules/base/time.hpp"
#include "tests/support/catch.hpp"

using namespace sw;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr Timestamp first{std::numeric_limits<std::int64_t>::min()}, last{std::numeric_limits<std::int64_t>::max()};

}  // namespace

TEST_CASE("time: RFC 3339 with nine digits, in UTC") {
    CHECK(to_rfc3339({0}) == "1970-01-01T00:00:00.000000000Z");
    CHECK(to_rfc3339({1'795'303'200 * second + 123'456'789}) == "2026-11-21T23:20:00.123456789Z");
    CHECK(to_rfc3339({951'782'400 * second}) == "2000-02-29T00:00:00.000000000Z");
}

TEST_CASE("time: the instant where 32 bits of seconds end is an instant like any other") {
    CHECK(to_rfc3339({2'147'483'647 * second}) == "2038-01-19T03:14:07.000000000Z");
    CHECK(to_rfc3339({2'147'483'648 * second}) == "2038-01-19T03:14:08.000000000Z");
    CHECK(to_rfc3339({4'294'967'295 * second + 999'999'999}) == "2106-02-07T06:28:15.999999999Z");
}

TEST_CASE("time: before 1970 the fraction still counts forwards") {
    CHECK(to_rfc3339({-1}) == "1969-12-31T23:59:59.999999999Z");
    CHECK(to_rfc3339({-second}) == "1969-12-31T23:59:59.000000000Z");
    CHECK(to_rfc3339({-86'400 * second - 500'000'000}) == "1969-12-30T23:59:59.500000000Z");
}

TEST_CASE("time: both ends of the range can be shown") {
    CHECK(to_rfc3339(last) == "2262-04-11T23:47:16.854775807Z");
    CHECK(to_rfc3339(first) == "1677-09-21T00:12:43.145224192Z");
}

TEST_CASE("time: sums and differences stop at the ends of the range, for a capture may claim either") {
    CHECK(last + 24h == last);
    CHECK(first + -24h == first);
    CHECK((last - first).count() == last.ns);
    CHECK((first - last).count() == first.ns);
    CHECK(Timestamp{5} + 3ns == Timestamp{8});
    CHECK(Timestamp{5} - Timestamp{8} == -3ns);
}
