/// --write: evidence in a standard format, with each verdict as the packet's comment.
#include <fcntl.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "sensor/capture/reader.hpp"
#include "tests/cli/fixture.hpp"
#include "tests/support/catch.hpp"

namespace sw::cli {
namespace {

/// The frames' octets, as CaptureReader reads them back.
std::vector<craft::Octets> read_back(const std::filesystem::path& path) {
    auto reader = CaptureReader::open(UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)));
    REQUIRE(reader);
    std::vector<craft::Octets> all;
    std::array<Frame, 16> some;
    while (const std::size_t n = reader->next(some))
        for (std::size_t i = 0; i < n; ++i) all.emplace_back(some[i].data, some[i].data + some[i].caplen);
    CHECK_FALSE(reader->stopped());
    return all;
}

std::vector<craft::Octets> octets_of(const std::vector<craft::Frames>& parts) {
    std::vector<craft::Octets> all;
    for (const craft::Frames& frames : parts)
        for (const craft::CraftedFrame& f : frames) all.push_back(f.bytes);
    return all;
}

/// What "tshark -T fields -e frame.comment" says of a file in a folder without odd characters.
std::string comments_by_tshark(const std::filesystem::path& path) {
    std::FILE* pipe = ::popen(("tshark -n -r '" + path.string() + "' -T fields -e frame.comment 2>/dev/null").c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string out;
    for (std::array<char, 4096> piece{}; std::fgets(piece.data(), piece.size(), pipe) != nullptr;) out += piece.data();
    CHECK(::pclose(pipe) == 0);
    return out;
}

}  // namespace

TEST_CASE("write: the packets that were not allowed, octet for octet, with verdict, reasons and nearest rule as comments") {
    const Desk desk;
    const Ended ended = replay(desk, {"--write", "out.pcapng", "clean.pcap", "grey.pcap", "black.pcap"});
    CHECK(ended.code == 1);
    CHECK(read_back(desk.at("out.pcapng")) == octets_of({grey_frames(), black_frames()}));
    const std::string raw = desk.text("out.pcapng");
    CHECK(has(raw, "GREY #1: no-rule; nearest smtp-in, but dst port 465 is not 25"));
    CHECK(has(raw, "BLACK mail-opens-ssh #2: forbidden"));
    CHECK(has(raw, "policy sha256 " + summary_of(replay_json(desk, {"clean.pcap"}).out).at("policy_sha256").get<std::string>()));
}

TEST_CASE("write: with --packets all every packet") {
    const Desk desk;
    replay(desk, {"--packets", "all", "--write", "out.pcapng", "clean.pcap", "grey.pcap"});
    CHECK(read_back(desk.at("out.pcapng")) == octets_of({clean_frames(), grey_frames()}));
    CHECK(has(desk.text("out.pcapng"), "ALLOW smtp-in"));
}

TEST_CASE("write: a run without a grey packet writes a capture that holds none, and reading it is clean") {
    const Desk desk;
    CHECK(replay(desk, {"--write", "out.pcapng", "clean.pcap"}).code == 0);
    CHECK(read_back(desk.at("out.pcapng")).empty());
    CHECK(replay(desk, {"out.pcapng"}).code == 0);
}

TEST_CASE("write: what was written can be judged again, with the same verdicts") {
    const Desk desk;
    replay(desk, {"--write", "out.pcapng", "--packets", "all", "clean.pcap", "grey.pcap", "black.pcap"});
    const Json first = summary_of(replay_json(desk, {"clean.pcap", "grey.pcap", "black.pcap"}).out);
    const Json again = summary_of(replay_json(desk, {"out.pcapng"}).out);
    for (const std::string field : {"frames", "allowed", "greylisted", "blacklisted", "flows", "anomalies", "rules"})
        CHECK(first.at(field) == again.at(field));
}

TEST_CASE("write: Wireshark's reader shows the comments") {
    if (std::system("tshark --version >/dev/null 2>&1") != 0) {
        WARN("skipped: no tshark");
        return;
    }
    const Desk desk;
    replay(desk, {"--write", "out.pcapng", "grey.pcap", "black.pcap"});
    CHECK(
        comments_by_tshark(desk.at("out.pcapng")) ==
        "GREY #1: no-rule; nearest smtp-in, but dst port 465 is not 25\nBLACK mail-opens-ssh #2: forbidden; nearest smtp-out, but dst port 22 is not 25\n");
}

TEST_CASE("write: a capture that is to be read is never overwritten, by whatever name") {
    const Desk desk;
    std::filesystem::create_symlink("grey.pcap", desk.at("soft.pcap"));
    std::filesystem::create_hard_link(desk.at("grey.pcap"), desk.at("hard.pcap"));
    const std::string before = desk.text("grey.pcap");
    for (const std::string target : {"grey.pcap", "./grey.pcap", "soft.pcap", "hard.pcap"}) {
        const Ended ended = replay(desk, {"--write", target, "clean.pcap", "grey.pcap"});
        INFO(target);
        CHECK(ended.code == 2);
        CHECK(has(ended.err, "would overwrite a capture that is to be read"));
        CHECK(desk.text("grey.pcap") == before);
    }
}

TEST_CASE("write: a bad policy leaves an existing file as it was") {
    const Desk desk;
    desk.put("out.pcapng", std::string("precious"));
    desk.put("bad.toml", std::string("colour = 1\n"));
    CHECK(run(desk, {"replay", "--policy", "bad.toml", "--write", "out.pcapng", "grey.pcap"}).code == 2);
    CHECK(desk.text("out.pcapng") == "precious");
}

TEST_CASE("write: a full disk and a folder that is not there end with 3, and the report is still given") {
    const Desk desk;
    const Ended full = replay_json(desk, {"--write", "/dev/full", "clean.pcap", "grey.pcap"});
    CHECK(full.code == 3);
    CHECK(has(full.err, "No space left on device"));
    CHECK(summary_of(full.out).at("frames") == clean_frames().size() + 1);
    const Ended nowhere = replay(desk, {"--write", "none/out.pcapng", "grey.pcap"});
    CHECK(nowhere.code == 3);
    CHECK(has(nowhere.err, "cannot write none/out.pcapng"));
}

}  // namespace sw::cli
