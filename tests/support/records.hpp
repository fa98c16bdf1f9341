#pragma once
/// Records as a recorder would give them, for tests of what takes them; and what a store holds, as text.
#include <array>
#include <string>
#include <vector>

#include "collector/store/ingest.hpp"

namespace sw::test {

inline constexpr Timestamp record_start{1'795'132'800'000'000'000};  ///< 2026-11-20T00:00:00Z

inline Address record_host(std::uint32_t number) {
    const std::uint8_t octets[4] = {10, static_cast<std::uint8_t>(number >> 16), static_cast<std::uint8_t>(number >> 8),
                                    static_cast<std::uint8_t>(number)};
    return Address::v4(octets);
}

inline RunRecord run_record(const std::string& policy = "aa") {
    return {.program = "span-watcher test",
            .source = "replay",
            .policy_sha256 = policy,
            .policy_path = "policy.toml",
            .policy_text = "enclave = \"test\"\n",
            .mode = Mode::flow,
            .unconfined = false};
}

/// TCP from 10.x.x.x (initiator) to 10.0.0.25 port `port`, that no rule allows.
inline FindingRecord finding_record(std::uint32_t number, std::uint32_t initiator, std::uint16_t port = 465) {
    FindingRecord f;
    f.finding = number;
    f.shape.reasons = Reason::no_rule;
    f.shape.network = Network::ipv4;
    f.shape.proto = 6;
    f.shape.direction = Direction::inbound;
    f.shape.initiator = record_host(initiator);
    f.shape.responder = record_host(25);
    f.shape.port = port;
    f.nearest = "smtp-in";
    f.sentence = to_string(f.shape.initiator) + " tried to open tcp.";
    f.why = {"dst port is not 25"};
    f.detail = "SYN";
    return f;
}

inline CoverageRecord coverage_record(const std::string& file, std::uint64_t frames, const std::string& error) {
    CoverageRecord c;
    c.from = c.to = record_start;
    c.file = file;
    c.frames = frames;
    c.error = error;
    return c;
}

/// borrowed: octets lives as long as the record
inline PacketRecord packet_record(std::uint32_t finding, const std::vector<std::uint8_t>& octets, Timestamp ts = record_start,
                                  std::uint64_t number = 1) {
    PacketRecord p;
    p.frame.data = octets.data();
    p.frame.caplen = p.frame.len = static_cast<std::uint32_t>(octets.size());
    p.frame.ts = ts;
    p.frame.number = number;
    p.finding = finding;
    p.reasons = Reason::no_rule;
    p.comment = "GREY: no-rule";
    return p;
}

/// The first column of what a query gives, a row a line; SQLite's error where it fails.
std::string rows_of(Database& db, const std::string& sql);

/// All tables of the store, but for times of this machine's clock.
std::string dump(Store& store);

}  // namespace sw::test
