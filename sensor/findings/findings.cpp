#include "sensor/findings/findings.hpp"

#include <algorithm>
#include <cstring>

namespace sw {

std::string_view to_string(Direction d) {
    switch (d) {
        case Direction::inside:
            return "inside";
        case Direction::inbound:
            return "inbound";
        case Direction::outbound:
            return "outbound";
        case Direction::outside:
            return "outside";
        case Direction::unknown:
            return "unknown";
    }
    return "";
}

namespace {

std::uint64_t mix(std::uint64_t h, std::uint64_t v) {
    h = (h ^ v) * 0xff51afd7ed558ccdu;
    return h ^ h >> 32;
}

std::uint64_t mix(std::uint64_t h, const Address& a) {
    std::uint64_t w[2];
    std::memcpy(w, a.octets.data(), 16);
    return mix(mix(mix(h, w[0]), w[1]), a.family);
}

Severity severity_of(const Cause& c) {
    Severity worst = Severity::high;
    c.reasons.for_each([&](Reason r) { worst = std::max(worst, info(r).severity); });
    return worst;
}

Cause fold_ports(Cause c) {
    c.any_port = true;
    c.port = 0;
    return c;
}

Cause fold_initiators(Cause c) {
    c.any_initiator = true;
    c.initiator = {};
    return c;
}

Cause fold_all(const Cause& c) {
    Cause f = fold_initiators(fold_ports(c));
    f.any_responder = true;
    f.responder = {};
    f.ethertype = 0;
    return f;
}

/// What takes a cause when the list is full.
Cause rest_of(const Cause& c) {
    Cause rest;
    rest.rest = rest.any_initiator = rest.any_responder = rest.any_port = true;
    if (severity_of(c) == Severity::critical) rest.reasons.add(c.forbid >= 0 ? Reason::forbidden : Reason::self_traffic);
    return rest;
}

}  // namespace

// Senders choose addresses and ports, but no table here grows beyond max_findings: a crowded bucket stays small.
std::size_t Findings::CauseHash::operator()(const Cause& c) const noexcept {
    std::uint64_t h = mix(c.reasons.words()[0], c.reasons.words()[1]);
    h = mix(h, static_cast<std::uint64_t>(static_cast<std::uint32_t>(c.forbid)) << 32 | static_cast<std::uint32_t>(c.nearest));
    h = mix(h, std::uint64_t{c.proto} << 48 | std::uint64_t{c.ethertype} << 32 | std::uint64_t{c.port} << 16 |
                   static_cast<std::uint64_t>(c.direction) << 8 | static_cast<std::uint64_t>(c.network));
    h = mix(mix(h, c.initiator), c.responder);
    return mix(h, static_cast<std::uint64_t>(c.rest * 8 + c.any_initiator * 4 + c.any_responder * 2 + c.any_port));
}

std::uint32_t Findings::create(const Cause& cause, bool& fresh) {
    fresh = true;
    Finding f;
    f.id = static_cast<std::uint32_t>(list_.size()) + 1;
    f.cause = cause;
    f.severity = severity_of(cause);
    list_.push_back(f);
    by_cause_.emplace(cause, f.id);
    return f.id;
}

std::uint32_t Findings::place(const Cause& cause, bool& fresh) {
    if (const auto it = by_cause_.find(cause); it != by_cause_.end()) return it->second;
    const auto in = [&](const Cause& folded) -> std::size_t {
        const auto it = members_.find(folded);
        return it == members_.end() ? 0 : it->second;
    };
    const auto folded = [&](const Cause& fold) {
        const auto it = by_cause_.find(fold);
        return it != by_cause_.end() ? it->second : create(fold, fresh);
    };
    const bool critical = severity_of(cause) == Severity::critical;
    if (list_.size() >= max_findings + (critical ? critical_reserve : 0)) return folded(rest_of(cause));
    const Cause pair = fold_ports(cause), target = fold_initiators(cause), group = fold_all(cause);
    if (in(group) >= exact_a_group) return folded(group);
    if (in(pair) >= ports_a_pair) return folded(pair);
    if (in(target) >= peers_a_port) return folded(target);
    for (const Cause& fold : {pair, target, group}) ++members_[fold];
    return create(cause, fresh);
}

const Finding* Findings::fold_of(const Finding& f) const {
    const Cause& c = f.cause;
    if (c.any_port || c.any_initiator || c.any_responder) return nullptr;
    for (const Cause& fold : {fold_ports(c), fold_initiators(c), fold_all(c)})
        if (const auto it = by_cause_.find(fold); it != by_cause_.end()) return &list_[it->second - 1];
    return nullptr;
}

Finding& Findings::count(const Cause& cause, Timestamp ts, std::uint32_t octets, bool& fresh) {
    fresh = false;
    Finding& f = list_[place(cause, fresh) - 1];
    if (fresh) f.first = f.last = ts;
    ++f.count;
    f.octets += octets;
    f.first = std::min(f.first, ts);
    f.last = std::max(f.last, ts);
    return f;
}

}  // namespace sw
