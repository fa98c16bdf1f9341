#include "collector/cli/queue.hpp"
#include "collector/cli/queue_run.hpp"
#include "collector/cli/store_file.hpp"

namespace sw {
namespace {

QueueOrder order_from(const std::string& word) {
    if (word == "last") return QueueOrder::last;
    if (word == "first") return QueueOrder::first;
    if (word == "count") return QueueOrder::count;
    return word == "id" ? QueueOrder::id : QueueOrder::priority;
}

Result<ListTotals> list(Queue& queue, const QueueOptions& o, const std::vector<MatchTerm>& terms, QueueReport& report) {
    const Timestamp now = wall_clock();
    const auto rows = queue.list({terms, order_from(o.sort), o.limit, (o.page - 1) * o.limit}, now);
    if (!rows) return Unexpected{rows.error()};
    const auto totals = queue.totals(terms, now);
    if (!totals) return Unexpected{totals.error()};
    for (const QueuedFinding& f : *rows) report.listed(f);
    return ListTotals{totals->all, totals->pending, o.page, o.limit, rows->size()};
}

}  // namespace

int queue_list(const Options& options) {
    const auto terms = waiting_terms(options);
    if (!terms) return failed(terms.error());
    Output out(options.colour);
    const auto report = queue_report(options, out);
    auto store = open_and_confine(options, Store::Access::read);
    if (!store) return failed(store.error());
    Queue queue(*store);
    const auto totals = list(queue, options.queue, *terms, *report);
    if (!totals) return failed(totals.error());
    report->list_ends(*totals);
    return out.finish(to_int(totals->pending > 0 ? ExitCode::greylisted : ExitCode::clean));
}

}  // namespace sw
