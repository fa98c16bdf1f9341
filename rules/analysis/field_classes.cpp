#include "rules/analysis/field_classes.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "rules/analysis/field_walk.hpp"
#include "rules/base/bytes.hpp"

namespace sw {
namespace {

using AtomSet = std::set<Atom>;

/// n comparisons cut a field at 2n places or fewer, into 2n + 1 classes or fewer.
constexpr std::size_t max_atoms_a_field = 32'767;

class AtomCollector {
public:
    /// All of them, or none and false where a field would get too many.
    bool add(const std::vector<Atom>& atoms) {
        std::vector<Atom> added;
        for (const Atom& a : atoms)
            if (by_field_[a.field].insert(a).second) added.push_back(a);
        const bool fits = std::ranges::all_of(by_field_, [](const AtomSet& s) { return s.size() <= max_atoms_a_field; });
        if (!fits)
            for (const Atom& a : added) by_field_[a.field].erase(a);
        return fits;
    }
    const AtomSet& of(std::size_t field) const { return by_field_[field]; }

private:
    std::array<AtomSet, ClassKey::fields> by_field_;
};

/// Blocks nest or are apart, since each is all words with some prefix; so the innermost one tells which others hold a word. Tails
/// do not nest, but how many have begun tells which.
class Sweep {
public:
    explicit Sweep(const AtomSet& atoms) {
        for (const Atom& a : atoms) {
            const bool block = a.kind == Atom::Kind::block;
            if (block)
                blocks_.push_back(a);
            else
                tails_.push_back(a.lo);
            cuts_.push_back(a.lo);
            if (block && a.hi != UINT32_MAX) cuts_.push_back(a.hi + 1);
        }
        cuts_.push_back(0);
        std::ranges::sort(cuts_);
        cuts_.erase(std::unique(cuts_.begin(), cuts_.end()), cuts_.end());
        std::ranges::sort(blocks_, [](const Atom& a, const Atom& b) { return a.lo != b.lo ? a.lo < b.lo : a.hi > b.hi; });
    }

    IntervalMap classes() {
        std::vector<std::uint32_t> lower;
        std::vector<std::uint16_t> class_of;
        for (const std::uint32_t cut : cuts_) {
            const std::uint16_t c = class_at(cut);
            if (!class_of.empty() && class_of.back() == c) continue;
            lower.push_back(cut);
            class_of.push_back(c);
        }
        return {std::move(lower), std::move(class_of)};
    }

private:
    /// Cuts must come in ascending order.
    std::uint16_t class_at(std::uint32_t cut) {
        while (!open_.empty() && blocks_[open_.back()].hi < cut) open_.pop_back();
        for (; next_block_ < blocks_.size() && blocks_[next_block_].lo == cut; ++next_block_) open_.push_back(next_block_);
        while (begun_ < tails_.size() && tails_[begun_] <= cut) ++begun_;
        const std::pair truths(begun_, open_.empty() ? blocks_.size() : open_.back());
        return numbers_.try_emplace(truths, static_cast<std::uint16_t>(numbers_.size())).first->second;
    }

    std::vector<Atom> blocks_;
    std::vector<std::uint32_t> tails_, cuts_;
    std::vector<std::size_t> open_;
    std::size_t next_block_ = 0, begun_ = 0;
    std::map<std::pair<std::size_t, std::size_t>, std::uint16_t> numbers_;
};

}  // namespace

bool FlowFields::exist_in(const Packet& p) {
    // The decoder stops before it sets l4_offset where the version or a length of the IP header is wrong.
    return p.plain && p.l4_offset > p.l3_offset && p.caplen >= p.l4_offset + 4 &&
           (p.network == Network::ipv4 || p.network == Network::ipv6);
}

FlowFields FlowFields::of(const Packet& packet) {
    FlowFields f;
    const std::size_t address_words = packet.network == Network::ipv6 ? 4 : 1;
    for (std::size_t i = 0; i < address_words; ++i) {
        f.words[field::src + i] = load_be32(packet.ip_src + 4 * i);
        f.words[field::dst + i] = load_be32(packet.ip_dst + 4 * i);
    }
    f.words[field::protocol] = packet.ip_proto;
    f.words[field::l4_first] = load_be16(packet.data + packet.l4_offset);
    f.words[field::l4_second] = load_be16(packet.data + packet.l4_offset + 2);
    return f;
}

FlowFields FlowFields::swapped() const {
    FlowFields f = *this;
    std::swap_ranges(f.words.begin() + field::src, f.words.begin() + field::dst, f.words.begin() + field::dst);
    std::swap(f.words[field::l4_first], f.words[field::l4_second]);
    return f;
}

FieldClasses::FieldClasses(std::span<const ProgramView> programs, Datalink link, Network network) : covered_(programs.size(), false) {
    const auto shape = PlainShape::of(link, network);
    if (!shape) return;
    AtomCollector collected;
    for (std::size_t i = 0; i < programs.size(); ++i) {
        const auto atoms = atoms_of(programs[i], *shape);
        covered_[i] = atoms && collected.add(*atoms);
    }
    for (std::size_t f = 0; f < ClassKey::fields; ++f) {
        classes_[f] = Sweep(collected.of(f)).classes();
        if (!classes_[f].constant()) cut_fields_[cut_count_++] = static_cast<std::uint8_t>(f);
    }
}

ClassKey FieldClasses::classify(const FlowFields& fields) const {
    ClassKey key;
    for (std::size_t i = 0; i < cut_count_; ++i) key.classes[cut_fields_[i]] = classes_[cut_fields_[i]](fields.words[cut_fields_[i]]);
    return key;
}

std::size_t FieldClasses::octets() const {
    std::size_t sum = sizeof *this;
    for (const IntervalMap& m : classes_) sum += m.octets();
    return sum;
}

}  // namespace sw
