#include "collector/logs/log_allow.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "collector/logs/book_rows.hpp"
#include "collector/logs/in_force.hpp"
#include "collector/logs/log_book.hpp"
#include "collector/logs/log_cause.hpp"
#include "collector/review/proposal_text.hpp"
#include "collector/syslog/syslog_message.hpp"
#include "rules/base/pattern.hpp"
#include "rules/base/text.hpp"
#include "rules/logs/log_lint.hpp"
#include "rules/logs/logcheck.hpp"

namespace sw {
namespace {

using Kind = LogProposal::Kind;

Unexpected refused(const QueuedFinding& f, std::string_view why) { return unexpected(fmt::format("finding {} {}", f.id, why)); }

std::string unused_name(std::int64_t finding, const Policy& policy) {
    const auto used = [&](const std::string& name) {
        return std::any_of(policy.log.rules.begin(), policy.log.rules.end(), [&](const LogRule& r) { return r.name == name; });
    };
    const std::string plain = fmt::format("finding-{}", finding);
    std::string name = plain;
    for (int n = 2; used(name); ++n) name = fmt::format("{}-{}", plain, n);
    return name;
}

std::string table_of(const LogProposal& p, const Policy& policy) {
    const bool named = std::any_of(policy.names.begin(), policy.names.end(), [&](const auto& n) { return n.first == p.host; });
    std::string toml = fmt::format("[[log.allow]]\nname    = {}\n", toml_string(p.name));
    if (named) toml += fmt::format("host    = {}\n", toml_string(p.host));
    if (!p.program.empty()) toml += fmt::format("app     = {}\n", toml_string(p.program));
    toml += fmt::format("pattern = {}\nowner   = {}\nreason  = {}\nuntil   = {}\n", toml_string(p.pattern), toml_string(p.owner),
                        toml_string(p.reason), p.until);
    return toml;
}

/// The template, and in its sets the values of every sample that has it: what people saw is what they allow.
Result<Done> fill_row(LogProposal& p, const std::vector<Sample>& samples) {
    auto row = template_from_text(p.host, p.program, p.text);
    if (!row) return unexpected(fmt::format("its template cannot be read: {}", row.error().text));
    p.row = std::move(*row);
    for (const Sample& s : samples) {
        const SyslogMessage m = parse_syslog({reinterpret_cast<const char*>(s.octets.data()), s.octets.size()}, s.ts);
        const auto seen = template_of(to_log_line(m, p.host, s.ts));
        if (!seen || seen->text != p.text || seen->holes.size() != p.row.holes.size()) continue;
        for (std::size_t hole = 0; hole < p.row.holes.size(); ++hole)
            for (const std::string& value : seen->holes[hole].values) {
                auto& known = p.row.holes[hole].values;
                if (std::find(known.begin(), known.end(), value) == known.end()) known.push_back(value);
            }
    }
    for (Hole& hole : p.row.holes) std::sort(hole.values.begin(), hole.values.end());
    return Done{};
}

std::string plain(const LogCause& cause, std::string_view part) { return unescape_display(cause.part(part)).value_or(""); }

Result<Done> fill_values(LogProposal& p, const LogCause& cause, const QueuedFinding& f) {
    p.kind = Kind::value;
    for (std::size_t hole = 0; hole < 256; ++hole)
        if (std::string value = plain(cause, value_part(hole)); !value.empty()) p.values.emplace_back(hole, std::move(value));
    if (p.values.empty()) return refused(f, "names no value");
    for (const std::string& why : f.why)
        if (why.find("(the set is full)") != std::string::npos) p.kind = Kind::open;
    return Done{};
}

Result<Done> fill_pattern(LogProposal& p, const std::vector<Sample>& samples, const Policy& policy) {
    if (auto done = fill_row(p, samples); !done) return done;
    p.pattern = as_pattern(p.row);
    p.name = unused_name(p.finding, policy);
    p.toml = table_of(p, policy);
    return Done{};
}

}  // namespace

std::string_view to_string(Kind k) {
    switch (k) {
        case Kind::pattern:
            return "log-pattern";
        case Kind::value:
            return "log-value";
        case Kind::open:
            return "log-open";
        case Kind::template_:
            return "log-template";
        case Kind::claim:
            return "log-claim";
        case Kind::boot:
            return "log-boot";
        case Kind::freeze:
            return "log-freeze";
    }
    return "";
}

std::string LogProposal::sentence() const {
    const std::string who = fmt::format("{} {}", escape_for_display(host), escape_for_display(program));
    std::string list;
    for (const auto& [hole, value] : values) list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", escape_for_display(value));
    switch (kind) {
        case Kind::pattern:
        case Kind::template_:
            return fmt::format("{} may say: {}", who, text);
        case Kind::value:
            return fmt::format("{} may say {} where it says: {}", who, list, text);
        case Kind::open:
            return fmt::format("{} may say anything where it said {} in: {}", who, list, text);
        case Kind::claim:
            return fmt::format("{} may call itself \"{}\"", escape_for_display(host), escape_for_display(claimed));
        case Kind::boot:
            return fmt::format("{} may boot as it did at {}", escape_for_display(host), marker);
        case Kind::freeze:
            return fmt::format("{} may say what it was learnt to say, and nothing else", escape_for_display(host));
    }
    return "";
}

Result<LogProposal> propose_log(const QueuedFinding& f, const std::vector<Sample>& samples, const Policy& policy, const std::string& owner,
                                const std::string& reason, const std::string& until) {
    const auto cause = cause_from_shape(f.shape);
    if (!cause) return refused(f, "is of another version of this program");
    if (f.black) return refused(f, "reports what must never happen: it can be dismissed or escalated, never allowed");
    if (f.folded) return refused(f, "stands for many: allow single findings of it, or write a pattern by hand");
    LogProposal p;
    p.finding = f.id;
    p.host = unescape_display(cause->host()).value_or("");
    p.program = plain(*cause, "program");
    p.text = plain(*cause, "template");
    p.owner = owner;
    p.reason = reason;
    p.until = until;
    Result<Done> done = Done{};
    switch (cause->reason()) {
        case LogReason::new_template:
            done = fill_pattern(p, samples, policy);
            break;
        case LogReason::new_value:
            done = fill_values(p, *cause, f);
            break;
        case LogReason::new_execution:
            p.kind = Kind::template_;
            done = fill_row(p, {});
            break;
        case LogReason::host_mismatch:
            p.kind = Kind::claim;
            p.claimed = plain(*cause, "claimed");
            break;
        case LogReason::boot_changed:
            p.kind = Kind::boot;
            p.marker = plain(*cause, "marker");
            break;
        case LogReason::learnt:
            p.kind = Kind::freeze;
            break;
        default:
            return refused(
                f, fmt::format("({}) is nothing that a line could be allowed for: dismiss or escalate it", info(cause->reason()).slug));
    }
    if (!done) return Unexpected{done.error()};
    return p;
}

namespace {

/// The judge as it would be: the policy with the pattern, or the baseline with what is added.
Result<std::unique_ptr<LogBook>> book_with(Store& store, const LogProposal& p, const LogRules& rules) {
    LogRules with = rules;
    if (p.for_policy()) {
        Policy policy = *rules.policy;
        LogRule rule;
        rule.name = p.name;
        if (std::any_of(policy.names.begin(), policy.names.end(), [&](const auto& n) { return n.first == p.host; })) rule.hosts = {p.host};
        rule.app = p.program;
        rule.pattern = p.pattern;
        policy.log.rules = {rule};
        with.policy = std::make_shared<const Policy>(std::move(policy));
        auto logs = LogPolicy::make(*with.policy, {});
        if (!logs) return Unexpected{logs.error()};
        with.logs = std::move(*logs);
    }
    auto book = LogBook::load(store.db(), with);
    if (!book || p.for_policy()) return book;
    Baseline& baseline = (*book)->judge.baseline();
    const TemplateId id = template_id(p.host, p.program, p.text);
    for (const auto& [hole, value] : p.values) {
        auto done = p.kind == Kind::open ? baseline.set_open(id, hole, true) : baseline.add_value(id, hole, value);
        if (!done) return Unexpected{done.error()};
    }
    if (p.kind == Kind::template_) {
        if (auto added = baseline.add(p.row); !added) return Unexpected{added.error()};
    }
    return book;
}

class Covered {
public:
    Covered(LogBook& book, const LogProposal& p) : book_(book), proposal_(p) {}

    /// Would this line be nobody's finding any more?
    bool silences(std::string_view raw, std::string_view host, Timestamp at) {
        const SyslogMessage m = parse_syslog(raw, at);
        const LogLine line = to_log_line(m, host, at);
        if (proposal_.kind == Kind::claim) return m.host == proposal_.claimed && host == proposal_.host;
        const LogVerdict v = book_.judge.judge(line);
        return proposal_.for_policy() ? v.kind == LogVerdict::Kind::allowed : v.kind == LogVerdict::Kind::known;
    }

private:
    LogBook& book_;
    const LogProposal& proposal_;
};

}  // namespace

Result<DryRun> dry_run(Store& store, const LogProposal& p, const LogRules& rules) {
    DryRun run;
    run.unit = "line";
    if (p.kind == Kind::boot || p.kind == Kind::freeze) return run;
    auto book = book_with(store, p, rules);
    if (!book) return Unexpected{book.error()};
    Covered covered(**book, p);
    auto rows = store.db().prepare(
        "SELECT e.finding, f.state, f.black, f.count, s.host, e.received, e.raw, 1 FROM log_event e JOIN log_source s ON s.id = e.source"
        " JOIN finding f ON f.id = e.finding WHERE s.host = ?1 AND e.verdict >= 3"
        " UNION ALL SELECT f.id, f.state, f.black, f.count, json_extract(f.shape, '$.host'), x.ts, x.octets, 0 FROM sample x"
        " JOIN finding f ON f.id = x.finding WHERE x.kind = 'log' AND (f.black = 1 OR f.state = 'escalated')");
    if (!rows) return Unexpected{rows.error()};
    rows->bind(1, std::string_view(p.host));
    struct Sum {
        DryRun::Covered what;
        std::uint64_t lines = 0, all = 0, count = 0;  ///< samples are lines of the store, or were: they do not count
        bool covers = false;
    };
    std::map<std::int64_t, Sum> by_finding;
    auto done = each_row(*rows, [&](const Statement& r) {
        Sum& sum = by_finding[r.integer(0)];
        sum.what = {r.integer(0), queue_state_from(r.text(1)).value_or(QueueState::open), r.integer(2) != 0, 0, true};
        sum.count = static_cast<std::uint64_t>(r.integer(3));
        const bool silenced = covered.silences(octets_of(r, 6), r.text(4), {r.integer(5)}), counts = r.integer(7) != 0;
        sum.covers = sum.covers || silenced;
        sum.lines += counts && silenced;
        sum.all += counts;
    });
    if (!done) return Unexpected{done.error()};
    for (auto& [id, sum] : by_finding) {
        if (!sum.covers) continue;
        sum.what.whole = sum.lines == sum.all;
        sum.what.packets = sum.what.whole ? std::max(sum.count, sum.lines) : std::max<std::uint64_t>(sum.lines, 1);
        run.packets += sum.what.packets;
        run.covered.push_back(sum.what);
    }
    return run;
}

Result<PolicyEdit> with_pattern(const Policy& policy, const LogProposal& p, Timestamp now) {
    const bool crlf = policy.text.find("\r\n") != std::string::npos;
    std::string table;
    for (const char c : (policy.text.ends_with('\n') || policy.text.empty() ? "\n" : "\n\n") + p.toml)
        table += c == '\n' && crlf ? std::string("\r\n") : std::string(1, c);
    PolicyLoad load = parse_policy(policy.path, policy.text + table);
    const auto first_error = [&](const std::vector<Diagnostic>& list) {
        for (const Diagnostic& d : list)
            if (d.level == Diagnostic::Level::error) return fmt::format("line {}: {} [{}]", d.line, escape_for_display(d.message), d.code);
        return std::string("cannot be read");
    };
    if (!load.policy)
        return unexpected(
            fmt::format("with the pattern, the policy {}: {}", escape_for_display(policy.path), first_error(load.diagnostics)));
    Policy without = *load.policy;
    if (without.log.rules.empty() || without.log.rules.back().name != p.name)
        return unexpected(fmt::format("the pattern cannot be put into {}: add it by hand", escape_for_display(policy.path)));
    without.log.rules.pop_back();
    if (show(without) != show(policy))
        return unexpected(
            fmt::format("the pattern cannot be put into {} without changing others: add it by hand", escape_for_display(policy.path)));
    PolicyEdit edit{load.policy->text, load.policy->sha256, {}};
    const std::uint32_t line = load.policy->log.rules.back().line;
    for (const Diagnostic& d : lint_logs(*load.policy, now)) {
        if (d.level == Diagnostic::Level::error) return unexpected(fmt::format("with the pattern, {}", first_error({d})));
        constexpr std::uint32_t around = 5;
        if (d.line + around >= line) edit.warnings.push_back(d);
    }
    return edit;
}

Result<Done> add_to_store(Store& store, const LogProposal& p) {
    Database& db = store.db();
    const auto id = static_cast<std::int64_t>(template_id(p.host, p.program, p.text));
    const auto run = [&](const char* sql, auto bind) -> Result<Done> {
        auto s = db.prepare(fmt::format(fmt::runtime(sql), in_force));
        if (!s) return Unexpected{s.error()};
        bind(*s);
        return s->run();
    };
    Result<Done> done = Done{};
    const auto add_value = [&](std::size_t hole, Bytes value) {
        return run(
            "INSERT INTO log_value (template, hole, value, finding) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
            " finding = excluded.finding WHERE NOT (SELECT {} FROM finding f WHERE f.id = log_value.finding)",
            [&](Statement& s) { s.bind(1, id).bind(2, static_cast<std::int64_t>(hole)).bind(3, value).bind(4, p.finding); });
    };
    for (const auto& [hole, value] : p.values)
        if (done) done = add_value(hole, p.kind == Kind::open ? Bytes() : as_bytes(value));
    if (done && (p.kind == Kind::template_ || p.kind == Kind::pattern)) {
        done =
            run("INSERT INTO log_template (id, host, program, text, holes, finding, count, first, last)"
                " SELECT ?1, ?2, ?3, ?4, ?5, id, count, first, last FROM finding WHERE id = ?6"
                " ON CONFLICT DO UPDATE SET finding = excluded.finding"
                " WHERE NOT (SELECT {} FROM finding f WHERE f.id = log_template.finding)",
                [&](Statement& s) {
                    s.bind(1, id).bind(2, std::string_view(p.host)).bind(3, as_bytes(p.program)).bind(4, std::string_view(p.text));
                    s.bind(5, holes_word(p.row)).bind(6, p.finding);
                });
        for (std::size_t hole = 0; hole < p.row.holes.size(); ++hole)
            for (const std::string& value : p.row.holes[hole].values)
                if (done) done = add_value(hole, as_bytes(value));
    }
    if (done && p.kind == Kind::claim)
        done =
            run("INSERT INTO log_claim (host, claimed, finding) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET finding = excluded.finding"
                " WHERE NOT (SELECT {} FROM finding f WHERE f.id = log_claim.finding)",
                [&](Statement& s) { s.bind(1, std::string_view(p.host)).bind(2, escape_for_display(p.claimed)).bind(3, p.finding); });
    return done;
}

}  // namespace sw
