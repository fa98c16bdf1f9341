#pragma once
/// What the verbs over the queue share: their beginning and their end.
#include <memory>
#include <vector>

#include "collector/cli/options.hpp"
#include "collector/cli/queue_report.hpp"
#include "collector/export/audit_log.hpp"
#include "collector/store/match.hpp"

namespace sw {

/// --match and list's filters as terms. Where they say nothing of the state: what waits for a person (open, taken, escalated),
/// so that "list" shows what a decision by --match would act on.
/// errors: parse_match's
Result<std::vector<MatchTerm>> waiting_terms(const Options& options);

/// Text or JSON, as asked. Before confinement: asks the terminal for its width.
std::unique_ptr<QueueReport> queue_report(const Options& options, Output& out);

/// This machine's clock.
Timestamp wall_clock();

/// Print the error; its exit code.
int failed(const Error& error);

/// Tell decisions to the caller and to the local syslog.
void tell(const std::vector<Review>& reviews, QueueReport& report, AuditLog& audit);

}  // namespace sw
