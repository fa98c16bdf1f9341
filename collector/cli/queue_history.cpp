#include <fmt/format.h>

#include "collector/cli/queue.hpp"
#include "collector/cli/queue_run.hpp"
#include "collector/cli/store_file.hpp"

namespace sw {
namespace {

Result<ExitCode> verify(Queue& queue, const std::string& head, QueueReport& report) {
    const auto verified = queue.verify(head);
    if (!verified) return Unexpected{verified.error()};
    report.verified(*verified);
    if (verified->faults.empty()) return ExitCode::clean;
    complain("the record of decisions was tampered with: keep this store as evidence, and compare it with a backup");
    return ExitCode::integrity;
}

Result<ExitCode> history(Queue& queue, const QueueOptions& o, QueueReport& report) {
    if (o.verify) return verify(queue, o.head, report);
    std::optional<std::int64_t> finding;
    if (!o.ids.empty()) {
        finding = o.ids.front();
        if (const auto known = queue.get(*finding); !known) return Unexpected{known.error()};
    }
    const auto reviews = queue.history(finding, o.limit);
    if (!reviews) return Unexpected{reviews.error()};
    for (const Review& r : *reviews) report.recorded(r);
    if (reviews->empty()) complain("no decision is on record");
    return ExitCode::clean;
}

}  // namespace

int queue_history(const Options& options) {
    Output out(options.colour);
    const auto report = queue_report(options, out);
    auto store = open_and_confine(options, Store::Access::read);
    if (!store) return failed(store.error());
    Queue queue(*store);
    const auto ended = history(queue, options.queue, *report);
    if (!ended) return failed(ended.error());
    return out.finish(to_int(*ended));
}

}  // namespace sw
