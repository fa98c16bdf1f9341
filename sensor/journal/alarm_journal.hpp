#pragma once
/// An alarm journal is a folder of files with one JSON object a line: what its writer wants people to hear
/// (0000000001.alarms ...), and once a second that it is alive (0000000001.beats ...: files of their own, so that heartbeats never
/// push alarms out). Written by one process (a sensor, the collector), read by span-alarm and by the command line.
/// Needs nothing but rules/base and the severity: span-alarm links neither pcap nor SQLite.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "rules/base/result.hpp"
#include "rules/base/time.hpp"
#include "rules/packet/reason.hpp"

namespace sw {

struct AlarmRecord {
    std::string id;  ///< set by the writer: journal id ":" running number; never given twice, also not after a restart
    Timestamp at;    ///< wall clock
    Severity severity = Severity::high;
    /// finding, recurrence, self-traffic, transmitted, coverage, policy, store, integrity, dead-man, mirror ...: a-z and '-'
    std::string kind;
    std::string sentence;      ///< escaped (escape_for_display); writer and reader escape what is not, and cut it to 4,000 octets
    std::int64_t finding = 0;  ///< of the store; 0: none
    std::uint64_t count = 0;   ///< packets of the finding so far; 0: does not apply
};

/// Once a second of a daemon that runs.
struct AlarmHeartbeat {
    Timestamp at;                          ///< wall clock
    std::string who;                       ///< "span-sensor span0", "span-collector"
    std::uint64_t frames = 0;              ///< judged, or (collector) records ingested, so far
    std::optional<std::uint64_t> dropped;  ///< by kernel and interface, where known
    std::optional<Timestamp> last_frame;   ///< wall clock
    std::string trouble;                   ///< "" or why it does not do its work: "no link", "store full"
    bool both_ways = true;                 ///< the mirror showed both directions lately (or too little to tell)
};

class AlarmWriter {
public:
    /// Opens or continues; one writer a folder (locked): a spool's folder is another. limits: alarms in files of 4 MiB, the newest
    /// 16 are kept; heartbeats in files of 1 MiB, the newest 2 are kept.
    /// errors: no such folder, another writer, a full disk (code environment)
    static Result<std::unique_ptr<AlarmWriter>> open(const std::string& folder);
    virtual ~AlarmWriter() = default;
    /// Appended and on disk when it returns true; false: kept in memory (1,024 alarms) and tried again with the next call of either
    /// kind. What finds no room there is lost, and an alarm says how many were.
    virtual bool alarm(AlarmRecord record) = 0;
    /// Of the alarm that alarm() took last; "" before the first.
    virtual const std::string& last_id() const = 0;
    /// Appended, not synced. false: it, or an alarm before it, could not be written.
    virtual bool heartbeat(const AlarmHeartbeat& beat) = 0;
};

struct AlarmPosition {
    std::uint64_t segment = 0, offset = 0;
    auto operator<=>(const AlarmPosition&) const = default;
};

class AlarmReader {
public:
    /// from: {} is the oldest alarm there is. A position that the journal no longer has, or never had, is that as well.
    static Result<AlarmReader> open(const std::string& folder, AlarmPosition from);
    AlarmReader(AlarmReader&&) noexcept;
    AlarmReader& operator=(AlarmReader&&) noexcept;
    ~AlarmReader();

    struct Sink {
        virtual ~Sink() = default;
        virtual void alarm(const AlarmRecord& record) = 0;
        virtual void heartbeat(const AlarmHeartbeat& beat) = 0;
    };
    /// New alarms, in order, at most max; and the newest heartbeat, if it was not told yet. A torn last line is waited for; one that
    /// is no record is counted in bad_lines() and skipped. cost: a few system calls where nothing is new
    Result<std::size_t> read(Sink& sink, std::size_t max);
    /// Behind the last alarm told, where it lies in its journal.
    AlarmPosition position() const;
    /// Which journal this is: what its ids begin with; "" before its first line was written.
    const std::string& journal() const;
    std::uint64_t bad_lines() const;
    /// Files that were removed before they were read.
    std::uint64_t missed_segments() const;

private:
    struct Impl;
    explicit AlarmReader(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace sw
