#pragma once
/// The narrowest rule for a finding, what else it would let pass, and how it gets into a policy file.
#include <optional>
#include <string>
#include <vector>

#include "collector/store/queue.hpp"
#include "rules/policy/policy.hpp"

namespace sw {

struct Proposal {
    std::int64_t finding = 0;
    std::string name;  ///< "finding-12", or "finding-12-2" ...: unique in the policy
    RuleKind kind = RuleKind::allow;
    std::string filter;                ///< with $names for addresses that have one
    std::string owner, reason, until;  ///< until: YYYY-MM-DD
    std::string toml;                  ///< the [[allow]] or [[housekeeping]] table, ready to append
};

/// Only hosts, protocol and port of the finding: for a conversation an [[allow]] rule of its opening packet, for other frames a
/// [[housekeeping]] rule that names the sender's MAC address, too. Policies of mode flow only.
/// in:     samples  of the finding, at least one: what the stored row does not say stands in its packets
///         owner, reason  as typed; until  YYYY-MM-DD
/// errors: (code input) no rule can allow this, and why: blacklisted; folded (stands for many ports or hosts); anomalies (names
///         them); a conversation's fault that no rule cures (not-open, tcp-window ...); several MAC addresses ...
Result<Proposal> propose(const QueuedFinding& finding, const std::vector<Sample>& samples, const Policy& policy, const std::string& owner,
                         const std::string& reason, const std::string& until);

/// The day 90 days from now, UTC: YYYY-MM-DD.
std::string default_until(Timestamp now);

/// What the proposed rule, alone, would have done to everything in the store.
struct DryRun {
    struct Covered {
        std::int64_t finding = 0;
        QueueState state = QueueState::open;
        bool black = false;
        std::uint64_t packets = 0;  ///< of the finding, if all its samples are covered; else of the covered samples only
        bool whole = true;          ///< all samples are covered
    };
    std::vector<Covered> covered;      ///< by finding
    std::uint64_t packets = 0;         ///< of all of them
    std::string_view unit = "packet";  ///< or "line"
    /// "would have allowed 37 packets in 2 findings: 12, 19"
    std::string sentence() const;
    /// The findings that make the rule unacceptable (escalated, blacklisted), as an error; or nothing.
    std::optional<Error> refusal() const;
};
/// A packet in the middle of a conversation counts as if its opening had been seen. A packet with anomalies that the policy does not
/// ignore is not covered, nor one that was greylisted for what no rule cures; but of escalated and blacklisted findings
/// every packet is that the rule's filter describes. The rule does not expire here.
/// errors: the rule does not compile for the datalink of a sample (code input); the store's
/// cost:   the samples of findings that share an address with the rule, one finding at a time
Result<DryRun> dry_run(Store& store, const Proposal& proposal, const Policy& policy);

struct PolicyEdit {
    std::string text;
    std::string sha256;                ///< of text
    std::vector<Diagnostic> warnings;  ///< lint's, about the new rule
};
/// The policy's text with the rule in it: behind the last table of its kind, all else untouched, byte for byte.
/// errors: (code input) the result has errors (parse or lint): the first one is named; the policy writes its rules inline
/// cost:   as lint()
Result<PolicyEdit> with_rule(const Policy& policy, const Proposal& proposal, Timestamp now);

/// Replace path by text: written beside it, synced, renamed; mode and owner kept, a symbolic link followed.
/// errors: it is no longer `before`; another edit is under way (its draft ".NAME.new" is there): code input. Cannot be written, or
///         its owner cannot be kept: code environment. The file is then what it was
Result<Done> replace_file(const std::string& path, const std::string& before, const std::string& text);

/// A decision and the policy's new text in path, both or none: the file is replaced when the decision is written and not yet committed,
/// and put back if the commit fails.
/// in:     decision without before_commit; named: what the edit added ("the rule smtp-in"), for the message if it cannot be put back
/// errors: Queue::decide's and replace_file's
Result<std::vector<Review>> decide_and_replace(Queue& queue, const std::vector<std::int64_t>& ids, Decision decision,
                                               const std::string& path, const Policy& before, const PolicyEdit& edit,
                                               const std::string& named);

}  // namespace sw
