#pragma once
/// What a live run adds to its records on their way into the spool.
#include "sensor/daemon/bell.hpp"
#include "sensor/daemon/intake.hpp"
#include "sensor/daemon/stretch.hpp"
#include "sensor/journal/record.hpp"

namespace sw {

/// Coverage gets what the live source knows of it. A finding that is critical rings here and now, before its record is written: people
/// hear of it when collector and store are dead, and the record names the alarm, so that the collector does not ring a second time.
class LiveSink : public RecordSink {
public:
    /// All must outlive it.
    LiveSink(RecordSink& behind, Stretch& stretch, const Intake& source, Bell& bell)
        : behind_(&behind), stretch_(&stretch), source_(&source), bell_(&bell) {}

    void run(const RunRecord& r) override { behind_->run(r); }
    void finding(const FindingRecord& r) override;
    void packet(const PacketRecord& r) override { behind_->packet(r); }
    void count(const CountRecord& r) override { behind_->count(r); }
    void flow(const FlowRecord& r) override { behind_->flow(r); }
    void opening(const OpeningRecord& r) override { behind_->opening(r); }
    void log(const LogRecord& r) override { behind_->log(r); }
    void chart(const ChartRecord& r) override { behind_->chart(r); }
    void heartbeat(const HeartbeatRecord& r) override { behind_->heartbeat(r); }
    void coverage(const CoverageRecord& r) override;

private:
    RecordSink* behind_;
    Stretch* stretch_;
    const Intake* source_;
    Bell* bell_;
};

/// Ring for a finding that is critical. Gives its record, with the alarm's id if that is on the disk.
FindingRecord rung(const FindingRecord& r, Bell& bell);

}  // namespace sw
