#include "rules/policy/lint_hull.hpp"

#include <algorithm>
#include <charconv>

namespace sw {
namespace {

using Kind = FilterNode::Kind;
using Subject = Predicate::Subject;
using Direction = Predicate::Direction;

std::optional<Prefix> meet(const Prefix& a, const Prefix& b) {
    const Prefix& wide = a.length <= b.length ? a : b;
    const Prefix& narrow = a.length <= b.length ? b : a;
    if (wide.address.family != narrow.address.family || !wide.contains(narrow.address)) return std::nullopt;
    return narrow;
}

std::optional<PortRange> meet(const PortRange& a, const PortRange& b) {
    const PortRange both{std::max(a.low, b.low), std::min(a.high, b.high)};
    if (both.low > both.high) return std::nullopt;
    return both;
}

/// Long lists are not crossed: the first of them alone is a box as well, only a wider one.
constexpr std::size_t most_crossed = 4096;

template <class T>
std::optional<std::vector<T>> meet(const std::optional<std::vector<T>>& a, const std::optional<std::vector<T>>& b, std::uint64_t& steps) {
    if (!a || !b) return a ? a : b;
    steps += a->size() * b->size();
    if (a->size() * b->size() > most_crossed) return a;
    std::vector<T> out;
    for (const T& x : *a)
        for (const T& y : *b)
            if (const auto both = meet(x, y)) out.push_back(*both);
    return out;
}

template <class T>
void join(std::optional<std::vector<T>>& a, const std::optional<std::vector<T>>& b) {
    if (a && b) {
        a->insert(a->end(), b->begin(), b->end());
    } else {
        a.reset();
    }
}

std::uint8_t openings_of(std::string_view protocol) {
    if (protocol == "tcp") return opens_tcp;
    if (protocol == "udp") return opens_udp;
    if (protocol == "icmp") return opens_icmp;
    if (protocol == "icmp6") return opens_icmp6;
    if (protocol == "ip") return opens_tcp | opens_udp | opens_icmp;
    if (protocol == "ip6") return opens_tcp | opens_udp | opens_icmp6;
    for (const std::string_view other : {"arp", "rarp", "sctp", "igmp", "esp", "ah", "pim", "vrrp", "carp", "igrp", "stp"})
        if (protocol == other) return 0;
    return opens_any;
}

std::optional<PortRange> parse_range(std::string_view text) {
    const auto number = [](std::string_view digits) -> std::optional<std::uint16_t> {
        std::uint16_t n = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
        if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
        return n;
    };
    const std::size_t dash = text.find('-');
    const auto low = number(text.substr(0, dash));
    const auto high = dash == std::string_view::npos ? low : number(text.substr(dash + 1));
    if (!low || !high) return std::nullopt;
    return PortRange{std::min(*low, *high), std::max(*low, *high)};
}

/// All values read, or "any" if one of them is in words that only libpcap knows.
template <class T, class Parse>
std::optional<std::vector<T>> read_all(const std::vector<std::string>& values, Parse parse) {
    std::vector<T> out;
    for (const std::string& value : values) {
        const std::optional<T> one = parse(value);
        if (!one) return std::nullopt;
        out.push_back(*one);
    }
    return out;
}

Hull hull_of_leaf(const Predicate& p) {
    Hull out;
    if (p.subject == Subject::opaque || p.subject == Subject::ether_host) return out;
    out.protocols = openings_of(p.protocol);
    if (p.subject == Subject::protocol) return out;
    const bool src = p.direction == Direction::src || p.direction == Direction::both;
    const bool dst = p.direction == Direction::dst || p.direction == Direction::both;
    if (p.subject == Subject::port) {
        const auto ranges = read_all<PortRange>(p.values, parse_range);
        out.protocols &= opens_tcp | opens_udp;
        if (src) out.sport = ranges;
        if (dst) out.dport = ranges;
    } else {
        const auto prefixes = read_all<Prefix>(p.values, parse_prefix);
        if (src) out.src = prefixes;
        if (dst) out.dst = prefixes;
    }
    return out;
}

void join(Hull& a, const Hull& b) {
    if (b.empty()) return;
    if (a.empty()) {
        a = b;
        return;
    }
    a.protocols |= b.protocols;
    join(a.src, b.src);
    join(a.dst, b.dst);
    join(a.sport, b.sport);
    join(a.dport, b.dport);
}

}  // namespace

bool Hull::empty() const {
    return protocols == 0 || (src && src->empty()) || (dst && dst->empty()) || (sport && sport->empty()) || (dport && dport->empty());
}

Hull intersect(const Hull& a, const Hull& b, std::uint64_t& steps) {
    Hull out;
    ++steps;
    out.protocols = a.protocols & b.protocols;
    // In the order in which rules tend to differ: one empty list settles it.
    if (!out.empty()) out.dport = meet(a.dport, b.dport, steps);
    if (!out.empty()) out.dst = meet(a.dst, b.dst, steps);
    if (!out.empty()) out.src = meet(a.src, b.src, steps);
    if (!out.empty()) out.sport = meet(a.sport, b.sport, steps);
    return out;
}

Hull hull_of(const FilterNode& node) {
    std::uint64_t steps = 0;
    switch (node.kind) {
        case Kind::leaf:
            return hull_of_leaf(node.predicate);
        case Kind::none_of:
            return Hull{};
        case Kind::all_of: {
            Hull out;
            for (const FilterNode& child : node.children) out = intersect(out, hull_of(child), steps);
            return out;
        }
        case Kind::any_of: {
            Hull out;
            out.protocols = 0;
            for (const FilterNode& child : node.children) join(out, hull_of(child));
            return out;
        }
    }
    return Hull{};
}

}  // namespace sw
