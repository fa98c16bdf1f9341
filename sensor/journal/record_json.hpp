#pragma once
/// Records as JSON: what the Custom Blocks and options of a journal hold. Fields only grow; readers skip what they do not know.
#include <memory>
#include <string>
#include <string_view>

#include "sensor/journal/record.hpp"

namespace sw {

std::string to_json(const RunRecord& r);
std::string to_json(const FindingRecord& r);
std::string to_json(const CountRecord& r);
std::string to_json(const FlowRecord& r);
std::string to_json(const OpeningRecord& r);
std::string to_json(const LogRecord& r);
std::string to_json(const ChartRecord& r);
std::string to_json(const CoverageRecord& r);
std::string to_json(const HeartbeatRecord& r);

/// Which journal a segment is part of: the first record of each.
struct SegmentRecord {
    std::string journal;  ///< 32 hex digits
    std::uint64_t segment = 0;
};
std::string to_json(const SegmentRecord& r);

/// What a packet's option says besides its block. Appended to out.
void append_verdict(std::string& out, const PacketRecord& r);

/// Reads them back. What is read here may be hostile: every number is held to its range.
class RecordJson {
public:
    RecordJson();
    ~RecordJson();

    enum class Kind : std::uint8_t { unknown, segment, run, finding, count, flow, opening, log, chart, coverage, heartbeat };
    struct Read {
        Kind kind = Kind::unknown;  ///< unknown: a type of a later version; nothing to be told
        std::string why;            ///< what is wrong, or ""
    };
    /// The record goes into the member of its kind.
    Read read(std::string_view json);
    /// in: the option's JSON; out: the record but for frame and comment; frame.ts where the option has it. "" or what is wrong
    std::string read_verdict(std::string_view json, PacketRecord& out);
    /// Of an interface: are its link headers in the other byte order? "" or what is wrong
    std::string read_interface(std::string_view json, bool& swapped);

    SegmentRecord segment;
    RunRecord run;
    FindingRecord finding;
    CountRecord count;
    FlowRecord flow;
    OpeningRecord opening;
    LogRecord log;  ///< its octets live until the next record of its kind
    ChartRecord chart;
    CoverageRecord coverage;
    HeartbeatRecord heartbeat;

private:
    struct Parser;
    std::string log_octets_;
    std::unique_ptr<Parser> parser_;
};

}  // namespace sw
