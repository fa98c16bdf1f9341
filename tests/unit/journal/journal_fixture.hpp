#pragma once
/// Records to be written, and what was read of them, as text that can be compared.
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "sensor/journal/journal_reader.hpp"
#include "sensor/journal/journal_writer.hpp"
#include "sensor/journal/record_json.hpp"
#include "tests/cli/folder.hpp"
#include "tests/support/catch.hpp"

namespace sw {

/// Every record as one line. The lines of runs and findings, which segments repeat, stand in `told`.
class RecordLog : public RecordSink {
public:
    std::vector<std::string> lines;
    std::vector<std::string> told;
    std::map<std::uint32_t, std::uint64_t> packets;  ///< by finding: single ones and those in counts
    std::uint64_t frames = 0;                        ///< single ones

    void run(const RunRecord& r) override { told.push_back(to_json(r)); }
    void finding(const FindingRecord& r) override { told.push_back(to_json(r)); }
    void packet(const PacketRecord& r) override { lines.push_back(packet_line(r)), ++packets[r.finding], ++frames; }
    void count(const CountRecord& r) override { lines.push_back(to_json(r)), packets[r.finding] += r.packets; }
    void flow(const FlowRecord& r) override { lines.push_back(to_json(r)); }
    void opening(const OpeningRecord& r) override { lines.push_back(to_json(r)); }
    void log(const LogRecord& r) override { lines.push_back(to_json(r)); }
    void chart(const ChartRecord& r) override { lines.push_back(to_json(r)); }
    void coverage(const CoverageRecord& r) override { lines.push_back(to_json(r)); }
    void heartbeat(const HeartbeatRecord& r) override { lines.push_back(to_json(r)); }

    static std::string packet_line(const PacketRecord& r) {
        std::string line = "packet ";
        append_verdict(line, r);
        const Frame& f = r.frame;
        for (const std::int64_t n : {f.ts.ns, std::int64_t{f.len}, static_cast<std::int64_t>(f.number), std::int64_t{f.link.linktype},
                                     std::int64_t{f.link.swapped}})
            line += " " + std::to_string(n);
        return line + " " + std::string(r.comment) + " " + std::string(reinterpret_cast<const char*>(f.data), f.caplen);
    }
};

inline RunRecord a_run() {
    return {.program = "span-watcher 0.1.0 replay",
            .source = "replay",
            .policy_sha256 = "abc",
            .policy_path = "mail.toml",
            .policy_text = "[enclave]\nname = \"\xc3\xa9t\xc3\xa9\"\t# \\ \n",
            .mode = Mode::packet,
            .unconfined = true};
}

inline FindingRecord a_finding(std::uint32_t number) {
    FindingRecord r;
    r.finding = number;
    r.shape.reasons = ReasonSet(Reason::no_rule).with(Reason::forbidden);
    r.shape.forbid = "no-telnet";
    r.shape.network = Network::ipv6;
    r.shape.proto = 6;
    r.shape.ethertype = 0x86dd;
    r.shape.direction = Direction::outbound;
    r.shape.initiator = *parse_address("2001:db8::1");
    r.shape.responder = *parse_address("192.0.2.25");
    r.shape.port = 65535;
    r.shape.any_initiator = r.shape.any_port = true;
    r.severity = Severity::critical;
    r.nearest = "smtp-in";
    r.sentence = "It said \"no\".";
    r.why = {"dst port 465 is not 25", "", "x"};
    r.detail = "SYN";
    r.mac = "02:00:00:00:00:19";
    r.alarm = "0123abcd:17";
    return r;
}

/// octets must outlive the record.
inline PacketRecord a_packet(std::uint32_t finding, const std::string& octets, std::uint64_t number = 7) {
    return {.frame = {.data = reinterpret_cast<const std::uint8_t*>(octets.data()),
                      .caplen = static_cast<std::uint32_t>(octets.size()),
                      .len = static_cast<std::uint32_t>(octets.size()),
                      .ts = {1'795'132'800'123'456'789},
                      .number = number,
                      .link = {}},
            .finding = finding,
            .verdict = Verdict::grey,
            .reasons = Reason::no_rule,
            .comment = "GREY #1: no-rule"};
}

inline std::unique_ptr<JournalWriter> writer_in(const cli::Folder& folder, const JournalLimits& limits = {}) {
    auto made = JournalWriter::open(folder.path(), limits);
    if (!made) FAIL(made.error().text);
    return std::move(*made);
}

inline JournalReader reader_of(const cli::Folder& folder, JournalPosition from = {}) {
    auto made = JournalReader::open(folder.path(), from);
    if (!made) FAIL(made.error().text);
    return std::move(*made);
}

/// All that is there; errors go to errors, and reading goes on behind them.
inline RecordLog read_all(JournalReader& reader, std::vector<std::string>* errors = nullptr) {
    RecordLog log;
    while (true) {
        const auto n = reader.read(log, 1000);
        if (n && *n == 0) return log;
        if (n) continue;
        if (errors == nullptr) FAIL(n.error().text);
        errors->push_back(n.error().text);
    }
}

inline RecordLog read_all(const cli::Folder& folder) {
    JournalReader reader = reader_of(folder);
    return read_all(reader);
}

inline std::string segment(int number) {
    std::string digits = std::to_string(number);
    return std::string(10 - digits.size(), '0') + digits + ".pcapng";
}

}  // namespace sw
