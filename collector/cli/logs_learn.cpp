// logs learn, freeze, announce: what a person wants learnt, and that it is enough.
#include <fmt/format.h>

#include "collector/cli/logs.hpp"
#include "collector/cli/logs_run.hpp"
#include "collector/cli/queue_run.hpp"
#include "collector/cli/store_file.hpp"
#include "collector/logs/learning.hpp"
#include "collector/logs/rules_files.hpp"
#include "collector/store/duration_word.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

constexpr Duration a_week = std::chrono::hours{24 * 7}, an_hour = std::chrono::hours{1};

std::string quoted(const std::string& host) { return escape_for_display(host); }

/// "2026-11-21T23:20:00Z"; what a machine reads is the same with nanoseconds.
void told(const Options& options, Output& out, const char* type, const std::string& sentence, LogsJson more) {
    if (!options.json) return out.line(sentence);
    LogsJson o = {{"type", type}, {"host", escape_for_display(options.logs.host)}};
    o.update(more);
    JsonLines(out).put(std::move(o));
}

Result<Done> learn_from_store(const Options& options, Store& store, const LogRules& rules, Output& out) {
    const LogsOptions& o = options.logs;
    const auto since = instant_of("--since", o.since), until = instant_of("--until", o.until);
    if (!since || !until) return Unexpected{(!since ? since : until).error()};
    const auto learnt = learn_stored(store, rules, o.host, since->value_or(Timestamp{INT64_MIN}), until->value_or(Timestamp{INT64_MAX}));
    if (!learnt) return Unexpected{learnt.error()};
    told(options, out, "learnt",
         fmt::format(
             "{}: {} templates from {} lines; finding {} waits until somebody looks at them and freezes: span-watcher logs freeze {}",
             quoted(o.host), learnt->templates, learnt->lines, learnt->finding, quoted(o.host)),
         {{"finding", learnt->finding}, {"lines", learnt->lines}, {"templates", learnt->templates}});
    return Done{};
}

Result<Done> arm(const Options& options, Store& store, Output& out) {
    const LogsOptions& o = options.logs;
    const Timestamp now = wall_clock();
    if (o.stop) {
        auto done = stop_learning(store, o.host);
        if (done) told(options, out, "stopped", fmt::format("{}: learns no more", quoted(o.host)), LogsJson::object());
        return done;
    }
    const bool window = !o.within.empty();
    const Timestamp until = now + (window ? duration_from(o.within).value_or(an_hour) : a_week);
    auto done = window ? arm_window(store, o.host, now, until) : arm_boot(store, o.host, until);
    if (done)
        told(options, out, "armed",
             window ? fmt::format("{}: everything that it says until {} is learnt", quoted(o.host), to_the_second(until))
                    : fmt::format("{}: its next boot is learnt, if it comes before {}", quoted(o.host), to_the_second(until)),
             {{"what", window ? "window" : "boot"}, {"until", to_rfc3339(until)}});
    return done;
}

}  // namespace

int logs_learn(const Options& options) {
    LogRules rules;
    if (options.logs.stored) {
        auto read = rules_of(options);
        if (!read) return failed_logs(read.error());
        rules = std::move(*read);
    }
    Output out(options.colour);
    auto store = open_and_confine(options, Store::Access::review);
    if (!store) return failed_logs(store.error());
    auto done = options.logs.stored ? learn_from_store(options, *store, rules, out) : arm(options, *store, out);
    if (!done) return failed_logs(done.error());
    return out.finish(to_int(ExitCode::clean));
}

int logs_announce(const Options& options) {
    Output out(options.colour);
    auto store = open_and_confine(options, Store::Access::review);
    if (!store) return failed_logs(store.error());
    const Timestamp until = wall_clock() + (options.logs.within.empty() ? an_hour : duration_from(options.logs.within).value_or(an_hour));
    if (auto done = announce_boot(*store, options.logs.host, until); !done) return failed_logs(done.error());
    told(options, out, "announced", fmt::format("{}: a boot before {} is no finding", quoted(options.logs.host), to_the_second(until)),
         {{"until", to_rfc3339(until)}});
    return out.finish(to_int(ExitCode::clean));
}

int logs_freeze(const Options& options) {
    const auto analyst = analyst_of(options);
    if (!analyst) return failed_logs(analyst.error());
    AuditLog audit;
    Output out(options.colour);
    const auto report = queue_report(options, out);
    auto store = open_and_confine(options, Store::Access::review);
    if (!store) return failed_logs(store.error());
    const auto learning = learning_of(*store, options.logs.host);
    if (!learning) return failed_logs(learning.error());
    const auto reviews = freeze(*store, options.logs.host, {QueueVerb::allow, *analyst, options.queue.message, {}, "{}", {}});
    if (!reviews) return failed_logs(reviews.error());
    complain(fmt::format("{}: {} templates with {} values are all that it may say, digest {}", quoted(options.logs.host),
                         learning->templates, learning->values, learning->digest));
    tell(*reviews, *report, audit);
    return out.finish(to_int(ExitCode::clean));
}

}  // namespace sw
