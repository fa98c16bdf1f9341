#pragma once
/// The engine's inside, shared by its rooms: engine.cpp (frames in, verdicts out), engine_flow.cpp (judging in mode flow),
/// engine_conform.cpp (what conversations say) and engine_findings.cpp (what is not allowed). Private to sensor.
#include <array>
#include <optional>
#include <vector>

#include "rules/policy/rule_judge.hpp"
#include "sensor/conform/conformance.hpp"
#include "sensor/engine.hpp"
#include "sensor/flow/budgets.hpp"
#include "sensor/flow/flow_table.hpp"
#include "sensor/flow/fragments.hpp"
#include "sensor/flow/sent_octets.hpp"
#include "sensor/flow/tcp_state.hpp"
#include "sensor/mirror_sequence.hpp"
#include "sensor/wire.hpp"

namespace sw {

/// A frame on its way through a batch that is not common, or could not be allowed at once.
struct Work {
    Packet packet;
    Timestamp ts;
    ReasonSet objections;  ///< anomalies that neither policy nor options ignore
    FlowKey key;
    std::uint32_t hash = 0;
    std::uint8_t link = 0;
    bool in_flow = false;                ///< TCP, UDP or ICMP echo with a key
    std::vector<std::uint8_t> untagged;  ///< the frame without the VLAN tags that the policy expects
    const Opened* opened = nullptr;      ///< where a mirror wraps
};

/// ICMP errors are judged by the flow that they quote; everything else without ports has no flow.
inline bool has_flow(const Packet& p) {
    if (p.later_fragment || p.ip_src == nullptr) return false;
    return p.transport == Transport::tcp || p.transport == Transport::udp || p.is_echo_request() || p.is_echo_reply();
}

/// What judging a packet found out, for its finding.
struct Ruling {
    Verdict verdict = Verdict::grey;
    int rule = -1;
    bool provisional = false;
    bool answers = false;  ///< the sender is the responder: the finding's initiator is the receiver
    int fits = -1;         ///< GREY: a rule whose filter accepts the conversation
    ReasonSet reasons;
    std::uint32_t flow = 0;              ///< ALLOW: slot of its conversation, if it has one
    const Misspoken* breach = nullptr;   ///< what its conversation said that its protocol does not allow
    std::optional<Overspent> overspent;  ///< GREY: the budget of the rule that it fits

    static Ruling allow(int rule, bool provisional = false) { return {Verdict::allow, rule, provisional, false, -1, {}, 0, nullptr, {}}; }
    static Ruling allow(const Flow& flow, std::uint32_t slot, bool answers) {
        return {Verdict::allow, flow.rule, flow.provisional, answers, -1, {}, slot, nullptr, {}};
    }
    static Ruling grey(const ReasonSet& reasons, int fits = -1, bool answers = false) {
        return {Verdict::grey, -1, false, answers, fits, reasons, 0, nullptr, {}};
    }
    static Ruling black(const ReasonSet& reasons, int rule, bool answers = false) {
        return {Verdict::black, rule, false, answers, -1, reasons.with(Reason::forbidden), 0, nullptr, {}};
    }
};

class Engine::Impl {
public:
    static constexpr std::size_t batch = 32;

    Impl(const Policy& policy, const EngineOptions& options);

    std::size_t judge(std::span<const Frame> frames, const Glance* glances, std::span<Judgement> out, std::optional<Error>& error);
    void glance(std::span<const Frame> frames, Glance* out) const;
    Result<std::uint8_t> link_index(Datalink link);
    void begin_file() {
        file_begins_ = true;
        quiet_ = Duration{0};
    }
    void end_flows();
    std::vector<std::string> why(const Frame& frame, const Judgement& judgement);
    Result<Done> prepare(Datalink captured);
    void see(const Frame& frame, Seen& seen) const;
    void end_fragments();
    void pass_time(Timestamp packet_time);
    void forget_settled();

    const Policy& policy;
    EngineOptions options;
    EngineCounters counters;
    Findings findings;
    FlowEnd on_flow_end;
    std::vector<Settled> settled;
    std::vector<Earlier> earlier;
    const Conformance& conformance() const { return conform_; }
    void on_told(ToldOf f);

private:
    struct Link {
        Datalink datalink;
        std::optional<RuleJudge> rules;  ///< none for links that we do not decode: no rule is asked, every frame is GREY
    };

    /// What was prepared for each frame of the batch.
    struct Fetched {
        std::uint32_t slot = Flow::none;  ///< where its conversation is guessed to lie
        std::uint32_t hash = 0;           ///< where there is no guess
        std::uint8_t link = 0;
        std::uint8_t work = 0;  ///< which of work_, of frames that are not common
    };

    // engine_mirror.cpp
    bool is_common_within(const Opened& opened, CommonFrame& common) const;
    void glance_within(const Opened& opened, Glance& g) const;
    std::size_t open(std::span<const Frame> captured, const Glance*& glances, std::optional<Error>& error);
    void account_mirror(std::size_t frames, std::span<Judgement> out);

    // engine_fragments.cpp
    bool take_fragment(Work& w, const Frame& captured, const Frame& judged, Judgement& out);
    bool spoils(Work& w);
    Ruling rule_whole(const Datagram& datagram);
    void read_part(const Datagram& datagram);
    void settle_part(Datagram&& datagram, const ReasonSet& reasons);
    void settle_pieces(Datagram&& datagram, const Ruling& ruling, std::size_t held);
    void settle_overdue(Timestamp now, bool all);

    // engine.cpp
    void read(const Frame& frame, Packet& packet, std::vector<std::uint8_t>& untagged) const;
    void decode_into(Work& w, const Frame& frame, std::uint8_t link);
    void expand_into(Work& w, const Glance& g, const Fetched& f, std::size_t index, std::uint32_t len) const;
    void tick(Timestamp ts) {
        const Duration step = ts - last_ts_;
        if (static_cast<std::uint64_t>(step.count()) >= static_cast<std::uint64_t>(quiet_.count())) return turn(ts);
        now_ = now_ + step;
        last_ts_ = ts;
        quiet_ -= step;
    }
    void turn(Timestamp ts);
    void sweep();
    void start_trace(Timestamp ts);
    Ruling rule_on(Work& w);
    Ruling rule_frame(Work& w);
    Ruling rule_printed(Work& w);
    bool allow_at_once(const Work& w, Judgement& out);
    FlowTable::Found look_up(const Glance& g, const Fetched& fetched);
    bool allow_common(const Glance& g, const Fetched& fetched, Judgement& out);
    bool fits_at_once(const FlowTable::Found& found, std::uint8_t link, Timestamp ts, std::uint8_t proto, const TcpState::Segment& segment,
                      Judgement& out);
    std::size_t fetch(std::span<const Frame> frames, const Glance* glances, std::optional<Error>& error);
    void fetch_machines(std::size_t frames, const Glance* glances) const;
    void settle(const Work& w, const Ruling& ruling, Judgement& out);
    Finding& record(const Work& w, const Judgement& j, const Ruling& ruling);
    RuleJudge& rules(const Work& w) { return *links_[w.link].rules; }
    bool has_rules(const Work& w) const { return links_[w.link].rules.has_value(); }
    /// Is a frame that is not common at a glance known not to be?
    bool glance_decides() const { return shortcut_ && policy.wire.vlans.none(); }
    /// The rules, asked about this frame; kept while it is being ruled on.
    RuleJudge::About& about(const Work& w) {
        if (!about_ || !about_->is_about(w.packet)) about_.emplace(rules(w), w.packet, w.ts);
        return *about_;
    }
    /// A fragment is never waved through as it comes: it is put together first, or not at all.
    bool waivable(const Work& w) const { return !w.packet.fragment && w.objections.within(accepted_by_some_); }

    // engine_flow.cpp
    Ruling rule_flow(Work& w);
    Ruling in_known_flow(Work& w, Flow& flow, int from);
    Ruling without_flow(Work& w);
    Ruling unopened(Work& w);
    Ruling icmp_error(Work& w);
    bool quotes(const Flow& flow, int from, const Quoted& q) const;
    Ruling not_a_conversation(Work& w);
    Ruling open(Work& w, int rule);
    static Ruling overspent(int rule, int from, const Overspent& over);
    std::optional<Ruling> begin_budget(const Work& w, Flow& flow, int from);
    std::optional<Ruling> beyond_budget(const Work& w, const Flow& flow, int from);
    void tell_end(const Flow& flow) const;
    std::optional<Ruling> forbidden_in(Work& w, Flow& flow, int from);
    bool is_one_way(const Flow& flow) const { return flow.state == FlowState::datagrams && one_way_[flow.rule]; }
    bool in_grace() const { return now_ - trace_start_ < options.grace; }

    // engine_conform.cpp
    bool speaks_on(Flow& flow, int from, const TcpState::Segment& segment);
    bool speaks_on(Flow& flow, int from, FlowState before, const Packet& p);
    Ruling in_breach(Work& w, const Flow& flow, int from);
    void bring_up(std::uint32_t finding, std::size_t index);

    std::uint64_t taken() const { return counters.allowed + counters.greylisted + counters.blacklisted + counters.held; }

    WireCheck wire_;
    GlanceAt* glance_at_ = fastest_glance();
    std::vector<Link> links_;
    ReasonSet ignored_, accepted_by_some_;
    std::vector<Timestamp> until_;        ///< by rule
    std::vector<Duration> idle_;          ///< by rule: how long a UDP conversation may be silent
    std::unique_ptr<MirrorPort> mirror_;  ///< none: frames are captured as they are
    std::vector<Opened> opened_;          ///< with a mirror: of the batch
    std::vector<Frame> inner_;
    MirrorSequence sequence_;
    std::optional<Datalink> carrier_;  ///< the link that the last packet of the mirror was captured on
    Budgets budgets_;
    std::unique_ptr<Fragments> fragments_;  ///< none: no rule accepts fragments, each is grey when it comes
    std::vector<Datagram> released_;        ///< whose pieces settled borrows
    Work whole_;                            ///< a datagram that was put together, or its part that is there
    Seen part_;
    std::vector<std::uint8_t> assembled_;
    std::vector<bool> one_way_;  ///< by rule: its UDP conversations have no replies
    FlowTable flows_;
    SentOctets sent_;
    TcpState tcp_;
    Conformance conform_;
    FlowTable::Found broken_;       ///< the frame at hand completed the breach of this flow, and its state has taken it already
    const Frame* frame_ = nullptr;  ///< the frame at hand
    std::vector<Work> work_;  ///< the first is for common frames that must be decoded after all; the others are taken one after the other,
                              ///< so that few are in use, and those are in cache
    std::optional<RuleJudge::About> about_;  ///< the frame that is being ruled on, where its link has rules
    std::vector<Glance> glances_;
    std::vector<Fetched> fetched_;
    std::array<std::uint32_t, batch> asked_;  ///< hashes that the flow table will be asked for
    Timestamp now_, last_ts_, trace_start_;   ///< now_: packet time that never goes back
    Timestamp next_second_;                   ///< when the flow table is swept again
    Duration quiet_{0};                       ///< so long, from now_ on, there is nothing to do but go on
    Datalink last_link_;
    int last_index_ = -1;  ///< of last_link_ in links_
    bool shortcut_;        ///< common frames may be judged without decoding them wholly
    bool started_ = false, file_begins_ = false;
};

}  // namespace sw
