#include "rules/analysis/value_range.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

namespace sw {
namespace {

using Wide = std::uint64_t;

/// The range, or anything where it does not fit 32 bits (the machine would wrap around).
ValueRange fitted(Wide lo, Wide hi, Wide step) {
    if (hi > UINT32_MAX) return ValueRange::anything();
    return ValueRange::of(static_cast<std::uint32_t>(lo), static_cast<std::uint32_t>(hi),
                          static_cast<std::uint32_t>(std::min<Wide>(step, UINT32_MAX)));
}

ValueRange difference(const ValueRange& a, const ValueRange& b) {
    if (a.lo < b.hi) return ValueRange::anything();
    return ValueRange::of(a.lo - b.hi, a.hi - b.lo, std::gcd(a.step, b.step));
}

ValueRange product(const ValueRange& a, const ValueRange& b) {
    const Wide step = b.is_constant() ? Wide{a.step} * b.lo : a.is_constant() ? Wide{b.step} * a.lo : 1;
    if (step > UINT32_MAX) return ValueRange::anything();
    return fitted(Wide{a.lo} * b.lo, Wide{a.hi} * b.hi, step);
}

/// x & y is at most the smaller, and keeps the zeros at the low end of a constant.
ValueRange conjunction(const ValueRange& a, const ValueRange& b) {
    const std::uint32_t hi = std::min(a.hi, b.hi);
    const ValueRange& mask = b.is_constant() ? b : a;
    const std::uint32_t step = mask.is_constant() && mask.lo != 0 ? mask.lo & (0 - mask.lo) : 1;
    return ValueRange::of(0, hi - hi % step, step);
}

/// Or and exclusive or set no bit above the highest of either.
ValueRange bits_of_either(const ValueRange& a, const ValueRange& b) {
    const auto width = std::bit_width(a.hi | b.hi);
    return ValueRange::of(0, static_cast<std::uint32_t>((Wide{1} << width) - 1), 1);
}

ValueRange shifted_left(const ValueRange& a, const ValueRange& by) {
    if (!by.is_constant() || by.lo >= bpf::register_bits) return ValueRange::anything();
    return fitted(Wide{a.lo} << by.lo, Wide{a.hi} << by.lo, Wide{a.step} << by.lo);
}

ValueRange quotient(const ValueRange& a, std::uint32_t by) {
    const bool even = a.lo % by == 0 && a.step % by == 0;
    return ValueRange::of(a.lo / by, a.hi / by, even ? a.step / by : 1);
}

ValueRange shifted_right(const ValueRange& a, const ValueRange& by) {
    if (!by.is_constant() || by.lo >= bpf::register_bits) return ValueRange::of(0, a.hi, 1);
    return quotient(a, std::uint32_t{1} << by.lo);
}

}  // namespace

ValueRange ValueRange::of(std::uint32_t lo, std::uint32_t hi, std::uint32_t step) { return {lo, hi, lo == hi ? 0 : step}; }

ValueRange join(const ValueRange& a, const ValueRange& b) {
    const std::uint32_t lo = std::min(a.lo, b.lo), apart = std::max(a.lo, b.lo) - lo;
    return ValueRange::of(lo, std::max(a.hi, b.hi), std::gcd(std::gcd(a.step, b.step), apart));
}

std::optional<ValueRange> compute(bpf::Alu op, const ValueRange& a, const ValueRange& b) {
    const bool divides = op == bpf::Alu::div || op == bpf::Alu::mod;
    if (divides && b.hi == 0) return std::nullopt;
    if (a.is_constant() && b.is_constant() && bpf::defined(op, b.lo)) return ValueRange::constant(bpf::compute(op, a.lo, b.lo));
    switch (op) {
        case bpf::Alu::add:
            return fitted(Wide{a.lo} + b.lo, Wide{a.hi} + b.hi, std::gcd(a.step, b.step));
        case bpf::Alu::sub:
            return difference(a, b);
        case bpf::Alu::mul:
            return product(a, b);
        case bpf::Alu::div:
            return b.is_constant() ? quotient(a, b.lo) : ValueRange::of(0, a.hi, 1);
        case bpf::Alu::or_:
        case bpf::Alu::xor_:
            return bits_of_either(a, b);
        case bpf::Alu::and_:
            return conjunction(a, b);
        case bpf::Alu::lsh:
            return shifted_left(a, b);
        case bpf::Alu::rsh:
            return shifted_right(a, b);
        case bpf::Alu::neg:
            return a.is_constant() ? ValueRange::constant(0 - a.lo) : ValueRange::anything();
        case bpf::Alu::mod:
            return ValueRange::of(0, std::min(a.hi, b.hi - 1), 1);
    }
    return ValueRange::anything();
}

}  // namespace sw
