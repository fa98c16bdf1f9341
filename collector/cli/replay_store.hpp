#pragma once
/// replay --db: what a replay judges goes into the store, each capture once.
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "collector/cli/options.hpp"
#include "collector/logs/log_ingest.hpp"
#include "collector/store/ingest.hpp"
#include "rules/base/unique_fd.hpp"
#include "sensor/journal/recorder.hpp"

namespace sw {

/// The journal's name of a capture: "capture:SHA-256 of its octets" ("capture:...:2" and so on when counted again). A pipe cannot be
/// known again: "pipe:" and a random number, new each time. A file that has grown has other octets: it is another capture,
/// and is counted from its beginning; so a capture goes into the store when it is finished.
/// cost: the file is read once more. It stays where it was.
Result<std::string> journal_of(const UniqueFd& capture);

class ReplayStore {
public:
    /// Opens or makes the store of --db, before this process is confined; says on stderr if a damaged one was set aside.
    /// commit_at: rows that wait (Ingest::pending()); whatever waits is committed about once a second
    static Result<std::unique_ptr<ReplayStore>> open(const Options& options, std::size_t commit_at = Ingest::comfortable);
    ~ReplayStore();

    /// Of the flow table: random, but the same for every replay into this store, so that a replay that goes on where another was
    /// killed ends conversations at the same frames.
    const std::array<std::uint8_t, 16>& hash_key() const { return hash_key_; }
    /// Before the first frame is judged. engine must outlive this object.
    void start(Engine& engine, const RunRecord& run);

    // Each gives false after trouble with the store, which was said on stderr: stop reading. What was committed stays.
    bool begin_file(const std::string& name, const std::string& journal);
    bool judged(std::span<const Frame> frames, std::span<const Judgement> judgements);
    /// error: "" if it was read to its end
    bool end_file(const std::string& error);
    /// The replay ends; says on stderr what was added.
    bool finish();
    const std::optional<Error>& trouble() const { return trouble_; }

private:
    /// Stands before the store: shut, only the run and its findings' descriptions pass.
    class Gate;
    ReplayStore(const Options& options, Store store, Store lines, std::size_t commit_at);
    Result<Done> load_hash_key();
    Result<Ingest::Progress> find_place(std::string& journal);
    bool begin_lines(const std::string& journal);
    bool commit_lines(bool complete);
    bool commit(bool complete);
    bool settle();
    bool fail(const Error& error);
    bool adds_nothing() const { return progress_.covered && frames_ <= progress_.position.offset; }

    std::string path_;
    bool again_;
    std::size_t commit_at_;
    Store store_;
    Ingest ingest_;
    std::unique_ptr<Gate> gate_;
    Store lines_store_;                 ///< a connection of its own, as ingest has
    std::unique_ptr<LogIngest> lines_;  ///< syslog datagrams of the capture; they count exactly once, too, by a position of their own
    LogPosition lines_at_;
    Timestamp last_;  ///< frame
    std::optional<Recorder> recorder_;
    std::array<std::uint8_t, 16> hash_key_{};
    std::optional<Error> trouble_;

    std::string name_;
    Ingest::Progress progress_;  ///< of the file when it began
    std::uint64_t frames_ = 0;   ///< of the file, so far
    bool complete_ = false;      ///< it was read to its end
    bool unsettled_ = false;     ///< its last commit is due: the run's end still adds to it
    bool added_ = false;         ///< any file of this replay was new, in whole or in part
    std::int64_t committed_at_ = 0;
};

}  // namespace sw
