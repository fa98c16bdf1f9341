// logs replay: log files judged, and with --db kept.
#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "collector/cli/logs.hpp"
#include "collector/cli/logs_run.hpp"
#include "collector/cli/policy_file.hpp"
#include "collector/cli/progress.hpp"
#include "collector/cli/replay_store.hpp"
#include "collector/cli/signals.hpp"
#include "collector/cli/store_file.hpp"
#include "collector/logs/learning.hpp"
#include "collector/logs/log_book.hpp"
#include "collector/logs/log_index.hpp"
#include "collector/sources/log_file.hpp"
#include "collector/store/duration_word.hpp"
#include "collector/store/queue.hpp"
#include "collector/store/wall_clock.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

constexpr std::int64_t indexed_at_once = 5'000;

struct ReadFile {
    std::string name, error;
    std::uint64_t lines = 0, known = 0, cut = 0;
    std::optional<Timestamp> first, last;
};

/// A finding and how many lines of this run it counts first.
struct Touched {
    QueuedFinding finding;
    std::uint64_t lines = 0;
};

class LogReplay {
public:
    LogReplay(const Options& options, Store& store, LogIngest& ingest, Output& out)
        : options_(options),
          store_(store),
          ingest_(ingest),
          out_(out),
          progress_(!options.replay.no_progress && ::isatty(STDERR_FILENO) == 1) {}

    int run();

private:
    void file(const std::string& name);
    Result<LogPosition> place_of(const UniqueFd& fd);
    Result<Done> take(LogFile& from, LogPosition& place, ReadFile& result);
    Result<std::vector<Touched>> touched();
    void fail(ReadFile& result, const Error& error);
    void tell(const std::vector<Touched>& findings);
    void tell_json(const std::vector<Touched>& findings);

    const Options& options_;
    Store& store_;
    LogIngest& ingest_;
    Output& out_;
    Progress progress_;
    std::vector<ReadFile> files_;
    std::optional<Error> worst_;
    std::int64_t begin_ = 0, begin_finding_ = 0;  ///< the last line and finding that the store had before
};

void LogReplay::fail(ReadFile& result, const Error& error) {
    result.error = error.text;
    if (!worst_ || to_int(error.code) > to_int(worst_->code)) worst_ = error;
    progress_.clear();
    complain(fmt::format("{}: {}", escape_for_display(result.name), error.text));
}

Timestamp newest_of(const UniqueFd& fd) {
    struct stat about {};
    if (::fstat(fd.get(), &about) != 0 || !S_ISREG(about.st_mode)) return wall_clock();
    return {static_cast<std::int64_t>(about.st_mtime) * 1'000'000'000};
}

/// A file is known by its octets, as a capture is; how much of it is in the store by the octets behind the last line.
Result<LogPosition> LogReplay::place_of(const UniqueFd& fd) {
    auto journal = journal_of(fd);
    if (!journal) return Unexpected{journal.error()};
    const std::string name = "log-" + *journal;
    auto place = ingest_.position(name);
    for (int number = 2; options_.logs.again && place && place->complete; ++number)
        place = ingest_.position(fmt::format("{}:{}", name, number));
    return place;
}

Result<Done> LogReplay::take(LogFile& from, LogPosition& place, ReadFile& result) {
    const std::uint64_t skip = place.offset;
    while (const auto line = from.next()) {
        ++result.lines;
        progress_.at(from.position(), result.lines, ingest_.totals().grey + ingest_.totals().black);
        if (line->offset <= skip) {
            ++result.known;
            continue;
        }
        if (!result.first) result.first = line->at;
        result.last = line->at;
        ingest_.line({.via = LogVia::file,
                      .source = {},
                      .mac = {},
                      .received = line->at,
                      .zone = zone_from(options_.logs.zone).value_or(std::chrono::seconds{0}),
                      .octets = {reinterpret_cast<const std::uint8_t*>(line->text.data()), line->text.size()},
                      .broken = {}});
        place.offset = line->offset;
        if (ingest_.pending() >= LogIngest::comfortable)
            if (auto done = ingest_.commit({&place, 1}, ingest_.last_received()); !done) return done;
        if (stop_signal() != 0 || out_.failed()) break;
    }
    result.cut = from.cut();
    place.complete = from.failure().empty() && stop_signal() == 0;
    return ingest_.commit({&place, 1}, ingest_.last_received());
}

void LogReplay::file(const std::string& name) {
    ReadFile& result = files_.emplace_back();
    result.name = name;
    UniqueFd fd(name == "-" ? STDIN_FILENO : ::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (!fd) return fail(result, {ExitCode::input, fmt::format("cannot open: {}", std::strerror(errno))});
    struct stat about {};
    if (::fstat(fd.get(), &about) == 0 && S_ISDIR(about.st_mode)) return fail(result, {ExitCode::input, "is a directory, not a log file"});
    progress_.begin_file(name, S_ISREG(about.st_mode) ? static_cast<std::uint64_t>(about.st_size) : 0);
    auto place = place_of(fd);
    if (!place) return fail(result, place.error());
    if (place->complete)
        return complain(fmt::format("{}: already in {}; nothing added (--again counts it once more)", escape_for_display(name),
                                    escape_for_display(options_.db)));
    const Timestamp newest = newest_of(fd);
    UniqueFd again(name == "-" || !S_ISREG(about.st_mode) ? -1 : ::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    auto from = LogFile::open(std::move(fd), std::move(again), newest, zone_from(options_.logs.zone).value_or(std::chrono::seconds{0}),
                              [] { return stop_signal() != 0; });
    if (!from) return fail(result, from.error());
    if (auto done = take(*from, *place, result); !done) return fail(result, done.error());
    if (!from->failure().empty()) fail(result, {ExitCode::input, fmt::format("stopped behind line {}: {}", result.lines, from->failure())});
}

Result<std::vector<Touched>> LogReplay::touched() {
    // How a boot differs is no line's finding.
    auto rows = store_.db().prepare(
        "SELECT finding, count(*) FROM log_event WHERE id > ?1 AND finding IS NOT NULL GROUP BY finding"
        " UNION SELECT id, count FROM finding WHERE id > ?2 AND reasons = '[\"log-boot-changed\"]'");
    if (!rows) return Unexpected{rows.error()};
    rows->bind(1, begin_).bind(2, begin_finding_);
    Queue queue(store_);
    std::vector<Touched> list;
    for (;;) {
        auto row = rows->step();
        if (!row) return Unexpected{row.error()};
        if (!*row) break;
        auto finding = queue.get(rows->integer(0));
        if (!finding) return Unexpected{finding.error()};
        list.push_back({std::move(*finding), static_cast<std::uint64_t>(rows->integer(1))});
    }
    std::stable_sort(list.begin(), list.end(), [](const Touched& a, const Touched& b) { return a.finding.severity > b.finding.severity; });
    return list;
}

void LogReplay::tell(const std::vector<Touched>& findings) {
    for (const ReadFile& f : files_)
        out_.line(fmt::format("{}: {} lines{}{}{}{}", escape_for_display(f.name), f.lines,
                              f.first ? fmt::format(", {} to {}", to_the_second(*f.first), to_the_second(*f.last)) : "",
                              f.known > 0 ? fmt::format(", {} of them in the store already", f.known) : "",
                              f.cut > 0 ? fmt::format(", {} too long", f.cut) : "",
                              f.error.empty() ? "" : ", " + out_.red("NOT READ TO ITS END")));
    const LogTotals& t = ingest_.totals();
    out_.line(fmt::format("\n{:>11}  lines", t.lines));
    for (const auto& [n, word] : {std::pair{t.known, "known"}, std::pair{t.allowed, "allowed"}, std::pair{t.learnt, "learnt"}})
        if (n > 0) out_.line(fmt::format("{:>11}  {}", n, out_.green(word)));
    out_.line(fmt::format("{:>11}  {}", t.grey, out_.yellow("greylisted")));
    out_.line(fmt::format("{:>11}  {}", t.black, out_.red("black")));
    if (findings.empty()) return;
    out_.line(out_.bold(fmt::format("\n{:>5} {:>8}  {:<8}  {}", "id", "lines", "severity", "finding")));
    for (const auto& [f, lines] : findings) {
        const std::string severity = fmt::format("{:<8}", to_string(f.severity));
        out_.line(fmt::format("{:>5} {:>8}  {}  {}", fmt::format("#{}", f.id), lines,
                              f.severity == Severity::critical ? out_.red(severity) : out_.yellow(severity), escape_again(f.sentence)));
    }
}

void LogReplay::tell_json(const std::vector<Touched>& findings) {
    JsonLines json(out_);
    for (const auto& [f, lines] : findings)
        json.put({{"type", "finding"},
                  {"kind", "log"},
                  {"id", f.id},
                  {"severity", to_string(f.severity)},
                  {"verdict", f.black ? "black" : "grey"},
                  {"reasons", f.slugs},
                  {"sentence", f.sentence},
                  {"detail", f.detail},
                  {"why", f.why},
                  {"count", lines},
                  {"first", to_rfc3339(f.first)},
                  {"last", to_rfc3339(f.last)}});
    LogsJson files = LogsJson::array();
    for (const ReadFile& f : files_)
        files.push_back({{"file", escape_for_display(f.name)},
                         {"lines", f.lines},
                         {"known", f.known},
                         {"cut", f.cut},
                         {"error", f.error.empty() ? LogsJson(nullptr) : LogsJson(f.error)}});
    const LogTotals& t = ingest_.totals();
    json.put({{"type", "log-summary"},
              {"lines", t.lines},
              {"known", t.known},
              {"allowed", t.allowed},
              {"learnt", t.learnt},
              {"greylisted", t.grey},
              {"blacklisted", t.black},
              {"findings", findings.size()},
              {"files", std::move(files)}});
}

int LogReplay::run() {
    const auto last = store_.db().value("SELECT coalesce(max(id), 0) FROM log_event");
    const auto last_finding = store_.db().value("SELECT coalesce(max(id), 0) FROM finding");
    if (!last || !last_finding) return failed_logs((!last ? last : last_finding).error());
    begin_ = *last;
    begin_finding_ = *last_finding;
    for (const std::string& name : options_.logs.files) {
        if (stop_signal() != 0 || out_.failed() || (worst_ && worst_->code != ExitCode::input)) break;
        file(name);
    }
    progress_.clear();
    // Where a collector is at work, it does this; what is left undone, searches read themselves.
    while (!options_.db.empty() && stop_signal() == 0)
        if (const auto words = index_step(store_, indexed_at_once); !words || *words == 0) break;
    const auto findings = touched();
    if (!findings) return failed_logs(findings.error());
    options_.json ? tell_json(*findings) : tell(*findings);
    if (!options_.db.empty() && ingest_.totals().lines > 0)
        complain(fmt::format("{}: {} lines added, in {} new and {} known findings", escape_for_display(options_.db), ingest_.totals().lines,
                             ingest_.findings().findings_new, ingest_.findings().findings_known));
    if (stop_signal() != 0) return 128 + stop_signal();
    if (worst_) return to_int(worst_->code);
    const LogTotals& t = ingest_.totals();
    const bool found = std::any_of(findings->begin(), findings->end(), [](const Touched& f) {
        return f.finding.slugs != std::vector{std::string(info(LogReason::learnt).slug)};
    });
    return to_int(t.grey + t.black > 0 || found ? ExitCode::greylisted : ExitCode::clean);
}

}  // namespace

int logs_replay(const Options& options) {
    if (sodium_init() < 0) return failed_logs({ExitCode::environment, "libsodium: no random numbers"});
    catch_signals();
    const auto rules = rules_of(options);
    if (!rules) return failed_logs(rules.error());
    auto store = options.db.empty() ? Store::scratch() : Store::open(options.db, Store::Access::ingest);
    if (!store) return failed_logs(store.error());
    if (!store->set_aside().empty())
        complain(fmt::format("{}: was damaged: set aside as {}, and a new store begins", escape_for_display(options.db),
                             escape_for_display(store->set_aside())));
    Output out(options.colour);
    const auto confined = options.db.empty()
                              ? confine_unless(options.unconfined, Role::cli_replay, options.logs.files)
                              : confine_unless(options.unconfined, Role::cli_record, options.logs.files, {folder_of(options.db)});
    if (!confined) return failed_logs(confined.error());
    LogIngestOptions how;
    how.learn = options.logs.learn;
    how.marker = "replay " + to_rfc3339(wall_clock());
    how.host = options.logs.host;
    how.program = "span-watcher " SPAN_VERSION " logs replay";
    how.unconfined = options.unconfined;
    auto ingest = LogIngest::open(*store, *rules, how);
    if (!ingest) return failed_logs(ingest.error());
    return out.finish(LogReplay(options, *store, **ingest, out).run());
}

}  // namespace sw
