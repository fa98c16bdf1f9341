/// Rules that accept conversations over a transport which their protocol does not have: each of them will be grey.
#include "rules/policy/lint.hpp"
#include "rules/policy/lint_search.hpp"
#include "rules/policy/spoken.hpp"

namespace sw {
namespace {

std::uint8_t carried(Carrier carrier) {
    return carrier == Carrier::tcp ? opens_tcp : carrier == Carrier::udp ? opens_udp : opens_tcp | opens_udp;
}

void lint_carrier(const Rule& rule, const Program& program, Report& report) {
    const Carrier carrier = carrier_of(rule.speaks);
    const Openings openings = openings_of(rule);
    const std::string who = "\"" + rule.name + "\" ";
    Hull right = openings.hull;
    right.protocols = static_cast<std::uint8_t>(right.protocols & carried(carrier));
    if (right.empty()) {
        report.warning(filter_span(rule, report.source()), "speaks-transport",
                       who + "accepts nothing that could speak " + rule.speaks + ", which runs over " + std::string(to_string(carrier)),
                       "another filter, or another protocol in speaks");
        return;
    }
    Hull wrong = openings.hull;
    wrong.protocols = static_cast<std::uint8_t>(wrong.protocols & ~carried(carrier));
    if (wrong.empty()) return;
    std::uint64_t runs = 0;
    const auto witness = common_opening(openings, program, openings, program, wrong, runs);
    if (!witness) return;
    const std::string fix = carrier == Carrier::tcp ? "tcp and ..." : carrier == Carrier::udp ? "udp and ..." : "(tcp or udp) and ...";
    report.warning(filter_span(rule, report.source()), "speaks-transport",
                   who + "accepts " + to_string(*witness) + ", but " + rule.speaks + " runs over " + std::string(to_string(carrier)) +
                       ": such a conversation is grey",
                   fix);
}

}  // namespace

void lint_speaks(const Policy& policy, const Programs& programs, Report& report) {
    for (std::size_t i = 0; i < policy.rules.size(); ++i) {
        const Rule& rule = policy.rules[i];
        if (rule.kind == RuleKind::allow && !rule.speaks.empty() && programs[i]) lint_carrier(rule, *programs[i], report);
    }
}

}  // namespace sw
