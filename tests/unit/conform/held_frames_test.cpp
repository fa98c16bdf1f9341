#include <string>

#include "sensor/conform/held_frames.hpp"
#include "tests/support/catch.hpp"

using namespace sw;

namespace {

/// A frame of so many octets that all say which one it is.
struct Made {
    Made(std::uint64_t number, std::size_t size) : octets(size, static_cast<std::uint8_t>(number * 7)) {
        frame.data = octets.data();
        frame.caplen = frame.len = static_cast<std::uint32_t>(size);
        frame.number = number;
        frame.ts = {static_cast<std::int64_t>(number)};
    }
    std::vector<std::uint8_t> octets;
    Frame frame;
};

}  // namespace

TEST_CASE("held frames: a conversation's own come back, oldest first, whole") {
    HeldFrames held;
    HeldFrames::Place mine = 0, other = 0;
    for (std::uint64_t i = 1; i <= 20; ++i) {
        mine = held.hold(Made(2 * i, 60 + i).frame, mine);
        other = held.hold(Made(2 * i + 1, 1514).frame, other);
    }
    const auto frames = held.of(mine, 16);
    REQUIRE(frames.size() == 16);
    for (std::size_t i = 0; i < frames.size(); ++i) {
        const Made was(2 * (i + 5), 65 + i);
        CHECK(frames[i].frame.number == was.frame.number);
        CHECK(frames[i].frame.ts == was.frame.ts);
        CHECK(frames[i].octets == was.octets);
        CHECK(frames[i].frame.data == frames[i].octets.data());
    }
    CHECK(held.of(0, 16).empty());
    CHECK(held.of(other, 3).size() == 3);
}

TEST_CASE("held frames: what the ring has let go is not given, never something else in its place") {
    HeldFrames held;
    const HeldFrames::Place first = held.hold(Made(1, 100).frame, 0);
    HeldFrames::Place last = first;
    std::uint64_t n = 1;
    for (std::size_t octets = 0; octets < HeldFrames::most_octets; octets += 1000 + n % 700) {
        ++n;
        last = held.hold(Made(n, 1000 + n % 700).frame, last);
    }
    CHECK(held.of(first, 16).empty());
    const auto all = held.of(last, 1'000'000);
    REQUIRE_FALSE(all.empty());
    CHECK(all.back().frame.number == n);
    CHECK(all.size() < n);
    for (const HeldFrame& h : all) REQUIRE(h.octets == Made(h.frame.number, 1000 + h.frame.number % 700).octets);
}

TEST_CASE("held frames: small ones are bounded by number") {
    HeldFrames held;
    HeldFrames::Place last = 0;
    for (std::uint64_t n = 1; n <= 3 * HeldFrames::most_frames; ++n) last = held.hold(Made(n, 1).frame, last);
    const auto all = held.of(last, 1'000'000);
    CHECK(all.size() == HeldFrames::most_frames);
    CHECK(all.front().frame.number == 2 * HeldFrames::most_frames + 1);
}

TEST_CASE("held frames: giants are passed over") {
    HeldFrames held;
    const HeldFrames::Place one = held.hold(Made(1, 60).frame, 0);
    CHECK(held.hold(Made(2, 60'000).frame, one) == one);
}
