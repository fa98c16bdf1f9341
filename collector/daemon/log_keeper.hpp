#pragma once
/// Everything about lines in the collector: what comes in on its socket, all sources into the one LogIngest, the index of words, and
/// what is old.
#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "collector/daemon/options.hpp"
#include "collector/daemon/ring.hpp"
#include "collector/logs/log_index.hpp"
#include "collector/logs/rules_files.hpp"
#include "collector/sources/datagram_receiver.hpp"
#include "collector/sources/journal_source.hpp"
#include "collector/sources/spool_folder.hpp"

namespace sw {

class LogKeeper {
public:
    using Instant = std::chrono::steady_clock::time_point;

    /// store: a connection of its own. receiver: or none. ring must outlive it.
    /// errors: the store's
    static Result<std::unique_ptr<LogKeeper>> open(const CollectorOptions& options, Store store, LogRules rules,
                                                   std::unique_ptr<DatagramReceiver> receiver, const Ring& ring);

    /// Take some lines, commit when it is time; where nothing comes, index words. Gives how many were read.
    /// errors: the store is damaged (code integrity): nothing more can be done. Others are paused on: see trouble()
    Result<std::size_t> turn(Instant now);
    Result<Done> commit(Instant now);
    /// Heartbeat of the socket's journal, retention.
    Result<Done> every_second(Instant now);
    /// Rules again from the files. What is wrong keeps the old ones, and rings.
    void reload(const std::string& policy);

    /// Segments of a sensor's spool before this one are in the store, as far as they hold lines.
    std::uint64_t read_to(const std::string& spool) const;
    const std::string& trouble() const { return trouble_; }
    std::string totals() const;
    std::uint64_t lines() const { return ingest_->totals().lines; }
    /// To be waited for; -1: none.
    int descriptor() const { return receiver_ ? receiver_->descriptor() : -1; }

private:
    static constexpr std::size_t lines_a_read = 2'000;
    static constexpr std::int64_t indexed_at_once = 500;
    static constexpr std::chrono::seconds least_pause{1}, most_pause{30}, idle_commit{10};

    LogKeeper(const CollectorOptions& options, Store store, std::unique_ptr<DatagramReceiver> receiver, const Ring& ring);
    void add_sources(const CollectorOptions& options);
    Result<std::size_t> read(Instant now);
    Result<Done> fail(const Error& error, Instant now);
    Result<Done> bear(const Error& error);
    bool is_time(Instant now, bool idle) const;
    void tell(Severity severity, const char* kind, std::string sentence, std::uint64_t count) const;

    LogRetention retention_;
    Duration retain_;
    Store store_;
    std::unique_ptr<LogIngest> ingest_;
    std::unique_ptr<DatagramReceiver> receiver_;
    const Ring* ring_;
    std::deque<std::pair<std::string, std::unique_ptr<LogSource>>> sources_;  ///< by folder
    std::vector<LogPosition> positions_;
    Instant committed_at_{}, not_before_{}, next_retention_{};
    std::chrono::seconds pause_ = least_pause;
    std::string trouble_;
    bool idle_ = false, indexed_ = false;
    bool broken_ = false;  ///< the last commit failed
};

}  // namespace sw
