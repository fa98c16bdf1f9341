// Mode flow: a packet is allowed if its conversation is one that a rule describes (design: "allowed means exactly allowed").
#include "sensor/engine_impl.hpp"

namespace sw {
namespace {

bool opens(const Packet& p) {
    using namespace tcp_flag;
    if (p.transport == Transport::tcp) return (p.tcp_flags & (syn | ack | rst | fin)) == syn;
    return p.transport == Transport::udp || p.is_echo_request();
}

bool is_tcp(const Packet& p) { return p.transport == Transport::tcp; }

}  // namespace

[[gnu::always_inline]] inline bool Engine::Impl::fits_at_once(const FlowTable::Found& found, std::uint8_t link, Timestamp ts,
                                                              std::uint8_t proto, const TcpState::Segment& segment, Judgement& out) {
    const auto [flow, from] = found;
    if (flow == nullptr || flow->link != link || (flow->clear >> from & 1) == 0) return false;
    if (ts >= until_[flow->rule]) return false;
    if (proto == 17)
        flow->deadline = now_ + idle_[flow->rule];
    else if (proto != 6 || !tcp_.in_order(*flow, segment, from, now_))
        return false;
    // Most ACKs: nothing waits to be read, and in_order() says that no more is acknowledged than was sent.
    if (flow->in_step & flow->owes & (segment.len == 0)) {
        sent_.acknowledged(*flow, from ^ 1, segment.ack);
    } else if (flow->owes && !speaks_on(*flow, from, segment)) {
        broken_ = found;
        return false;
    }
    ++counters.allowed;
    ++counters.by_rule[flow->rule];
    out.verdict = Verdict::allow;
    out.provisional = flow->provisional;
    out.held = false;
    out.rule = flow->rule;
    out.reasons = {};
    out.finding = 0;
    out.nearest = -1;
    out.fits = false;
    out.answers = from == 1;
    out.wrapped = 0;
    out.flow = flows_.slot_of(*flow);
    return true;
}

/// Most frames: nothing to object to, a known conversation, no forbid rule that could match, all in order. What the long
/// way would say, said in fewer steps. false: nothing was decided.
bool Engine::Impl::allow_at_once(const Work& w, Judgement& out) {
    const Packet& p = w.packet;
    if (!w.in_flow || !w.objections.empty() || !p.plain || !options.shortcuts) return false;
    return fits_at_once(flows_.find(w.key, w.hash, now_), w.link, w.ts, p.ip_proto, TcpState::Segment::of(p), out);
}

[[gnu::noinline]] FlowTable::Found Engine::Impl::look_up(const Glance& g, const Fetched& fetched) {
    const FlowKey key = FlowKey::of(g.common);
    const auto found = flows_.find(key, fetched.slot == Flow::none ? fetched.hash : flows_.hash(key), now_);
    if (found.flow != nullptr) flows_.remember(flows_.guess(key.ends), *found.flow);
    return found;
}

bool Engine::Impl::allow_common(const Glance& g, const Fetched& fetched, Judgement& out) {
    FlowTable::Found found = flows_.at(fetched.slot, FlowKey::of(g.common).ends, now_);
    if (found.flow == nullptr) found = look_up(g, fetched);
    return fits_at_once(found, fetched.link, g.ts, g.common.proto, TcpState::Segment::of(g.common), out);
}

Ruling Engine::Impl::rule_flow(Work& w) {
    if (w.in_flow) {
        if (const auto found = flows_.find(w.key, w.hash, now_); found.flow != nullptr) {
            if (auto black = forbidden_in(w, *found.flow, found.from)) return *black;
            return in_known_flow(w, *found.flow, found.from);
        }
    }
    if (const int rule = about_->forbidden(); rule >= 0) return Ruling::black(w.objections, rule);
    if (!waivable(w)) return Ruling::grey(w.objections);
    if (w.in_flow) return without_flow(w);
    if (w.packet.is_icmp_error()) return icmp_error(w);
    return not_a_conversation(w);
}

/// Rules that read nothing but the tuple have one answer a direction: asked once, remembered in the flow.
std::optional<Ruling> Engine::Impl::forbidden_in(Work& w, Flow& flow, int from) {
    const bool has_ports = w.packet.transport == Transport::tcp || w.packet.transport == Transport::udp;
    // Conversations with a budget are looked at packet by packet: never clear, so that the short way leaves them to the long one.
    const bool by_tuple =
        has_ports && w.packet.plain && w.link == flow.link && !budgets_.watches(flow.rule) && rules(w).forbids_by_tuple(w.packet.network);
    if (by_tuple && (flow.clear >> from & 1) != 0) return std::nullopt;
    const int rule = about_->forbidden();
    if (rule >= 0) return Ruling::black(w.objections, rule, from == 1);
    if (flow.breached) return std::nullopt;
    // What must be looked at is never clear.
    if (by_tuple && (from == 0 || !is_one_way(flow))) flow.clear = static_cast<std::uint8_t>(flow.clear | 1u << from) & 3u;
    return std::nullopt;
}

Ruling Engine::Impl::in_known_flow(Work& w, Flow& flow, int from) {
    const Rule& rule = policy.rules[flow.rule];
    if (from == 1 && is_one_way(flow)) return Ruling::grey(w.objections.with(Reason::syslog_answered), flow.rule, true);
    if (!w.objections.within(rule.accept)) return Ruling::grey(w.objections, flow.rule, from == 1);
    // From here on the rule has no objection of the frame's own left.
    if (rule.until && w.ts >= *rule.until) return Ruling::grey(Reason::rule_expired, flow.rule, from == 1);
    const FlowState before = flow.state;
    bool outside = false;
    if (is_tcp(w.packet)) {
        const TcpState::Answer answer = tcp_.segment(flow, w.packet, from, now_);
        if (answer.fit == TcpState::Fit::reopens) return without_flow(w);
        if (answer.fit == TcpState::Fit::refused) return Ruling::grey(answer.reason, flow.rule, from == 1);
        counters.unverified_retransmits += answer.unverified;
        outside = answer.outside;
    } else {
        flow.deadline = now_ + (w.packet.transport == Transport::udp ? idle_[flow.rule] : flow_life::echo);
    }
    if (flow.breached || (flow.owes && !outside && !speaks_on(flow, from, before, w.packet))) return in_breach(w, flow, from);
    if (auto beyond = beyond_budget(w, flow, from)) return *beyond;
    return Ruling::allow(flow, flows_.slot_of(flow), from == 1);
}

Ruling Engine::Impl::overspent(int rule, int from, const Overspent& over) {
    Ruling ruling = Ruling::grey(over.reason, rule, from == 1);
    ruling.overspent = over;
    return ruling;
}

/// A conversation begins. One that its rule's budget does not allow is followed all the same, so that its packets are known as such.
std::optional<Ruling> Engine::Impl::begin_budget(const Work& w, Flow& flow, int from) {
    if (!budgets_.watches(flow.rule)) return std::nullopt;
    if (const auto over = budgets_.open(flow.rule, flows_.slot_of(flow), now_, w.ts)) {
        flow.refused = over->reason == Reason::budget_flows ? 1 : 2;
        return overspent(flow.rule, from, *over);
    }
    return beyond_budget(w, flow, from);
}

/// A packet that fits its conversation: does its rule's budget allow it?
std::optional<Ruling> Engine::Impl::beyond_budget(const Work& w, const Flow& flow, int from) {
    if (!budgets_.watches(flow.rule)) return std::nullopt;
    if (flow.refused == 1) {
        const std::uint64_t most = policy.rules[flow.rule].budget.max_flows_per_hour.value_or(0);
        return overspent(flow.rule, from, {Reason::budget_flows, most + 1, most});
    }
    if (flow.refused == 2) return overspent(flow.rule, from, {Reason::budget_hours, 0, 0});
    const auto over = budgets_.spend(flow.rule, flows_.slot_of(flow), w.packet.len, now_, w.ts);
    return over ? std::optional(overspent(flow.rule, from, *over)) : std::nullopt;
}

Ruling Engine::Impl::open(Work& w, int rule) {
    const bool tcp = is_tcp(w.packet);
    const Duration life = tcp                                    ? flow_life::opening
                          : w.packet.transport == Transport::udp ? idle_[static_cast<std::size_t>(rule)]
                                                                 : flow_life::echo;
    if (const auto old = flows_.find(w.key, w.hash, now_); old.flow != nullptr) sent_.release(*old.flow);
    if (Flow* old = options.trace || conform_.in_use() ? flows_.entry_of(w.key, w.hash) : nullptr) {
        tell_end(*old);
        conform_.release(*old);
    }
    Flow* flow = flows_.create(w.key, w.hash, now_, life);
    if (flow == nullptr) return Ruling::grey(w.objections.with(Reason::table_full), rule);
    flow->rule = static_cast<std::uint16_t>(rule);
    flow->link = w.link;
    flow->state = w.packet.transport == Transport::udp ? FlowState::datagrams : FlowState::echo;
    if (tcp) tcp_.open(*flow, w.packet, now_);
    auto beyond = begin_budget(w, *flow, 0);
    counters.flows += flow->refused == 0;
    conform_.opened(*flow, in_grace());
    if (flow->owes && !tcp && !speaks_on(*flow, 0, FlowState::free, w.packet)) return in_breach(w, *flow, 0);
    if (beyond) return *beyond;
    return Ruling::allow(*flow, flows_.slot_of(*flow), false);
}

Ruling Engine::Impl::without_flow(Work& w) {
    if (!opens(w.packet)) return unopened(w);
    const auto asked = about_->opening(w.objections);
    if (asked.rule >= 0) return open(w, asked.rule);
    if (const auto kept = about_->housekeeping(w.objections); kept.rule >= 0) return Ruling::allow(kept.rule);
    if (asked.expired >= 0) return Ruling::grey(w.objections.with(Reason::rule_expired), asked.expired);
    const int swapped = about_->conversation(true).rule;
    if (swapped < 0) return Ruling::grey(w.objections.with(Reason::no_rule));
    // A SYN says who opens; a datagram that fits the other way round is an answer that nobody asked for, or a late one.
    if (w.packet.transport != Transport::udp) return Ruling::grey(w.objections.with(Reason::wrong_direction), swapped);
    return Ruling::grey(w.objections.with(Reason::not_open), swapped, true);
}

/// In the middle of a conversation that we did not see begin.
Ruling Engine::Impl::unopened(Work& w) {
    const auto forward = about_->conversation(false);
    const auto backward = about_->conversation(true);
    const bool may_be_reply = !is_tcp(w.packet) || (w.packet.tcp_flags & tcp_flag::ack) != 0;
    const int rule = forward.rule >= 0 && is_tcp(w.packet) ? forward.rule : may_be_reply ? backward.rule : -1;
    const int from = rule == backward.rule && rule != forward.rule ? 1 : 0;
    if (rule < 0) {
        const int expired = forward.expired >= 0 ? forward.expired : backward.expired;
        return Ruling::grey(w.objections.with(expired >= 0 ? Reason::rule_expired : Reason::no_rule), expired);
    }
    const bool may_pick_up = is_tcp(w.packet) && in_grace() && (w.packet.tcp_flags & (tcp_flag::syn | tcp_flag::rst)) == 0 &&
                             w.objections.within(policy.rules[static_cast<std::size_t>(rule)].accept);
    if (!may_pick_up) return Ruling::grey(w.objections.with(Reason::not_open), rule, from == 1);
    if (Flow* old = options.trace || conform_.in_use() ? flows_.entry_of(w.key, w.hash) : nullptr) {
        tell_end(*old);
        conform_.release(*old);
    }
    Flow* flow = flows_.create(from == 1 ? w.key.swapped() : w.key, w.hash, now_, flow_life::established);
    if (flow == nullptr) return Ruling::grey(w.objections.with(Reason::table_full), rule);
    flow->rule = static_cast<std::uint16_t>(rule);
    flow->link = w.link;
    tcp_.pick_up(*flow, w.packet, from, now_);
    auto beyond = begin_budget(w, *flow, from);
    counters.provisional += flow->refused == 0;
    conform_.picked_up(*flow);
    if (beyond) return *beyond;
    return Ruling::allow(*flow, flows_.slot_of(*flow), from == 1);
}

void Engine::Impl::tell_end(const Flow& flow) const {
    if (!options.trace || !on_flow_end) return;
    const bool tcp = flow.state != FlowState::datagrams && flow.state != FlowState::echo;
    on_flow_end(flows_.slot_of(flow), flow, tcp ? flow.state == FlowState::closed : flow.deadline < now_);
}

void Engine::Impl::end_flows() {
    if (options.trace) flows_.for_each([this](const Flow& flow) { tell_end(flow); });
    flows_.clear();
    sent_.clear();
    conform_.clear();
}

/// Does an error quote a segment that this side may have sent lately, and its very octets? Who quotes others, or some that nobody can
/// compare any more, could carry anything. A keep-alive's one octet is any.
bool Engine::Impl::quotes(const Flow& flow, int from, const Quoted& q) const {
    const TcpSide& sender = flow.side[from];
    const std::int64_t behind = static_cast<std::int32_t>(sender.end - q.tcp_seq);
    const std::int64_t most = std::max<std::int64_t>(flow.side[from ^ 1].max_window, 65535) + 1;
    if (!sender.known || behind < 0 || behind > most) return false;
    if (q.payload_len <= 1 || flow.provisional) return true;
    return sent_.compare(flow, from, q.tcp_seq + q.syn, q.payload, q.payload_len) == SentOctets::Check::same;
}

/// An error is allowed if it tells the sender of a live, allowed conversation about a packet of that conversation.
Ruling Engine::Impl::icmp_error(Work& w) {
    const Packet& p = w.packet;
    if (!p.quoted.present) return not_a_conversation(w);
    const FlowKey key = FlowKey::of(p.quoted.tuple);
    const auto found = flows_.find(key, flows_.hash(key), now_);
    const bool to_sender = p.dst() == p.quoted.tuple.src;
    bool related = found.flow != nullptr && to_sender && found.flow->state != FlowState::closed;
    if (related && found.flow->ends.proto() == 6) related = quotes(*found.flow, found.from, p.quoted);
    if (!related) {
        if (const auto kept = about_->housekeeping(w.objections); kept.rule >= 0) return Ruling::allow(kept.rule);
        return Ruling::grey(w.objections.with(Reason::icmp_unrelated));
    }
    // An error from the sink itself says that somebody is there.
    if (is_one_way(*found.flow) && p.src() == p.quoted.tuple.dst)
        return Ruling::grey(w.objections.with(Reason::sink_reply), found.flow->rule);
    const Rule& rule = policy.rules[found.flow->rule];
    if (!w.objections.within(rule.accept)) return Ruling::grey(w.objections, found.flow->rule);
    if (rule.until && w.ts >= *rule.until) return Ruling::grey(w.objections.with(Reason::rule_expired), found.flow->rule);
    return Ruling::allow(found.flow->rule, found.flow->provisional);
}

/// ARP, neighbour discovery, other link layers, IP protocols without conversations: housekeeping only.
Ruling Engine::Impl::not_a_conversation(Work& w) {
    const auto kept = about_->housekeeping(w.objections);
    if (kept.rule >= 0) return Ruling::allow(kept.rule);
    if (kept.expired >= 0) return Ruling::grey(w.objections.with(Reason::rule_expired), kept.expired);
    const Packet& p = w.packet;
    const bool other_protocol = p.ip_src != nullptr && p.network != Network::arp && p.transport == Transport::none && !p.later_fragment;
    return Ruling::grey(w.objections.with(other_protocol ? Reason::ip_protocol : Reason::no_rule));
}

}  // namespace sw
