#include "rules/policy/rule_judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "rules/analysis/class_memo.hpp"
#include "rules/analysis/field_classes.hpp"
#include "rules/policy/imagined.hpp"

namespace sw {
namespace {

bool matches(const Program& program, const Packet& p) { return program.matches(p.data, p.caplen, p.len); }
bool matches(const Program& program, const ImaginedFrame& f) { return program.matches(f.octets.data(), f.size, f.size); }

/// Can the packet's own octets be asked through its class? (What is imagined always can.)
bool keyable(const Packet& p) {
    return p.plain && (p.network == Network::ipv4 || p.network == Network::ipv6) && p.caplen >= p.l4_offset + 4 && p.l4_offset != 0;
}

bool is_ip(const Packet& p) { return (p.network == Network::ipv4 || p.network == Network::ipv6) && p.ip_src != nullptr; }

void first(int& slot, int rule) {
    if (slot < 0 || rule < slot) slot = rule;
}

}  // namespace

struct RuleJudge::Impl {
    /// The rules as one network's plain packets see them.
    struct View {
        std::optional<FieldClasses> classes;
        ClassMemo<Answer> memo;
        std::vector<int> covered;    ///< rules answered by class
        std::vector<int> uncovered;  ///< allow and forbid rules that are run each time
        bool forbids_covered = true;
        bool explains = false;         ///< classes tell the leaves of the allow rules apart, too (made when somebody first asks)
        bool nearest_covered = false;  ///< and all of them are covered
    };

    const Policy* policy;
    Datalink link;
    FilterCompiler compiler;
    std::vector<Program> programs;  ///< by rule
    std::vector<int> by_kind[3];    ///< rules of each kind, in file order
    std::optional<Program> all;     ///< mode tcpdump: the union
    std::vector<Timestamp> untils;  ///< sorted
    std::size_t epoch = 0;          ///< how many of them have passed
    View views[2];                  ///< IPv4, IPv6; made when first asked
    std::optional<NearestRules> nearest;
    bool memo_on = true;

    Impl(const Policy& p, Datalink l, FilterCompiler c) : policy(&p), link(l), compiler(std::move(c)) {
        for (std::size_t i = 0; i < p.rules.size(); ++i) {
            by_kind[static_cast<std::size_t>(p.rules[i].kind)].push_back(static_cast<int>(i));
            if (p.rules[i].until) untils.push_back(*p.rules[i].until);
        }
        std::sort(untils.begin(), untils.end());
    }

    Result<Done> compile(Mode mode);
    Result<Program> compile(const Rule& rule);
    std::string union_expression() const;
    View& view(Network n);
    View& explaining_view(Network n);
    void build(View& v, Network n, std::span<const ProgramView> leaves);
    template <class MakeFrame>
    Answer answer(View& v, const FlowFields& fields, Timestamp ts, MakeFrame frame);
    template <class F>
    Answer run(const std::vector<int>& rules, const F& frame, Timestamp ts) const;
    void turn_epoch(Timestamp ts);
    NearestRules& nearest_rules();
    template <class Accepts>
    Asked ask(RuleKind kind, const ReasonSet& anomalies, Timestamp ts, Accepts accepts) const;
    bool expired(int rule, Timestamp ts) const {
        const auto& until = policy->rules[static_cast<std::size_t>(rule)].until;
        return until && ts >= *until;
    }
    const Rule& rule(int i) const { return policy->rules[static_cast<std::size_t>(i)]; }
    const Program& program(int i) const { return programs[static_cast<std::size_t>(i)]; }
};

std::string RuleJudge::Impl::union_expression() const {
    std::string text;
    for (const Rule& r : policy->rules) {
        if (r.kind == RuleKind::forbid) continue;
        if (r.filter.expanded.empty()) return "";  // accepts everything, and so does the union
        text += (text.empty() ? "(" : " or (") + r.filter.expanded + ")";
    }
    return text;
}

/// A filter that no packet of any link can match ("rules check" warns of it) does no harm. One that only this link cannot
/// match (arp on RAW) would be a silent hole in the policy: an error.
Result<Program> RuleJudge::Impl::compile(const Rule& r) {
    auto compiled = compiler.compile(r.filter.expanded);
    if (compiled || !FilterCompiler::says_never(compiled.error())) return compiled;
    auto ethernet = FilterCompiler::make(Datalink{});
    const Result<Program> there = ethernet ? ethernet->compile(r.filter.expanded) : Result<Program>(Unexpected{ethernet.error()});
    if (!there && FilterCompiler::says_never(there.error())) return Program::rejecting();
    return compiled;
}

Result<Done> RuleJudge::Impl::compile(Mode mode) {
    for (const Rule& r : policy->rules) {
        auto compiled = compile(r);
        if (!compiled)
            return unexpected(fmt::format("{}:{}:{}: rule \"{}\" {}", policy->path, r.line, r.column, r.name, compiled.error().text),
                              compiled.error().code);
        programs.push_back(std::move(*compiled));
    }
    if (mode != Mode::tcpdump) return Done{};
    const bool nothing = std::none_of(policy->rules.begin(), policy->rules.end(), [](const Rule& r) { return r.kind != RuleKind::forbid; });
    if (nothing) return Done{};
    // One program, as tcpdump would make it: a load past a short frame's end ends the whole expression, not one rule.
    const bool one =
        std::count_if(policy->rules.begin(), policy->rules.end(), [](const Rule& r) { return r.kind != RuleKind::forbid; }) == 1;
    std::string text = union_expression();
    if (one && text.size() >= 2) text = text.substr(1, text.size() - 2);
    auto compiled = compiler.compile(text);
    if (!compiled && FilterCompiler::says_never(compiled.error())) return Done{};
    if (!compiled)
        return unexpected(fmt::format("{}: the union of all rules {}", policy->path, compiled.error().text), compiled.error().code);
    all = std::move(*compiled);
    return Done{};
}

void RuleJudge::Impl::build(View& v, Network n, std::span<const ProgramView> leaves) {
    v = View();
    std::vector<ProgramView> codes;
    for (const Program& p : programs) codes.push_back(p.code());
    codes.insert(codes.end(), leaves.begin(), leaves.end());
    v.classes.emplace(codes, link, n);
    v.nearest_covered = memo_on;
    for (std::size_t i = programs.size(); i < codes.size(); ++i) v.nearest_covered = v.nearest_covered && v.classes->covers(i);
    for (int i = 0; i < static_cast<int>(programs.size()); ++i) {
        const RuleKind kind = rule(i).kind;
        if (kind == RuleKind::housekeeping) continue;
        const bool by_class = memo_on && v.classes->covers(static_cast<std::size_t>(i));
        (by_class ? v.covered : v.uncovered).push_back(i);
        if (kind == RuleKind::forbid && (!by_class || rule(i).until)) v.forbids_covered = false;
    }
}

RuleJudge::Impl::View& RuleJudge::Impl::view(Network n) {
    View& v = views[n == Network::ipv6];
    if (!v.classes) build(v, n, {});
    return v;
}

/// What is refused is explained, too: from then on one class tells both.
RuleJudge::Impl::View& RuleJudge::Impl::explaining_view(Network n) {
    View& v = views[n == Network::ipv6];
    if (v.explains) return v;
    build(v, n, nearest_rules().programs(RuleKind::allow));
    v.explains = true;
    return v;
}

/// A rule that expires changes what its class is answered: forget all, which happens once a rule's life.
void RuleJudge::Impl::turn_epoch(Timestamp ts) {
    if (untils.empty()) return;
    const auto passed = static_cast<std::size_t>(std::upper_bound(untils.begin(), untils.end(), ts) - untils.begin());
    if (passed == epoch) return;
    epoch = passed;
    for (View& v : views) v.memo.clear();
}

template <class F>
RuleJudge::Answer RuleJudge::Impl::run(const std::vector<int>& rules, const F& frame, Timestamp ts) const {
    Answer a;
    for (int i : rules) {
        const bool forbid = rule(i).kind == RuleKind::forbid, over = expired(i, ts);
        if ((forbid ? a.forbid : a.allow) >= 0 || (forbid && over)) continue;
        if (!matches(program(i), frame)) continue;
        first(forbid ? a.forbid : over ? a.expired : a.allow, i);
    }
    return a;
}

/// frame() is what the programs are run on, made only if some must be.
template <class MakeFrame>
RuleJudge::Answer RuleJudge::Impl::answer(View& v, const FlowFields& fields, Timestamp ts, MakeFrame frame) {
    turn_epoch(ts);
    const ClassKey key = v.classes->classify(fields);
    const Answer* known = v.memo.find(key);
    if (known != nullptr && v.uncovered.empty()) return *known;
    const auto& made = frame();
    Answer a = known != nullptr ? *known : run(v.covered, made, ts);
    if (known == nullptr) v.memo.insert(key, a);
    const Answer more = run(v.uncovered, made, ts);
    if (more.allow >= 0) first(a.allow, more.allow);
    if (more.expired >= 0) first(a.expired, more.expired);
    if (more.forbid >= 0) first(a.forbid, more.forbid);
    return a;
}

template <class Accepts>
RuleJudge::Asked RuleJudge::Impl::ask(RuleKind kind, const ReasonSet& anomalies, Timestamp ts, Accepts accepts) const {
    Asked asked;
    for (int i : by_kind[static_cast<std::size_t>(kind)]) {
        if (!anomalies.within(rule(i).accept) || !accepts(program(i))) continue;
        if (!expired(i, ts)) {
            asked.rule = i;
            return asked;
        }
        if (asked.expired < 0) asked.expired = i;
    }
    return asked;
}

NearestRules& RuleJudge::Impl::nearest_rules() {
    if (!nearest) {
        auto made = NearestRules::make(*policy, link, compiler);
        nearest = made ? std::move(*made) : NearestRules{};
    }
    return *nearest;
}

RuleJudge::RuleJudge(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RuleJudge::RuleJudge(RuleJudge&&) noexcept = default;
RuleJudge& RuleJudge::operator=(RuleJudge&&) noexcept = default;
RuleJudge::~RuleJudge() = default;

Result<RuleJudge> RuleJudge::make(const Policy& policy, Datalink link, Mode mode) {
    auto compiler = FilterCompiler::make(link);
    if (!compiler) return Unexpected{compiler.error()};
    auto impl = std::make_unique<Impl>(policy, link, std::move(*compiler));
    if (auto done = impl->compile(mode); !done) return Unexpected{done.error()};
    return RuleJudge(std::move(impl));
}

void RuleJudge::without_memo() {
    impl_->memo_on = false;
    for (Impl::View& v : impl_->views) v = Impl::View();
}

RuleJudge::About RuleJudge::about(const Packet& p, Timestamp ts) { return {*this, p, ts}; }
int RuleJudge::forbidden(const Packet& p, Timestamp ts) { return about(p, ts).forbidden(); }
RuleJudge::Asked RuleJudge::opening(const Packet& p, const ReasonSet& anomalies, Timestamp ts) { return about(p, ts).opening(anomalies); }
RuleJudge::Asked RuleJudge::conversation(const Packet& p, bool swapped, Timestamp ts) { return about(p, ts).conversation(swapped); }
RuleJudge::Asked RuleJudge::housekeeping(const Packet& p, const ReasonSet& anomalies, Timestamp ts) {
    return about(p, ts).housekeeping(anomalies);
}
int RuleJudge::nearest_rule(const Packet& p, bool swapped) { return about(p, {}).nearest_rule(swapped); }
bool RuleJudge::forbids_by_tuple(Network network) { return impl_->view(network).forbids_covered; }

bool RuleJudge::printed(const Packet& p, int& rule) const {
    rule = -1;
    if (!impl_->all || !matches(*impl_->all, p)) return false;
    for (int i = 0; i < static_cast<int>(impl_->programs.size()) && rule < 0; ++i)
        if (impl_->rule(i).kind != RuleKind::forbid && matches(impl_->program(i), p)) rule = i;
    return true;
}

Nearest RuleJudge::nearest(const Packet& p, bool swapped) const {
    NearestRules& rules = impl_->nearest_rules();
    if (!is_ip(p) || p.transport == Transport::icmp6) return rules.nearest(p);
    const ImaginedFrame frame = imagine_opening(p, swapped);
    Packet plain;
    decode(frame.octets.data(), frame.size, frame.size, p.link, plain);
    return rules.nearest(plain);
}

/// Is the packet that opens its conversation, as far as classes tell, the packet itself? Then rules that are all answered by class
/// need not be asked twice.
bool RuleJudge::About::imagines_itself() const {
    return keyable(*packet_) && (packet_->transport == Transport::tcp || packet_->transport == Transport::udp);
}

const RuleJudge::Answer& RuleJudge::About::own() {
    if (knows_own_) return own_;
    const Packet& p = *packet_;
    own_ = rules_->answer(rules_->view(p.network), FlowFields::of(p), ts_, [&]() -> const Packet& { return p; });
    knows_own_ = true;
    return own_;
}

const RuleJudge::Answer& RuleJudge::About::imagined(bool swapped) {
    Answer& a = imagined_[swapped];
    if (knows_imagined_[swapped]) return a;
    const Packet& p = *packet_;
    Impl::View& v = rules_->view(p.network);
    if (!swapped && v.uncovered.empty() && imagines_itself())
        a = own();
    else
        a = rules_->answer(v, fields_of_opening(p, swapped), ts_, [&] { return imagine_opening(p, swapped); });
    knows_imagined_[swapped] = true;
    return a;
}

int RuleJudge::About::forbidden() {
    const Packet& p = *packet_;
    if (keyable(p)) return own().forbid;
    return rules_->ask(RuleKind::forbid, {}, ts_, [&](const Program& program) { return matches(program, p); }).rule;
}

RuleJudge::Asked RuleJudge::About::opening(const ReasonSet& anomalies) {
    const Packet& p = *packet_;
    if (anomalies.empty() && keyable(p)) return {own().allow, own().expired};
    return rules_->ask(RuleKind::allow, anomalies, ts_, [&](const Program& program) { return matches(program, p); });
}

RuleJudge::Asked RuleJudge::About::conversation(bool swapped) {
    if (!is_ip(*packet_)) return {};
    const Answer& a = imagined(swapped);
    return {a.allow, a.expired};
}

RuleJudge::Asked RuleJudge::About::housekeeping(const ReasonSet& anomalies) const {
    return rules_->ask(RuleKind::housekeeping, anomalies, ts_, [&](const Program& program) { return matches(program, *packet_); });
}

int RuleJudge::About::nearest_rule(bool swapped) {
    const Packet& p = *packet_;
    Impl& r = *rules_;
    if (!is_ip(p) || p.transport == Transport::icmp6) return r.nearest_rules().nearest_rule(p);
    Impl::View& v = r.explaining_view(p.network);
    const bool is_own = !swapped && knows_own_ && imagines_itself();
    const int told = is_own ? own_.nearest : knows_imagined_[swapped] ? imagined_[swapped].nearest : Answer::unknown;
    if (v.nearest_covered && told != Answer::unknown) return told;
    // The nearest rule explains what the packet claims to be; its oddities are told by its reasons.
    const FlowFields fields = fields_of_opening(p, swapped);
    const auto frame = [&] { return imagine_opening(p, swapped); };
    Answer* known = nullptr;
    r.turn_epoch(ts_);
    if (v.nearest_covered) {
        const ClassKey key = v.classes->classify(fields);
        known = v.memo.find(key);
        if (known != nullptr && known->nearest != Answer::unknown) return known->nearest;
        if (known == nullptr) known = v.memo.insert(key, r.run(v.covered, frame(), ts_));
    }
    const ImaginedFrame opening = frame();
    Packet plain;
    decode(opening.octets.data(), opening.size, opening.size, p.link, plain);
    const int nearest = r.nearest_rules().nearest_rule(plain);
    if (known != nullptr) known->nearest = nearest;
    return nearest;
}

}  // namespace sw
