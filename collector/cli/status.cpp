#include "collector/cli/status.hpp"

#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "collector/cli/alarm_records.hpp"
#include "collector/cli/console.hpp"
#include "collector/cli/status_facts.hpp"
#include "collector/cli/store_file.hpp"
#include "collector/store/wall_clock.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

using Json = nlohmann::ordered_json;

Json number_or_null(const std::optional<std::uint64_t>& n) { return n ? Json(*n) : Json(nullptr); }
Json text_or_null(const std::string& s) { return s.empty() ? Json(nullptr) : Json(s); }
std::string number_or_unknown(const std::optional<std::uint64_t>& n) { return n ? std::to_string(*n) : "unknown"; }

/// "3 days", "5 hours": the largest unit that there is one of.
std::string age(Duration d) {
    const auto units = {std::pair{std::chrono::seconds{86400}, "day"}, std::pair{std::chrono::seconds{3600}, "hour"},
                        std::pair{std::chrono::seconds{60}, "minute"}};
    for (const auto& [length, name] : units)
        if (const auto n = d / length; n > 0) return fmt::format("{} {}{}", n, name, n == 1 ? "" : "s");
    return "less than a minute";
}

std::string size(std::uint64_t octets) {
    if (octets < 1024) return fmt::format("{} octets", octets);
    double n = static_cast<double>(octets);
    const char* unit = "";
    for (const char* next : {"KiB", "MiB", "GiB", "TiB"}) {
        if (n < 1024) break;
        n /= 1024;
        unit = next;
    }
    return fmt::format("{:.1f} {}", n, unit);
}

std::string date(Timestamp t) { return to_rfc3339(t).substr(0, 10); }

class Text {
public:
    Text(Output& out, const StatusFacts& facts, Timestamp now) : out_(&out), facts_(&facts), now_(now) {}

    void all(const Store& store) {
        queue();
        samples(store);
        coverage();
        writers();
        for (const std::string& line : log_lines(facts_->logs, now_)) out_->line(line);
        policies();
        out_->line(fmt::format("{:<11}{} decision{}{}", "record", facts_->decisions, facts_->decisions == 1 ? "" : "s",
                               facts_->head.empty() ? "" : ", head " + facts_->head));
        const std::vector<std::string> problems = status_problems(*facts_);
        for (const std::string& p : problems) out_->line(out_->red("! ") + p);
        if (problems.empty()) out_->line(out_->green("healthy"));
    }

private:
    void queue() {
        for (const auto& [state, in] : facts_->queue)
            out_->line(fmt::format("{:<11}{}{}", to_string(state), in.findings,
                                   in.findings == 0 || state >= QueueState::allowed
                                       ? ""
                                       : fmt::format(", oldest {} ago ({})", age(now_ - in.oldest), to_rfc3339(in.oldest))));
        out_->line(fmt::format("{:<11}{} critical, {} high, {} notice", "undecided", facts_->undecided.at(Severity::critical),
                               facts_->undecided.at(Severity::high), facts_->undecided.at(Severity::notice)));
    }

    void samples(const Store& store) {
        out_->line(fmt::format("{:<11}{} packets, {} of {}; {} not kept, but counted", "samples", facts_->samples,
                               size(facts_->sample_octets), size(facts_->sample_budget), facts_->samples_dropped));
        out_->line(fmt::format("{:<11}{}, {} (and {} of write-ahead log)", "store", escape_for_display(store.path()),
                               size(facts_->store_octets), size(facts_->wal_octets)));
    }

    void coverage() {
        if (!facts_->coverage) return out_->line(fmt::format("{:<11}none yet", "coverage"));
        const StatusFacts::Coverage& c = *facts_->coverage;
        out_->line(fmt::format("{:<11}until {}: {} frames since {}, mode {}{}", "coverage", to_rfc3339(c.to), c.frames, to_rfc3339(c.from),
                               escape_for_display(c.mode), c.file.empty() ? "" : ", " + escape_for_display(c.file)));
        out_->line(
            fmt::format("{:<11}kernel {}, interface {}", "drops", number_or_unknown(c.kernel_drops), number_or_unknown(c.interface_drops)));
        if (const StatusFacts::Missing& m = facts_->missing; m.any())
            out_->line(fmt::format("{:<11}kernel {}, interface {}, mirror {} in the last 24 hours, the last until {}", "", m.kernel_drops,
                                   m.interface_drops, m.mirror_lost, to_rfc3339(m.last)));
        if (c.mirror_lost) out_->line(fmt::format("{:<11}{} packets did not arrive", "mirror", *c.mirror_lost));
    }

    void writers() {
        for (const StatusFacts::Writer& w : facts_->writers)
            out_->line(fmt::format("{:<11}{}: last heartbeat {}", "liveness", writer_of(w.last), age_of(w.last, now_)));
    }

    void policies() {
        for (const StatusFacts::UsedPolicy& p : facts_->policies)
            out_->line(fmt::format("{:<11}{} {}, first used {}", "policy", p.sha256.substr(0, 12), escape_for_display(p.path),
                                   date(p.first_used)));
        for (const StatusFacts::Expiring& e : facts_->expiring)
            out_->line(fmt::format("{:<11}{} {} {}", "", out_->yellow("rule"), escape_for_display(e.rule),
                                   (e.until < now_ ? "ended on " : "ends on ") + date(e.until)));
    }

    Output* out_;
    const StatusFacts* facts_;
    Timestamp now_;
};

Json queue_json(const StatusFacts& facts) {
    Json o;
    for (const auto& [state, in] : facts.queue)
        o[std::string(to_string(state))] = {{"findings", in.findings},
                                            {"oldest", in.findings == 0 ? Json(nullptr) : Json(to_rfc3339(in.oldest))}};
    return o;
}

Json missing_json(const StatusFacts::Missing& m) {
    return {{"kernel_drops", m.kernel_drops},
            {"interface_drops", m.interface_drops},
            {"mirror_lost", m.mirror_lost},
            {"last", m.any() ? Json(to_rfc3339(m.last)) : Json(nullptr)}};
}

Json coverage_json(const StatusFacts& facts) {
    if (!facts.coverage) return nullptr;
    const StatusFacts::Coverage& c = *facts.coverage;
    return {{"journal", c.journal},
            {"file", text_or_null(c.file)},
            {"mode", c.mode},
            {"policy_sha256", c.policy_sha256},
            {"unconfined", c.unconfined},
            {"from", to_rfc3339(c.from)},
            {"to", to_rfc3339(c.to)},
            {"frames", c.frames},
            {"kernel_drops", number_or_null(c.kernel_drops)},
            {"interface_drops", number_or_null(c.interface_drops)},
            {"mirror_lost", number_or_null(c.mirror_lost)},
            {"error", text_or_null(c.error)},
            {"missing_24h", missing_json(facts.missing)}};
}

Json policies_json(const StatusFacts& facts) {
    Json list = Json::array();
    for (const StatusFacts::UsedPolicy& p : facts.policies)
        list.push_back({{"sha256", p.sha256}, {"path", p.path}, {"first_used", to_rfc3339(p.first_used)}});
    return list;
}

Json expiring_json(const StatusFacts& facts) {
    Json list = Json::array();
    for (const StatusFacts::Expiring& e : facts.expiring) list.push_back({{"rule", e.rule}, {"until", to_rfc3339(e.until)}});
    return list;
}

Json liveness_json(const StatusFacts& facts) {
    Json list = Json::array();
    for (const StatusFacts::Writer& w : facts.writers)
        list.push_back({{"folder", w.last.folder},
                        {"who", w.last.beat ? text_or_null(w.last.beat->who) : Json(nullptr)},
                        {"heartbeat", w.last.beat ? Json(to_rfc3339(w.last.beat->at)) : Json(nullptr)},
                        {"late", w.late},
                        {"trouble", w.last.beat ? text_or_null(w.last.beat->trouble) : Json(nullptr)},
                        {"both_ways", w.last.beat ? Json(w.last.beat->both_ways) : Json(nullptr)},
                        {"error", text_or_null(w.last.unreadable)}});
    return list;
}

std::string json_line(const StatusFacts& facts, const Store& store) {
    const std::vector<std::string> problems = status_problems(facts);
    Json o = {{"schema", 1}, {"type", "status"}, {"healthy", problems.empty()}, {"problems", problems}};
    o["queue"] = queue_json(facts);
    for (const auto& [severity, n] : facts.undecided) o["undecided"][std::string(to_string(severity))] = n;
    o["samples"] = {
        {"packets", facts.samples}, {"bytes", facts.sample_octets}, {"budget", facts.sample_budget}, {"dropped", facts.samples_dropped}};
    o["store"] = {{"file", store.path()}, {"bytes", facts.store_octets}, {"wal_bytes", facts.wal_octets}};
    o["coverage"] = coverage_json(facts);
    o["liveness"] = liveness_json(facts);
    o["logs"] = log_json(facts.logs);
    o["policies"] = policies_json(facts);
    o["expiring"] = expiring_json(facts);
    o["incomplete"] = facts.incomplete;
    o["record"] = {{"decisions", facts.decisions}, {"head", text_or_null(facts.head)}, {"ends_well", facts.chain_ends}};
    return o.dump(-1, ' ', true, Json::error_handler_t::replace);
}

int failed(const Error& error) {
    complain(error.text);
    return to_int(error.code);
}

}  // namespace

int status(const Options& options) {
    const std::vector<std::string> journals = journals_if_any(options);
    auto store = open_and_confine(options, Store::Access::read, journals);
    if (!store) return failed(store.error());
    const Timestamp now = wall_clock();
    auto facts = status_facts(*store, now);
    if (!facts) return failed(facts.error());
    for (LastHeartbeat& last : last_heartbeats(journals)) {
        const bool late = is_late(last, wall_clock());
        facts->writers.push_back({std::move(last), late});
    }
    Output out(options.colour);
    if (options.json)
        out.line(json_line(*facts, *store));
    else
        Text(out, *facts, now).all(*store);
    return out.finish(to_int(status_problems(*facts).empty() ? ExitCode::clean : ExitCode::greylisted));
}

}  // namespace sw
