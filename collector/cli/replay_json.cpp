// JSON Lines: packets, findings, one summary. Fields only grow.
#include <nlohmann/json.hpp>

#include "collector/cli/replay.hpp"
#include "rules/packet/community_id.hpp"

namespace sw {
namespace {

using Json = nlohmann::ordered_json;

std::string line_of(const Json& object) { return object.dump(-1, ' ', true, Json::error_handler_t::replace); }
Json or_null(const std::string& s) { return s.empty() ? Json(nullptr) : Json(s); }

std::vector<std::string_view> slugs(const ReasonSet& reasons) {
    std::vector<std::string_view> list;
    reasons.for_each([&](Reason r) { list.push_back(info(r).slug); });
    return list;
}

Json rule_name(const Policy& policy, int rule) {
    return rule < 0 ? Json(nullptr) : Json(policy.rules[static_cast<std::size_t>(rule)].name);
}

std::string proto_of(Network network, std::uint8_t proto, std::uint16_t ethertype) {
    if (network == Network::arp) return "arp";
    if (network != Network::none) return protocol_name(proto);
    constexpr char digits[] = "0123456789abcdef";
    std::string text = "0x";
    for (int shift = 12; shift >= 0; shift -= 4) text += digits[ethertype >> shift & 15];
    return ethertype == 0 ? "" : text;
}

/// What a mirror had put around the frame that the other fields describe.
Json outer(const Policy& policy, const Opened& opened, const Judgement& j) {
    if (j.wrapped == 0) return nullptr;
    const Wrapped& w = opened.wrapped;
    const auto number = [](const std::optional<std::uint32_t>& n) { return n ? Json(*n) : Json(nullptr); };
    return {{"kind", to_string(policy.wire.mirror.format.kind)},
            {"src", or_null(to_string(w.sender))},
            {"octets", j.wrapped},
            {"id", number(w.id)},
            {"sequence", number(w.sequence)},
            {"way", w.way == Wrapped::Way::unknown ? Json(nullptr) : Json(to_string(w.way))}};
}

class JsonReport : public ReplayReport {
public:
    explicit JsonReport(Output& out) : out_(&out) {}

    std::string packet(const std::string& file, const Frame& frame, const Judgement& j, Engine& engine) override {
        const Policy& policy = engine.policy();
        Engine::Seen seen;
        engine.see(frame, seen);
        const Packet& p = seen.packet;
        const bool ports = p.transport == Transport::tcp || p.transport == Transport::udp;
        Json o;
        o["type"] = "packet";
        o["file"] = file;
        o["frame"] = frame.number;
        o["ts"] = to_rfc3339(frame.ts);
        o["caplen"] = frame.caplen;
        o["len"] = frame.len;
        o["datalink"] = name_of(frame.link);
        o["verdict"] = to_string(j.verdict);
        o["rule"] = rule_name(policy, j.rule);
        o["provisional"] = j.provisional;
        o["reasons"] = slugs(j.reasons);
        o["finding"] = j.finding == 0 ? Json(nullptr) : Json(j.finding);
        o["nearest"] = rule_name(policy, j.nearest);
        o["why"] = engine.why(frame, j);
        o["src"] = or_null(to_string(p.src()));
        o["sport"] = ports ? Json(p.sport) : Json(nullptr);
        o["dst"] = or_null(to_string(p.dst()));
        o["dport"] = ports ? Json(p.dport) : Json(nullptr);
        o["proto"] = or_null(proto_of(p.network, p.ip_proto, p.ethertype));
        o["community_id"] = or_null(community_id(p));
        o["outer"] = outer(policy, seen.opened, j);
        return line_of(o);
    }

    /// Lines come when they are known, and which is the first when they are printed.
    void print(const std::string& line) override {
        constexpr std::string_view schema = R"({"schema":1,)";
        out_->line(std::exchange(first_, false) ? std::string(schema) + line.substr(1) : line);
    }

    void finish(const ReplayResult& r) override {
        for (const Finding& f : r.engine->findings().all()) finding(f, r.engine->policy());
        summary(r);
    }

private:
    Json first_object() {
        Json o;
        if (std::exchange(first_, false)) o["schema"] = 1;
        return o;
    }

    void finding(const Finding& f, const Policy& policy) {
        const Cause& c = f.cause;
        const bool has_port = !c.any_port && (c.proto == 6 || c.proto == 17) && c.network != Network::arp;
        Json o = first_object();
        o["type"] = "finding";
        o["id"] = f.id;
        o["severity"] = to_string(f.severity);
        o["verdict"] = c.forbid >= 0 ? "black" : "grey";
        o["rule"] = rule_name(policy, c.forbid);
        o["reasons"] = slugs(c.reasons);
        o["sentence"] = sentence(f, policy);
        o["count"] = f.count;
        o["bytes"] = f.octets;
        o["first"] = to_rfc3339(f.first);
        o["last"] = to_rfc3339(f.last);
        o["direction"] = to_string(c.direction);
        o["initiator"] = or_null(to_string(c.initiator));
        o["responder"] = or_null(to_string(c.responder));
        o["proto"] = or_null(proto_of(c.network, c.proto, c.ethertype));
        o["port"] = has_port ? Json(c.port) : Json(nullptr);
        o["folded"] = c.any_initiator || c.any_responder || c.any_port;
        o["nearest"] = rule_name(policy, c.nearest);
        o["why"] = f.why;
        if (f.breach && !c.rest) o["breach"] = breach(*f.breach);
        out_->line(line_of(o));
    }

    static Json mirror(const Policy& policy, const MirrorCounters& m) {
        if (!policy.wire.mirror.wraps()) return nullptr;
        return {{"kind", to_string(policy.wire.mirror.format.kind)},
                {"frames", m.frames},
                {"refused", m.refused},
                {"lost", m.lost ? Json(*m.lost) : Json(nullptr)}};
    }

    /// What a conversation said that its protocol does not allow: of the finding's first packet.
    static Json breach(const Misspoken& m) {
        const std::span came(m.breach.came.data(), m.breach.came_size);
        Json o = Json::object();
        o["protocol"] = m.protocol;
        o["state"] = m.breach.state;
        o["by"] = m.breach.side == Side::initiator ? "initiator" : "responder";
        o["offset"] = m.breach.offset;
        o["expected"] = m.breach.expected;
        o["came"] = came.empty() ? Json(nullptr) : Json(quoted(came));
        return o;
    }

    /// By rule: what the conversations of the rules that name a protocol came to.
    static Json services(const Policy& policy, const std::vector<Speech>& speech) {
        Json all = Json::object();
        for (std::size_t i = 0; i < policy.rules.size(); ++i) {
            const Speech& s = speech[i];
            if (policy.rules[i].speaks.empty()) continue;
            all[policy.rules[i].name] = {{"speaks", policy.rules[i].speaks}, {"conversations", s.conversations},
                                         {"encrypted", s.encrypted},         {"breached", s.breached},
                                         {"unverifiable", s.unverifiable},   {"midstream", s.midstream}};
        }
        return all;
    }

    void summary(const ReplayResult& r) {
        const EngineCounters& n = r.engine->counters();
        const Policy& policy = r.engine->policy();
        Json anomalies = Json::object(), rules = Json::object(), files = Json::array();
        for (std::size_t i = 0; i < reason_count; ++i)
            if (const ReasonInfo& a = info(static_cast<Reason>(i)); a.kind == ReasonKind::anomaly)
                anomalies[std::string(a.slug)] = n.anomalies[i];
        for (std::size_t i = 0; i < policy.rules.size(); ++i) rules[policy.rules[i].name] = n.by_rule[i];
        for (const FileResult& f : r.files)
            files.push_back({{"file", f.name}, {"frames", f.frames}, {"datalink", or_null(f.datalink)}, {"error", or_null(f.error)}});
        Json o = first_object();
        o["type"] = "summary";
        o["policy_sha256"] = policy.sha256;
        o["mode"] = to_string(r.mode);
        o["frames"] = n.frames;
        o["allowed"] = n.allowed;
        o["greylisted"] = n.greylisted;
        o["blacklisted"] = n.blacklisted;
        o["flows"] = n.flows;
        o["provisional"] = n.provisional;
        o["findings"] = r.engine->findings().all().size();
        o["clock_steps"] = n.clock_steps;
        o["unverified_retransmits"] = n.unverified_retransmits;
        o["mirror"] = mirror(policy, n.mirror);
        o["anomalies"] = anomalies;
        o["rules"] = rules;
        o["services"] = services(policy, r.engine->speech());
        o["files"] = files;
        o["unconfined"] = r.unconfined;
        o["interrupted"] = r.interrupted;
        o["seconds"] = r.seconds;
        out_->line(line_of(o));
    }

    Output* out_;
    bool first_ = true;
};

}  // namespace

std::unique_ptr<ReplayReport> json_report(Output& out) { return std::make_unique<JsonReport>(out); }

}  // namespace sw
