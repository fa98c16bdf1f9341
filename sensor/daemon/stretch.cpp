#include "sensor/daemon/stretch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sensor/daemon/clocks.hpp"

namespace sw {
namespace {

std::optional<std::uint64_t> since(const std::optional<std::uint64_t>& now, const std::optional<std::uint64_t>& then) {
    if (!now || !then || *now < *then) return std::nullopt;
    return *now - *then;
}

}  // namespace

void Stretch::complete(CoverageRecord& record, Timestamp to, const LiveCounters& now) {
    // Where nothing was on the wire, too: a line that tells of a login at that time tells of one that nobody saw.
    record.from = record.frames == 0 ? from_ : std::min(record.from, from_);
    record.to = record.frames == 0 ? to : std::max(record.to, to);
    record.kernel_drops = since(now.kernel_drops, then_.kernel_drops);
    record.interface_drops = since(now.interface_drops, then_.interface_drops);
    record.clock_steps = std::max(record.clock_steps, clock_steps_);  // packet time steps with the wall clock
    if (record.error.empty()) record.error = trouble();
    record.told = told_;
    *this = Stretch(to, now);
}

std::string Stretch::trouble() const {
    if (no_link_.count() == 0) return error_;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(no_link_).count();
    return fmt::format("no link for {} s{}{}", seconds, error_.empty() ? "" : "; ", error_);
}

std::optional<std::uint64_t> Stretch::lost(const LiveCounters& c) {
    if (!c.kernel_drops && !c.interface_drops) return std::nullopt;
    return c.kernel_drops.value_or(0) + c.interface_drops.value_or(0);
}

std::uint64_t Stretch::lost_since(const LiveCounters& now) const { return since(lost(now), lost(then_)).value_or(0); }

}  // namespace sw
