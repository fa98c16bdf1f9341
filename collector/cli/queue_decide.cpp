// take, dismiss, escalate, reopen, note, undo: who decides is settled before the process confines itself.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "collector/cli/queue.hpp"
#include "collector/cli/queue_run.hpp"
#include "collector/cli/store_file.hpp"

namespace sw {
namespace {

/// What the record keeps of a decision by --match.
std::string detail_of(const std::string& match) {
    return nlohmann::json{{"match", match}}.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

Result<std::vector<Review>> decide(Queue& queue, const QueueOptions& o, const std::vector<MatchTerm>& terms, Decision decision) {
    if (!o.expect) return queue.decide(o.ids, decision);
    decision.detail = detail_of(o.match);
    return queue.decide_matching(terms, *o.expect, decision, wall_clock());
}

/// Open, confine, act, tell: what all decisions have in common.
template <class Act>
int decided(const Options& options, Act act) {
    const auto analyst = analyst_of(options);
    if (!analyst) return failed(analyst.error());
    AuditLog audit;
    Output out(options.colour);
    const auto report = queue_report(options, out);
    auto store = open_and_confine(options, Store::Access::review);
    if (!store) return failed(store.error());
    Queue queue(*store);
    const Result<std::vector<Review>> reviews = act(queue, *analyst);
    if (!reviews) return failed(reviews.error());
    tell(*reviews, *report, audit);
    return out.finish(to_int(ExitCode::clean));
}

int by_verb(const Options& options, QueueVerb verb) {
    const auto terms = waiting_terms(options);
    if (!terms) return failed(terms.error());
    return decided(options, [&](Queue& queue, const std::string& analyst) {
        return decide(queue, options.queue, *terms, {verb, analyst, options.queue.message, options.queue.if_version, "{}"});
    });
}

}  // namespace

int queue_take(const Options& options) { return by_verb(options, QueueVerb::take); }
int queue_dismiss(const Options& options) { return by_verb(options, QueueVerb::dismiss); }
int queue_escalate(const Options& options) { return by_verb(options, QueueVerb::escalate); }
int queue_reopen(const Options& options) { return by_verb(options, QueueVerb::reopen); }
int queue_note(const Options& options) { return by_verb(options, QueueVerb::note); }

int queue_undo(const Options& options) {
    return decided(options, [&](Queue& queue, const std::string& analyst) -> Result<std::vector<Review>> {
        auto review = queue.undo(options.queue.review, analyst, options.queue.message);
        if (!review) return Unexpected{review.error()};
        return std::vector<Review>{std::move(*review)};
    });
}

}  // namespace sw
