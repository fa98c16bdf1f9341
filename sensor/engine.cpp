#include "sensor/engine.hpp"

#include <algorithm>
#include <cstring>

#include "sensor/engine_impl.hpp"
#include "sensor/wire.hpp"

namespace sw {

std::string_view to_string(Verdict v) {
    constexpr std::string_view names[] = {"allow", "grey", "black"};
    return names[static_cast<std::size_t>(v)];
}

Engine::Engine(const Policy& policy, const EngineOptions& options) : impl_(std::make_unique<Impl>(policy, options)) {}
Engine::~Engine() = default;
void Engine::begin_file() { impl_->begin_file(); }
void Engine::on_flow_end(FlowEnd f) { impl_->on_flow_end = std::move(f); }
void Engine::end_flows() { impl_->end_flows(); }
void Engine::end_fragments() { impl_->end_fragments(); }
void Engine::pass_time(Timestamp t) { impl_->pass_time(t); }
std::span<const Settled> Engine::settled() const { return impl_->settled; }
Result<Done> Engine::prepare(Datalink captured) { return impl_->prepare(captured); }
void Engine::see(const Frame& f, Seen& seen) const { impl_->see(f, seen); }
std::vector<std::string> Engine::why(const Frame& f, const Judgement& j) { return impl_->why(f, j); }
const Findings& Engine::findings() const { return impl_->findings; }
const EngineCounters& Engine::counters() const { return impl_->counters; }
const Policy& Engine::policy() const { return impl_->policy; }
const std::vector<Earlier>& Engine::earlier() const { return impl_->earlier; }
const std::vector<Speech>& Engine::speech() const { return impl_->conformance().speech(); }
void Engine::on_told(ToldOf f) { impl_->on_told(std::move(f)); }

Result<Done> Engine::judge(std::span<const Frame> frames, std::span<Judgement> out, std::size_t& judged, std::span<const Glance> glances) {
    judged = 0;
    impl_->forget_settled();
    impl_->earlier.clear();
    while (judged < frames.size()) {
        const std::size_t n = std::min(Impl::batch, frames.size() - judged), brought_up = impl_->earlier.size();
        std::optional<Error> error;
        const std::size_t done =
            impl_->judge(frames.subspan(judged, n), glances.empty() ? nullptr : &glances[judged], out.subspan(judged), error);
        for (std::size_t i = brought_up; i < impl_->earlier.size(); ++i) impl_->earlier[i].index += judged;
        judged += done;
        if (error) return Unexpected{*error};
    }
    return Done{};
}

void Engine::glance(std::span<const Frame> frames, std::span<Glance> out) const { impl_->glance(frames, out.data()); }

namespace {

EngineOptions merged(EngineOptions o, const Policy& policy) {
    o.ignore = o.ignore.with(policy.wire.ignore).without(fragment_anomalies());
    return o;
}

std::uint64_t seed_of(const std::array<std::uint8_t, 16>& key) {
    std::uint64_t seed;
    std::memcpy(&seed, key.data() + 8, 8);
    return seed;
}

}  // namespace

Engine::Impl::Impl(const Policy& p, const EngineOptions& o)
    : policy(p),
      options(merged(o, p)),
      findings(seed_of(o.hash_key)),
      wire_(p.wire),
      ignored_(options.ignore),
      budgets_(p, o.mode == Mode::flow ? o.max_flows : 1),
      flows_(o.mode == Mode::flow ? o.max_flows : 1, o.hash_key),
      tcp_(sent_),
      conform_(p, sent_, o.conform, o.hash_key),
      work_(batch + 1),
      glances_(batch),
      fetched_(batch),
      shortcut_(o.mode == Mode::flow && o.shortcuts) {
    counters.by_rule.assign(policy.rules.size(), 0);
    for (const Rule& r : policy.rules) {
        accepted_by_some_ = accepted_by_some_.with(r.accept);
        until_.push_back(r.until.value_or(Timestamp{INT64_MAX}));
        one_way_.push_back(r.speaks == "syslog");
        idle_.push_back(conform_.idle(until_.size() - 1));
    }
    if (accepted_by_some_.has(Reason::fragment) && o.mode == Mode::flow) fragments_ = std::make_unique<Fragments>(o.hash_key);
    if (p.wire.mirror.wraps() && o.mode != Mode::tcpdump) {
        mirror_ = std::make_unique<MirrorPort>(p, ignored_);
        opened_.resize(batch);
        inner_.resize(batch);
    }
}

Result<std::uint8_t> Engine::Impl::link_index(Datalink link) {
    for (std::size_t i = 0; i < links_.size(); ++i)
        if (links_[i].datalink == link) return static_cast<std::uint8_t>(i);
    if (links_.size() == 255) return unexpected("more than 255 different datalinks in one run");
    Link made{link, std::nullopt};
    if (is_decoded(link) || options.mode == Mode::tcpdump) {
        auto rules = RuleJudge::make(policy, link, options.mode);
        if (!rules) return Unexpected{rules.error()};
        made.rules = std::move(*rules);
    }
    links_.push_back(std::move(made));
    return static_cast<std::uint8_t>(links_.size() - 1);
}

/// Where the policy expects VLANs, expected tags are taken off, so that its rules speak of the packet and not of tags.
/// Mode tcpdump asks about the frame as it is.
void Engine::Impl::read(const Frame& frame, Packet& packet, std::vector<std::uint8_t>& untagged) const {
    if (options.mode != Mode::tcpdump) return wire_.read(frame, !options.shortcuts || glance_decides(), packet, untagged);
    decode(frame.data, frame.caplen, frame.len, frame.link, packet);
    packet.anomalies = packet.anomalies.with(wire_.anomalies(packet));
}

void Engine::Impl::decode_into(Work& w, const Frame& frame, std::uint8_t link) {
    read(frame, w.packet, w.untagged);
    if (w.opened != nullptr) mirror_->note(*w.opened, w.packet);
    w.ts = frame.ts;
    w.link = link;
    const ReasonSet& found = w.packet.anomalies;
    w.objections = found.without(ignored_);
    if (!found.empty()) found.for_each([&](Reason r) { ++counters.anomalies[static_cast<std::size_t>(r)]; });
    w.in_flow = options.mode == Mode::flow && has_flow(w.packet) && waivable(w);
    if (!w.in_flow) return;
    w.key = FlowKey::of(w.packet);
    w.hash = flows_.hash(w.key);
    flows_.prefetch_bucket(w.hash);
}

/// What decode_into() would say of a common frame.
void Engine::Impl::expand_into(Work& w, const Glance& g, const Fetched& f, std::size_t index, std::uint32_t len) const {
    w.opened = mirror_ == nullptr ? nullptr : &opened_[index];
    expand(g.common, len, g.link, w.packet);
    w.ts = g.ts;
    w.link = f.link;
    w.objections = {};
    w.in_flow = true;
    w.key = FlowKey::of(g.common);
    w.hash = f.slot == Flow::none ? f.hash : flows_.hash(w.key);
}

void Engine::Impl::glance(std::span<const Frame> frames, Glance* out) const {
    if (mirror_ != nullptr) {
        Opened opened;
        for (const Frame& frame : frames) {
            mirror_->open(frame, opened);
            glance_within(opened, *out++);
        }
        return;
    }
    if (shortcut_) return glance_at_(frames, wire_, out);
    for (const Frame& frame : frames) {
        Glance& g = *out++;
        g.ts = frame.ts;
        g.link = frame.link;
        g.is_common = false;
    }
}

/// TCP's octets, which will be kept. Another core looked at the frame, so they are in its cache.
static void prefetch_payload(const CommonFrame& c) {
    const std::uint8_t* payload = c.data + (c.proto == 6 ? c.payload_offset() : 0);
    __builtin_prefetch(payload);
    __builtin_prefetch(payload + (c.payload_len() > 64 ? 64 : 0));
}

/// Have in cache what judging will need. How many frames can be judged: those before the first whose datalink has no
/// usable rules.
[[gnu::hot]] std::size_t Engine::Impl::fetch(std::span<const Frame> frames, const Glance* glances, std::optional<Error>& error) {
    const bool elsewhere = glances != glances_.data();
    std::size_t asked = 0;
    std::uint8_t works = 0;
    std::size_t i = 0;
    for (; i < frames.size(); ++i) {
        const Glance& g = glances[i];
        if (g.link != last_link_ || last_index_ < 0) {
            const auto index = link_index(g.link);
            if (!index) {
                error = index.error();
                break;
            }
            last_link_ = g.link;
            last_index_ = *index;
        }
        Fetched& f = fetched_[i];
        f.link = static_cast<std::uint8_t>(last_index_);
        if (!g.is_common) {
            Work& w = work_[f.work = ++works];
            w.opened = mirror_ == nullptr ? nullptr : &opened_[i];
            decode_into(w, frames[i], f.link);
            if (w.in_flow) asked_[asked++] = w.hash;
            continue;
        }
        const FlowKey key = FlowKey::of(g.common);
        f.slot = flows_.guess(key.ends).slot;
        if (elsewhere) prefetch_payload(g.common);
        if (f.slot != Flow::none) {
            flows_.prefetch_slot(f.slot, g.common.proto == 6);
        } else {
            f.hash = asked_[asked++] = flows_.hash(key);
            flows_.prefetch_bucket(f.hash);
        }
    }
    for (std::size_t k = 0; k < asked; ++k) flows_.prefetch_flow(asked_[k]);
    if (conform_.in_use()) fetch_machines(i, glances);
    return i;
}

/// Where each flow is guessed to be is in cache by now, or soon; what it leads to follows step by step.
void Engine::Impl::fetch_machines(std::size_t frames, const Glance* glances) const {
    std::array<const Flow*, batch> owing;
    std::size_t n = 0;
    for (std::size_t i = 0; i < frames; ++i) {
        if (!glances[i].is_common) continue;
        const Flow& flow = flows_.in_slot(fetched_[i].slot);
        if (flow.owes) conform_.prefetch_talk(*(owing[n++] = &flow));
    }
    for (std::size_t i = 0; i < n; ++i) conform_.prefetch_machine(*owing[i]);
}

/// Look at all, fetch what the flow table will be asked, then judge all in order.
[[gnu::hot]] std::size_t Engine::Impl::judge(std::span<const Frame> frames, const Glance* glances, std::span<Judgement> out,
                                             std::optional<Error>& error) {
    const std::span<const Frame> captured = frames;
    if (mirror_ != nullptr) frames = std::span(inner_.data(), open(frames, glances, error));
    if (glances == nullptr) {
        glance(frames, glances_.data());
        glances = glances_.data();
    }
    const std::size_t n = fetch(frames, glances, error);
    for (std::size_t i = 0; i < n; ++i) {
        const Glance& g = glances[i];
        tick(g.ts);
        if (fragments_ != nullptr) settle_overdue(now_, false);
        frame_ = &captured[i];
        const Fetched& f = fetched_[i];
        Work& w = work_[g.is_common ? 0 : f.work];
        if (g.is_common ? allow_common(g, f, out[i]) : allow_at_once(w, out[i])) continue;
        about_.reset();
        if (g.is_common) expand_into(w, g, f, i, frames[i].len);
        if (fragments_ != nullptr && w.packet.fragment && take_fragment(w, captured[i], frames[i], out[i])) {
            if (conform_.brought_up()) bring_up(settled.back().judgement.finding, i);
            continue;
        }
        settle(w, rule_on(w), out[i]);
        if (conform_.brought_up()) bring_up(out[i].finding, i);
    }
    if (mirror_ != nullptr) account_mirror(n, out);
    counters.frames = counters.allowed + counters.greylisted + counters.blacklisted;
    return n;
}

void Engine::Impl::start_trace(Timestamp ts) {
    if (fragments_ != nullptr) {
        settle_overdue(now_, true);
        fragments_->clear();
    }
    end_flows();
    budgets_.clear();
    now_ = last_ts_ = trace_start_ = ts;
    next_second_ = ts;
    quiet_ = Duration{0};
    started_ = true;
}

/// Engine time follows packet time forwards only, so that no timer runs twice; a step back of over a second is an event.
void Engine::Impl::turn(Timestamp ts) {
    const bool new_file = std::exchange(file_begins_, false);
    if (!started_ || (new_file && last_ts_ - ts > std::chrono::seconds{1})) return start_trace(ts);
    if (ts > last_ts_) {
        now_ = now_ + (ts - last_ts_);
        last_ts_ = ts;
    } else if (last_ts_ - ts > std::chrono::seconds{1}) {
        ++counters.clock_steps;
        last_ts_ = ts;
    }
    if (now_ >= next_second_) sweep();
    quiet_ = next_second_ - now_;
}

void Engine::Impl::sweep() {
    next_second_ = now_ + std::chrono::nanoseconds{1'000'000'000 - now_.ns % 1'000'000'000};
    flows_.expire(now_, [this](Flow& flow) {
        tell_end(flow);
        sent_.release(flow);
        conform_.release(flow);
    });
}

Ruling Engine::Impl::rule_on(Work& w) {
    if (const auto broken = std::exchange(broken_, {}); broken.flow != nullptr) return in_breach(w, *broken.flow, broken.from);
    if (!has_rules(w)) return Ruling::grey(w.packet.anomalies);  // nothing that was not read can be waved through
    about(w);
    switch (options.mode) {
        case Mode::tcpdump:
            return rule_printed(w);
        case Mode::packet:
            return rule_frame(w);
        case Mode::flow:
            return rule_flow(w);
    }
    return {};
}

Ruling Engine::Impl::rule_printed(Work& w) {
    int rule = -1;
    return rules(w).printed(w.packet, rule) ? Ruling::allow(rule) : Ruling::grey(Reason::no_rule);
}

/// Mode packet: a tcpdump whitelist made strict.
Ruling Engine::Impl::rule_frame(Work& w) {
    if (const int rule = about_->forbidden(); rule >= 0) return Ruling::black(w.objections, rule);
    if (!waivable(w)) return Ruling::grey(w.objections);
    const auto allowed = about_->opening(w.objections);
    // Of budgets, hours alone need no conversation.
    if (allowed.rule >= 0 && budgets_.closed(allowed.rule, w.ts)) return overspent(allowed.rule, 0, {Reason::budget_hours, 0, 0});
    if (allowed.rule >= 0) return Ruling::allow(allowed.rule);
    const auto housekeeping = about_->housekeeping(w.objections);
    if (housekeeping.rule >= 0) return Ruling::allow(housekeeping.rule);
    const bool expired = allowed.expired >= 0 || housekeeping.expired >= 0;
    if (!expired) return Ruling::grey(w.objections.with(Reason::no_rule));
    return Ruling::grey(w.objections.with(Reason::rule_expired), std::max(allowed.expired, housekeeping.expired));
}

/// Who asked whom, when no conversation tells: only for grouping and wording, never for a verdict.
static bool looks_like_answer(const Packet& p) {
    using namespace tcp_flag;
    const bool from_service = p.sport < 1024 && p.dport >= 1024;
    if (p.transport == Transport::tcp) return (p.tcp_flags & syn) ? (p.tcp_flags & ack) != 0 : from_service || (p.tcp_flags & rst) != 0;
    return (p.transport == Transport::udp && from_service) || p.is_echo_reply();
}

void Engine::Impl::settle(const Work& w, const Ruling& ruling, Judgement& out) {
    out.verdict = ruling.verdict;
    out.provisional = ruling.provisional;
    out.held = false;
    out.rule = ruling.rule;
    out.reasons = ruling.reasons;
    out.finding = 0;
    out.nearest = -1;
    out.fits = false;
    out.answers = ruling.answers;
    out.wrapped = 0;
    out.flow = ruling.flow;
    if (ruling.rule >= 0) ++counters.by_rule[static_cast<std::size_t>(ruling.rule)];
    if (ruling.verdict == Verdict::allow) {
        ++counters.allowed;
        return;
    }
    ++(ruling.verdict == Verdict::grey ? counters.greylisted : counters.blacklisted);
    const bool followed = ruling.breach != nullptr || ruling.overspent;  // then it is known who began the conversation
    out.answers = ruling.answers || (!followed && looks_like_answer(w.packet));
    out.fits = ruling.fits >= 0;
    const bool explained = options.mode != Mode::tcpdump && has_rules(w);
    out.nearest = out.fits ? ruling.fits : explained ? about(w).nearest_rule(out.answers) : -1;
    out.finding = record(w, out, ruling).id;
}

}  // namespace sw
