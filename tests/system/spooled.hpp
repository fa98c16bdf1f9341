#pragma once
/// What a spool holds; and what a replay of a recording of the same wire says, to be held beside it.
#include <string>
#include <vector>

#include "sensor/journal/journal_reader.hpp"
#include "tests/support/craft.hpp"

namespace sw::test {

/// What the spool holds, in order.
struct Spooled : RecordSink {
    struct Packet {
        std::uint64_t number = 0;
        Verdict verdict = Verdict::grey;
        std::vector<std::string> reasons;
        std::uint32_t finding = 0;
        craft::Octets octets;
        std::string comment;
    };
    std::vector<RunRecord> runs;
    std::vector<Packet> packets;     ///< of findings
    std::vector<Packet> brought_up;  ///< of a finding's conversation, before it: allowed when they came
    std::vector<std::string> logs;
    std::vector<CoverageRecord> coverages;
    std::uint64_t heartbeats = 0;

    void run(const RunRecord& r) override { runs.push_back(r); }
    void finding(const FindingRecord&) override {}
    void packet(const PacketRecord& r) override;
    void count(const CountRecord&) override {}
    void flow(const FlowRecord&) override {}
    void opening(const OpeningRecord&) override {}
    void log(const LogRecord& r) override { logs.emplace_back(r.octets.begin(), r.octets.end()); }
    void chart(const ChartRecord&) override {}
    void coverage(const CoverageRecord& r) override { coverages.push_back(r); }
    void heartbeat(const HeartbeatRecord&) override { ++heartbeats; }

    std::uint64_t frames() const;
};

/// All of it. Fails the test where it cannot be read.
Spooled spooled_in(const std::string& folder);

/// What was not allowed in a capture, as span-watcher replay --json tells it; octets and comments are not told.
struct Replayed {
    std::vector<Spooled::Packet> denied;
    std::uint64_t frames = 0;
};
Replayed replay(const std::string& policy, const std::string& capture, const std::string& out);

/// A day's traffic, then frames that are odd in every way that a wire can carry, each also with a VLAN tag; none longer than largest.
craft::Frames everything(std::size_t largest);

/// Frame by frame from the first one that was not allowed on: number, verdict, reasons, finding.
void check_same(const Spooled& live, const Replayed& replayed);

}  // namespace sw::test
