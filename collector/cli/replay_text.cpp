// The same for people. May change; scripts read --json.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "collector/cli/replay.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

std::string end_of(const Packet& p, const Address& a, std::uint16_t port) {
    const bool ports = p.transport == Transport::tcp || p.transport == Transport::udp;
    return ports ? fmt::format("{}.{}", to_string(a), port) : to_string(a);
}

std::string route(const Packet& p) {
    if (p.ip_src == nullptr) return fmt::format("{} octets", p.len);
    const std::string proto = p.network == Network::arp ? "arp" : protocol_name(p.ip_proto);
    return fmt::format("{} {} > {}", proto, end_of(p, p.src(), p.sport), end_of(p, p.dst(), p.dport));
}

class TextReport : public ReplayReport {
public:
    explicit TextReport(Output& out) : out_(&out) {}

    std::string packet(const std::string& file, const Frame& frame, const Judgement& j, Engine& engine) override {
        Engine::Seen seen;
        engine.see(frame, seen);
        return fmt::format("{}:{} {} {}  {}", escape_for_display(file), frame.number, to_rfc3339(frame.ts), route(seen.packet),
                           escape_for_display(verdict_comment(frame, j, engine)));
    }

    void print(const std::string& line) override { out_->line(line); }

    void finish(const ReplayResult& r) override {
        for (const FileResult& f : r.files)
            out_->line(fmt::format("{}: {} frames{}{}{}", escape_for_display(f.name), f.frames, f.datalink.empty() ? "" : ", ", f.datalink,
                                   f.error.empty() ? "" : ", " + out_->red("NOT READ TO ITS END")));
        totals(r);
        findings(r);
        if (r.interrupted) out_->line(out_->red("interrupted: this is what was judged until then"));
        if (r.unconfined) out_->line(out_->red("UNCONFINED run"));
    }

private:
    void totals(const ReplayResult& r) {
        const EngineCounters& n = r.engine->counters();
        const Policy& policy = r.engine->policy();
        out_->line(fmt::format("\n{}, policy {} ({} mode)", policy.enclave.empty() ? "unnamed enclave" : escape_for_display(policy.enclave),
                               policy.sha256.substr(0, 12), to_string(r.mode)));
        out_->line(fmt::format("{:>11}  frames, {} conversations", n.frames, n.flows));
        out_->line(fmt::format("{:>11}  {}", n.allowed, out_->green("allowed")));
        for (std::size_t i = 0; i < policy.rules.size(); ++i)
            if (policy.rules[i].kind != RuleKind::forbid && n.by_rule[i] > 0)
                out_->line(fmt::format("{:>22}  {}{}", n.by_rule[i], policy.rules[i].name, spoken(policy.rules[i], r.engine->speech()[i])));
        out_->line(fmt::format("{:>11}  {}", n.greylisted, out_->yellow("greylisted")));
        out_->line(fmt::format("{:>11}  {}", n.blacklisted, out_->red("blacklisted")));
        if (n.provisional > 0)
            out_->line(fmt::format("{:>11}  conversations accepted mid-stream by --grace: look at them once", n.provisional));
        if (policy.wire.mirror.wraps()) mirror(n.mirror, to_string(policy.wire.mirror.format.kind));
        if (n.clock_steps > 0) out_->line(fmt::format("{:>11}  backward clock steps of over a second", n.clock_steps));
        if (n.unverified_retransmits > 0)
            out_->line(fmt::format("{:>11}  retransmissions whose first copy was not kept any more", n.unverified_retransmits));
    }

    void mirror(const MirrorCounters& m, std::string_view kind) {
        const std::string lost = m.lost ? fmt::format("{} lost on their way", *m.lost) : "how many were lost on their way is unknown";
        out_->line(fmt::format("{:>11}  frames taken out of {}, {}", m.frames, kind, lost));
        if (m.refused > 0) out_->line(fmt::format("{:>11}  frames that are not what the mirror sends", m.refused));
    }

    /// ", 18 spoke smtp, 6 encrypted": and what could not be judged.
    static std::string spoken(const Rule& rule, const Speech& s) {
        if (rule.speaks.empty() || s.conversations + s.midstream == 0) return "";
        const bool hides =
            rule.speaks == "smtp" || rule.speaks == "imap" || rule.speaks == "pop3" || rule.speaks == "tls" || rule.speaks == "ssh";
        std::string text = fmt::format(": {} spoke {}", s.conversations - s.breached, rule.speaks);
        if (s.breached > 0) text += fmt::format(", {} did not", s.breached);
        if (hides && s.conversations > 0) text += s.encrypted > 0 ? fmt::format(", {} encrypted", s.encrypted) : ", never seen encrypted";
        if (s.unverifiable > 0) text += fmt::format(", {} UNVERIFIABLE: octets of them were not captured", s.unverifiable);
        if (s.midstream > 0) text += fmt::format(", {} not judged: they began before", s.midstream);
        return text;
    }

    struct Row {
        const Finding* finding;
        std::uint64_t packets;
        std::size_t members;  ///< findings of their own that were the beginning of the same scan or flood
    };

    static std::vector<Row> rows(const Findings& findings) {
        std::map<std::uint32_t, Row> by_id;
        for (const Finding& f : findings.all()) {
            const Finding* fold = findings.fold_of(f);
            Row& row = by_id.try_emplace(fold != nullptr ? fold->id : f.id, Row{fold != nullptr ? fold : &f, 0, 0}).first->second;
            row.packets += f.count;
            row.members += fold != nullptr;
        }
        std::vector<Row> list;
        for (const auto& [id, row] : by_id) list.push_back(row);
        std::stable_sort(list.begin(), list.end(), [](const Row& a, const Row& b) { return a.finding->severity > b.finding->severity; });
        return list;
    }

    /// Critical ones first, then in the order they began: a new cause is never buried under a growing one. A scan is one row.
    void findings(const ReplayResult& r) {
        const std::vector<Row> list = rows(r.engine->findings());
        if (list.empty()) return;
        out_->line(out_->bold(fmt::format("\n{:>5} {:>8}  {:<8}  {}", "id", "packets", "severity", "finding")));
        for (const Row& row : list) {
            const Finding& f = *row.finding;
            const std::string severity = fmt::format("{:<8}", to_string(f.severity));
            const std::string members = row.members == 0 ? "" : fmt::format(" (with {} findings that --json lists singly)", row.members);
            out_->line(fmt::format("{:>5} {:>8}  {}  {}{}", fmt::format("#{}", f.id), row.packets,
                                   f.severity == Severity::critical ? out_->red(severity) : out_->yellow(severity),
                                   sentence(f, r.engine->policy()), members));
        }
    }

    Output* out_;
};

}  // namespace

std::unique_ptr<ReplayReport> text_report(Output& out) { return std::make_unique<TextReport>(out); }

}  // namespace sw
