/// JSON Lines of replay: packets, findings, one summary, with the fields that other programs rely on. Fields only grow.
#include <map>

#include "rules/packet/reason.hpp"
#include "tests/cli/fixture.hpp"
#include "tests/support/catch.hpp"

namespace sw::cli {
namespace {

const std::string profile = SPAN_SOURCE_DIR "/rules/profiles/mail-enclave.toml";

const std::vector<std::string> packet_fields{"type",    "file",    "frame", "ts",  "caplen", "len", "verdict", "rule",  "reasons",
                                             "finding", "nearest", "why",   "src", "sport",  "dst", "dport",   "proto", "community_id"};
const std::vector<std::string> finding_fields{"type", "id",        "severity",  "reasons", "sentence", "count",   "bytes", "first",
                                              "last", "initiator", "responder", "proto",   "port",     "nearest", "why"};
const std::vector<std::string> summary_fields{"type",        "policy_sha256", "mode",     "frames",    "allowed", "greylisted",
                                              "blacklisted", "flows",         "findings", "anomalies", "files",   "seconds"};

/// All of these, in this order; others may stand between them.
void check_fields(const Json& object, const std::vector<std::string>& fields) {
    std::size_t at = 0;
    for (const auto& [key, value] : object.items()) at += at < fields.size() && key == fields[at];
    INFO(object.dump());
    CHECK(at == fields.size());
}

/// A day of the shipped capture's frames in a folder, judged with every packet listed.
struct Day : Folder {
    std::string out;
    std::vector<Json> lines, packets, findings;
    Json summary;

    explicit Day(const std::string& mode = "flow") {
        put("day.pcap", craft::pcap(craft::enclave_day().frames));
        const Ended ended = run(*this, {"--json", "replay", "--policy", profile, "--mode", mode, "--packets", "all", "day.pcap"});
        CHECK(ended.code == 1);
        CHECK(ended.err == "");
        out = ended.out;
        lines = lines_of(out);
        packets = of_type(lines, "packet");
        findings = of_type(lines, "finding");
        summary = lines.back();
    }
};

/// The number behind "seconds": taken out.
std::string without_seconds(std::string out) {
    const std::string key = "\"seconds\":";
    const std::size_t at = out.find(key);
    REQUIRE(at != std::string::npos);
    return out.erase(at + key.size(), out.find('}', at) - at - key.size());
}

}  // namespace

TEST_CASE("json: packets come first, then findings, then one summary, and schema 1 stands in the first object only") {
    const Day day;
    REQUIRE(day.lines.size() == day.packets.size() + day.findings.size() + 1);
    const auto packets = static_cast<std::ptrdiff_t>(day.packets.size());
    CHECK(std::vector<Json>(day.lines.begin(), day.lines.begin() + packets) == day.packets);
    CHECK(std::vector<Json>(day.lines.begin() + packets, day.lines.end() - 1) == day.findings);
    CHECK(day.summary.at("type") == "summary");
    CHECK(day.lines.front().items().begin().key() == "schema");
    CHECK(day.lines.front().at("schema") == 1);
    for (std::size_t i = 1; i < day.lines.size(); ++i) CHECK_FALSE(day.lines[i].contains("schema"));
}

TEST_CASE("json: schema stands in the only object, too") {
    const Desk desk;
    const auto lines = lines_of(replay_json(desk, {"clean.pcap"}).out);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].at("schema") == 1);
}

TEST_CASE("json: every object has its fields, in the documented order") {
    const Day day;
    for (const Json& packet : day.packets) check_fields(packet, packet_fields);
    for (const Json& finding : day.findings) check_fields(finding, finding_fields);
    check_fields(day.summary, summary_fields);
    for (const Json& file : day.summary.at("files")) check_fields(file, {"file", "frames", "datalink", "error"});
}

TEST_CASE("json: the summary counts what the packet lines say, and frames are allowed, greylisted or blacklisted") {
    for (const std::string mode : {"flow", "packet", "tcpdump"}) {
        INFO(mode);
        const Day day(mode);
        std::map<std::string, std::size_t> verdicts;
        std::uint64_t number = 0;
        for (const Json& packet : day.packets) {
            ++verdicts[packet.at("verdict")];
            CHECK(packet.at("frame") == ++number);
            CHECK(packet.at("file") == "day.pcap");
        }
        const Json& s = day.summary;
        CHECK(s.at("mode") == mode);
        CHECK(s.at("frames") == day.packets.size());
        CHECK(s.at("allowed") == verdicts["allow"]);
        CHECK(s.at("greylisted") == verdicts["grey"]);
        CHECK(s.at("blacklisted") == verdicts["black"]);
        CHECK(s.at("findings") == day.findings.size());
        CHECK(s.at("frames") ==
              s.at("allowed").get<std::size_t>() + s.at("greylisted").get<std::size_t>() + s.at("blacklisted").get<std::size_t>());
    }
}

TEST_CASE("json: a finding's count, octets and times are those of the packets that name it") {
    const Day day;
    struct Sum {
        std::uint64_t count = 0, octets = 0;
        std::string first = "9", last;
    };
    std::map<std::uint64_t, Sum> sums;
    for (const Json& packet : day.packets) {
        CHECK(packet.at("finding").is_null() == (packet.at("verdict") == "allow"));
        if (packet.at("finding").is_null()) continue;
        Sum& sum = sums[packet.at("finding")];
        ++sum.count;
        sum.octets += packet.at("len").get<std::uint64_t>();
        sum.first = std::min(sum.first, packet.at("ts").get<std::string>());
        sum.last = std::max(sum.last, packet.at("ts").get<std::string>());
    }
    CHECK(sums.size() == day.findings.size());
    std::uint64_t id = 0;
    for (const Json& finding : day.findings) {
        CHECK(finding.at("id") == ++id);
        const Sum& sum = sums[id];
        CHECK(finding.at("count") == sum.count);
        CHECK(finding.at("bytes") == sum.octets);
        CHECK(finding.at("first") == sum.first);
        CHECK(finding.at("last") == sum.last);
        CHECK(finding.at("sentence").get<std::string>().size() > 10);
    }
}

TEST_CASE("json: the summary counts every anomaly by its slug, those that never came too") {
    const Day day;
    std::map<std::string, std::uint64_t> seen;
    for (const Json& packet : day.packets)
        for (const auto& reason : packet.at("reasons")) ++seen[reason];
    const Json& anomalies = day.summary.at("anomalies");
    std::size_t known = 0;
    for (std::size_t i = 0; i < reason_count; ++i) {
        const ReasonInfo& row = info(static_cast<Reason>(i));
        if (row.kind != ReasonKind::anomaly) continue;
        const std::string slug(row.slug);
        INFO(slug);
        CHECK(anomalies.at(slug) == seen[slug]);
        ++known;
    }
    CHECK(anomalies.size() == known);
}

TEST_CASE("json: an allowed packet names its rule, a grey one its reasons and the nearest rule, a black one what forbids it") {
    const Desk desk;
    const auto lines = lines_of(replay_json(desk, {"--packets", "all", "clean.pcap", "grey.pcap", "black.pcap"}).out);
    const Json& allowed = lines.front();
    CHECK(allowed.at("rule") == "smtp-in");
    CHECK(allowed.at("reasons").empty());
    CHECK(allowed.at("nearest").is_null());
    const auto packets = of_type(lines, "packet");
    const Json& grey = packets[packets.size() - 2];
    CHECK(grey.at("rule").is_null());
    CHECK(grey.at("reasons") == Json::array({"no-rule"}));
    CHECK(grey.at("nearest") == "smtp-in");
    CHECK(grey.at("why") == Json::array({"dst port 465 is not 25"}));
    CHECK(grey.at("src") == "198.51.100.7");
    CHECK(grey.at("sport") == 40001);
    CHECK(grey.at("dst") == "192.0.2.25");
    CHECK(grey.at("dport") == 465);
    CHECK(grey.at("proto") == "tcp");
    CHECK(grey.at("ts") == "2026-11-20T12:00:00.000000000Z");
    const Json& black = packets.back();
    CHECK(black.at("rule") == "mail-opens-ssh");
    CHECK(black.at("reasons") == Json::array({"forbidden"}));
    CHECK(of_type(lines, "finding").back().at("severity") == "critical");
}

TEST_CASE("json: --packets grey lists what was not allowed, none lists nothing, and none is what is meant without it") {
    const Desk desk;
    const auto listed = [&](std::vector<std::string> options) {
        for (const std::string file : {"clean.pcap", "grey.pcap", "black.pcap"}) options.push_back(file);
        return of_type(lines_of(replay_json(desk, options).out), "packet");
    };
    CHECK(listed({}).empty());
    CHECK(listed({"--packets", "none"}).empty());
    const auto grey = listed({"--packets", "grey"});
    REQUIRE(grey.size() == 2);
    CHECK(grey[0].at("verdict") == "grey");
    CHECK(grey[1].at("verdict") == "black");
    CHECK(listed({"--packets", "all"}).size() == clean_frames().size() + 2);
}

TEST_CASE("json: two runs over the same input are the same octets but for the seconds") {
    const Day first, second;
    CHECK(without_seconds(first.out) == without_seconds(second.out));
}

TEST_CASE("json: the summary names the policy by its digest") {
    const Desk desk;
    const std::string digest = summary_of(replay_json(desk, {"clean.pcap"}).out).at("policy_sha256");
    const auto checked = lines_of(run(desk, {"--json", "rules", "check", "policy.toml"}).out);
    CHECK(digest.size() == 64);
    CHECK(checked.back().at("policy_sha256") == digest);
}

}  // namespace sw::cli
