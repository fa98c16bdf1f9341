#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "collector/export/export.hpp"
#include "sensor/capture/pcapng_writer.hpp"

namespace sw {
namespace {

struct Evidence {
    const QueuedFinding* finding;
    Sample sample;
};

Result<std::vector<Evidence>> evidence_of(Queue& queue, const std::vector<QueuedFinding>& findings) {
    std::vector<Evidence> all;
    for (const QueuedFinding& f : findings) {
        auto samples = queue.samples(f.id, f.samples);
        if (!samples) return Unexpected{samples.error()};
        for (Sample& s : *samples)
            if (!s.is_log) all.push_back({&f, std::move(s)});
        auto earlier = queue.earlier(f.id);
        if (!earlier) return Unexpected{earlier.error()};
        for (Sample& s : *earlier) all.push_back({&f, std::move(s)});
    }
    const auto order = [](const Evidence& e) { return std::tuple(e.sample.ts, e.finding->id, e.sample.ordinal); };
    std::sort(all.begin(), all.end(), [&](const Evidence& a, const Evidence& b) { return order(a) < order(b); });
    return all;
}

Frame frame_of(const Sample& s) { return {s.octets.data(), static_cast<std::uint32_t>(s.octets.size()), s.len, s.ts, s.number, s.link}; }

// Counts are exact, samples are bounded: whoever opens the file must know that it is not all there was.
std::string comment_of(const std::vector<QueuedFinding>& findings) {
    std::uint64_t kept = 0, seen = 0;
    for (const QueuedFinding& f : findings) {
        if (f.is_log) continue;
        kept += f.samples;
        seen += f.count;
    }
    return fmt::format("span-watcher {} export; kept packets: {} of {} in {} finding{}", SPAN_VERSION, kept, seen, findings.size(),
                       findings.size() == 1 ? "" : "s");
}

}  // namespace

Result<std::vector<QueuedFinding>> findings_of(Queue& queue, const std::vector<std::int64_t>& ids) {
    std::vector<QueuedFinding> findings;
    for (const std::int64_t id : ids) {
        auto f = queue.get(id);
        if (!f) return Unexpected{f.error()};
        findings.push_back(std::move(*f));
    }
    return findings;
}

Result<std::uint64_t> export_pcapng(Queue& queue, const std::vector<std::int64_t>& findings, UniqueFd out) {
    const auto rows = findings_of(queue, findings);
    if (!rows) return Unexpected{rows.error()};
    const auto evidence = evidence_of(queue, *rows);
    if (!evidence) return Unexpected{evidence.error()};
    PcapngWriter writer(std::move(out), comment_of(*rows));
    for (const Evidence& e : *evidence) {
        const std::string verdict = e.sample.ordinal > 0 ? e.sample.verdict : "earlier, allowed when it came";
        const std::string comment = fmt::format("finding {} ({}): {}", e.finding->id, verdict, e.finding->sentence);
        if (auto done = writer.write(frame_of(e.sample), comment); !done) return Unexpected{done.error()};
    }
    if (auto done = writer.flush(); !done) return Unexpected{done.error()};
    return evidence->size();
}

}  // namespace sw
