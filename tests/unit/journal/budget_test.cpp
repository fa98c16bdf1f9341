// A journal's budget: samples go first, counts never; and the first packets of each cause are kept the longest.
#include <numeric>

#include "tests/unit/journal/journal_fixture.hpp"

using namespace sw;
namespace fs = std::filesystem;

namespace {

std::uint64_t octets_in(const cli::Folder& folder) {
    std::uint64_t sum = 0;
    for (const auto& entry : fs::directory_iterator(folder.path())) sum += entry.file_size();
    return sum;
}

const std::string frame(1000, 'x');

}  // namespace

TEST_CASE("journal: beyond the budget a packet becomes part of a count, and none is lost") {
    const cli::Folder folder;
    const JournalLimits limits{.segment_octets = 20'000, .total_octets = 100'000, .first_of_cause = 2};
    const auto writer = writer_in(folder, limits);
    writer->run(a_run());
    writer->finding(a_finding(1));
    for (std::uint64_t i = 0; i < 1000; ++i) {
        writer->packet(a_packet(1, frame, i));
        if (i % 100 == 0) REQUIRE(writer->flush(false));
    }
    REQUIRE(writer->flush(false));
    const RecordLog log = read_all(folder);
    CHECK(log.packets.at(1) == 1000);
    CHECK(log.frames + writer->samples_dropped() == 1000);
    CHECK(log.frames >= 60);
    CHECK(octets_in(folder) <= 95'000);
}

TEST_CASE("journal: a cause that comes when the budget is spent still has its first packets") {
    const cli::Folder folder;
    const auto writer = writer_in(folder, {.segment_octets = 20'000, .total_octets = 100'000, .first_of_cause = 2});
    writer->run(a_run());
    for (const std::uint32_t f : {1u, 2u}) {
        writer->finding(a_finding(f));
        for (std::uint64_t i = 0; i < 500; ++i) writer->packet(a_packet(f, frame, i));
    }
    REQUIRE(writer->flush(false));
    RecordLog log = read_all(folder);
    CHECK(log.packets == std::map<std::uint32_t, std::uint64_t>{{1, 500}, {2, 500}});
    CHECK(std::count_if(log.lines.begin(), log.lines.end(), [](const std::string& l) { return l.starts_with("packet {\"finding\":2,"); }) ==
          2);
}

TEST_CASE("journal: log datagrams beyond the budget are dropped, and the next coverage says how many") {
    const cli::Folder folder;
    const auto writer = writer_in(folder, {.segment_octets = 20'000, .total_octets = 100'000, .first_of_cause = 2});
    writer->run(a_run());
    LogRecord log;
    log.octets = {reinterpret_cast<const std::uint8_t*>(frame.data()), frame.size()};
    for (int i = 0; i < 1000; ++i) writer->log(log);
    writer->finding(a_finding(1));
    writer->packet(a_packet(1, frame));
    CoverageRecord coverage;
    coverage.logs = 1000;
    writer->coverage(coverage);
    writer->coverage({});
    REQUIRE(writer->flush(false));
    const RecordLog read = read_all(folder);
    const auto kept =
        std::count_if(read.lines.begin(), read.lines.end(), [](const std::string& l) { return l.starts_with(R"({"type":"log")"); });
    CHECK(static_cast<std::uint64_t>(kept) + writer->logs_dropped() == 1000);
    CHECK((kept >= 60 && octets_in(folder) <= 97'000));
    CHECK(read.frames == 1);  // a cause's first packet has a tenth of the budget to itself
    const std::string told = "\"logs\":1000,\"logs_dropped\":" + std::to_string(writer->logs_dropped());
    CHECK(read.lines[read.lines.size() - 2].find(told) != std::string::npos);
    CHECK(read.lines.back().find("\"logs_dropped\":0") != std::string::npos);
}

TEST_CASE("journal: when a reader removes old segments, packets are kept again") {
    const cli::Folder folder;
    const auto writer = writer_in(folder, {.segment_octets = 20'000, .total_octets = 100'000, .first_of_cause = 2});
    writer->run(a_run());
    writer->finding(a_finding(1));
    for (std::uint64_t i = 0; i < 500; ++i) writer->packet(a_packet(1, frame, i));
    REQUIRE(writer->flush(false));
    const std::uint64_t dropped = writer->samples_dropped();
    REQUIRE(dropped > 0);
    for (int i = 1; i <= 3; ++i) REQUIRE(fs::remove(folder.at(segment(i))));
    REQUIRE(writer->flush(false));
    for (std::uint64_t i = 0; i < 10; ++i) writer->packet(a_packet(1, frame, i));
    CHECK(writer->samples_dropped() == dropped);
}

TEST_CASE("journal: coverage tells how many samples were dropped since the one before") {
    const cli::Folder folder;
    const auto writer = writer_in(folder, {.segment_octets = 20'000, .total_octets = 10'000, .first_of_cause = 1});
    writer->run(a_run());
    writer->finding(a_finding(1));
    for (int i = 0; i < 100; ++i) writer->packet(a_packet(1, frame));
    writer->coverage({});
    writer->coverage({});
    REQUIRE(writer->flush(false));
    const RecordLog log = read_all(folder);
    CHECK(log.packets.at(1) == 100);
    CoverageRecord first;
    first.samples_dropped = writer->samples_dropped();
    CHECK(log.lines[log.lines.size() - 2] == to_json(first));
    CHECK(log.lines.back() == to_json(CoverageRecord{}));
}

TEST_CASE("journal: every segment can be understood alone") {
    const cli::Folder folder;
    const auto writer = writer_in(folder, {.segment_octets = 5'000, .total_octets = 1u << 20, .first_of_cause = 2});
    writer->run(a_run());
    writer->finding(a_finding(1));
    writer->finding(a_finding(2));
    for (std::uint64_t i = 0; i < 50; ++i) writer->packet(a_packet(1 + i % 2, frame, i));
    REQUIRE(writer->flush(true));
    const auto segments = std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator());
    REQUIRE(segments > 5);
    std::uint64_t packets = 0;
    for (int i = 1; i <= segments; ++i) {
        const cli::Folder alone;
        fs::copy_file(folder.at(segment(i)), alone.at(segment(i)));
        const RecordLog log = read_all(alone);
        packets += log.frames;
        CHECK(log.told.at(0) == to_json(a_run()));
    }
    CHECK(packets == 50);
}

TEST_CASE("journal: two processes do not write one journal") {
    const cli::Folder folder;
    const auto writer = writer_in(folder);
    const auto other = JournalWriter::open(folder.path(), {});
    REQUIRE(!other);
    CHECK(other.error().code == ExitCode::environment);
    CHECK(other.error().text.find("another process") != std::string::npos);
}
