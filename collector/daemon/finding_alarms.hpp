#pragma once
/// Alarms of findings: what ingest noted as due, told once it is committed. An alarm is on the disk before its note is removed, so
/// that none is lost whenever this process dies; one that died in between finds it again in its own journal.
#include <cstdint>
#include <string>
#include <vector>

#include "collector/store/store.hpp"
#include "sensor/journal/alarm_journal.hpp"

namespace sw {

class FindingAlarms {
public:
    /// Both must outlive it; the store is no spool's: this one is only used between commits.
    FindingAlarms(Store& store, AlarmWriter& journal) : store_(&store), journal_(&journal) {}

    /// Notes whose alarm is in the journal (in folder) already, because this process died behind it: removed. Once, at the start.
    Result<Done> recall(const std::string& folder);
    /// Tell what is due, at most max. Gives how many. errors: the store's; what was told is not told again
    Result<std::size_t> tell(std::size_t max);
    /// What the journal kept in memory is on the disk now: AlarmWriter::heartbeat gave true.
    void written() { on_disk_ = true; }
    std::uint64_t told() const { return told_; }

    struct Due {
        std::int64_t finding = 0, digits = 0;
        Timestamp since;
        AlarmRecord alarm;
        bool silent = false;  ///< somebody decided on it, and it is not critical
    };

private:
    Result<std::vector<Due>> due(std::size_t max);
    Result<Done> forget();

    Store* store_;
    AlarmWriter* journal_;
    std::vector<Due> given_;  ///< to the journal; their notes are still there
    bool on_disk_ = true;     ///< given_ is
    std::uint64_t told_ = 0;
};

}  // namespace sw
