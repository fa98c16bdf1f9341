#include "rules/analysis/value_range.hpp"

#include <array>

#include "tests/property/analysis/frames.hpp"
#include "tests/support/catch.hpp"

namespace {

using namespace sw;
using sw::testing::Dice;

bool holds(const ValueRange& r, std::uint32_t x) { return x >= r.lo && x <= r.hi && (r.step == 0 ? x == r.lo : (x - r.lo) % r.step == 0); }

ValueRange random_range(Dice& dice) {
    const std::uint32_t bound = dice.one_of({8u, 64u, 70'000u, UINT32_MAX});
    const std::uint32_t lo = dice.below(bound), step = 1 + dice.below(dice.one_of({4u, 300u}));
    const std::uint64_t hi = std::uint64_t{lo} + std::uint64_t{step} * dice.below(dice.one_of({1u, 5u, 100u}));
    return hi > UINT32_MAX ? ValueRange::constant(lo) : ValueRange::of(lo, static_cast<std::uint32_t>(hi), step);
}

std::uint32_t random_member(Dice& dice, const ValueRange& r) {
    return r.step == 0 ? r.lo : r.lo + r.step * dice.below((r.hi - r.lo) / r.step + 1);
}

constexpr std::array operations{bpf::Alu::add, bpf::Alu::sub, bpf::Alu::mul, bpf::Alu::div, bpf::Alu::or_, bpf::Alu::and_,
                                bpf::Alu::lsh, bpf::Alu::rsh, bpf::Alu::neg, bpf::Alu::mod, bpf::Alu::xor_};

}  // namespace

TEST_CASE("value range: the result of every operation on members lies in the computed range") {
    Dice dice(7);
    std::size_t outside = 0, malformed = 0;
    for (int round = 0; round < 200'000; ++round) {
        const ValueRange a = random_range(dice), b = dice.one_in(2) ? ValueRange::constant(dice.below(40)) : random_range(dice);
        const bpf::Alu op = dice.one_from(operations);
        const auto r = compute(op, a, b);
        const std::uint32_t x = random_member(dice, a), y = random_member(dice, b);
        if (!bpf::defined(op, y)) continue;
        outside += r && holds(*r, bpf::compute(op, x, y)) ? 0u : 1u;
        malformed += r && r->lo <= r->hi && (r->step == 0 ? r->lo == r->hi : (r->hi - r->lo) % r->step == 0) ? 0u : 1u;
    }
    CHECK(outside == 0);
    CHECK(malformed == 0);
}

TEST_CASE("value range: a join holds the members of both") {
    Dice dice(8);
    std::size_t outside = 0;
    for (int round = 0; round < 100'000; ++round) {
        const ValueRange a = random_range(dice), b = random_range(dice), both = join(a, b);
        outside += holds(both, random_member(dice, a)) && holds(both, random_member(dice, b)) ? 0u : 1u;
    }
    CHECK(outside == 0);
}
