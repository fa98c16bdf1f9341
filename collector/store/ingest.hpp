#pragma once
/// Records into the store, exactly once: rows and the position they account for go in one transaction.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "collector/store/store.hpp"
#include "sensor/journal/journal_reader.hpp"
#include "sensor/journal/record.hpp"

namespace sw {

struct SampleLimits {
    std::uint32_t first = 16;           ///< so many whole packets of a finding, then the 100th, 1,000th, 10,000th ...
    std::uint64_t octets = 256u << 20;  ///< of all samples; beyond it only a finding's very first is kept (and counted what was not);
                                        ///< beyond twice that none
    std::uint32_t findings = 131'072;   ///< of a store; then one last finding takes the rest, one the critical rest
    std::uint32_t critical = 8'192;     ///< more, for critical findings only
};

/// A finding of log lines, as the log room words it.
struct LogFinding {
    std::string shape;   ///< what makes it this finding: canonical JSON, keys sorted, "kind":"log" among them
    std::string reason;  ///< slug (rules/logs/log_reason.def)
    Severity severity = Severity::high;
    bool black = false, folded = false;
    std::string sentence, detail;
    std::vector<std::string> why;
    Address source;  ///< who sent its lines; family 0: a file
};

/// What makes two packets, runs or days one finding is FindingRecord::Shape. The texts of a finding (sentence, why, detail,
/// nearest) are those of the policy that saw it last. A finding's state is a person's: here it only counts up.
/// A new exact finding whose ports or initiators were folded in the store before counts there, whatever was decided on the fold; one of
/// a fold of everything (many hosts, many ports) only while that is undecided: a dismissed flood hides nothing new.
/// Heartbeats are not kept. Of a spool, a finding that is new or whose count has one digit more is noted in the table alarm_due, in the
/// same transaction; of a capture file not: who replays it sees it.
/// cost: a packet of a known finding beyond its samples touches no SQL and allocates nothing
class Ingest : public RecordSink {
public:
    /// store must outlive it
    explicit Ingest(Store& store, const SampleLimits& limits = {});
    ~Ingest() override;

    struct Progress {
        JournalPosition position;
        bool complete = false;  ///< a capture file: read to its end
        bool known = false;     ///< something of it was committed
        bool covered = false;   ///< its coverage was: a capture file ended, if only by an error
        Timestamp began;        ///< wall clock of its first commit
    };
    /// From now on records belong to this journal ("spool:ID", or "capture:SHA256"). Gives how far it is in the store already.
    /// What was not committed is forgotten; the run and its findings stay known.
    Result<Progress> begin(const std::string& journal);
    /// All records so far account for the journal up to here. Commits; on an error nothing since the last commit is in the store,
    /// and the caller stops reading (the journal keeps the data), or goes back to the last commit with begin().
    Result<Done> commit(JournalPosition position, bool complete = false);

    /// As finding() and packet(), for lines: number is of the same run's findings, octets the line as received. comment: asked for
    /// only where the line is kept as a sample.
    void log_finding(std::uint32_t number, const LogFinding& finding);
    void log_line(std::uint32_t number, Timestamp received, Bytes octets, const std::function<std::string()>& comment);
    /// What else goes into each commit's transaction, behind the findings. Its error takes everything back.
    void also(std::function<Result<Done>()> rows);
    /// The store's id of a finding that was counted; while also()'s rows are written, not before.
    std::int64_t id_of(std::uint32_t number) const;

    void run(const RunRecord&) override;
    void finding(const FindingRecord&) override;
    void packet(const PacketRecord&) override;
    void count(const CountRecord&) override;
    void flow(const FlowRecord&) override;
    void opening(const OpeningRecord&) override {}  ///< as logs: LogIngest reads those
    void log(const LogRecord&) override {}
    void chart(const ChartRecord&) override;
    void coverage(const CoverageRecord&) override;
    void heartbeat(const HeartbeatRecord&) override;

    /// Rows that wait for commit (octets of samples count too): a caller commits at comfortable, and at least once a second.
    /// Beyond four times that they are written into an open transaction, so that memory stays bounded.
    std::size_t pending() const;
    static constexpr std::size_t comfortable = 10'000;

    struct Totals {  // packets: and lines
        std::uint64_t packets = 0, findings_new = 0, findings_known = 0, samples = 0, samples_dropped = 0;
    };
    const Totals& totals() const;  ///< committed by this object; a finding counts each time a run touches it first

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

/// The canonical text of a shape (JSON, keys sorted), and the finding's key: BLAKE2b-128 of it.
std::string canonical(const FindingRecord::Shape& shape);

}  // namespace sw
