#include "rules/analysis/field_walk.hpp"

#include <bit>
#include <variant>

#include "rules/analysis/abstract_machine.hpp"

namespace sw {
namespace {

constexpr KnownBits known(std::uint32_t k) { return {UINT32_MAX, k}; }
constexpr KnownBits unknown{};

class FieldDomain {
public:
    /// A part of a field, or bits that are the same in every plain packet. What is neither is bits of which none is known: it may be
    /// carried about, but nothing may be decided by it.
    using Value = std::variant<KnownBits, FieldPart>;

    explicit FieldDomain(const PlainShape& shape) : shape_(shape) {}

    static Value constant(std::uint32_t k) { return known(k); }
    static Value anything() { return unknown; }
    static Value length() { return unknown; }

    std::optional<Value> load(const Value& base, std::uint32_t k, unsigned width);
    std::optional<Value> load_header_length(std::uint32_t k);
    std::optional<Value> alu(bpf::Alu op, const Value& a, const Value& b);
    static Value join(const Value& a, const Value& b);
    Branches branch(bpf::Jump op, const Value& a, const Value& b);
    void answer(const Value& v) {
        if (!constant_of(v)) covered_ = false;
    }

    bool covered() const { return covered_; }
    std::vector<Atom> take_atoms() { return std::move(atoms_); }

private:
    static std::optional<std::uint32_t> constant_of(const Value& v) {
        const auto* bits = std::get_if<KnownBits>(&v);
        return bits && bits->known == UINT32_MAX ? std::optional(bits->value) : std::nullopt;
    }
    static Value masked(const Value& a, std::uint32_t mask);
    static Value shifted_right(const Value& a, std::uint32_t by);
    Branches at_least(const FieldPart& part, std::uint64_t k);
    Branches equals(const FieldPart& part, std::uint32_t k);
    Branches decide(bpf::Jump op, const KnownBits& bits, std::uint32_t k);

    /// The walk need not go on: whatever follows, the program is not covered.
    std::nullopt_t give_up() {
        covered_ = false;
        return std::nullopt;
    }
    Branches undecided() {
        covered_ = false;
        return {false, false};
    }

    const PlainShape& shape_;
    std::vector<Atom> atoms_;
    bool covered_ = true;
};

/// A load that may lie beyond the capture can end the program with 0: that is a decision by the length.
std::optional<FieldDomain::Value> FieldDomain::load(const Value& base, std::uint32_t k, unsigned width) {
    const auto x = constant_of(base);
    if (!x || std::uint64_t{*x} + k + width > shape_.size()) return give_up();
    const std::uint32_t offset = *x + k;
    if (const auto part = shape_.field_at(offset, width)) return *part;
    return shape_.bits_at(offset, width);
}

std::optional<FieldDomain::Value> FieldDomain::load_header_length(std::uint32_t k) {
    if (k >= shape_.size()) return give_up();
    const KnownBits octet = shape_.bits_at(k, 1);
    return KnownBits{((octet.known & 0xf) << 2) | ~0x3cu, (octet.value & 0xf) << 2};
}

std::optional<FieldDomain::Value> FieldDomain::alu(bpf::Alu op, const Value& a, const Value& b) {
    const auto ka = constant_of(a), kb = constant_of(b);
    if (op == bpf::Alu::neg) return ka ? known(0 - *ka) : unknown;
    const bool divides = op == bpf::Alu::div || op == bpf::Alu::mod;
    if (divides && !kb) return give_up();  // by zero the program ends
    if (divides && *kb == 0) return std::nullopt;
    if (ka && kb && bpf::defined(op, *kb)) return known(bpf::compute(op, *ka, *kb));
    if (kb && op == bpf::Alu::and_) return masked(a, *kb);
    if (kb && op == bpf::Alu::rsh && *kb < bpf::register_bits) return shifted_right(a, *kb);
    return unknown;
}

FieldDomain::Value FieldDomain::masked(const Value& a, std::uint32_t mask) {
    if (const auto* bits = std::get_if<KnownBits>(&a)) return KnownBits{bits->known | ~mask, bits->value & mask};
    FieldPart part = std::get<FieldPart>(a);
    const std::uint32_t before = part.mask;
    part.mask &= mask;
    if (part.mask == 0) return known(0);
    const std::uint32_t dropped = before & ~part.mask;
    const bool only_low_end = dropped < (part.mask & (0 - part.mask));
    return only_low_end ? Value{part} : Value{KnownBits{~part.mask, 0}};
}

FieldDomain::Value FieldDomain::shifted_right(const Value& a, std::uint32_t by) {
    if (const auto* bits = std::get_if<KnownBits>(&a)) return KnownBits{(bits->known >> by) | ~(UINT32_MAX >> by), bits->value >> by};
    FieldPart part = std::get<FieldPart>(a);
    part.mask >>= by;
    if (part.mask == 0) return known(0);
    part.shift = static_cast<std::uint8_t>(part.shift + by);
    return part;
}

FieldDomain::Value FieldDomain::join(const Value& a, const Value& b) {
    if (a == b) return a;
    const auto* p = std::get_if<KnownBits>(&a);
    const auto* q = std::get_if<KnownBits>(&b);
    if (!p || !q) return unknown;
    const std::uint32_t agreed = p->known & q->known & ~(p->value ^ q->value);
    return KnownBits{agreed, p->value & agreed};
}

Branches FieldDomain::branch(bpf::Jump op, const Value& a, const Value& b) {
    const auto k = constant_of(b);
    if (!k) return undecided();
    if (op == bpf::Jump::set) return branch(bpf::Jump::gt, masked(a, *k), known(0));
    if (const auto* bits = std::get_if<KnownBits>(&a)) return decide(op, *bits, *k);
    const FieldPart& part = std::get<FieldPart>(a);
    if (op == bpf::Jump::eq) return equals(part, *k);
    return at_least(part, std::uint64_t{*k} + (op == bpf::Jump::gt ? 1 : 0));
}

Branches FieldDomain::at_least(const FieldPart& part, std::uint64_t k) {
    if (k == 0) return {true, false};
    if (k > part.mask) return {false, true};
    const std::uint64_t step = part.mask & (0 - part.mask);
    const std::uint64_t first = (k + step - 1) / step * step;  // <= mask, since mask is a multiple of step
    atoms_.push_back(
        {part.field, Atom::Kind::tail, static_cast<std::uint32_t>(first << part.shift), UINT32_MAX >> (32 - field_width(part.field))});
    return {};
}

Branches FieldDomain::equals(const FieldPart& part, std::uint32_t k) {
    if ((k & ~part.mask) != 0) return {false, true};
    const std::uint64_t size = std::uint64_t{part.mask & (0 - part.mask)} << part.shift;
    const std::uint32_t lo = k << part.shift, hi = lo + static_cast<std::uint32_t>(size - 1);
    // Cut off even what no plain packet has: a caller that imagines such a packet must not share a class with others.
    atoms_.push_back({part.field, Atom::Kind::block, lo, hi});
    return {!shape_.excludes(part.field, lo, hi), true};
}

/// Decided only if every number with these bits gives the same side.
Branches FieldDomain::decide(bpf::Jump op, const KnownBits& bits, std::uint32_t k) {
    const std::uint32_t least = bits.value, most = bits.value | ~bits.known;
    bool always = false, never = false;
    if (op == bpf::Jump::eq) {
        always = least == most && least == k;
        never = ((bits.value ^ k) & bits.known) != 0;
    } else {
        const bool or_equal = op == bpf::Jump::ge;
        always = or_equal ? least >= k : least > k;
        never = or_equal ? most < k : most <= k;
    }
    if (!always && !never) return undecided();
    return {always, never};
}

}  // namespace

std::optional<std::vector<Atom>> atoms_of(ProgramView program, const PlainShape& shape) {
    FieldDomain domain(shape);
    if (!AbstractMachine(program, domain).run() || !domain.covered()) return std::nullopt;
    return domain.take_atoms();
}

}  // namespace sw
