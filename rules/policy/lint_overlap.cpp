/// Pairs of allow rules that accept a same opening packet. Boxes sort out the pairs that cannot; for the others, packets
/// are made up from what both rules mention and shown to both programs.
#include <vector>

#include "rules/policy/lint.hpp"
#include "rules/policy/lint_search.hpp"

namespace sw {
namespace {

constexpr std::uint64_t most_steps = 20'000'000;  ///< list members compared, all pairs together
constexpr std::uint64_t most_runs = 2'000'000;    ///< packets shown, all pairs together

struct Candidate {
    std::size_t index;  ///< in Policy::rules
    Openings openings;
};

std::vector<Candidate> candidates_of(const Policy& policy, const Programs& programs) {
    std::vector<Candidate> out;
    for (std::size_t i = 0; i < policy.rules.size(); ++i) {
        if (policy.rules[i].kind != RuleKind::allow || !programs[i]) continue;
        out.push_back({i, openings_of(policy.rules[i])});
    }
    return out;
}

void report_overlap(const Rule& first, const Rule& second, const Witness& witness, Report& report) {
    report.warning(
        filter_span(second, report.source()), "overlap",
        "\"" + second.name + "\" and \"" + first.name + "\" (line " + std::to_string(first.line) + ") both accept " + to_string(witness),
        "narrow one of them; until then such a flow is named \"" + first.name + "\"");
}

}  // namespace

void lint_overlap(const Policy& policy, const Programs& programs, Report& report) {
    const std::vector<Candidate> rules = candidates_of(policy, programs);
    std::uint64_t steps = 0, runs = 0;
    for (std::size_t second = 1; second < rules.size(); ++second) {
        for (std::size_t first = 0; first < second; ++first) {
            if (steps > most_steps || runs > most_runs) {
                report.warning(
                    "overlap",
                    "too many rules to compare: overlaps were looked for in the first " + std::to_string(second) + " allow rules only",
                    "merge rules: a $name may stand for many hosts");
                return;
            }
            const Hull box = intersect(rules[first].openings.hull, rules[second].openings.hull, steps);
            if (box.empty()) continue;
            const std::size_t a = rules[first].index, b = rules[second].index;
            const auto witness = common_opening(rules[first].openings, *programs[a], rules[second].openings, *programs[b], box, runs);
            if (!witness) continue;
            report_overlap(policy.rules[a], policy.rules[b], *witness, report);
            break;
        }
    }
}

}  // namespace sw
