#pragma once
/// Looks for an opening packet that two filters accept: packets are made up from what both mention and shown to both programs.
/// A packet found is a proof; none found proves nothing, unless the boxes part. Private to lint.
#include <cstdint>
#include <optional>
#include <vector>

#include "rules/policy/lint_hull.hpp"
#include "rules/policy/lint_witness.hpp"
#include "rules/policy/policy.hpp"
#include "rules/policy/program.hpp"

namespace sw {

/// What a rule mentions, whichever way round: points at which it may change its mind.
struct Mentioned {
    std::vector<Address> addresses;
    std::vector<std::uint16_t> ports;
    std::vector<MacAddress> macs;
};

/// A rule's filter, as a search sees it.
struct Openings {
    Hull hull;
    Mentioned mentioned;
};
Openings openings_of(const Rule& rule);

/// box: where to look, within both hulls; runs grows by the number of packets shown
std::optional<Witness> common_opening(const Openings& a, const Program& program_a, const Openings& b, const Program& program_b,
                                      const Hull& box, std::uint64_t& runs);

}  // namespace sw
