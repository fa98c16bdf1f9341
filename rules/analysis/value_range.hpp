#pragma once
/// A set of 32-bit numbers: lo, lo+step, ..., hi. What an index of a load can be.
#include <cstdint>
#include <optional>

#include "rules/analysis/opcode.hpp"

namespace sw {

/// lo <= hi; step is 0 for a single number, else it divides hi - lo.
struct ValueRange {
    std::uint32_t lo = 0, hi = 0, step = 0;

    static ValueRange of(std::uint32_t lo, std::uint32_t hi, std::uint32_t step);
    static ValueRange constant(std::uint32_t k) { return {k, k, 0}; }
    static ValueRange anything() { return {0, UINT32_MAX, 1}; }

    bool is_constant() const { return lo == hi; }
    bool operator==(const ValueRange&) const = default;
};

/// The smallest range that holds both.
ValueRange join(const ValueRange& a, const ValueRange& b);

/// A range that holds op(x, y) for every x of a and y of b for which it is defined; nullopt: for none (division by zero).
std::optional<ValueRange> compute(bpf::Alu op, const ValueRange& a, const ValueRange& b);

}  // namespace sw
