#pragma once
/// A stretch of live capture: what is known to be missing of it, put into the coverage that the recorder writes.
#include <cstdint>
#include <optional>
#include <string>

#include "sensor/capture/live_source.hpp"
#include "sensor/journal/record.hpp"

namespace sw {

class Stretch {
public:
    Stretch(Timestamp from, const LiveCounters& counters) : from_(from), then_(counters) {}

    void clock_stepped() { ++clock_steps_; }
    /// There was no link for (about) so long of it.
    void no_link(Duration d) { no_link_ += d; }
    void note(std::string error) { error_ = std::move(error); }

    /// The record for the stretch until now; the next one begins.
    void complete(CoverageRecord& record, Timestamp to, const LiveCounters& now);

    /// Frames lost since the stretch began, as far as anybody counts them.
    static std::optional<std::uint64_t> lost(const LiveCounters& counters);
    std::uint64_t lost_since(const LiveCounters& now) const;

private:
    std::string trouble() const;

    Timestamp from_;
    LiveCounters then_;
    std::uint64_t clock_steps_ = 0;
    Duration no_link_{0};
    std::string error_;
};

/// Hands every record on; coverage with what the live source knows.
class LiveSink : public RecordSink {
public:
    LiveSink(RecordSink& behind, Stretch& stretch, const LiveSource& source) : behind_(&behind), stretch_(&stretch), source_(&source) {}

    void run(const RunRecord& r) override { behind_->run(r); }
    void finding(const FindingRecord& r) override { behind_->finding(r); }
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
    const LiveSource* source_;
};

}  // namespace sw
