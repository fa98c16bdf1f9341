#include "collector/daemon/log_keeper.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "rules/base/text.hpp"

namespace sw {

using namespace std::chrono_literals;

LogKeeper::LogKeeper(const CollectorOptions& options, Store store, std::unique_ptr<DatagramReceiver> receiver, const Ring& ring)
    : retain_(options.log_retain), store_(std::move(store)), receiver_(std::move(receiver)), ring_(&ring) {
    retention_.octets = options.log_octets;
}

void LogKeeper::tell(Severity severity, const char* kind, std::string sentence, std::uint64_t count) const {
    AlarmRecord a;
    a.at = wall_clock();
    a.severity = severity;
    a.kind = kind;
    a.sentence = std::move(sentence);
    a.count = count;
    (*ring_)(std::move(a));
}

void LogKeeper::add_sources(const CollectorOptions& options) {
    const LogTrouble trouble = [this](Severity severity, const char* kind, std::string sentence, std::uint64_t count) {
        tell(severity, kind, std::move(sentence), count);
    };
    for (const std::string& folder : options.spools)
        sources_.emplace_back(folder, std::make_unique<JournalSource>(folder, LogVia::mirror, trouble));
    if (receiver_)
        sources_.emplace_back(options.log_journal, std::make_unique<JournalSource>(options.log_journal, LogVia::socket, trouble));
    for (const std::string& folder : options.log_spools) sources_.emplace_back(folder, std::make_unique<SpoolFolder>(folder, trouble));
}

Result<std::unique_ptr<LogKeeper>> LogKeeper::open(const CollectorOptions& options, Store store, LogRules rules,
                                                   std::unique_ptr<DatagramReceiver> receiver, const Ring& ring) {
    std::unique_ptr<LogKeeper> keeper(new LogKeeper(options, std::move(store), std::move(receiver), ring));
    LogIngestOptions how;
    how.samples.octets = options.sample_octets;
    how.live = true;
    how.program = "span-collector " SPAN_VERSION;
    how.unconfined = options.unconfined;
    auto ingest = LogIngest::open(keeper->store_, std::move(rules), how);
    if (!ingest) return Unexpected{ingest.error()};
    keeper->ingest_ = std::move(*ingest);
    keeper->add_sources(options);
    return keeper;
}

Result<std::size_t> LogKeeper::turn(Instant now) {
    if (receiver_)
        if (auto n = receiver_->turn(); !n) return n;
    if (now < not_before_) return std::size_t{0};
    if (broken_)
        if (auto done = ingest_->recover(); !done) {
            if (auto borne = fail(done.error(), now); !borne) return Unexpected{borne.error()};
            return std::size_t{0};
        }
    broken_ = false;
    auto n = read(now);
    if (!n) return n;
    if (is_time(now, *n == 0))
        if (auto done = commit(now); !done) return Unexpected{done.error()};
    if (*n > 0 || ingest_->pending() > 0 || indexed_) return n;
    const auto words = index_step(store_, indexed_at_once);
    if (!words) {
        if (auto borne = bear(words.error()); !borne) return Unexpected{borne.error()};
        return std::size_t{0};
    }
    indexed_ = *words == 0;
    return static_cast<std::size_t>(*words);
}

Result<std::size_t> LogKeeper::read(Instant now) {
    std::size_t sum = 0;
    for (auto& [folder, source] : sources_) {
        auto n = source->read(*ingest_, lines_a_read);
        if (n) {
            sum += *n;
            continue;
        }
        if (auto borne = fail(n.error(), now); !borne) return Unexpected{borne.error()};
        return std::size_t{0};
    }
    idle_ = sum == 0;
    return sum;
}

bool LogKeeper::is_time(Instant now, bool idle) const {
    const auto since = now - committed_at_;
    if (ingest_->pending() == 0) return since >= idle_commit;
    return ingest_->pending() >= LogIngest::comfortable || since >= 1s || (idle && since >= 200ms);
}

Result<Done> LogKeeper::commit(Instant now) {
    positions_.clear();
    for (auto& [folder, source] : sources_) source->positions(positions_);
    committed_at_ = now;
    indexed_ = indexed_ && ingest_->pending() == 0;
    if (auto done = ingest_->commit(positions_, idle_ ? wall_clock() : ingest_->last_received()); !done) return fail(done.error(), now);
    for (auto& [folder, source] : sources_) source->committed();
    pause_ = least_pause;
    if (!std::exchange(trouble_, {}).empty())
        tell(Severity::notice, "store", "the store takes log lines again; what waited is caught up with", 0);
    return Done{};
}

/// Nothing since the last commit is in the store; the sources have it still.
Result<Done> LogKeeper::fail(const Error& error, Instant now) {
    if (error.code == ExitCode::integrity) return Unexpected{error};
    for (auto& [folder, source] : sources_) source->rewind();
    not_before_ = now + pause_;
    pause_ = std::min<std::chrono::seconds>(pause_ * 2, most_pause);
    broken_ = true;
    if (trouble_.empty()) tell(Severity::high, "store", "no log lines are taken: " + error.text, 0);
    trouble_ = error.text;
    return Done{};
}

/// Of what can wait: the index, retention.
Result<Done> LogKeeper::bear(const Error& error) {
    if (error.code == ExitCode::integrity) return Unexpected{error};
    indexed_ = true;  // until lines are committed again
    return Done{};
}

Result<Done> LogKeeper::every_second(Instant now) {
    if (receiver_) receiver_->every_second(wall_clock());
    if (now < next_retention_ || !trouble_.empty() || ingest_->pending() > 0) return Done{};
    retention_.before = wall_clock() + -retain_;
    const auto gone = log_retain_step(store_, retention_);
    if (!gone) return bear(gone.error());
    next_retention_ = *gone > 0 ? now : now + 10s;
    return Done{};
}

void LogKeeper::reload(const std::string& policy) {
    auto loaded = load_log_rules(policy);
    if (!loaded) {
        fmt::print(stderr, "span-collector: {}; the old policy stays\n", loaded.error().text);
        return tell(Severity::high, "policy", "the new policy is not used for log lines, the old one stays: " + loaded.error().text, 0);
    }
    const std::string sha256 = loaded->rules.policy->sha256;
    ingest_->set_rules(std::move(loaded->rules));
    fmt::print(stderr, "span-collector: policy {} (sha256 {}) is in force for log lines\n", escape_for_display(policy), sha256);
}

std::uint64_t LogKeeper::read_to(const std::string& spool) const {
    for (const auto& [folder, source] : sources_)
        if (folder == spool)
            if (const auto* journal = dynamic_cast<const JournalSource*>(source.get())) return journal->read_to();
    return 0;
}

std::string LogKeeper::totals() const {
    const LogTotals& t = ingest_->totals();
    return fmt::format("{} log lines: {} known, {} allowed, {} learnt, {} grey, {} black{}", t.lines, t.known, t.allowed, t.learnt, t.grey,
                       t.black, receiver_ ? fmt::format("; {} datagrams on {}", receiver_->received(), receiver_->label()) : "");
}

}  // namespace sw
