// Segments are evidence in a standard format: other programs read them.
#include <array>
#include <cstdio>
#include <sstream>

#include "tests/support/enclave_day.hpp"
#include "tests/unit/journal/journal_fixture.hpp"

using namespace sw;

namespace {

/// Standard output of a shell command; "skipped" where the tool is not there.
std::optional<std::string> output_of(const std::string& tool, const std::string& arguments) {
    std::array<char, 4096> piece{};
    std::string out;
    if (std::system(("command -v " + tool + " >/dev/null 2>&1").c_str()) != 0) {
        WARN("skipped: " << tool << " is not installed");
        return std::nullopt;
    }
    FILE* pipe = ::popen((tool + " " + arguments).c_str(), "r");
    REQUIRE(pipe != nullptr);
    while (const std::size_t n = std::fread(piece.data(), 1, piece.size(), pipe)) out.append(piece.data(), n);
    INFO(tool << " " << arguments);
    REQUIRE(::pclose(pipe) == 0);
    return out;
}

/// Real packets, every kind of record, a comment of its own for each packet.
struct Evidence {
    cli::Folder folder;
    std::vector<std::string> comments;
    std::string path = "'" + folder.at(segment(1)).string() + "'";

    Evidence() {
        const auto writer = writer_in(folder);
        writer->run(a_run());
        writer->finding(a_finding(1));
        const craft::Frames frames = craft::enclave_day().frames;
        for (std::size_t i = 0; i < 20; ++i) {
            const craft::CraftedFrame& f = frames[i];
            comments.push_back("GREY #1: no-rule, number " + std::to_string(i));
            writer->packet({.frame = {f.bytes.data(), static_cast<std::uint32_t>(f.bytes.size()), f.len, f.ts, i + 1, {f.linktype, false}},
                            .finding = 1,
                            .verdict = Verdict::grey,
                            .reasons = Reason::no_rule,
                            .comment = comments.back()});
        }
        writer->count({1, 5, 500, {1}, {2}});
        writer->flow({});
        writer->chart({});
        writer->heartbeat({});
        CoverageRecord coverage{.from = frames[0].ts,
                                .to = frames[19].ts,
                                .file = "",
                                .frames = 20,
                                .octets = 2000,
                                .allowed = 0,
                                .greylisted = 20,
                                .blacklisted = 0,
                                .flows = 0,
                                .clock_steps = 0,
                                .kernel_drops = 3,
                                .interface_drops = 4,
                                .samples_dropped = 0,
                                .error = ""};
        writer->coverage(coverage);
        REQUIRE(writer->flush(true));
    }
};

std::vector<std::string> lines_of(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

}  // namespace

// Wireshark lists Custom Blocks as rows of their own, without a comment.
TEST_CASE("journal: tshark shows each packet with its comment and number") {
    const Evidence e;
    const auto out = output_of("tshark", "-r " + e.path + " -Y frame.comment -T fields -e frame.comment -e frame.packet_id 2>/dev/null");
    if (!out) return;
    const auto lines = lines_of(*out);
    REQUIRE(lines.size() == e.comments.size());
    for (std::size_t i = 0; i < lines.size(); ++i) CHECK(lines[i].starts_with(e.comments[i]));
}

TEST_CASE("journal: capinfos counts the packets and finds nothing wrong") {
    const Evidence e;
    const auto out = output_of("capinfos", "-M -c -d -t " + e.path);
    if (!out) return;
    CHECK(out->find("pcapng") != std::string::npos);
    CHECK(out->find("Number of packets:   20") != std::string::npos);
}

TEST_CASE("journal: tcpdump reads each packet") {
    const Evidence e;
    const auto out = output_of("tcpdump", "-n -r " + e.path + " 2>/dev/null");
    if (!out) return;
    CHECK(lines_of(*out).size() == e.comments.size());
}

TEST_CASE("journal: capinfos finds the interface and its counters") {
    const Evidence e;
    const auto out = output_of("capinfos", "-A " + e.path);
    if (!out) return;
    CHECK(out->find("Name = replay") != std::string::npos);
    CHECK(out->find("Number of stat entries = 1") != std::string::npos);
}
