#pragma once
/// Evidence out of the store, in formats that other tools read.
#include <string>
#include <vector>

#include "collector/store/queue.hpp"
#include "rules/base/unique_fd.hpp"

namespace sw {

/// errors: Queue::get's, for the first that is not there
Result<std::vector<QueuedFinding>> findings_of(Queue& queue, const std::vector<std::int64_t>& ids);

/// All packets of these findings (log lines are none) as pcapng, in order of time, each with its finding's number and sentence as comment;
/// the section's comment says how many packets there were. returns how many packets errors: Queue::get's and samples'; PcapngWriter's: the
/// file holds what was written before cost: all samples in memory at once (the store's budget bounds them)
Result<std::uint64_t> export_pcapng(Queue& queue, const std::vector<std::int64_t>& findings, UniqueFd out);

/// One EVE JSON line (Suricata's field names, event_type "alert"), without newline, for one sample; our own fields under "span".
/// ASCII only, whatever the packet or line holds. A log line is an alert, too: readers of EVE show those; app_proto syslog, the line
/// under span.line (escaped) and span.raw (base64). alert.gid 32473 is ours, its signature_id the finding's number.
/// source: https://docs.suricata.io/en/latest/output/eve/eve-json-format.html
std::string eve_line(const QueuedFinding& finding, const Sample& sample);

}  // namespace sw
