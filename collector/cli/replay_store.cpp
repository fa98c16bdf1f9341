#include "collector/cli/replay_store.hpp"

#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <vector>

#include "collector/cli/console.hpp"
#include "collector/logs/rules_files.hpp"
#include "rules/base/hex.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

constexpr std::int64_t commit_every_ms = 1000;

std::int64_t now_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

bool is_regular(const UniqueFd& fd) {
    struct stat status {};
    return ::fstat(fd.get(), &status) == 0 && S_ISREG(status.st_mode);
}

std::string to_the_second(Timestamp t) { return to_rfc3339(t).substr(0, 19) + "Z"; }

}  // namespace

Result<std::string> journal_of(const UniqueFd& capture) {
    if (!is_regular(capture)) {
        std::array<std::uint8_t, 16> random{};
        randombytes_buf(random.data(), random.size());
        return "pipe:" + to_hex(random);
    }
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    std::vector<std::uint8_t> piece(256u << 10);
    // A descriptor that somebody has read from already (standard input) is judged from where it stands.
    for (off_t at = std::max<off_t>(::lseek(capture.get(), 0, SEEK_CUR), 0);;) {
        const ssize_t n = ::pread(capture.get(), piece.data(), piece.size(), at);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return unexpected(fmt::format("cannot read: {}", std::strerror(errno)));
        if (n == 0) break;
        crypto_hash_sha256_update(&state, piece.data(), static_cast<unsigned long long>(n));
        at += n;
    }
    std::array<std::uint8_t, crypto_hash_sha256_BYTES> digest{};
    crypto_hash_sha256_final(&state, digest.data());
    return "capture:" + to_hex(digest);
}

class ReplayStore::Gate : public RecordSink {
public:
    explicit Gate(RecordSink& behind) : behind_(&behind) {}
    void run(const RunRecord& r) override { behind_->run(r); }
    void finding(const FindingRecord& f) override { behind_->finding(f); }
    void packet(const PacketRecord& p) override {
        pass([&] { behind_->packet(p); });
    }
    void count(const CountRecord& c) override {
        pass([&] { behind_->count(c); });
    }
    void flow(const FlowRecord& f) override {
        pass([&] { behind_->flow(f); });
    }
    void opening(const OpeningRecord& o) override {
        if (lines != nullptr && o.number > lines_known) lines->opening(o);
    }
    void log(const LogRecord& l) override {
        if (lines == nullptr || l.number <= lines_known) return;
        lines->line({.via = LogVia::mirror, .source = l.tuple.src, .mac = l.mac, .received = l.ts, .octets = l.octets, .broken = {}});
    }
    void chart(const ChartRecord& c) override {
        pass([&] { behind_->chart(c); });
    }
    void coverage(const CoverageRecord& c) override {
        if (lines != nullptr) lines->conversations_until(c.to);
        pass([&] { behind_->coverage(c); });
    }
    void heartbeat(const HeartbeatRecord& h) override {
        pass([&] { behind_->heartbeat(h); });
    }
    bool shut = false;
    LogIngest* lines = nullptr;
    std::uint64_t lines_known = 0;

private:
    template <class F>
    void pass(F f) {
        if (!shut) f();
    }
    RecordSink* behind_;
};

ReplayStore::ReplayStore(const Options& options, Store store, Store lines, std::size_t commit_at)
    : path_(escape_for_display(options.db)),
      again_(options.replay.again),
      commit_at_(commit_at),
      store_(std::move(store)),
      ingest_(store_),
      gate_(std::make_unique<Gate>(ingest_)),
      lines_store_(std::move(lines)) {}

ReplayStore::~ReplayStore() = default;

Result<std::unique_ptr<ReplayStore>> ReplayStore::open(const Options& options, std::size_t commit_at) {
    auto store = Store::open(options.db, Store::Access::ingest);
    if (!store) return Unexpected{store.error()};
    if (!store->set_aside().empty())
        complain(fmt::format("{}: was damaged: set aside as {}, and a new store begins", escape_for_display(options.db),
                             escape_for_display(store->set_aside())));
    auto lines = Store::open(options.db, Store::Access::review);
    if (!lines) return Unexpected{lines.error()};
    std::unique_ptr<ReplayStore> self(new ReplayStore(options, std::move(*store), std::move(*lines), commit_at));
    if (auto done = self->load_hash_key(); !done) return Unexpected{done.error()};
    return self;
}

Result<Done> ReplayStore::load_hash_key() {
    std::array<std::uint8_t, 16> fresh{};
    randombytes_buf(fresh.data(), fresh.size());
    auto insert = store_.db().prepare("INSERT OR IGNORE INTO setting (name, value) VALUES ('flow_hash_key', ?)");
    if (!insert) return Unexpected{insert.error()};
    if (auto done = insert->bind(1, to_hex(fresh)).run(); !done) return done;
    auto select = store_.db().prepare("SELECT value FROM setting WHERE name = 'flow_hash_key'");
    if (!select) return Unexpected{select.error()};
    if (auto row = select->step(); !row) return Unexpected{row.error()};
    const std::string text = select->text(0);
    std::size_t octets = 0;
    if (sodium_hex2bin(hash_key_.data(), hash_key_.size(), text.data(), text.size(), nullptr, &octets, nullptr) != 0 ||
        octets != hash_key_.size())
        return unexpected(fmt::format("{}: its setting flow_hash_key is not what we wrote", path_), ExitCode::integrity);
    return Done{};
}

/// Lines are judged by the same policy, but for what it imports: this process may read nothing but captures.
void ReplayStore::start(Engine& engine, const RunRecord& run) {
    gate_->run(run);
    recorder_.emplace(engine, *gate_);
    LogIngestOptions how;
    how.program = run.program;
    how.unconfined = run.unconfined;
    Policy policy = engine.policy();
    policy.log.import.clear();
    auto rules = make_log_rules(std::move(policy));
    auto lines =
        rules ? LogIngest::open(lines_store_, std::move(rules->rules), how) : Result<std::unique_ptr<LogIngest>>(Unexpected{rules.error()});
    if (!lines) {
        fail(lines.error());
        return;
    }
    lines_ = std::move(*lines);
    lines_->sensor_policy(run);
    gate_->lines = lines_.get();
}

bool ReplayStore::begin_lines(const std::string& journal) {
    auto at = lines_->position("logs:" + journal);
    if (!at) return fail(at.error());
    lines_at_ = std::move(*at);
    gate_->lines_known = lines_at_.complete ? UINT64_MAX : lines_at_.offset;
    return true;
}

bool ReplayStore::commit_lines(bool complete) {
    if (lines_->pending() == 0 && !complete) return true;
    lines_at_.segment = 1;
    lines_at_.offset = std::max(frames_, lines_at_.offset);
    lines_at_.complete = complete || lines_at_.complete;
    if (auto done = lines_->commit({&lines_at_, 1}, last_); !done) return fail(done.error());
    return true;
}

bool ReplayStore::fail(const Error& error) {
    if (!trouble_) complain(error.text);
    if (!trouble_) trouble_ = error;
    return false;
}

/// Where to go on: at the capture as it is in the store, or with --again at the first counting of it that is not finished.
Result<Ingest::Progress> ReplayStore::find_place(std::string& journal) {
    const std::string plain = journal;
    auto progress = ingest_.begin(journal);
    for (int number = 2; again_ && progress && (progress->complete || progress->covered); ++number) {
        journal = fmt::format("{}:{}", plain, number);
        progress = ingest_.begin(journal);
    }
    return progress;
}

bool ReplayStore::begin_file(const std::string& name, const std::string& capture) {
    if (trouble_ || !settle()) return false;
    std::string journal = capture;
    auto progress = find_place(journal);
    if (!progress) return fail(progress.error());
    if (!begin_lines(journal)) return false;
    name_ = escape_for_display(name);
    progress_ = *progress;
    frames_ = 0;
    complete_ = false;
    gate_->shut = false;
    committed_at_ = now_ms();
    if (progress_.complete)
        complain(fmt::format("{}: already in {} since {}; nothing added (--again counts it once more)", name_, path_,
                             to_the_second(progress_.began)));
    return true;
}

bool ReplayStore::judged(std::span<const Frame> frames, std::span<const Judgement> judgements) {
    if (trouble_) return false;
    if (!frames.empty()) last_ = std::max(last_, frames.back().ts);
    const std::uint64_t there = progress_.complete ? frames_ + frames.size() : progress_.position.offset;
    const std::uint64_t skip = std::min<std::uint64_t>(there > frames_ ? there - frames_ : 0, frames.size());
    if (progress_.known && !progress_.complete && frames_ <= there && frames_ + frames.size() > there)
        complain(fmt::format("{}: {} frames of it are in {} already; goes on behind them", name_, there, path_));
    recorder_->judged(frames, judgements, skip);
    frames_ += frames.size();
    if (skip == frames.size()) return true;
    added_ = true;
    if (ingest_.pending() + lines_->pending() < commit_at_ && now_ms() - committed_at_ < commit_every_ms) return true;
    recorder_->checkpoint();
    return commit(false);
}

bool ReplayStore::commit(bool complete) {
    if (auto done = ingest_.commit({1, std::max(frames_, progress_.position.offset)}, complete); !done) return fail(done.error());
    committed_at_ = now_ms();
    return commit_lines(false);
}

bool ReplayStore::end_file(const std::string& error) {
    if (trouble_) return false;
    gate_->shut = progress_.complete || adds_nothing();
    if (!progress_.complete && gate_->shut)
        complain(
            fmt::format("{}: already in {} as far as it can be read ({} frames), since {}; nothing added (--again counts it once more)",
                        name_, path_, frames_, to_the_second(progress_.began)));
    if (!gate_->shut) added_ = true;
    recorder_->settled(gate_->shut);
    recorder_->end_file(name_, error);
    complete_ = progress_.complete || error.empty();
    unsettled_ = true;
    return true;
}

/// The commit that ends the file before: together with what the run's end adds, if it was the last.
bool ReplayStore::settle() {
    if (!std::exchange(unsettled_, false)) return true;
    if (!(gate_->shut && ingest_.pending() == 0) && !commit(complete_)) return false;
    return gate_->lines_known == UINT64_MAX || commit_lines(complete_);
}

bool ReplayStore::finish() {
    if (trouble_) return false;
    gate_->shut = !added_;
    if (recorder_) recorder_->end();
    if (!settle()) return false;
    const Ingest::Totals& t = ingest_.totals();
    if (!added_) return true;
    complain(fmt::format("{}: {} {} added, in {} new and {} known findings; {} kept whole{}", path_, t.packets,
                         t.packets == 1 ? "packet" : "packets", t.findings_new, t.findings_known, t.samples,
                         t.samples_dropped == 0 ? "" : fmt::format(", {} not for want of room", t.samples_dropped)));
    if (const std::uint64_t n = lines_->totals().lines; n > 0)
        complain(fmt::format("{}: {} log lines added, in {} new and {} known findings", path_, n, lines_->findings().findings_new,
                             lines_->findings().findings_known));
    return true;
}

}  // namespace sw
