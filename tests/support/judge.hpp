#pragma once
/// The product, asked: what does this policy say of these frames?
#include <memory>
#include <string>
#include <vector>

#include "sensor/engine.hpp"
#include "tests/support/craft.hpp"

namespace sw::craft {

/// One judgement a frame. Frames of several linktypes may be mixed.
struct Judged {
    std::unique_ptr<Policy> policy;
    std::vector<Judgement> judgements;
    std::vector<Finding> findings;
    EngineCounters counters;
    std::vector<std::uint64_t> settled;  ///< frames that were held, from 0, in the order of their verdicts
    std::uint64_t held = 0;              ///< of them, those that still were when the last frame had come
    std::vector<Speech> speech;
    std::vector<Earlier> earlier;  ///< of its frames only the octets last

    std::uint64_t count(Verdict v) const;
};

/// Fails the running test where the policy has errors, a frame cannot be judged, or the verdicts do not add up to the frames.
Judged judge(const std::string& policy_text, const Frames& frames, const EngineOptions& options = {});
Judged judge_file(const std::string& policy_path, const Frames& frames, const EngineOptions& options = {});

/// "allow", "grey no-rule, trailer": for messages of failing tests.
std::string describe(const Judgement& j);
std::string describe(const ReasonSet& reasons);

}  // namespace sw::craft
