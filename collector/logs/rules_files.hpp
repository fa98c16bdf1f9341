#pragma once
/// The policy and the rule directories that it imports, from files, as lines are judged by them.
#include <string>
#include <vector>

#include "collector/logs/log_ingest.hpp"
#include "rules/logs/logcheck.hpp"

namespace sw {

/// All files of a directory that logcheck itself would read, by name.
/// errors: it cannot be read (code input)
Result<std::vector<RuleFile>> read_rule_directory(const std::string& folder);

struct LoadedRules {
    LogRules rules;
    std::vector<ImportProblem> problems;  ///< imported rules that are not used
};
/// errors: one line: a file that cannot be read, the policy's first error and how many there are (code input)
Result<LoadedRules> load_log_rules(const std::string& policy_path);
/// Of a policy that was read already. imports: its directories are read, too
Result<LoadedRules> make_log_rules(Policy policy);
/// Without a policy: hosts are called by their addresses, and only what is learnt is known.
LogRules no_log_rules();

}  // namespace sw
