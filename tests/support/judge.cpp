#include "tests/support/judge.hpp"

#include <algorithm>

#include "rules/confine/confine.hpp"
#include "tests/support/catch.hpp"

namespace sw::craft {
namespace {

Policy accepted(PolicyLoad load, const std::string& name) {
    std::string problems;
    for (const Diagnostic& d : load.diagnostics)
        if (d.level == Diagnostic::Level::error) problems += render(d, name, load.text);
    if (!problems.empty() || !load.policy) FAIL(name << " is not a policy:\n" << problems);
    return std::move(*load.policy);
}

std::vector<Frame> views(const Frames& frames) {
    std::vector<Frame> out;
    for (const CraftedFrame& f : frames)
        out.push_back({f.bytes.data(), static_cast<std::uint32_t>(f.bytes.size()), f.len, f.ts, out.size() + 1, {f.linktype, false}});
    return out;
}

Judged run(Policy policy, const Frames& frames, const EngineOptions& options) {
    mark_unconfined();
    Judged result;
    result.policy = std::make_unique<Policy>(std::move(policy));
    result.judgements.resize(frames.size());
    Engine engine(*result.policy, options);
    std::size_t judged = 0;
    const auto take_settled = [&] {
        for (const Settled& s : engine.settled()) {
            REQUIRE(result.judgements.at(s.index).held);
            result.judgements[s.index] = s.judgement;
            result.settled.push_back(s.index);
        }
    };
    const Result<Done> done = engine.judge(views(frames), result.judgements, judged);
    if (!done) FAIL(done.error().text);
    result.held = engine.counters().held;
    take_settled();
    engine.end_fragments();
    take_settled();
    result.findings = engine.findings().all();
    result.counters = engine.counters();
    result.speech = engine.speech();
    result.earlier = engine.earlier();
    const EngineCounters& c = result.counters;
    REQUIRE(judged == frames.size());
    REQUIRE(c.frames == frames.size());
    REQUIRE(c.held == 0);
    REQUIRE(c.allowed + c.greylisted + c.blacklisted == c.frames);
    REQUIRE(c.allowed == result.count(Verdict::allow));
    REQUIRE(c.blacklisted == result.count(Verdict::black));
    return result;
}

}  // namespace

std::uint64_t Judged::count(Verdict v) const {
    return static_cast<std::uint64_t>(
        std::count_if(judgements.begin(), judgements.end(), [v](const Judgement& j) { return j.verdict == v; }));
}

Judged judge(const std::string& policy_text, const Frames& frames, const EngineOptions& options) {
    return run(accepted(parse_policy("test.toml", policy_text), "test.toml"), frames, options);
}

Judged judge_file(const std::string& policy_path, const Frames& frames, const EngineOptions& options) {
    Result<PolicyLoad> load = load_policy(policy_path);
    if (!load) FAIL(load.error().text);
    return run(accepted(std::move(load).value(), policy_path), frames, options);
}

std::string describe(const ReasonSet& reasons) {
    std::string text;
    reasons.for_each([&](Reason r) { text += (text.empty() ? "" : ", ") + std::string(info(r).slug); });
    return text;
}

std::string describe(const Judgement& j) {
    const std::string verdict(to_string(j.verdict));
    return j.reasons.empty() ? verdict : verdict + " " + describe(j.reasons);
}

}  // namespace sw::craft
