#pragma once
/// A journal is a folder of pcapng segments, appended to by one process and read by others. This is the writing half.
/// source: draft-ietf-opsawg-pcapng; Custom Blocks and options under private enterprise number 32473 hold JSON
#include <memory>
#include <optional>
#include <string>

#include "rules/base/result.hpp"
#include "sensor/journal/record.hpp"

namespace sw {

struct JournalLimits {
    std::uint64_t segment_octets = 64u << 20;  ///< then the next segment begins
    std::uint64_t total_octets = 1u << 30;     ///< the journal's budget, all segments; oldest finished ones are the reader's to remove
    std::uint32_t first_of_cause = 4;  ///< so many packets of every finding are kept when the budget is spent (from a reserve of a tenth)
};

class JournalWriter : public RecordSink {
public:
    /// Opens or continues the journal in folder (it must exist). A torn tail of an earlier writer is left as it is: a new
    /// segment begins at once, so that readers know the journal by its id from then on.
    /// errors: folder cannot be written, or another process writes this journal (code environment)
    static Result<std::unique_ptr<JournalWriter>> open(const std::string& folder, const JournalLimits& limits);

    // RecordSink: none of these fails; what cannot be written is counted, and failed() says why.
    // Beyond the budget a packet becomes part of a count; flows, openings, logs and earlier packets are dropped; all others are written
    // in any case.
    // When the disk fails, all wait in memory: 4 MiB of any kind, then counts, findings and coverage up to 64 MiB.

    /// Write what is buffered; sync: also to the disk.
    virtual Result<Done> flush(bool sync) = 0;
    /// Why the last attempt to write failed; empty once one has succeeded again.
    virtual const std::optional<Error>& failed() const = 0;
    /// Packets whose frames are not in the journal: each is part of a count.
    virtual std::uint64_t samples_dropped() const = 0;
    /// Syslog datagrams that are not in the journal; the next coverage says how many.
    virtual std::uint64_t logs_dropped() const = 0;
    /// Records of other kinds that are lost: flows, openings and earlier packets beyond the budget, and whatever found no room when the
    /// disk failed.
    virtual std::uint64_t records_dropped() const = 0;
};

}  // namespace sw
