// The decoder under any octets at all: it ends, it reads what was captured and nothing else, and it does not contradict
// itself. The common frame has a way of its own through the decoder: both ways of decoding agree.
#include "tests/property/packet/invariants.hpp"
#include "tests/property/packet/random_frames.hpp"
#include "tests/property/packet/shrink.hpp"
#include "tests/support/catch.hpp"

using namespace sw;
using namespace sw::test;

namespace {

void require_sound(const FrameCase& c) {
    if (const auto failure = smallest_failure(c, broken_invariant); !failure.empty()) FAIL(failure);
}

/// Whole, cut short, claiming too much, claiming the impossible.
std::int64_t random_missing(Dice& dice) {
    switch (dice.below(6)) {
        case 0:
            return dice.below(2000);
        case 1:
            return -static_cast<std::int64_t>(dice.below(100));
        case 2:
            return static_cast<std::int64_t>(UINT32_MAX);
        default:
            return 0;
    }
}

/// Random octets that begin as some header would.
Octets half_a_header(Dice& dice) {
    Octets f = dice.octets(dice.below(160));
    constexpr std::uint16_t types[] = {0x0800, 0x86dd, 0x0806, 0x8100, 0x88a8, 0x8847, 0x8864, 38, 0x0600};
    const std::uint16_t type = types[dice.below(std::size(types))];
    const std::size_t at = dice.one_in(2) ? 12 : dice.one_in(2) ? 14 : 0;
    if (f.size() < at + 24) return f;
    f[at] = static_cast<std::uint8_t>(type >> 8);
    f[at + 1] = static_cast<std::uint8_t>(type);
    const std::size_t ip = at + 2;
    f[ip] = static_cast<std::uint8_t>((type == 0x86dd ? 0x60 : 0x40) | (dice.one_in(2) ? 5 : dice.below(16)));
    if (dice.one_in(2)) f[ip + 2] = 0;
    constexpr std::uint8_t protocols[] = {6, 17, 1, 58, 0, 43, 44, 51, 60, 47, 59, 135};
    f[ip + (type == 0x86dd ? 6 : 9)] = protocols[dice.below(std::size(protocols))];
    if (type == 0x86dd && f.size() > ip + 42)
        f[ip + 40] = protocols[dice.below(std::size(protocols))], f[ip + 41] = static_cast<std::uint8_t>(dice.below(3));
    return f;
}

}  // namespace

TEST_CASE("decoder: random octets of every length, on every link") {
    Dice dice(20261121);
    for (std::size_t size = 0; size <= 400; ++size)
        for (int round = 0; round < 60; ++round) require_sound({dice.octets(size), random_missing(dice), random_link(dice)});
}

TEST_CASE("decoder: random octets behind headers that lead somewhere") {
    Dice dice(20261122);
    for (int round = 0; round < 60'000; ++round) require_sound({half_a_header(dice), random_missing(dice), random_link(dice)});
}

TEST_CASE("decoder: honest frames, and what mutation makes of them") {
    Dice dice(20261123);
    for (int round = 0; round < 40'000; ++round) {
        FrameCase c{honest_frame(dice).frame, 0, {}};
        require_sound(c);
        mutate(c.bytes, dice);
        c.missing = dice.one_in(3) ? random_missing(dice) : 0;
        require_sound(c);
    }
}

TEST_CASE("decoder: both ways of decoding agree, also on frames whose checksums are right and nothing else") {
    Dice dice(20261124);
    std::size_t without_anomaly = 0;
    for (int round = 0; round < 60'000; ++round) {
        FrameCase c{honest_frame(dice).frame, 0, {}};
        mutate(c.bytes, dice);
        repair_checksums(c.bytes);
        require_sound(c);
        Packet p;
        decode(c.bytes.data(), c.caplen(), c.len(), c.link, p);
        without_anomaly += p.anomalies.empty();
    }
    CHECK(without_anomaly > 1000);  // else the test would not reach the common way
}
