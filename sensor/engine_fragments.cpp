// Datagrams in pieces, where a rule accepts them: pieces are held, put together, judged as one, and share the verdict.
#include <algorithm>

#include "sensor/engine_impl.hpp"

namespace sw {
namespace {

/// With one of these nobody can say for certain where a piece belongs or what it holds, whatever the policy waves through.
constexpr ReasonSet never_put_together() {
    return fragment_anomalies()
        .without(Reason::fragment)
        .with(Reason::truncated)
        .with(Reason::caplen_over_len)
        .with(Reason::ip_options)
        .with(Reason::ip_options_malformed)
        .with(Reason::ipv6_extension_order)
        .with(Reason::ipv6_extension_repeated)
        .with(Reason::ipv6_extension_depth)
        .with(Reason::ipv6_extension_length)
        .with(Reason::ipv6_jumbo);
}

/// The fragment header of IPv6 is no extension to object to where fragments are accepted; others show in the whole datagram.
ReasonSet flaws_of(const ReasonSet& objections) { return objections.without(Reason::fragment).without(Reason::ipv6_extension); }

const Piece& first_piece(const Datagram& d) {
    for (const Piece& p : d.pieces)
        if (p.begin == 0) return p;
    return d.pieces.front();
}

}  // namespace

void Engine::Impl::forget_settled() {
    settled.clear();
    released_.clear();
}

/// Is this fragment grey by itself? Then so is its datagram, and a host that takes it all the same is not fooled alone.
bool Engine::Impl::spoils(Work& w) {
    const bool sound = w.packet.anomalies.without(never_put_together()) == w.packet.anomalies;
    if (sound && flaws_of(w.objections).within(accepted_by_some_)) return false;
    Datagram held = fragments_->spoil(w.packet, w.link, now_);
    if (held.forbid < 0) held.forbid = rules(w).forbidden(w.packet, w.ts);
    settle_part(std::move(held), Reason::fragment_inconsistent);
    return true;
}

/// true: it is held, or what becomes of it is decided. false: it is judged like any frame, which makes it grey or black.
bool Engine::Impl::take_fragment(Work& w, const Frame& captured, const Frame& judged, Judgement& out) {
    if (!has_rules(w) || spoils(w)) return false;
    const std::uint32_t tags = judged.caplen - w.packet.caplen;
    const std::uint32_t around = w.opened != nullptr ? w.opened->wrapped.wrapping.octets() : 0;
    const std::uint32_t before = w.opened != nullptr ? w.opened->wrapped.wrapping.count : 0;
    Fragment f;
    f.packet = &w.packet;
    f.captured = &captured;
    f.tags = {judged.data + (tags > 0 ? 12 : 0), tags};
    f.removed = before + tags;
    f.wrapped = static_cast<std::uint16_t>(around);
    f.flaws = flaws_of(w.objections);
    f.forbid = rules(w).forbidden(w.packet, w.ts);
    f.link = w.link;
    f.index = taken();
    Fragments::Taken t = fragments_->take(f, now_);
    if (t.fate == Fragments::Taken::Fate::spoiled) {
        const ReasonSet reasons = f.flaws.with(t.why);
        const int forbid = t.datagram.forbid >= 0 ? t.datagram.forbid : f.forbid;
        t.datagram.forbid = forbid;
        settle_part(std::move(t.datagram), reasons);
        settle(w, forbid >= 0 ? Ruling::black(reasons, forbid) : Ruling::grey(reasons), out);
        return true;
    }
    out = {};
    out.held = true;
    if (t.fate == Fragments::Taken::Fate::held) {
        ++counters.held;
        return true;
    }
    const Ruling ruling = rule_whole(t.datagram);
    settle_pieces(std::move(t.datagram), ruling, t.datagram.pieces.size() - 1);
    return true;
}

/// What is known of a datagram that is not whole: its first piece, which has the ports, or the one that came first.
void Engine::Impl::read_part(const Datagram& d) {
    see(first_piece(d).frame, part_);
    whole_.packet = part_.packet;
    whole_.link = d.link;
    whole_.opened = nullptr;
    about_.reset();
}

Ruling Engine::Impl::rule_whole(const Datagram& d) {
    read_part(d);
    const Piece& first = first_piece(d);
    if (!assemble(d, part_.packet, assembled_)) return Ruling::grey(d.flaws.with(Reason::fragment_overlong));
    const auto size = static_cast<std::uint32_t>(assembled_.size());
    Packet& p = whole_.packet;
    decode_strictly(assembled_.data(), size, size, links_[d.link].datalink, p);
    p.anomalies.for_each([&](Reason r) { ++counters.anomalies[static_cast<std::size_t>(r)]; });
    std::uint32_t total = 0;
    for (const Piece& piece : d.pieces) total = std::max(total, piece.end);
    // RFC 1858, RFC 7112: whoever filters by the first piece must find the whole transport header in it.
    const bool split = p.payload_offset > size - total + first.end;
    ReasonSet found = p.anomalies.with(d.flaws).with(Reason::fragment);
    if (split) found.add(Reason::fragment_tiny);
    whole_.objections = found.without(ignored_);
    whole_.ts = d.pieces.back().frame.ts;
    whole_.in_flow = has_flow(p) && waivable(whole_);
    if (whole_.in_flow) {
        whole_.key = FlowKey::of(p);
        whole_.hash = flows_.hash(whole_.key);
    }
    if (d.forbid >= 0) return Ruling::black(whole_.objections.without(Reason::fragment), d.forbid);
    about(whole_);
    return rule_flow(whole_);
}

/// The pieces that were held of a datagram that will not be whole.
void Engine::Impl::settle_part(Datagram&& d, const ReasonSet& reasons) {
    if (d.pieces.empty()) return;
    read_part(d);
    const Ruling ruling = d.forbid >= 0 ? Ruling::black(reasons, d.forbid) : Ruling::grey(reasons);
    settle_pieces(std::move(d), ruling, d.pieces.size());
}

/// All pieces, by one ruling about whole_. held: so many of them were counted as held
void Engine::Impl::settle_pieces(Datagram&& d, const Ruling& ruling, std::size_t held) {
    const std::uint64_t at = taken();
    const FiveTuple tuple = whole_.packet.five_tuple();
    for (std::size_t i = 0; i < d.pieces.size(); ++i) {
        const Piece& piece = d.pieces[i];
        Settled s;
        whole_.ts = piece.frame.ts;
        whole_.packet.len = piece.frame.len - piece.wrapped;
        settle(whole_, ruling, s.judgement);
        s.judgement.wrapped = piece.wrapped;
        counters.held -= i < held;
        s.frame = piece.frame;
        s.tuple = tuple;
        s.index = piece.index;
        s.at = at;
        settled.push_back(s);
    }
    released_.push_back(std::move(d));
}

void Engine::Impl::settle_overdue(Timestamp now, bool all) {
    Datagram d;
    while (fragments_->overdue(now, taken(), all, d)) {
        const ReasonSet reasons = d.flaws.with(Reason::fragment_incomplete);
        settle_part(std::move(d), reasons);
    }
}

void Engine::Impl::end_fragments() {
    forget_settled();
    if (fragments_ != nullptr) settle_overdue(now_, true);
    counters.frames = counters.allowed + counters.greylisted + counters.blacklisted;
}

void Engine::Impl::pass_time(Timestamp packet_time) {
    forget_settled();
    if (fragments_ == nullptr || !started_ || packet_time <= last_ts_) return;
    settle_overdue(now_ + (packet_time - last_ts_), false);
    counters.frames = counters.allowed + counters.greylisted + counters.blacklisted;
}

}  // namespace sw
