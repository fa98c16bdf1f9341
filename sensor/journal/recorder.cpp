#include "sensor/journal/recorder.hpp"

#include <algorithm>
#include <vector>

#include "sensor/findings/verdict_comment.hpp"
#include "sensor/journal/flow_accounts.hpp"
#include "sensor/journal/ledger_book.hpp"

namespace sw {
namespace {

bool has_ports(const Packet& p) { return p.transport == Transport::tcp || p.transport == Transport::udp; }

std::uint64_t with_verdict(const EngineCounters& c) { return c.allowed + c.greylisted + c.blacklisted; }
std::uint64_t taken(const EngineCounters& c) { return with_verdict(c) + c.held; }

/// What came late was counted as lost before: the sum may fall.
std::optional<std::uint64_t> lost_since(const std::optional<std::uint64_t>& now, const std::optional<std::uint64_t>& then) {
    if (!now) return std::nullopt;
    return *now > then.value_or(0) ? *now - then.value_or(0) : 0;
}

FindingRecord::Shape shape_of(const Finding& f, const Policy& policy) {
    const Cause& c = f.cause;
    return {.reasons = c.reasons,
            .forbid = c.forbid < 0 ? "" : policy.rules[static_cast<std::size_t>(c.forbid)].name,
            .network = c.network,
            .proto = c.proto,
            .ethertype = c.ethertype,
            .direction = c.direction,
            .initiator = c.initiator,
            .responder = c.responder,
            .port = c.port,
            .any_initiator = c.any_initiator,
            .any_responder = c.any_responder,
            .any_port = c.any_port,
            .rest = c.rest,
            .breach = f.breach && !c.rest ? f.breach->kind() : ""};
}

FindingRecord record_of(const Finding& f, const Policy& policy) {
    return {.finding = f.id,
            .shape = shape_of(f, policy),
            .severity = f.severity,
            .nearest = f.cause.nearest < 0 ? "" : policy.rules[static_cast<std::size_t>(f.cause.nearest)].name,
            .sentence = sentence(f, policy),
            .why = f.why,
            .detail = f.detail,
            .mac = f.has_mac ? to_string(f.first_mac) : "",
            .alarm = ""};
}

/// What a conversation of the rule leaves a line of in its responder's log; "" for none.
std::string_view service_of(const Rule& rule, std::uint16_t port) {
    constexpr std::pair<std::uint16_t, std::string_view> tls_ports[] = {{465, "smtp"}, {993, "imap"}, {995, "pop3"}};
    if (rule.speaks != "tls") return rule.speaks;
    for (const auto& [number, service] : tls_ports)
        if (number == port) return service;
    return {};
}

/// Why a datagram is grey whose octets are a log line all the same: what it says, that nobody could read it, that its rule has a budget.
/// Frames that are wrong themselves, which no receiver would take for a datagram, have other reasons.
ReasonSet line_all_the_same() {
    static const ReasonSet reasons = ReasonSet(Reason::not_speaking)
                                         .with(Reason::conform_full)
                                         .with(Reason::table_full)
                                         .with(Reason::budget_flows)
                                         .with(Reason::budget_bytes)
                                         .with(Reason::budget_duration)
                                         .with(Reason::budget_hours);
    return reasons;
}

/// What a rule's packets are looked at for, besides being counted.
enum class Listens : std::uint8_t { no, to_answers, to_datagrams };

Listens listens(const Rule& rule) {
    if (rule.kind != RuleKind::allow) return Listens::no;
    if (rule.speaks == "syslog") return Listens::to_datagrams;
    for (const std::string_view word : {"ssh", "smtp", "imap", "pop3", "tls"})
        if (rule.speaks == word) return Listens::to_answers;
    return Listens::no;
}

}  // namespace

class Recorder::Impl {
public:
    Impl(Engine& engine, RecordSink& sink)
        : engine_(&engine),
          sink_(&sink),
          ledger_(engine.policy()),
          accounts_(engine.policy(), sink, ledger_),
          charts_(engine.policy(), sink),
          told_(engine.counters()) {
        engine.on_flow_end([this](std::uint32_t slot, const Flow& flow, bool complete) {
            accounts_.ended(taken(engine_->counters()), slot, flow, complete);
        });
        for (const Rule& rule : engine.policy().rules) listens_.push_back(listens(rule));
        if (ledger_.in_use())
            engine.on_told([this](std::uint32_t slot, Side by, Told what, std::string_view value) {
                ledger_.told(taken(engine_->counters()), slot, by, what, value);
            });
    }
    ~Impl() {
        engine_->on_flow_end({});
        if (ledger_.in_use()) engine_->on_told({});
    }

    void judged(std::span<const Frame> frames, std::span<const Judgement> judgements, std::size_t skip);
    void settled_until(std::uint64_t index, bool recorded, std::size_t& next);
    void take_settled(bool recorded) {
        std::size_t next = 0;
        settled_until(frames_, recorded, next);
    }
    void end_file(const std::string& name, const std::string& error);
    void end();
    ChartTable& charts() { return charts_; }

private:
    void take(const Frame& frame, const Judgement& j, const FiveTuple* tuple, bool recorded);
    void allowed(const Frame& frame, const Judgement& j, const FiveTuple* tuple, bool recorded);
    bool is_line(const Judgement& j) const;
    void listen(const Frame& frame, const Judgement& j, const FiveTuple* tuple, FlowAccount* account);
    void tell_opening(const Frame& frame, const Judgement& j, const Packet& p, FlowAccount& account);
    void tell_log(const Frame& frame, const Judgement& j, const Packet& p);
    ChartTable::Key chart_key(const Frame& frame, const Judgement& j, const FiveTuple* tuple) const;
    void enter(const Frame& frame, const Judgement& j, const FiveTuple* tuple, bool opens, bool recorded);
    void tell_live(std::uint32_t slot);
    void denied(const Frame& frame, const Judgement& j);
    void earlier(const Earlier& e);

    Engine* engine_;
    RecordSink* sink_;
    LedgerBook ledger_;
    FlowAccounts accounts_;
    ChartTable charts_;
    std::vector<Listens> listens_;                 ///< by rule
    std::vector<std::uint8_t> described_;          ///< by finding
    std::uint64_t frames_ = 0;                     ///< of the run, given to judged()
    std::uint64_t octets_ = 0;                     ///< since the last coverage, as from_ and to_
    std::uint64_t logs_ = 0, logs_in_pieces_ = 0;  ///< since the last coverage
    Timestamp from_, to_;
    bool covered_ = true;  ///< no frame since the last coverage
    EngineCounters told_;  ///< as of the last coverage
};

void Recorder::Impl::judged(std::span<const Frame> frames, std::span<const Judgement> judgements, std::size_t skip) {
    std::size_t next = 0;
    auto brought_up = engine_->earlier().begin();
    for (std::size_t i = 0; i < frames.size(); ++i, ++frames_) {
        const bool recorded = i < skip;
        settled_until(frames_, recorded, next);
        accounts_.tell(frames_, recorded);
        if (!judgements[i].held) take(frames[i], judgements[i], nullptr, recorded);
        if (ledger_.in_use())
            for (const std::uint32_t slot : ledger_.enter(frames_))
                if (!recorded) tell_live(slot);
        for (; brought_up != engine_->earlier().end() && brought_up->index == i; ++brought_up)
            if (!recorded) earlier(*brought_up);
    }
}

/// What was settled before the frame with this index had its verdict.
void Recorder::Impl::settled_until(std::uint64_t index, bool recorded, std::size_t& next) {
    const std::span<const Settled> list = engine_->settled();
    for (; next < list.size() && list[next].at <= index; ++next) {
        accounts_.tell(list[next].at, recorded);
        take(list[next].frame, list[next].judgement, &list[next].tuple, recorded);
    }
}

/// tuple: of the datagram that frame is a fragment of, or none
void Recorder::Impl::take(const Frame& frame, const Judgement& j, const FiveTuple* tuple, bool recorded) {
    from_ = covered_ ? frame.ts : std::min(from_, frame.ts);
    to_ = covered_ ? frame.ts : std::max(to_, frame.ts);
    covered_ = false;
    octets_ += frame.len - j.wrapped;
    if (j.verdict == Verdict::allow) return allowed(frame, j, tuple, recorded);
    if (is_line(j)) listen(frame, j, tuple, nullptr);
    if (!recorded) denied(frame, j);
}

/// Of a conversation with a log sink, to the sink: a host that can choose what is grey must not choose what is logged.
bool Recorder::Impl::is_line(const Judgement& j) const {
    return j.verdict == Verdict::grey && j.fits && listens_[static_cast<std::size_t>(j.nearest)] == Listens::to_datagrams &&
           j.reasons.within(line_all_the_same());
}

/// The packets of a conversation and interval find their row without a look-up, and are not decoded again.
void Recorder::Impl::allowed(const Frame& frame, const Judgement& j, const FiveTuple* tuple, bool recorded) {
    FlowAccount* account = j.flow != 0 ? &accounts_.at(j.flow) : nullptr;
    const bool opens = account != nullptr && account->is_new();
    if (account != nullptr) account->add(frame.ts, frame.len - j.wrapped, j.answers);
    if (j.rule >= 0 && listens_[static_cast<std::size_t>(j.rule)] != Listens::no) listen(frame, j, tuple, account);
    if (account != nullptr && ledger_.wants(j.rule)) enter(frame, j, tuple, opens, recorded);
    if (recorded || j.rule < 0) return;
    const Timestamp start = ChartTable::interval_of(frame.ts);
    const bool known = account != nullptr && account->row_told == charts_.told() && account->row_start == start;
    ChartTable::Row& row = known ? *account->row : charts_.row(chart_key(frame, j, tuple));
    if (account != nullptr && !known) {
        account->row = &row;
        account->row_start = start;
        account->row_told = charts_.told();
    }
    ++row.packets;
    row.octets += frame.len - j.wrapped;
    row.flows += opens;
}

/// tuple: frame is a fragment of a datagram: its octets are not there as one, which is counted with its first.
void Recorder::Impl::listen(const Frame& frame, const Judgement& j, const FiveTuple* tuple, FlowAccount* account) {
    const bool datagrams = listens_[static_cast<std::size_t>(j.rule >= 0 ? j.rule : j.nearest)] == Listens::to_datagrams;
    if (datagrams ? j.answers : account == nullptr || !j.answers || account->opening_told) return;
    Engine::Seen seen;
    engine_->see(frame, seen);
    const Packet& p = seen.packet;
    const bool whole = tuple == nullptr || !p.fragment;
    if (datagrams && !whole && !p.later_fragment) {
        ++logs_;
        ++logs_in_pieces_;
    }
    if (datagrams && whole && p.transport == Transport::udp) tell_log(frame, j, p);
    if (!datagrams && whole && p.transport == Transport::tcp && p.payload_len > 0) tell_opening(frame, j, p, *account);
}

void Recorder::Impl::tell_opening(const Frame& frame, const Judgement& j, const Packet& p, FlowAccount& account) {
    account.opening_told = true;
    const Rule& rule = engine_->policy().rules[static_cast<std::size_t>(j.rule)];
    const std::string_view service = service_of(rule, p.sport);
    if (service.empty()) return;
    sink_->opening({.rule = rule.name,
                    .service = std::string(service),
                    .tuple = p.five_tuple().swapped(),
                    .first = account.first,
                    .answered = frame.ts,
                    .number = frame.number,
                    .provisional = j.provisional});
}

void Recorder::Impl::tell_log(const Frame& frame, const Judgement& j, const Packet& p) {
    ++logs_;
    MacAddress mac;
    if (p.mac_src != nullptr) std::copy_n(p.mac_src, mac.octets.size(), mac.octets.begin());
    sink_->log({.rule = engine_->policy().rules[static_cast<std::size_t>(j.rule >= 0 ? j.rule : j.nearest)].name,
                .tuple = p.five_tuple(),
                .mac = p.mac_src == nullptr ? "" : to_string(mac),
                .ts = frame.ts,
                .number = frame.number,
                .octets = {p.data + p.payload_offset, p.payload_caplen}});
}

/// A packet of a conversation that the ledger keeps.
void Recorder::Impl::enter(const Frame& frame, const Judgement& j, const FiveTuple* tuple, bool opens, bool recorded) {
    if (opens) {
        Engine::Seen seen;
        if (tuple == nullptr) engine_->see(frame, seen);
        const FiveTuple ends = tuple != nullptr ? *tuple : seen.packet.five_tuple();
        ledger_.opened(j.flow, j.rule, j.answers ? ends.swapped() : ends, frame.ts, j.provisional);
    } else if (!ledger_.is_due(j.flow, frame.ts)) {
        return;
    }
    if (!recorded) tell_live(j.flow);
}

void Recorder::Impl::tell_live(std::uint32_t slot) {
    if (const auto record = ledger_.live(slot, accounts_.at(slot))) sink_->flow(*record);
}

ChartTable::Key Recorder::Impl::chart_key(const Frame& frame, const Judgement& j, const FiveTuple* tuple) const {
    Engine::Seen seen;
    engine_->see(frame, seen);
    const Packet& p = seen.packet;
    ChartTable::Key key;
    key.start = ChartTable::interval_of(frame.ts);
    key.rule = static_cast<std::uint16_t>(j.rule);
    const FiveTuple ends = tuple != nullptr ? *tuple : p.five_tuple();
    key.initiator = j.answers ? ends.dst : ends.src;
    key.responder = j.answers ? ends.src : ends.dst;
    key.proto = ends.proto;
    const bool ports = tuple != nullptr ? ends.proto == 6 || ends.proto == 17 : has_ports(p);
    if (ports) key.port = j.answers ? ends.sport : ends.dport;
    return key;
}

void Recorder::Impl::denied(const Frame& frame, const Judgement& j) {
    if (j.finding >= described_.size()) described_.resize(std::size_t{j.finding} + 1);
    if (described_[j.finding] == 0) {
        described_[j.finding] = 1;
        sink_->finding(record_of(engine_->findings().all()[j.finding - 1], engine_->policy()));
    }
    const std::string comment = verdict_comment(frame, j, *engine_);
    Wrapped wrapped;
    if (j.wrapped != 0) {
        Engine::Seen seen;
        engine_->see(frame, seen);
        wrapped = seen.opened.wrapped;
    }
    sink_->packet({.frame = frame,
                   .finding = j.finding,
                   .verdict = j.verdict,
                   .reasons = j.reasons,
                   .comment = comment,
                   .wrapping = wrapped.wrapping,
                   .inner_link = wrapped.link});
}

/// They say what led to the finding; nothing is counted again.
void Recorder::Impl::earlier(const Earlier& e) {
    auto back = static_cast<std::uint32_t>(e.frames.size());
    for (const HeldFrame& held : e.frames) {
        const std::string comment = earlier_comment(e.finding, back);
        Engine::Seen seen;
        engine_->see(held.frame, seen);
        sink_->packet({.frame = held.frame,
                       .finding = e.finding,
                       .verdict = Verdict::allow,
                       .reasons = {},
                       .comment = comment,
                       .earlier = back,
                       .wrapping = seen.opened.wrapped.wrapping,
                       .inner_link = seen.opened.wrapped.link});
        --back;
    }
}

void Recorder::Impl::end_file(const std::string& name, const std::string& error) {
    charts_.tell();
    const EngineCounters& c = engine_->counters();
    sink_->coverage({.from = from_,
                     .to = to_,
                     .file = name,
                     .frames = with_verdict(c) - with_verdict(told_),
                     .octets = octets_,
                     .allowed = c.allowed - told_.allowed,
                     .greylisted = c.greylisted - told_.greylisted,
                     .blacklisted = c.blacklisted - told_.blacklisted,
                     .flows = c.flows - told_.flows,
                     .clock_steps = c.clock_steps - told_.clock_steps,
                     .kernel_drops = {},
                     .interface_drops = {},
                     .mirror_lost = lost_since(c.mirror.lost, told_.mirror.lost),
                     .samples_dropped = 0,
                     .logs = logs_,
                     .logs_dropped = logs_in_pieces_,
                     .error = error});
    told_ = c;
    logs_ = logs_in_pieces_ = 0;
    octets_ = 0;
    from_ = to_ = {};
    covered_ = true;
}

void Recorder::Impl::end() {
    engine_->end_flows();
    accounts_.tell(frames_, false);
    charts_.tell();
}

Recorder::Recorder(Engine& engine, RecordSink& sink) : impl_(std::make_unique<Impl>(engine, sink)) {}
Recorder::~Recorder() = default;
void Recorder::judged(std::span<const Frame> frames, std::span<const Judgement> judgements, std::size_t skip) {
    impl_->judged(frames, judgements, skip);
}
void Recorder::settled(bool recorded) { impl_->take_settled(recorded); }
void Recorder::checkpoint() { impl_->charts().tell(); }
void Recorder::end_file(const std::string& name, const std::string& error) { impl_->end_file(name, error); }
void Recorder::end() { impl_->end(); }

}  // namespace sw
