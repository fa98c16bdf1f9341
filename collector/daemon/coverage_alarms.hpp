#pragma once
/// What a sensor's coverage says is missing, on its way into the store: an alarm when a loss begins, again when its sum has one
/// digit more, and anew once a stretch was whole; none where the sensor tells it itself.
#include <deque>
#include <string>
#include <tuple>
#include <vector>

#include "sensor/journal/alarm_journal.hpp"
#include "sensor/journal/growing.hpp"
#include "sensor/journal/record.hpp"

namespace sw {

class CoverageAlarms : public RecordSink {
public:
    /// behind must outlive it and gets every record. name: of the spool, escaped
    CoverageAlarms(RecordSink& behind, std::string name) : behind_(&behind), name_(std::move(name)) {}

    void run(const RunRecord& r) override { behind_->run(r); }
    void finding(const FindingRecord& f) override { behind_->finding(f); }
    void packet(const PacketRecord& p) override { behind_->packet(p); }
    void count(const CountRecord& c) override { behind_->count(c); }
    void flow(const FlowRecord& f) override { behind_->flow(f); }
    void opening(const OpeningRecord& o) override { behind_->opening(o); }
    void log(const LogRecord& l) override { behind_->log(l); }
    void chart(const ChartRecord& c) override { behind_->chart(c); }
    void coverage(const CoverageRecord& c) override;
    void heartbeat(const HeartbeatRecord& h) override { behind_->heartbeat(h); }

    /// What came since the last call. A stretch that is read again, because the store failed, is in none a second time.
    std::vector<AlarmRecord> take();

private:
    using Key = std::tuple<std::int64_t, std::int64_t, std::uint64_t, std::uint64_t>;
    static constexpr std::size_t most_seen = 1024;

    void lost(Growing& sum, std::uint64_t more, const char* what);
    void ring(Severity severity, const std::string& sentence, std::uint64_t count);

    RecordSink* behind_;
    std::string name_;
    std::deque<Key> seen_;
    Growing kernel_, interface_, mirror_, samples_;
    std::vector<AlarmRecord> alarms_;
};

}  // namespace sw
