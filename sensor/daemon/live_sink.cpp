#include "sensor/daemon/live_sink.hpp"

#include "sensor/daemon/clocks.hpp"

namespace sw {

FindingRecord rung(const FindingRecord& r, Bell& bell) {
    FindingRecord told = r;
    if (r.severity != Severity::critical) return told;
    const char* kind = r.shape.reasons.has(Reason::self_traffic) ? "self-traffic" : "finding";
    told.alarm = bell.ring(Severity::critical, kind, r.sentence);
    return told;
}

void LiveSink::finding(const FindingRecord& r) { behind_->finding(rung(r, *bell_)); }

void LiveSink::coverage(const CoverageRecord& r) {
    CoverageRecord whole = r;
    stretch_->complete(whole, Instant::now().wall, source_->counters());
    behind_->coverage(whole);
}

}  // namespace sw
