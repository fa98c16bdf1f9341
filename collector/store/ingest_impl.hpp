#pragma once
/// Inside Ingest. Packets are added up in memory, a row a finding (ingest_rows.cpp: which finding of the store a finding of the run
/// is); flush() writes the sums (ingest_flush.cpp); commit() flushes, notes the position and commits.
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "collector/store/finding_key.hpp"
#include "collector/store/ingest.hpp"
#include "collector/store/ingest_sql.hpp"

namespace sw {

/// What a finding is told as, of packets or of lines.
struct FindingText {
    FindingRecord record;           ///< of lines: only its number
    std::optional<LogFinding> log;  ///< of lines

    std::string canonical() const { return log ? log->shape : sw::canonical(record.shape); }
    Severity severity() const { return log ? log->severity : record.severity; }
    bool may_fold() const { return !log && is_exact(record.shape); }
};

/// A finding of the store, and what came for it since the last flush.
struct FindingRow {
    FindingKey key{};
    std::shared_ptr<const FindingText> text;  ///< of the policy that saw it last; its shape is this row's
    std::int64_t id = 0;                      ///< 0: not in the store yet
    std::string told_by;                      ///< policy of the texts in the store
    std::uint64_t epoch = 0;                  ///< Impl::epoch_ when it was read
    bool seen = false;                        ///< in Totals
    std::uint64_t stored = 0;                 ///< its count in the store
    Timestamp stored_first;
    std::uint64_t next_sample = 1;  ///< ordinal of the next packet to be kept

    std::uint64_t packets = 0, octets = 0, kept = 0, dropped = 0;
    Timestamp first, last;
    std::int64_t span_begin = 0, span_end = 0;  ///< interval of the last packet; empty: none
    std::size_t span = 0;                       ///< its index in spans_
};

struct FindingSpan {
    std::size_t row = 0;
    std::int64_t start = 0;
    std::uint64_t packets = 0, octets = 0;
};

struct PendingSample {
    std::size_t row = 0;
    std::uint64_t nth = 0;      ///< of its row since the last flush, from 1; then of all its row's
    std::uint32_t earlier = 0;  ///< PacketRecord::earlier
    Timestamp ts;
    std::uint32_t len = 0;
    Datalink link;
    Verdict verdict = Verdict::grey;
    ReasonSet reasons;
    std::uint64_t number = 0;
    std::size_t at = 0, caplen = 0, comment = 0;  ///< octets, then comment, in the arena
    Wrapping wrapping;
    Datalink inner_link;
    bool is_log = false;
    bool keep = false;
};

class Ingest::Impl {
public:
    Impl(Store& store, const SampleLimits& limits) : store_(store), limits_(limits) {}

    Result<Progress> begin(const std::string& journal);
    Result<Done> commit(JournalPosition position, bool complete);
    void run(const RunRecord& r);
    void describe(std::uint32_t number, FindingText text);
    void packet(const PacketRecord& p);
    void log_line(std::uint32_t number, Timestamp received, Bytes octets, const std::function<std::string()>& comment);
    std::int64_t id_of(std::uint32_t number) const;
    void count(const CountRecord& c);
    template <class Record>
    void append(std::vector<Record>& list, const Record& record);
    std::size_t pending() const {
        return touched_.size() + spans_.size() + samples_.size() + arena_.size() / 4096 + flows_.size() + charts_.size() + coverage_.size();
    }
    const Totals& totals() const { return committed_; }

    std::vector<FlowRecord> flows_;
    std::vector<ChartRecord> charts_;
    std::vector<CoverageRecord> coverage_;
    std::function<Result<Done>()> also_;

private:
    struct Number {
        std::shared_ptr<const FindingText> text;
        std::size_t row = none;
    };
    static constexpr std::size_t none = ~std::size_t{0};
    static constexpr std::uint32_t most_numbers = 1u << 18;  ///< findings a run may number; a sensor ends far below
    static constexpr std::size_t most_rows = 1u << 17;       ///< remembered from one commit to the next

    // ingest.cpp
    FindingRow* row_of(std::uint32_t number);
    void add(FindingRow& row, std::uint64_t packets, std::uint64_t octets, Timestamp first, Timestamp last);
    void add_to_span(FindingRow& row, std::uint64_t packets, std::uint64_t octets, Timestamp ts);
    PendingSample& keep(FindingRow& row, PendingSample sample, Bytes octets, std::string_view comment);
    PendingSample& keep_packet(FindingRow& row, const PacketRecord& p);
    void keep_earlier(const PacketRecord& p);
    void relieve();
    void fail(const Error& error);
    void forget_pending();
    void forget_rows();
    std::uint64_t next_after(std::uint64_t ordinal) const;
    bool wanted(std::uint64_t ordinal) const { return ordinal == 1 || next_after(ordinal - 1) == ordinal; }

    // ingest_rows.cpp
    Result<std::size_t> resolve(const std::shared_ptr<const FindingText>& text);
    Result<std::size_t> known(const Shape& shape, bool only_undecided);
    Result<std::size_t> row_for_new(const std::shared_ptr<const FindingText>& text, const std::string& canonical_shape);
    std::size_t remember(FindingRow row);
    Result<bool> load(FindingRow& row, bool only_undecided);

    // ingest_flush.cpp
    Result<Done> flush();
    Result<Done> catch_up();
    Result<Done> read_totals();
    Result<Done> write_policy();
    void choose_samples();
    Result<Done> write_findings();
    Result<Done> write_finding(FindingRow& row);
    Result<Done> update_finding(FindingRow& row);
    Result<Done> insert_finding(FindingRow& row);
    void bind_packets(const FindingRecord& f);
    void bind_lines(const LogFinding& f);
    Result<Done> note_due(const FindingRow& row);
    Result<Done> write_spans();
    Result<Done> write_samples();
    Result<Done> write_flows();
    Result<Done> write_charts();
    Result<Done> write_coverage();

    // ingest_sessions.cpp
    Result<Done> lose_sessions();
    Result<Done> write_session(const FlowRecord& flow);
    Result<Done> write_wrapping(std::int64_t finding, std::int64_t ordinal, const PendingSample& sample);

    Store& store_;
    const SampleLimits limits_;
    IngestSql sql_;
    std::string journal_;
    bool live_ = false;  ///< journal_ is a spool: somebody listens for alarms
    std::optional<RunRecord> run_;
    bool run_told_ = false;  ///< sessions of the runs before are known to be lost
    std::optional<Error> error_;
    std::optional<Transaction> open_;

    std::vector<Number> numbers_;
    std::vector<FindingRow> rows_;
    struct KeyHash {
        std::size_t operator()(const FindingKey& k) const noexcept {
            std::size_t h;
            std::memcpy(&h, k.data(), sizeof h);
            return h;
        }
    };
    std::unordered_map<FindingKey, std::size_t, KeyHash> by_key_;
    std::unordered_set<FindingKey, KeyHash> absent_;  ///< folds that the store has not, as of epoch_

    std::vector<std::size_t> touched_;  ///< rows with packets since the last flush
    std::vector<FindingSpan> spans_;
    std::vector<PendingSample> samples_;
    std::vector<std::uint8_t> arena_;

    bool prepared_ = false;
    std::int64_t data_version_ = -1;  ///< changes when another process writes: then rows are read again (epoch_)
    std::uint64_t epoch_ = 0;
    std::uint64_t findings_ = 0, sample_octets_ = 0;  ///< in the store
    Totals committed_, uncommitted_;
};

template <class Record>
void Ingest::Impl::append(std::vector<Record>& list, const Record& record) {
    if (error_) return;
    list.push_back(record);
    relieve();
}

}  // namespace sw
