// A line taken apart, judged, and put among those that wait.
#include <fmt/format.h>

#include <algorithm>

#include "collector/logs/log_ingest_impl.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

constexpr std::uint32_t values_a_template = 16, templates_a_program = 64, events_a_kind = 16, findings_a_host = 256;
constexpr std::size_t longest_detail = 600;

/// At most so many octets of a line, clean.

std::uint32_t most_of(LogReason reason) {
    switch (reason) {
        case LogReason::new_value:
            return values_a_template;
        case LogReason::black:
        case LogReason::no_flow:
        case LogReason::no_line:
        case LogReason::drop_passed:
            return events_a_kind;
        default:
            return templates_a_program;
    }
}

std::int64_t hour_of(Timestamp t) {
    constexpr std::int64_t hour = 3'600'000'000'000;
    return t.ns - (t.ns % hour + hour) % hour;
}

bool may_fold(LogReason reason) {
    return reason == LogReason::new_value || reason == LogReason::new_template || reason == LogReason::new_execution ||
           reason == LogReason::black || reason == LogReason::host_mismatch || reason == LogReason::no_flow ||
           reason == LogReason::no_line || reason == LogReason::drop_passed;
}

std::string folded_sentence(const LogCause& cause) {
    const std::string_view program = cause.part("program");
    const std::string who = fmt::format("{}{}{}", cause.host(), program.empty() ? "" : ": ", program);
    if (cause.reason() == LogReason::flood) return fmt::format("{} {}.", cause.host(), info(LogReason::flood).sentence);
    return fmt::format("{} {}: too many of them to tell apart, so they are counted here.", who, info(cause.reason()).sentence);
}

std::vector<std::string> why_of(const LogVerdict& v) {
    std::vector<std::string> why;
    for (const NewValue& n : v.values)
        why.push_back(fmt::format("{} \"{}\" was never seen there{}", info(n.kind).word, escape_for_display(n.value),
                                  n.full ? " (the set is full)" : ""));
    if (v.black) why.emplace_back(v.black->sentence);
    return why;
}

std::string shown_line(std::string_view text) {
    const bool cut = text.size() > longest_detail;
    return escape_for_display(text.substr(0, longest_detail)) + (cut ? "..." : "");
}

std::string detail_of(const LogVerdict& v, const LogLine& line) {
    const bool has_template = v.found != nullptr && (v.reason == LogReason::new_template || v.reason == LogReason::new_value);
    return has_template ? v.found->text : shown_line(line.text);
}

}  // namespace

std::string LogIngest::Impl::shown(std::string_view text) { return shown_line(text); }

void LogIngest::Impl::fail(const Error& e) {
    if (!error_) error_ = e;
}

/// Findings are numbered by Ingest's run: a new one forgets their numbers.
void LogIngest::Impl::start_run() {
    numbers_.clear();
    next_number_ = 1;
    for (auto& [name, host] : book_->hosts) host.learning_number = 0;
    ingest_.run({.program = options.program,
                 .source = "logs",
                 .policy_sha256 = rules.policy->sha256,
                 .policy_path = rules.policy->path,
                 .policy_text = rules.policy->text,
                 .mode = rules.policy->mode,
                 .unconfined = options.unconfined});
}

bool LogIngest::Impl::is_fold_due(const LogCause& cause) const {
    const auto& m = book_->members;
    if (!may_fold(cause.reason()) || m.known.contains(cause.key())) return false;
    const auto of = [](const auto& map, const std::string& key) {
        const auto at = map.find(key);
        return at == map.end() ? 0u : at->second;
    };
    return of(m.of_fold, fold_of(cause).key()) >= most_of(cause.reason()) ||
           of(m.of_host, LogBook::Members::host_key(cause)) >= findings_a_host;
}

std::uint32_t LogIngest::Impl::describe(const LogCause& cause, const Address& source, LogTexts texts) {
    if (const auto known = numbers_.find(cause.key()); known != numbers_.end()) return known->second;
    LogFinding f = cause.finding(std::move(texts.sentence));
    f.detail = std::move(texts.detail);
    f.why = std::move(texts.why);
    f.source = source;
    const std::uint32_t number = next_number_++;
    numbers_.emplace(cause.key(), number);
    ingest_.log_finding(number, f);
    book_->members.add(cause, true);
    return number;
}

/// The finding that counts the cause: its own, or the one that it is folded to. Of a host with too many of all kinds: its flood,
/// which nothing critical gets lost in.
std::uint32_t LogIngest::Impl::number_of(const LogCause& cause, const Address& source, LogTexts texts) {
    if (!is_fold_due(cause)) return describe(cause, source, std::move(texts));
    const LogCause fold = fold_of(cause);
    if (book_->members.of_host[LogBook::Members::host_key(cause)] < findings_a_host || info(cause.reason()).severity == Severity::critical)
        return describe(fold, source, {folded_sentence(fold)});
    const LogCause flood(LogReason::flood, unescape_display(cause.host()).value_or(""));
    return describe(flood, source, {folded_sentence(flood)});
}

void LogIngest::Impl::counted(Work& w, std::uint32_t number) {
    ingest_.log_line(number, w.in.received, w.in.octets, [&w] {
        const std::string from = w.in.source.family == 0 ? std::string() : fmt::format(" from {}", to_string(w.in.source));
        return fmt::format("{} {}{}, by {}{}", escape_for_display(w.line.host), escape_for_display(w.line.program),
                           w.line.proc_id.empty() ? "" : fmt::format("[{}]", escape_for_display(w.line.proc_id)), to_string(w.in.via),
                           from);
    });
    if (w.finding == 0) w.finding = number;
}

LogVerdict LogIngest::Impl::judge(Work& w) {
    const BootStep step = see_boot(w);
    look_at_boot(w, step);
    const bool learning = is_learning(w, step);
    LogVerdict v = learning ? book_->judge.learn(w.line) : book_->judge.judge(w.line);
    w.is_drop = v.black && v.black->cls == BlackClass::packet_filter_drop;
    if (w.is_drop && is_filter(w.line.host)) {
        v = {};
        v.kind = LogVerdict::Kind::allowed;
    }
    if (step.in_boot && v.found != nullptr) book_->boots.record(w.line, v.found->text);
    if (v.kind == LogVerdict::Kind::learnt) learnt(w, *v.found);
    return v;
}

LogIngest::Impl::Touched& LogIngest::Impl::touch(const LogTemplate& t) {
    const auto [at, added] = touched_.try_emplace(&t);
    Touched& touched = at->second;
    if (added) touched.id = static_cast<std::int64_t>(t.id());
    return touched;
}

void LogIngest::Impl::line(const IncomingLine& in) {
    if (error_) return;
    if (!in.broken.empty()) return take_broken(in);
    std::uint32_t source = 0;
    SyslogMessage message;
    if (in.source.family != 0 || in.via == LogVia::self) {
        source = source_of(in, {});
        message = parse_syslog(in_text(in), in.received, std::chrono::seconds{book_->sources[source].zone.value_or(0)});
    } else {
        message = parse_syslog(in_text(in), in.received, in.zone);
        source = source_of(in, options.host.empty() ? message.host : std::string_view(options.host));
    }
    LogSourceRow& row = book_->sources[source];
    Work w{in, row, host_of(row.host), message, to_log_line(message, row.host, in.received)};
    if (!options.only_learn) look_at_sender(w);
    const LogVerdict v = judge(w);
    if (options.only_learn) return;
    if (v.reason) count(w, cause_of(v, w.line), [&] { return LogTexts{sentence(v, w.line), detail_of(v, w.line), why_of(v)}; });
    look_at_form(w);
    look_at_claim(w);
    look_at_sequence(w);
    look_at_clock(w);
    witness.line(w.line, events_.size(), w.is_drop);
    keep(w, source, v);
}

/// What a spool holds in place of a message: kept as it is, and found.
void LogIngest::Impl::take_broken(const IncomingLine& in) {
    const std::uint32_t source = source_of(in, {});
    LogSourceRow& row = book_->sources[source];
    Work w{in, row, host_of(row.host), {}, {}};
    w.message.text = in_text(in);
    w.line = to_log_line(w.message, row.host, in.received);
    look_at_sender(w);
    count(w, LogReason::malformed,
          [&] { return fmt::format("The log spool holds a line that cannot be read: {}.", escape_for_display(in.broken)); });
    LogVerdict v;
    v.kind = LogVerdict::Kind::grey;
    keep(w, source, v);
}

void LogIngest::Impl::keep(const Work& w, std::uint32_t source, const LogVerdict& v) {
    const std::string_view text = in_text(w.in);
    const auto part = [&](std::string_view p) {
        return p.empty() ? Part{} : Part{static_cast<std::uint32_t>(p.data() - text.data()), static_cast<std::uint32_t>(p.size())};
    };
    Event e;
    e.received = w.in.received;
    e.source = source;
    e.claimed = w.message.claimed;
    e.facility = w.message.facility;
    e.severity = w.message.severity;
    e.verdict = v.kind;
    if (v.found != nullptr && !v.reason) {
        Touched& t = touch(*v.found);
        t.first = t.count == 0 ? w.in.received : std::min(t.first, w.in.received);
        t.last = t.count == 0 ? w.in.received : std::max(t.last, w.in.received);
        ++t.count;
        e.found = t.id;
    }
    e.finding = w.finding;
    e.odd = w.message.odd.bits();
    e.at = arena_.size();
    e.octets = static_cast<std::uint32_t>(text.size());
    e.host = part(w.message.host);
    e.app = part(w.message.app_name);
    e.proc_id = part(w.message.proc_id);
    e.msg_id = part(w.message.msg_id);
    arena_ += text;
    events_.push_back(e);
    ++uncommitted_.lines;
    uncommitted_.octets += text.size();
    ++(v.kind == LogVerdict::Kind::known     ? uncommitted_.known
       : v.kind == LogVerdict::Kind::allowed ? uncommitted_.allowed
       : v.kind == LogVerdict::Kind::learnt  ? uncommitted_.learnt
       : v.kind == LogVerdict::Kind::grey    ? uncommitted_.grey
                                             : uncommitted_.black);
}

LogIngest::LogIngest(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LogIngest::~LogIngest() = default;

Result<std::unique_ptr<LogIngest>> LogIngest::open(Store& store, LogRules rules, const LogIngestOptions& options) {
    auto impl = std::make_unique<Impl>(store, std::move(rules), options);
    if (auto done = impl->open(); !done) return Unexpected{done.error()};
    return std::unique_ptr<LogIngest>(new LogIngest(std::move(impl)));
}

void LogIngest::set_rules(LogRules rules) { impl_->set_rules(std::move(rules)); }
void LogIngest::line(const IncomingLine& l) { impl_->line(l); }
void LogIngest::opening(const OpeningRecord& o) { impl_->witness.opening(o); }
void LogIngest::lost(std::string_view origin, Timestamp at, std::uint64_t lines) {
    impl_->losses[{std::string(origin), hour_of(at)}] += lines;
}
void LogIngest::conversations_until(Timestamp ts) { impl_->witness.conversations_until(ts); }
void LogIngest::sensor_policy(const RunRecord& run) { impl_->witness.sensor_policy(run); }
std::size_t LogIngest::pending() const { return impl_->pending(); }
Result<Done> LogIngest::recover() { return impl_->reload(); }
Result<LogPosition> LogIngest::position(const std::string& journal) { return impl_->position(journal); }
Result<Done> LogIngest::commit(std::span<const LogPosition> positions, Timestamp now) { return impl_->commit(positions, now); }
const LogTotals& LogIngest::totals() const { return impl_->committed; }
const Ingest::Totals& LogIngest::findings() const { return impl_->findings().totals(); }
Timestamp LogIngest::last_received() const { return impl_->last_received; }

}  // namespace sw
