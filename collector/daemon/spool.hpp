#pragma once
/// One spool on its way into the store. It is waited for, followed, gone on with behind the last commit, and its segments are removed
/// once they are in the store (but for the newest finished one: it tells which journal this is).
#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "collector/daemon/coverage_alarms.hpp"
#include "collector/daemon/ring.hpp"
#include "collector/store/ingest.hpp"
#include "sensor/journal/journal_reader.hpp"

namespace sw {

class Spool {
public:
    using Instant = std::chrono::steady_clock::time_point;

    /// Segments before this one were read for log lines, too.
    using LinesReadTo = std::function<std::uint64_t(const std::string& folder)>;

    /// store: a connection of its own, because ingest sees what others wrote only on another one. ring must outlive it.
    Spool(std::string folder, Store store, const SampleLimits& limits, const Ring& ring, LinesReadTo lines_read_to);
    Spool(const Spool&) = delete;
    Spool& operator=(const Spool&) = delete;

    /// Read some records and commit when it is time; never leaves a transaction open. Gives how many were read.
    /// errors: the store is damaged (code integrity): nothing more can be done. Others are paused on: see trouble().
    Result<std::size_t> turn(Instant now);
    /// Commit what was read. errors: as turn()
    Result<Done> commit(Instant now);

    /// "" or why nothing is taken from it.
    const std::string& trouble() const { return trouble_; }
    bool is_open() const { return reader_.has_value(); }
    const std::string& name() const { return name_; }   ///< escaped
    std::uint64_t records() const { return records_; }  ///< committed
    const Ingest::Totals& totals() const { return ingest_.totals(); }

private:
    static constexpr std::size_t records_a_read = 400;  ///< with the largest frames and comfortable others, not a transaction's worth
    static constexpr std::chrono::seconds least_pause{1}, most_pause{30};

    Result<Done> open(Instant now);
    bool is_time(Instant now, bool idle) const;
    Result<Done> fail(const Error& error, Instant now);
    void skip_segment(const Error& error);
    void remove_finished(std::uint64_t segment);

    std::string folder_, name_;
    Store store_;
    Ingest ingest_;
    CoverageAlarms coverage_;
    const Ring* ring_;
    LinesReadTo lines_read_to_;
    std::optional<JournalReader> reader_;
    JournalPosition committed_;
    std::optional<JournalPosition> skip_to_;
    Instant committed_at_{}, not_before_{};
    std::chrono::seconds pause_ = least_pause;
    std::string trouble_;
    std::uint64_t records_ = 0, uncommitted_ = 0;
    std::uint64_t removed_to_ = 0;
    bool removal_failed_ = false;
};

}  // namespace sw
