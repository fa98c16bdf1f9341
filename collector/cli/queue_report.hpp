#pragma once
/// How the queue is told: text for people and JSON Lines stand side by side, so that neither has a field the other lacks.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "collector/cli/console.hpp"
#include "collector/store/queue.hpp"

namespace sw {

/// What a list ends with.
struct ListTotals {
    std::uint64_t total = 0;    ///< findings that match
    std::uint64_t pending = 0;  ///< of them open, taken or escalated
    std::uint64_t page = 1, limit = 0, shown = 0;
};

struct DissectedSample {
    Sample sample;
    std::vector<std::string> dissection;  ///< lines, escaped; empty: not asked for
};

/// All that is known of one finding.
struct Dossier {
    QueuedFinding finding;
    std::vector<Queue::Count> counts;
    std::vector<QueuedFinding> others;  ///< of the same addresses
    bool more_others = false;
    std::vector<Review> reviews;
    std::vector<DissectedSample> samples;
    bool hex = true;
};

class QueueReport {
public:
    virtual ~QueueReport() = default;
    virtual void listed(const QueuedFinding& finding) = 0;
    virtual void list_ends(const ListTotals& totals) = 0;
    virtual void dossier(const Dossier& dossier) = 0;
    /// A decision of this run.
    virtual void decided(const Review& review) = 0;
    /// A decision on record.
    virtual void recorded(const Review& review) = 0;
    virtual void verified(const Queue::Verified& verified) = 0;
};

/// columns: lines of a list are cut to so many; 0: whole
std::unique_ptr<QueueReport> text_queue_report(Output& out, std::size_t columns);
std::unique_ptr<QueueReport> json_queue_report(Output& out);

}  // namespace sw
