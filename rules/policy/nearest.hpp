#pragma once
/// Which allow rule a packet missed by least, and what it missed. Explains; never decides.
#include <cstdint>
#include <string>
#include <vector>

#include "rules/packet/packet.hpp"
#include "rules/policy/policy.hpp"
#include "rules/policy/program.hpp"

namespace sw {

/// rule: index in Policy::rules, -1 where no rule has a leaf in common with the packet's kind (then why is empty).
/// why: one phrase a failing predicate, in rule order: "dst port 465 is not 25", "src 192.0.2.9 is in $home",
///      "udp is not tcp", "not: tcp[13] & 2 != 0". Escaped for display.
struct Nearest {
    int rule = -1;
    std::vector<std::string> why;
};

/// The leaves of all allow and housekeeping rules, compiled one by one for a datalink.
class NearestRules {
public:
    /// in: policy outlives the result; compiler is one for link
    static Result<NearestRules> make(const Policy& policy, Datalink link, FilterCompiler& compiler);

    /// Fewest failing predicates wins (all_of adds, any_of takes its best child, none_of by De Morgan); ties go to the
    /// rule whose ports fit (they name the service), then to the one with more predicates that hold, then to the first
    /// in the file. Housekeeping rules compete only for ARP, ICMP6 and non-IP frames.
    /// cost: one run a leaf program; ask it once a finding
    Nearest nearest(const Packet& packet) const;
    /// nearest().rule without the phrases.
    int nearest_rule(const Packet& packet) const;

    /// The leaf programs of all rules of a kind, for class analysis: nearest_rule is a function of their results and of the
    /// packet's network and transport. Leaves of the same text share one program and appear once.
    std::vector<ProgramView> programs(RuleKind kind) const;

private:
    struct Leaf {
        Program program;
        bool allow = false, housekeeping = false;  ///< of which kinds of rule it is
    };
    using Answers = std::vector<signed char>;  ///< one a leaf program: holds, or -1 not yet asked
    int find(const Packet& packet, Answers& answers) const;

    const Policy* policy_ = nullptr;
    std::vector<Leaf> leaves_;                         ///< each text once
    std::vector<std::vector<std::uint32_t>> of_rule_;  ///< indices into leaves_, in the tree's order; empty for forbid rules
};

}  // namespace sw
