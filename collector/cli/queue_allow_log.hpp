#pragma once
/// queue allow of a finding of lines.
#include "collector/cli/options.hpp"
#include "collector/cli/queue_report.hpp"
#include "collector/export/audit_log.hpp"
#include "collector/store/queue.hpp"
#include "rules/policy/policy.hpp"

namespace sw {

/// Proposes; with --write POLICY or --add does it. Gives the exit code.
int allow_lines(const Options& options, const Policy& policy, const std::string& analyst, const QueuedFinding& finding, Store& store,
                AuditLog& audit, Output& out, QueueReport& report);

}  // namespace sw
