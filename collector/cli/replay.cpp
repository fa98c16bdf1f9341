#include "collector/cli/replay.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>

#include "collector/cli/line_order.hpp"
#include "collector/cli/policy_file.hpp"
#include "collector/cli/progress.hpp"
#include "collector/cli/replay_store.hpp"
#include "collector/cli/signals.hpp"
#include "collector/cli/store_file.hpp"
#include "collector/store/wall_clock.hpp"
#include "rules/base/text.hpp"
#include "rules/confine/confine.hpp"
#include "sensor/capture/pcapng_writer.hpp"
#include "sensor/capture/reader.hpp"
#include "sensor/frame_ahead.hpp"

namespace sw {
namespace {

constexpr std::size_t frames_at_once = 256;

class Replay {
public:
    /// store: where to keep what is judged, or none
    Replay(const Options& options, const Policy& policy, Output& out, std::unique_ptr<ReplayStore> store)
        : options_(options),
          engine_(policy, engine_options(options, policy, store.get())),
          store_(std::move(store)),
          out_(&out),
          report_(options.replay.eve ? eve_report(out)
                  : options.json     ? json_report(out)
                                     : text_report(out)),
          progress_(!options.replay.no_progress && ::isatty(STDERR_FILENO) == 1) {
        result_.engine = &engine_;
        result_.mode = options.replay.mode.value_or(policy.mode);
        result_.unconfined = options.unconfined;
        if (store_ != nullptr) store_->start(engine_, run_record());
    }

    int run(std::optional<PcapngWriter> writer);

private:
    static EngineOptions engine_options(const Options& options, const Policy& policy, const ReplayStore* store);
    RunRecord run_record() const;
    void file(const std::string& name);
    void judge_all(CaptureReader& reader, std::uint64_t octets, FileResult& result);
    bool batch(std::span<const Frame> frames, std::span<const Glance> glances, std::uint64_t position, FileResult& result);
    std::string tell(const std::string& name, const Frame& frame, const Judgement& judgement);
    void tell_batch(const std::string& name, std::span<const Frame> frames);
    void tell_settled(const std::string& name, std::uint64_t until, std::size_t& next);
    bool tells() const { return options_.replay.packets != Listing::none || writer_; }
    void write(const Frame& frame, const std::string& comment);
    void write_earlier(std::size_t index, std::vector<Earlier>::const_iterator& next);
    void fail(FileResult& result, const Error& error);

    const Options& options_;
    Engine engine_;
    std::unique_ptr<ReplayStore> store_;  ///< ends before the engine that it listens to
    Output* out_;
    std::unique_ptr<ReplayReport> report_;
    LineOrder lines_{[this](const std::string& line) { report_->print(line); }};
    std::uint64_t told_ = 0;  ///< frames of the run given to tell_batch()
    Progress progress_;
    std::optional<PcapngWriter> writer_;
    std::array<Frame, frames_at_once> frames_;
    std::array<Judgement, frames_at_once> judgements_;
    ReplayResult result_;
    std::optional<Error> worst_;
    bool give_up_ = false;
};

EngineOptions Replay::engine_options(const Options& options, const Policy& policy, const ReplayStore* store) {
    EngineOptions e;
    e.mode = options.replay.mode.value_or(policy.mode);
    e.ignore = options.replay.ignore;
    e.grace = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(options.replay.grace));
    e.trace = store != nullptr;
    if (store != nullptr)
        e.hash_key = store->hash_key();
    else
        randombytes_buf(e.hash_key.data(), e.hash_key.size());
    return e;
}

RunRecord Replay::run_record() const {
    const Policy& policy = engine_.policy();
    return {.program = fmt::format("span-watcher {} replay", SPAN_VERSION),
            .source = "replay",
            .policy_sha256 = policy.sha256,
            .policy_path = policy.path,
            .policy_text = policy.text,
            .mode = result_.mode,
            .unconfined = options_.unconfined,
            .began = wall_clock()};
}

void Replay::fail(FileResult& result, const Error& error) {
    result.error = error.text;
    if (!worst_ || to_int(error.code) > to_int(worst_->code)) worst_ = error;
    progress_.clear();
    complain(fmt::format("{}: {}", escape_for_display(result.name), error.text));
}

/// The frame's line, "" if it is not listed. What goes into the evidence does so here.
std::string Replay::tell(const std::string& name, const Frame& frame, const Judgement& judgement) {
    const bool listed = options_.replay.packets == Listing::all || judgement.verdict != Verdict::allow;
    if (!listed || give_up_) return {};
    write(frame, writer_ ? verdict_comment(frame, judgement, engine_) : std::string());
    return options_.replay.packets == Listing::none ? std::string() : report_->packet(name, frame, judgement, engine_);
}

void Replay::write(const Frame& frame, const std::string& comment) {
    if (!writer_) return;
    if (auto done = writer_->write(frame, comment); !done) {
        worst_ = done.error();
        complain(done.error().text);
        writer_.reset();
        give_up_ = true;
    }
}

/// What led to the finding that the frame with this index in the batch began.
void Replay::write_earlier(std::size_t index, std::vector<Earlier>::const_iterator& next) {
    for (; next != engine_.earlier().end() && next->index == index; ++next) {
        if (options_.replay.packets == Listing::all) continue;  // where all packets are written they have their place already
        auto back = static_cast<std::uint32_t>(next->frames.size());
        for (const HeldFrame& held : next->frames) write(held.frame, earlier_comment(next->finding, back--));
    }
}

/// Lines are in the order of the frames; evidence is in the order of the verdicts, of which fragments have theirs together.
void Replay::tell_batch(const std::string& name, std::span<const Frame> frames) {
    std::size_t next = 0;
    auto brought_up = engine_.earlier().begin();
    for (std::size_t i = 0; i < frames.size(); ++i, ++told_) {
        if (judgements_[i].held) lines_.next(std::nullopt);
        tell_settled(name, told_, next);
        if (!judgements_[i].held) lines_.next(tell(name, frames[i], judgements_[i]));
        write_earlier(i, brought_up);
    }
}

void Replay::tell_settled(const std::string& name, std::uint64_t until, std::size_t& next) {
    const std::span<const Settled> list = engine_.settled();
    for (; next < list.size() && list[next].at <= until; ++next)
        lines_.settle(list[next].index, tell(name, list[next].frame, list[next].judgement));
}

/// false: stop reading this file
bool Replay::batch(std::span<const Frame> frames, std::span<const Glance> glances, std::uint64_t position, FileResult& result) {
    std::size_t judged = 0;
    const auto done = engine_.judge(frames, judgements_, judged, glances);
    result.frames += judged;
    progress_.at(position, result.frames, engine_.counters().greylisted);
    if (tells() && judged > 0) tell_batch(result.name, frames.first(judged));
    if (store_ != nullptr && !store_->judged(frames.first(judged), std::span(judgements_.data(), judged))) give_up_ = true;
    if (!done) fail(result, done.error());
    return done && !give_up_ && !out_->failed() && stop_signal() == 0;
}

void Replay::judge_all(CaptureReader& reader, std::uint64_t octets, FileResult& result) {
    engine_.begin_file();
    if (FrameAhead::pays(reader, octets)) {
        FrameAhead ahead(reader, engine_);
        if (ahead.is_near()) {
            for (const FrameAhead::Batch* b = &ahead.next(); b->size > 0; b = &ahead.next())
                if (!batch(b->read(), b->seen(), b->position, result)) return;
            return;
        }
    }
    for (std::size_t n; stop_signal() == 0 && (n = reader.next(frames_)) > 0;)
        if (!batch({frames_.data(), n}, {}, reader.position(), result)) return;
}

std::string names_of(const std::vector<Datalink>& links) {
    std::vector<std::string> names;
    for (Datalink link : links)
        if (const std::string name = name_of(link); std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    return fmt::format("{}", fmt::join(names, ","));
}

Result<UniqueFd> open_capture(const std::string& name) {
    UniqueFd fd(name == "-" ? STDIN_FILENO : ::open(name.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) return unexpected(fmt::format("cannot open: {}", std::strerror(errno)));
    struct stat status {};
    if (::fstat(fd.get(), &status) == 0 && S_ISDIR(status.st_mode)) return unexpected("is a directory, not a capture file");
    return fd;
}

std::uint64_t size_of(const UniqueFd& fd) {
    struct stat status {};
    const bool known = ::fstat(fd.get(), &status) == 0 && S_ISREG(status.st_mode);
    return known ? static_cast<std::uint64_t>(status.st_size) : 0;
}

void Replay::file(const std::string& name) {
    FileResult& result = result_.files.emplace_back();
    result.name = name;
    auto fd = open_capture(name);
    if (!fd) return fail(result, fd.error());
    const std::uint64_t octets = size_of(*fd);
    progress_.begin_file(name, octets);
    const auto journal = store_ != nullptr ? journal_of(*fd) : Result<std::string>(std::string());
    if (!journal) return fail(result, journal.error());
    auto reader = CaptureReader::open(
        std::move(*fd), [] { return stop_signal() != 0; }, FrameAhead::buffers);
    if (!reader) return fail(result, reader.error());
    if (store_ != nullptr && !store_->begin_file(name, *journal)) {
        give_up_ = true;
        return;
    }
    judge_all(*reader, octets, result);
    engine_.end_fragments();
    std::size_t first = 0;
    if (tells()) tell_settled(name, told_, first);
    result.datalink = names_of(reader->datalinks());
    if (const auto& stop = reader->stopped(); stop && stop_signal() == 0)
        fail(result, {ExitCode::input, fmt::format("stopped at frame {}, offset {}: {}", stop->frame, stop->offset, stop->why)});
    const bool broken_off = result.error.empty() && (stop_signal() != 0 || give_up_ || out_->failed());
    if (store_ != nullptr && !store_->end_file(broken_off ? fmt::format("interrupted behind frame {}", result.frames) : result.error))
        give_up_ = true;
}

int Replay::run(std::optional<PcapngWriter> writer) {
    const auto began = std::chrono::steady_clock::now();
    writer_ = std::move(writer);
    for (const std::string& name : options_.replay.files) {
        if (stop_signal() != 0 || give_up_ || out_->failed()) break;
        file(name);
    }
    progress_.clear();
    if (store_ != nullptr && !store_->finish() && store_->trouble()) worst_ = store_->trouble();
    if (writer_)
        if (auto done = writer_->flush(); !done) {
            worst_ = done.error();
            complain(done.error().text);
        }
    result_.interrupted = stop_signal() != 0;
    result_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    report_->finish(result_);
    if (result_.interrupted) return 128 + stop_signal();
    if (worst_) return to_int(worst_->code);
    return to_int(engine_.counters().allowed == engine_.counters().frames ? ExitCode::clean : ExitCode::greylisted);
}

bool same_file(const std::string& one, const std::string& other) {
    struct stat a {
    }, b{};
    return ::stat(one.c_str(), &a) == 0 && ::stat(other.c_str(), &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/// Not open: there is nothing to write. What the file held stays until there is something to put there.
Result<UniqueFd> open_evidence(const Options& options) {
    const std::string& path = options.replay.write;
    if (path.empty()) return UniqueFd();
    if (!options.db.empty() && same_file(path, options.db))
        return unexpected(fmt::format("--write {} would overwrite the store", escape_for_display(path)));
    if (same_file(path, options.policy)) return unexpected(fmt::format("--write {} would overwrite the policy", escape_for_display(path)));
    for (const std::string& file : options.replay.files)
        if (same_file(path, file))
            return unexpected(fmt::format("--write {} would overwrite a capture that is to be read", escape_for_display(path)));
    UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0640));
    if (!fd) return unexpected(fmt::format("cannot write {}: {}", escape_for_display(path), std::strerror(errno)), ExitCode::environment);
    return fd;
}

std::optional<PcapngWriter> writer_into(UniqueFd fd, const Options& options, const Policy& policy) {
    if (!fd) return std::nullopt;
    if (::ftruncate(fd.get(), 0) != 0 && errno != EINVAL)  // EINVAL: a device or a pipe
        complain(fmt::format("emptying {}: {}", escape_for_display(options.replay.write), std::strerror(errno)));
    return PcapngWriter(std::move(fd), fmt::format("span-watcher {} replay; policy sha256 {}{}", SPAN_VERSION, policy.sha256,
                                                   options.unconfined ? "; UNCONFINED" : ""));
}

Result<Done> confine_replay(const Options& options) {
    if (options.db.empty()) return confine_unless(options.unconfined, Role::cli_replay, options.replay.files);
    return confine_unless(options.unconfined, Role::cli_record, options.replay.files, {folder_of(options.db)});
}

int failed(const Error& error) {
    complain(error.text);
    return to_int(error.code);
}

}  // namespace

/// What replay may do, given up one after the other: read the policy's text, open the evidence and the store, then nothing but
/// read the captures (and write in the store's folder). Everything that parses comes after.
int replay(const Options& options) {
    if (sodium_init() < 0) return failed({ExitCode::environment, "libsodium: no random numbers"});
    catch_signals();
    auto text = read_policy_file(options.policy);
    if (!text) return failed(text.error());
    std::unique_ptr<ReplayStore> store;
    if (!options.db.empty()) {
        auto opened = ReplayStore::open(options);
        if (!opened) return failed(opened.error());
        store = std::move(*opened);
    }
    auto evidence = open_evidence(options);
    if (!evidence) return failed(evidence.error());
    if (auto done = confine_replay(options); !done) return failed(done.error());
    const auto policy = parse_or_complain(options.policy, std::move(*text));
    if (!policy) return to_int(ExitCode::input);
    Output out(options.colour);
    return out.finish(Replay(options, *policy, out, std::move(store)).run(writer_into(std::move(*evidence), options, *policy)));
}

}  // namespace sw
