// A harness that cannot fail proves nothing: here it fails, and says so in few octets.
#include <random>

#include "tests/property/packet/shrink.hpp"
#include "tests/support/catch.hpp"

using namespace sw;
using namespace sw::test;

namespace {

std::string finds_a_seven(const FrameCase& c) {
    return std::find(c.bytes.begin(), c.bytes.end(), 7) == c.bytes.end() ? "" : "there is a seven";
}

}  // namespace

TEST_CASE("shrinker: what fails for one octet is shown as that octet") {
    std::mt19937_64 random(7);
    FrameCase c;
    c.bytes.resize(1500);
    for (auto& b : c.bytes) b = static_cast<std::uint8_t>(random());
    c.bytes[777] = 7;
    c.missing = 100;
    CHECK(smallest_failure(c, finds_a_seven) == "there is a seven\nsmallest frame: EN10MB, caplen 1, len 1: 07");
}

TEST_CASE("shrinker: octets that do not matter become zero") {
    const auto long_with_nine = [](const FrameCase& c) { return c.bytes.size() >= 4 && c.bytes[3] == 9 ? "fails" : ""; };
    FrameCase c;
    c.bytes = {1, 2, 3, 9, 9, 4, 9};
    CHECK(smallest_failure(c, [&](const FrameCase& f) { return std::string(long_with_nine(f)); }) ==
          "fails\nsmallest frame: EN10MB, caplen 4, len 4: 00 00 00 09");
}

TEST_CASE("shrinker: what only fails when cut short stays cut short") {
    FrameCase c;
    c.bytes = {1, 2, 3};
    c.missing = 5;
    const auto cut = [](const FrameCase& f) { return std::string(f.len() > f.caplen() ? "cut" : ""); };
    CHECK(smallest_failure(c, cut) == "cut\nsmallest frame: EN10MB, caplen 0, len 5:");
}

TEST_CASE("shrinker: what holds is not reported") {
    FrameCase c;
    c.bytes = {1, 2, 3};
    CHECK(smallest_failure(c, finds_a_seven).empty());
}
