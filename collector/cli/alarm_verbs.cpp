#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "collector/cli/alarm.hpp"
#include "collector/cli/alarm_records.hpp"
#include "collector/cli/console.hpp"
#include "collector/cli/policy_file.hpp"
#include "collector/cli/queue_run.hpp"
#include "collector/cli/store_file.hpp"
#include "collector/store/match_time.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

using Json = nlohmann::ordered_json;

/// How alarms are told: text for people and JSON Lines.
class Report {
public:
    Report(Output& out, bool json) : out_(&out), json_(json) {}

    void row(const SeenAlarm& a) {
        if (json_) return put(a);
        const std::string mark = a.acknowledged ? " " : "!";
        const std::string severity = fmt::format("{:<8}", to_string(a.alarm.severity));
        const std::string shown = a.alarm.severity == Severity::critical ? out_->red(severity) : out_->yellow(severity);
        out_->line(fmt::format("{} {} {:<13} {} {}", mark, time_of(a.alarm.at), a.alarm.id, shown, a.alarm.sentence));
    }

    void whole(const SeenAlarm& a) {
        if (json_) return put(a);
        const AlarmRecord& r = a.alarm;
        out_->line(out_->bold("alarm " + r.id) + fmt::format("  {}, {}", to_string(r.severity), r.kind));
        out_->line("  " + r.sentence);
        out_->line("  at       " + to_rfc3339(r.at));
        if (r.finding > 0) out_->line(fmt::format("  finding  {} (span-watcher queue show {})", r.finding, r.finding));
        if (r.count > 0) out_->line(fmt::format("  packets  {} so far", r.count));
        if (!a.acknowledged) return out_->line("  not acknowledged");
        const std::string& reason = a.acknowledged->reason;
        out_->line(fmt::format("  acknowledged by {} at {}{}", escape_for_display(a.acknowledged->analyst), to_rfc3339(a.acknowledged->at),
                               reason.empty() ? "" : ": " + escape_for_display(reason)));
    }

    void ends(std::size_t total, std::size_t unacknowledged, std::size_t shown) {
        if (!json_)
            return complain(
                fmt::format("{} alarm{}, {} not acknowledged, the newest {} shown", total, total == 1 ? "" : "s", unacknowledged, shown));
        Json o = first_object();
        o["type"] = "page";
        o["total"] = total;
        o["unacknowledged"] = unacknowledged;
        o["shown"] = shown;
        line(o);
    }

private:
    static std::string time_of(Timestamp t) {
        const std::string whole = to_rfc3339(t);
        return whole.substr(0, whole.find('.')) + "Z";
    }
    Json first_object() {
        Json o = Json::object();
        if (std::exchange(first_, false)) o["schema"] = 1;
        return o;
    }
    void line(const Json& o) { out_->line(o.dump(-1, ' ', true, Json::error_handler_t::replace)); }
    void put(const SeenAlarm& a) {
        const AlarmRecord& r = a.alarm;
        Json o = first_object();
        o["type"] = "alarm";
        o["id"] = r.id;
        o["at"] = to_rfc3339(r.at);
        o["severity"] = to_string(r.severity);
        o["kind"] = r.kind;
        o["sentence"] = r.sentence;
        o["finding"] = r.finding > 0 ? Json(r.finding) : Json(nullptr);
        o["count"] = r.count > 0 ? Json(r.count) : Json(nullptr);
        o["acknowledged"] = nullptr;
        if (a.acknowledged)
            o["acknowledged"] = {
                {"at", to_rfc3339(a.acknowledged->at)}, {"analyst", a.acknowledged->analyst}, {"reason", a.acknowledged->reason}};
        line(o);
    }

    Output* out_;
    bool json_;
    bool first_ = true;
};

/// Confined, then read.
Result<std::vector<SeenAlarm>> confine_and_read(const Options& options, Role role) {
    auto journals = alarm_journals(options);
    if (!journals) return Unexpected{journals.error()};
    const std::string acks = acknowledgements_path(options), folder = folder_of(acks);
    std::vector<std::string> readable = *journals, writable;
    (role == Role::cli_queue ? writable : readable).push_back(folder);
    if (auto done = confine_unless(options.unconfined, role, readable, writable); !done) return Unexpected{done.error()};
    return read_alarms(*journals, acks);
}

SeenAlarm* find(std::vector<SeenAlarm>& alarms, const std::string& id) {
    const auto found = std::find_if(alarms.begin(), alarms.end(), [&](const SeenAlarm& a) { return a.alarm.id == id; });
    return found == alarms.end() ? nullptr : &*found;
}

Error no_such(const std::string& id) {
    return {ExitCode::input,
            fmt::format("there is no alarm {} in the journals (span-watcher alarm list shows them)", escape_for_display(id))};
}

/// Those that list's filters ask for. errors: --since is no time
Result<std::vector<SeenAlarm>> filtered(std::vector<SeenAlarm> alarms, const AlarmOptions& o) {
    if (!o.since.empty()) {
        const auto from = instant_from(o.since, wall_clock());
        if (!from)
            return unexpected(fmt::format("--since {}: not a time such as 15m, 1h, 7d or 2026-11-21T23:20", escape_for_display(o.since)));
        std::erase_if(alarms, [&](const SeenAlarm& a) { return a.alarm.at < *from; });
    }
    if (!o.severity.empty()) std::erase_if(alarms, [&](const SeenAlarm& a) { return to_string(a.alarm.severity) != o.severity; });
    return alarms;
}

}  // namespace

int alarm_list(const Options& options) {
    auto all = confine_and_read(options, Role::cli_replay);
    if (!all) return failed(all.error());
    const auto alarms = filtered(std::move(*all), options.alarm);
    if (!alarms) return failed(alarms.error());
    Output out(options.colour);
    Report report(out, options.json);
    const std::size_t shown = std::min<std::size_t>(alarms->size(), options.alarm.limit);
    std::for_each(alarms->end() - static_cast<std::ptrdiff_t>(shown), alarms->end(), [&](const SeenAlarm& a) { report.row(a); });
    const auto open =
        static_cast<std::size_t>(std::count_if(alarms->begin(), alarms->end(), [](const SeenAlarm& a) { return !a.acknowledged; }));
    report.ends(alarms->size(), open, shown);
    return out.finish(to_int(open > 0 ? ExitCode::greylisted : ExitCode::clean));
}

int alarm_show(const Options& options) {
    auto alarms = confine_and_read(options, Role::cli_replay);
    if (!alarms) return failed(alarms.error());
    Output out(options.colour);
    Report report(out, options.json);
    for (const std::string& id : options.alarm.ids) {
        const SeenAlarm* alarm = find(*alarms, id);
        if (alarm == nullptr) return failed(no_such(id));
        report.whole(*alarm);
    }
    return out.finish(to_int(ExitCode::clean));
}

int alarm_ack(const Options& options) {
    if (options.alarm.ids.empty() && !options.alarm.all)
        return failed({ExitCode::input, "alarm ack: say which: alarms by ID (span-watcher alarm list shows them), or --all"});
    const auto analyst = analyst_of(options);
    if (!analyst) return failed(analyst.error());
    auto alarms = confine_and_read(options, Role::cli_queue);
    if (!alarms) return failed(alarms.error());
    std::vector<SeenAlarm*> chosen;
    for (const std::string& id : options.alarm.ids) {
        chosen.push_back(find(*alarms, id));
        if (chosen.back() == nullptr) return failed(no_such(id));
    }
    if (options.alarm.all)
        for (SeenAlarm& a : *alarms) chosen.push_back(&a);
    const Acknowledgement by{wall_clock(), *analyst, options.queue.message};
    std::vector<std::string> ids;
    for (SeenAlarm* a : chosen) {
        if (a->acknowledged) continue;
        a->acknowledged = by;
        ids.push_back(a->alarm.id);
    }
    if (const auto done = acknowledge(acknowledgements_path(options), ids, by); !done) return failed(done.error());
    Output out(options.colour);
    Report report(out, options.json);
    for (SeenAlarm* a : chosen)
        if (std::find(ids.begin(), ids.end(), a->alarm.id) != ids.end()) report.row(*a);
    if (!options.json) complain(fmt::format("{} acknowledged, {} were already", ids.size(), chosen.size() - ids.size()));
    return out.finish(to_int(ExitCode::clean));
}

}  // namespace sw
