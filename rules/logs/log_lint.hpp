#pragma once
/// What is doubtful about the log rules of a policy: beside lint(), which looks at the traffic rules.
#include <vector>

#include "rules/policy/policy.hpp"

namespace sw {

/// Lint: log-matches-all ("^.*$"), log-any-program (no app), log-black (an allow pattern that matches built-in black lines: they
/// stay black), log-shadowed (a rule that another one repeats), expires-soon, expired.
std::vector<Diagnostic> lint_logs(const Policy& p, Timestamp now);

}  // namespace sw
