/// Every capture in every mode, under the policy that we ship and under one that allows whatever it can: the books balance,
/// and nothing odd is allowed.
#include <numeric>

#include "sensor/wire.hpp"
#include "tests/replay/corpora/ask.hpp"
#include "tests/replay/corpora/oracle.hpp"
#include "tests/support/catch.hpp"

namespace sw::corpora {
namespace {

constexpr Mode modes[] = {Mode::flow, Mode::packet, Mode::tcpdump};

/// The decoder asked apart from the engine, the long way.
ReasonSet anomalies_of(const Frame& frame, const Policy& policy) {
    Packet packet;
    decode_strictly(frame.data, frame.caplen, frame.len, frame.link, packet);
    return packet.anomalies.with(WireCheck(policy.wire).anomalies(packet));
}

void check_books(const Run& run) {
    const EngineCounters& n = run.counters;
    CHECK(n.frames == run.judgements.size());
    CHECK(n.frames == n.allowed + n.greylisted + n.blacklisted);
    std::uint64_t in_findings = 0;
    for (const Finding& f : run.findings) in_findings += f.count;
    CHECK(in_findings == n.greylisted + n.blacklisted);
}

void check_judgement(const Judgement& j, const Run& run, const Policy& policy) {
    const bool allowed = j.verdict == Verdict::allow;
    const auto rules = static_cast<int>(policy.rules.size());
    const bool consistent = allowed == j.reasons.empty() && allowed == (j.finding == 0) && j.finding <= run.findings.size() &&
                            j.rule < rules && j.nearest < rules && (j.rule >= 0) == (allowed || j.verdict == Verdict::black);
    if (!consistent) FAIL_CHECK("a judgement contradicts itself");
}

struct Tally {
    std::uint64_t frames = 0, allowed = 0, odd = 0;
};

void judge_in_all_modes(const Policy& policy, const Capture& capture, Tally& tally) {
    for (const Mode mode : modes) {
        const Run run = corpora::run(policy, capture, {.mode = mode});
        INFO(to_string(mode) << ": " << run.error);
        check_books(run);
        if (run.error.empty()) CHECK(run.judgements.size() == capture.frames.size());
        for (std::size_t i = 0; i < run.judgements.size(); ++i) {
            INFO("frame " << i + 1);
            // In mode tcpdump the union may print what no rule prints alone: such a frame has no rule.
            if (mode == Mode::tcpdump) continue;
            check_judgement(run.judgements[i], run, policy);
            const bool odd = !anomalies_of(capture.frames[i], policy).empty();
            if (odd && run.judgements[i].verdict == Verdict::allow) FAIL_CHECK("an odd frame is allowed");
            tally.odd += odd;
        }
        tally.frames += run.counters.frames;
        tally.allowed += run.counters.allowed;
    }
}

}  // namespace

TEST_CASE("corpora: in every mode the verdicts add up, and no frame with an anomaly is allowed: the mail enclave's policy") {
    if (absent()) return;
    Tally tally;
    for (const std::string& name : all_captures()) {
        INFO(name);
        judge_in_all_modes(mail_enclave(), load(name), tally);
    }
    CHECK(tally.frames > 100'000);
    CHECK(tally.odd > 1'000);
    WARN(tally.frames << " verdicts, " << tally.allowed << " allowed, " << tally.odd << " frames with anomalies, none of them allowed");
}

TEST_CASE("corpora: in every mode the verdicts add up, and no frame with an anomaly is allowed: anybody may talk") {
    if (absent()) return;
    Tally tally;
    for (const std::string& name : all_captures()) {
        INFO(name);
        judge_in_all_modes(permissive(), load(name), tally);
    }
    CHECK(tally.frames > 100'000);
    CHECK(tally.allowed > 10'000);
    WARN(tally.frames << " verdicts, " << tally.allowed << " allowed, " << tally.odd << " frames with anomalies, none of them allowed");
}

TEST_CASE("corpora: every frame that libpcap reads is judged") {
    if (absent()) return;
    std::size_t whole = 0;
    for (const std::string& name : all_captures()) {
        const ByLibpcap theirs(name);
        const Capture ours = load(name);
        INFO(name << ": " << ours.refused);
        CHECK(ours.frames.size() >= theirs.frames());
        if (!theirs.clean()) continue;
        CHECK(ours.frames.size() == theirs.frames());
        CHECK_FALSE(ours.torn);
        ++whole;
    }
    CHECK(whole > 800);
}

}  // namespace sw::corpora
