#include "collector/daemon/coverage_alarms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "collector/store/wall_clock.hpp"

namespace sw {

void CoverageAlarms::ring(Severity severity, const std::string& sentence, std::uint64_t count) {
    AlarmRecord a;
    a.at = wall_clock();
    a.severity = severity;
    a.kind = "coverage";
    a.sentence = name_ + ": " + sentence;
    a.count = count;
    alarms_.push_back(std::move(a));
}

void CoverageAlarms::lost(Growing& sum, std::uint64_t more, const char* what) {
    if (sum.add(more)) ring(Severity::high, fmt::format("{} {}", sum.sum(), what), sum.sum());
}

void CoverageAlarms::coverage(const CoverageRecord& c) {
    behind_->coverage(c);
    if (c.told && c.mirror_lost.value_or(0) == 0) return;
    const Key key{c.from.ns, c.to.ns, c.frames, c.octets};
    if (std::find(seen_.begin(), seen_.end(), key) != seen_.end()) return;
    seen_.push_back(key);
    if (seen_.size() > most_seen) seen_.pop_front();
    lost(mirror_, c.mirror_lost.value_or(0), "packets of the mirror did not arrive and were never judged");
    if (c.told) return;
    lost(kernel_, c.kernel_drops.value_or(0), "frames were dropped by the kernel and never judged");
    lost(interface_, c.interface_drops.value_or(0), "frames were dropped by the interface and never judged");
    lost(samples_, c.samples_dropped, "packets were judged and counted but not kept: the spool's budget was spent");
    if (c.clock_steps > 0) ring(Severity::notice, fmt::format("the clock stepped {} times within a stretch", c.clock_steps), c.clock_steps);
}

std::vector<AlarmRecord> CoverageAlarms::take() { return std::exchange(alarms_, {}); }

}  // namespace sw
