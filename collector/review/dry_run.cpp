#include <fmt/format.h>

#include <map>

#include "collector/review/proposal.hpp"
#include "collector/review/sample_packet.hpp"
#include "rules/policy/rule_judge.hpp"

namespace sw {
namespace {

constexpr std::uint64_t all_of_them = UINT64_MAX;

/// A policy whose only rule is the proposed one; names, home and wire are the same. It does not expire.
Result<Policy> alone(const Proposal& proposal, const Policy& policy) {
    Policy only;
    only.path = "the proposed rule";
    only.mode = policy.mode;
    only.home = policy.home;
    only.names = policy.names;
    only.wire = policy.wire;
    Rule rule;
    rule.kind = proposal.kind;
    rule.name = proposal.name;
    std::vector<FilterError> errors;
    rule.filter = parse_filter(proposal.filter, policy.names, errors);
    if (!errors.empty()) return unexpected(fmt::format("the proposed filter \"{}\": {}", proposal.filter, errors.front().message));
    only.rules.push_back(std::move(rule));
    return only;
}

class Asker {
public:
    explicit Asker(const Policy& only) : only_(&only) {}

    /// Does the filter describe this packet, as an opening, as a part of a conversation, or as a frame?
    Result<bool> describes(const Packet& p) {
        if (!is_decoded(p.link)) return false;
        auto judge = judge_for(p.link);
        if (!judge) return Unexpected{judge.error()};
        RuleJudge& rules = **judge;
        constexpr Timestamp any{};
        if (only_->rules.front().kind == RuleKind::housekeeping) return rules.housekeeping(p, {}, any).rule >= 0;
        if (p.later_fragment || p.ip_src == nullptr || !has_conversation(p)) return false;
        const bool syn = p.transport == Transport::tcp && (p.tcp_flags & (tcp_flag::syn | tcp_flag::ack)) == tcp_flag::syn;
        if (rules.opening(p, {}, any).rule >= 0) return true;
        if (syn) return false;  // a SYN says who opens
        const bool tcp = p.transport == Transport::tcp;
        return (tcp && rules.conversation(p, false, any).rule >= 0) || rules.conversation(p, true, any).rule >= 0;
    }

private:
    static bool has_conversation(const Packet& p) {
        return p.transport == Transport::tcp || p.transport == Transport::udp || p.is_echo_request() || p.is_echo_reply();
    }

    Result<RuleJudge*> judge_for(Datalink link) {
        if (const auto known = judges_.find(link); known != judges_.end()) return &known->second;
        auto made = RuleJudge::make(*only_, link, Mode::flow);
        if (!made) return Unexpected{made.error()};
        return &judges_.emplace(link, std::move(*made)).first->second;
    }

    const Policy* only_;
    std::map<Datalink, RuleJudge> judges_;
};

bool touchy(const QueuedFinding& f) { return f.black || f.state == QueueState::escalated; }

/// Would the rule have let the packet pass? Of a finding that nobody may silence, being described by it is enough.
Result<bool> covers(Asker& asker, const QueuedFinding& f, const Sample& sample, const Policy& policy) {
    SamplePacket s;
    read_sample(sample, policy, s);
    const ReasonSet curable = ReasonSet(Reason::no_rule).with(Reason::rule_expired).with(Reason::wrong_direction).with(Reason::ip_protocol);
    ReasonSet faults;
    sample.reasons.without(curable).for_each([&](Reason r) {
        if (info(r).kind == ReasonKind::state) faults.add(r);
    });
    if (!touchy(f) && !(s.objections.empty() && faults.empty())) return false;
    return asker.describes(s.packet);
}

std::vector<std::uint8_t> blob_of(const Address& a) {
    std::vector<std::uint8_t> octets{a.family};
    octets.insert(octets.end(), a.octets.begin(), a.octets.end());
    return octets;
}

/// Findings whose packets may be between the hosts of the proposed rule's own finding: both ends are those, or not known.
Result<std::vector<std::int64_t>> candidates(Store& store, const QueuedFinding& of) {
    const bool hosts = of.initiator.family != 0 && of.responder.family != 0;
    auto rows =
        store.db().prepare(hosts ? "SELECT id FROM finding WHERE (initiator IN (?1, ?2) AND responder IN (?1, ?2)) OR folded = 1 OR "
                                   "coalesce(length(initiator), 0) <> 17 OR coalesce(length(responder), 0) <> 17 OR "
                                   "substr(initiator, 1, 1) = x'00' OR substr(responder, 1, 1) = x'00' ORDER BY id"
                                 : "SELECT id FROM finding ORDER BY id");
    if (!rows) return Unexpected{rows.error()};
    if (hosts) rows->bind(1, Bytes(blob_of(of.initiator))).bind(2, Bytes(blob_of(of.responder)));
    std::vector<std::int64_t> ids;
    for (;;) {
        auto more = rows->step();
        if (!more) return Unexpected{more.error()};
        if (!*more) return ids;
        ids.push_back(rows->integer(0));
    }
}

Result<DryRun::Covered> count_covered(Queue& queue, Asker& asker, const QueuedFinding& f, const Policy& policy) {
    const auto samples = queue.samples(f.id, all_of_them);
    if (!samples) return Unexpected{samples.error()};
    DryRun::Covered c{f.id, f.state, f.black, 0, true};
    for (const Sample& sample : *samples) {
        const auto covered = covers(asker, f, sample, policy);
        if (!covered) return Unexpected{covered.error()};
        c.packets += *covered;
        c.whole = c.whole && *covered;
    }
    if (c.whole && !samples->empty()) c.packets = f.count;
    return c;
}

}  // namespace

Result<DryRun> dry_run(Store& store, const Proposal& proposal, const Policy& policy) {
    Queue queue(store);
    const auto of = queue.get(proposal.finding);
    if (!of) return Unexpected{of.error()};
    const auto only = alone(proposal, policy);
    if (!only) return Unexpected{only.error()};
    const auto ids = candidates(store, *of);
    if (!ids) return Unexpected{ids.error()};
    Asker asker(*only);
    DryRun run;
    for (const std::int64_t id : *ids) {
        const auto finding = queue.get(id);
        if (!finding) return Unexpected{finding.error()};
        const auto covered = count_covered(queue, asker, *finding, policy);
        if (!covered) return Unexpected{covered.error()};
        if (covered->packets == 0) continue;
        run.packets += covered->packets;
        run.covered.push_back(*covered);
    }
    return run;
}

std::string DryRun::sentence() const {
    if (covered.empty()) return "would have allowed nothing that is in the store";
    std::string list;
    for (const Covered& c : covered) list += fmt::format("{}{}{}", list.empty() ? "" : ", ", c.finding, c.whole ? "" : " (in part)");
    return fmt::format("would have allowed {} {}{} in {} finding{}: {}", packets, unit, packets == 1 ? "" : "s", covered.size(),
                       covered.size() == 1 ? "" : "s", list);
}

std::optional<Error> DryRun::refusal() const {
    std::string list;
    for (const Covered& c : covered)
        if (c.black || c.state == QueueState::escalated)
            list += fmt::format("{}{} ({})", list.empty() ? "" : ", ", c.finding, c.black ? "blacklisted" : "escalated");
    if (list.empty()) return std::nullopt;
    return Error{ExitCode::input,
                 fmt::format("the rule would cover what nobody may silence: finding {}. Reopen what is escalated first, or write "
                             "a narrower rule by hand",
                             list)};
}

}  // namespace sw
