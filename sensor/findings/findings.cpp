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

/// Of no meaning: halves of their bits are set.
constexpr std::uint64_t odd[] = {0x9e3779b97f4a7c15u, 0xff51afd7ed558ccdu, 0xc4ceb9fe1a85ec53u, 0xd6e8feb86659fd93u};

/// Both halves of the product of two words, of which each was made unforeseeable: one multiplication deep.
std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    __extension__ typedef unsigned __int128 Wide;
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

std::uint64_t word_of(const Address& a, std::size_t at) {
    std::uint64_t w;
    std::memcpy(&w, a.octets.data() + at, 8);
    return w;
}

/// Of an IPv4 address: four octets, as they were written, so that the processor need not wait for them to reach its cache.
std::uint64_t half_word_of(const Address& a) {
    std::uint32_t w;
    std::memcpy(&w, a.octets.data(), 4);
    return w;
}

const ReasonSet& critical_reasons() {
    static const ReasonSet set = [] {
        ReasonSet critical;
        for (std::size_t i = 0; i < reason_count; ++i)
            if (const auto r = static_cast<Reason>(i); info(r).severity == Severity::critical) critical.add(r);
        return critical;
    }();
    return set;
}

bool is_critical(const Cause& c) { return c.reasons.without(critical_reasons()) != c.reasons; }

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

std::uint64_t Findings::hash_group(const Cause& c) const {
    const std::uint64_t rules =
        static_cast<std::uint64_t>(static_cast<std::uint32_t>(c.forbid)) << 32 | static_cast<std::uint32_t>(c.nearest);
    const std::uint64_t kind = std::uint64_t{c.breach} << 32 | std::uint64_t{c.proto} << 16 | static_cast<std::uint64_t>(c.direction) << 8 |
                               static_cast<std::uint64_t>(c.network);
    return mix(c.reasons.words()[0] ^ seed_, c.reasons.words()[1] ^ seed_ ^ odd[0]) + mix(rules ^ seed_ ^ odd[1], kind ^ seed_ ^ odd[2]);
}

std::uint64_t Findings::hash(const Cause& c, std::uint64_t h) const {
    const bool wide = (c.initiator.family | c.responder.family) > 4;
    const std::uint64_t rest = std::uint64_t{c.ethertype} << 48 | std::uint64_t{c.port} << 32 | std::uint64_t{c.initiator.family} << 16 |
                               std::uint64_t{c.responder.family} << 8 |
                               static_cast<std::uint64_t>(c.rest * 8 + c.any_initiator * 4 + c.any_responder * 2 + c.any_port);
    const std::uint64_t words = wide ? word_of(c.initiator, 0) : half_word_of(c.initiator) << 32 | half_word_of(c.responder);
    h = mix(words ^ h, rest ^ seed_ ^ odd[3]);
    if (wide) h = mix(word_of(c.initiator, 8) ^ h, word_of(c.responder, 0) ^ seed_) + mix(word_of(c.responder, 8) ^ h, seed_ ^ odd[0]);
    return mix(h ^ seed_, odd[1]);
}

std::uint32_t Findings::find(const Cause& cause, std::uint64_t h) const {
    if (!may_be_known(h)) return 0;
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
    // A flood fills the list: then room for all of it at once, and none is moved again.
    if (list_.size() == 64) list_.reserve(max_findings + critical_reserve + std::size(rest_));
    known_[h >> 51] |= std::uint64_t{1} << (h >> 45 & 63);
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

bool Findings::Flood::takes(const Cause& c) const {
    return finding != 0 && c.reasons == group.reasons && c.forbid == group.forbid && c.nearest == group.nearest && c.proto == group.proto &&
           c.network == group.network && c.direction == group.direction && c.breach == group.breach;
}

/// What takes a cause when the list is full.
std::uint32_t Findings::rest(const Cause& cause, bool critical, bool& fresh) {
    const bool forbidden = critical && cause.forbid >= 0;
    std::uint32_t& id = rest_[forbidden ? 2 : critical];
    if (id != 0) return id;
    Cause c;
    c.rest = c.any_initiator = c.any_responder = c.any_port = true;
    if (critical) c.reasons.add(forbidden ? Reason::forbidden : Reason::self_traffic);
    return id = create(c, hash(c), fresh);
}

std::uint32_t Findings::place(const Cause& cause, bool& fresh) {
    const std::uint64_t of_group = hash_group(cause), h = hash(cause, of_group);
    if (const std::uint32_t id = find(cause, h); id != 0) return id;
    const bool critical = is_critical(cause);
    if (list_.size() >= max_findings + (critical ? critical_reserve : 0)) return rest(cause, critical, fresh);
    const auto in = [&](const Cause& form, std::size_t most) -> std::uint32_t {
        const std::uint32_t at = fold_at(form, hash(form, of_group));
        if (at == Index::none || folds_[at].members < most) return 0;
        if (folds_[at].finding == 0) folds_[at].finding = folded(form, fresh);
        return folds_[at].finding;
    };
    Flood& flood = floods_[of_group >> 58];
    if (flood.of_group == of_group && flood.takes(cause)) return flood.finding;
    const Cause group = fold_all(cause);
    if (const std::uint32_t id = in(group, exact_a_group)) {
        flood = {of_group, group, id};
        return id;
    }
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
