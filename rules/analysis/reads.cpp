#include "rules/analysis/reads.hpp"

#include <algorithm>
#include <optional>

#include "rules/analysis/abstract_machine.hpp"
#include "rules/analysis/value_range.hpp"

namespace sw {
namespace {

/// Octets from here on are not listed one by one. No capture format allows frames of 256 KiB on the links we read.
constexpr std::uint64_t listed_octets = 1u << 18;

/// Every load that some packet can reach counts, whether or not its value is used later: then two frames that agree in
/// all of them run through the program in step.
class ReadDomain {
public:
    using Value = ValueRange;

    explicit ReadDomain(ReadSet& set) : set_(set) {}

    static Value constant(std::uint32_t k) { return ValueRange::constant(k); }
    static Value anything() { return ValueRange::anything(); }
    Value length() {
        set_.length = true;
        return ValueRange::anything();
    }

    /// An index above 2^32 does not wrap around: the machine ends with 0, as for any load past the end. So do the huge k
    /// of Linux's ancillary loads, which no capture file has.
    std::optional<Value> load(const Value& base, std::uint32_t k, unsigned width) {
        const std::uint64_t first = std::uint64_t{base.lo} + k, last = std::uint64_t{base.hi} + k;
        if (first > UINT32_MAX) return std::nullopt;
        mark(first, last, base.step, width);
        return width == 4 ? ValueRange::anything() : ValueRange::of(0, (1u << (8 * width)) - 1, 1);
    }
    std::optional<Value> load_header_length(std::uint32_t k) {
        mark(k, k, 0, 1);
        return ValueRange::of(0, 60, 4);
    }

    static std::optional<Value> alu(bpf::Alu op, const Value& a, const Value& b) { return compute(op, a, b); }
    static Value join(const Value& a, const Value& b) { return sw::join(a, b); }
    static Branches branch(bpf::Jump op, const Value& a, const Value& b);
    static void answer(const Value&) {}

private:
    void mark(std::uint64_t first, std::uint64_t last, std::uint32_t step, unsigned width) {
        if (last + width > listed_octets) {
            set_.unbounded_from = std::min(set_.unbounded_from, static_cast<std::uint32_t>(first));
            return;
        }
        if (set_.octets.size() < last + width) set_.octets.resize(last + width);
        for (std::uint64_t i = first; i <= last; i += std::max(step, 1u))
            for (unsigned j = 0; j < width; ++j) set_.octets[i + j] = true;
    }

    ReadSet& set_;
};

Branches ReadDomain::branch(bpf::Jump op, const Value& a, const Value& b) {
    const bool both_known = a.is_constant() && b.is_constant();
    switch (op) {
        case bpf::Jump::eq:
            return {a.lo <= b.hi && b.lo <= a.hi, !(both_known && a.lo == b.lo)};
        case bpf::Jump::gt:
            return {a.hi > b.lo, a.lo <= b.hi};
        case bpf::Jump::ge:
            return {a.hi >= b.lo, a.lo < b.hi};
        case bpf::Jump::set:
            return both_known ? Branches{(a.lo & b.lo) != 0, (a.lo & b.lo) == 0} : Branches{};
        case bpf::Jump::always:
            break;
    }
    return {};
}

}  // namespace

bool ReadSet::has(std::uint32_t octet) const { return octet >= unbounded_from || (octet < octets.size() && octets[octet]); }

ReadSet reads(ProgramView program) {
    ReadSet set;
    ReadDomain domain(set);
    if (!AbstractMachine(program, domain).run()) return {{}, 0, true};
    return set;
}

}  // namespace sw
