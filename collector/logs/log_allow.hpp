#pragma once
/// What would make a finding of lines known: a pattern in the policy, or something added to the store's whitelist; and what else
/// that would silence.
#include <string>
#include <vector>

#include "collector/logs/log_ingest.hpp"
#include "collector/review/proposal.hpp"
#include "collector/store/queue.hpp"
#include "rules/logs/log_template.hpp"

namespace sw {

struct LogProposal {
    enum class Kind : std::uint8_t {
        pattern,    ///< [[log.allow]] for the policy; or the template for the store
        value,      ///< values for the sets of a known template
        open,       ///< a set is full: any value
        template_,  ///< an execution: it is a row of the baseline
        claim,      ///< a name that the host may call itself
        boot,       ///< this is one of the ways how it boots
        freeze,     ///< what was learnt is all that the host may say
    };
    std::int64_t finding = 0;
    Kind kind = Kind::pattern;
    std::string host, program, text;  ///< of the template; raw but for text
    LogTemplate row;                  ///< pattern, template_: the template, with the values of the finding's samples
    std::vector<std::pair<std::size_t, std::string>> values;  ///< hole and value, raw
    std::string claimed, marker;
    std::string name, pattern, owner, reason, until, toml;  ///< pattern: the table, ready to append
    bool for_policy() const { return kind == Kind::pattern; }
    bool for_store() const { return kind != Kind::freeze; }
    /// "adds user \"eve\" to the set of ..."
    std::string sentence() const;
};
std::string_view to_string(LogProposal::Kind k);

/// until: YYYY-MM-DD, of a pattern; samples: the finding's
/// errors: (code input) nothing can allow this, and why: black, folded, a reason that is no line's ...
Result<LogProposal> propose_log(const QueuedFinding& finding, const std::vector<Sample>& samples, const Policy& policy,
                                const std::string& owner, const std::string& reason, const std::string& until);

/// Every line in the store that is counted by a finding of the host, and every sample of findings that nobody may silence, judged
/// anew with the proposal. cost: some microseconds a line
Result<DryRun> dry_run(Store& store, const LogProposal& proposal, const LogRules& rules);

/// The policy's text with the pattern behind everything else, byte for byte the same.
/// errors: (code input) the result has errors
Result<PolicyEdit> with_pattern(const Policy& policy, const LogProposal& proposal, Timestamp now);

/// Within the transaction of the decision: what is in force as long as that stands.
Result<Done> add_to_store(Store& store, const LogProposal& proposal);

}  // namespace sw
