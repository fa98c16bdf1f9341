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

void Findings::Index::insert(std::uint64_t hash, std::uint32_t place) {
    const auto put = [&](const Slot& s) {
        std::size_t at = s.low & mask_;
        while (slots_[at].place != none) at = (at + 1) & mask_;
        slots_[at] = s;
    };
    if (++used_ * 2 > slots_.size()) {
        std::vector<Slot> old(slots_.size() * 2);
        old.swap(slots_);
        mask_ = slots_.size() - 1;
        for (const Slot& s : old)
            if (s.place != none) put(s);
    }
    put({static_cast<std::uint32_t>(hash >> 32), place, static_cast<std::uint32_t>(hash)});
}

std::uint64_t Findings::hash(const Cause& c) const {
    std::uint64_t h = mix(mix(seed_, c.reasons.words()[0]), c.reasons.words()[1]);
    h = mix(h, static_cast<std::uint64_t>(static_cast<std::uint32_t>(c.forbid)) << 32 | static_cast<std::uint32_t>(c.nearest));
    h = mix(h, std::uint64_t{c.proto} << 48 | std::uint64_t{c.ethertype} << 32 | std::uint64_t{c.port} << 16 |
                   static_cast<std::uint64_t>(c.direction) << 8 | static_cast<std::uint64_t>(c.network));
    h = mix(mix(h, c.initiator), c.responder);
    const auto varies = static_cast<std::uint64_t>(c.rest * 8 + c.any_initiator * 4 + c.any_responder * 2 + c.any_port);
    return mix(h, std::uint64_t{c.breach} << 8 | varies);
}

std::uint32_t Findings::find(const Cause& cause, std::uint64_t h) const {
    const std::uint32_t at = by_cause_.find(cause, h, [this](std::uint32_t i) -> const Cause& { return list_[i].cause; });
    return at == Index::none ? 0 : list_[at].id;
}

std::uint32_t Findings::create(const Cause& cause, std::uint64_t h, bool& fresh) {
    fresh = true;
    Finding f;
    f.id = static_cast<std::uint32_t>(list_.size()) + 1;
    f.cause = cause;
    f.severity = severity_of(cause);
    by_cause_.insert(h, f.id - 1);
    list_.push_back(std::move(f));
    return list_.back().id;
}

std::uint32_t Findings::folded(const Cause& cause, bool& fresh) {
    const std::uint64_t h = hash(cause);
    const std::uint32_t id = find(cause, h);
    return id != 0 ? id : create(cause, h, fresh);
}

std::uint32_t Findings::fold_at(const Cause& form, std::uint64_t h) const {
    return by_fold_.find(form, h, [this](std::uint32_t i) -> const Cause& { return folds_[i].cause; });
}

/// One more exact finding that would fold into this.
void Findings::join(const Cause& form) {
    const std::uint64_t h = hash(form);
    if (const std::uint32_t at = fold_at(form, h); at != Index::none) {
        ++folds_[at].members;
        return;
    }
    by_fold_.insert(h, static_cast<std::uint32_t>(folds_.size()));
    folds_.push_back({form, 1, 0});
}

std::uint32_t Findings::place(const Cause& cause, bool& fresh) {
    const std::uint64_t h = hash(cause);
    if (const std::uint32_t id = find(cause, h); id != 0) return id;
    const bool critical = severity_of(cause) == Severity::critical;
    if (list_.size() >= max_findings + (critical ? critical_reserve : 0)) return folded(rest_of(cause), fresh);
    const auto in = [&](const Cause& form, std::size_t most) -> std::uint32_t {
        const std::uint32_t at = fold_at(form, hash(form));
        if (at == Index::none || folds_[at].members < most) return 0;
        if (folds_[at].finding == 0) folds_[at].finding = folded(form, fresh);
        return folds_[at].finding;
    };
    const Cause group = fold_all(cause);
    if (const std::uint32_t id = in(group, exact_a_group)) return id;
    const Cause pair = fold_ports(cause), target = fold_initiators(cause);
    if (const std::uint32_t id = in(pair, ports_a_pair)) return id;
    if (const std::uint32_t id = in(target, peers_a_port)) return id;
    for (const Cause& form : {pair, target, group}) join(form);
    return create(cause, h, fresh);
}

const Finding* Findings::fold_of(const Finding& f) const {
    const Cause& c = f.cause;
    if (c.any_port || c.any_initiator || c.any_responder) return nullptr;
    for (const Cause& form : {fold_ports(c), fold_initiators(c), fold_all(c)})
        if (const std::uint32_t id = find(form, hash(form)); id != 0) return &list_[id - 1];
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
