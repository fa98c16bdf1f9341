// EVE JSON Lines: an alert for each packet that is not allowed, for tools that read Suricata's.
#include <unordered_map>

#include "collector/cli/replay.hpp"
#include "collector/export/export.hpp"

namespace sw {
namespace {

std::string rule_name(const Policy& policy, int rule) {
    return rule < 0 ? std::string() : policy.rules[static_cast<std::size_t>(rule)].name;
}

/// As the store would have it when this packet has just come. Nobody has decided anything: it is open.
QueuedFinding queued(const Finding& f, const Policy& policy) {
    QueuedFinding q;
    q.id = f.id;
    q.severity = f.severity;
    q.black = f.cause.forbid >= 0;
    q.sentence = sentence(f, policy);
    q.nearest = rule_name(policy, f.cause.nearest);
    q.rule = rule_name(policy, f.cause.forbid);
    q.why = f.why;
    q.initiator = f.cause.initiator;
    q.responder = f.cause.responder;
    q.count = f.count;
    q.first = f.first;
    q.last = f.last;
    return q;
}

class EveReport : public ReplayReport {
public:
    explicit EveReport(Output& out) : out_(&out) {}

    std::string packet(const std::string& file, const Frame& frame, const Judgement& j, Engine& engine) override {
        if (j.finding == 0) return {};
        Sample s;
        s.ordinal = static_cast<std::int64_t>(++told_[j.finding]);
        s.ts = frame.ts;
        s.len = frame.len;
        s.link = frame.link;
        s.verdict = to_string(j.verdict);
        s.source = file;
        s.policy_sha256 = engine.policy().sha256;
        s.number = frame.number;
        s.reasons = j.reasons;
        s.octets.assign(frame.data, frame.data + frame.caplen);
        if (j.wrapped > 0) {
            Engine::Seen seen;
            engine.see(frame, seen);
            s.wrapping = seen.opened.wrapped.wrapping;
            s.inner_link = seen.opened.wrapped.link;
        }
        QueuedFinding f = queued(engine.findings().all()[j.finding - 1], engine.policy());
        f.count = static_cast<std::uint64_t>(s.ordinal);  // the engine may have judged more by now
        f.last = frame.ts;
        return eve_line(f, s);
    }
    void print(const std::string& line) override { out_->line(line); }
    void finish(const ReplayResult&) override {}

private:
    Output* out_;
    std::unordered_map<std::uint32_t, std::uint64_t> told_;  ///< packets of each finding
};

}  // namespace

std::unique_ptr<ReplayReport> eve_report(Output& out) { return std::make_unique<EveReport>(out); }

}  // namespace sw
