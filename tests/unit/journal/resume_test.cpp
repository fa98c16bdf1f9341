// Positions: a reader that ends anywhere and goes on later gets each counting record exactly once.
#include "tests/unit/journal/journal_fixture.hpp"

using namespace sw;
namespace fs = std::filesystem;

namespace {

/// Three segments with records of all kinds, and what was written.
std::vector<std::string> write_journal(const cli::Folder& folder) {
    const auto writer = writer_in(folder, {.segment_octets = 4'000, .total_octets = 1u << 20, .first_of_cause = 2});
    std::vector<std::string> written;
    writer->run(a_run());
    writer->finding(a_finding(1));
    writer->finding(a_finding(2));
    const std::string octets(100, 'p');
    for (std::uint64_t i = 0; i < 30; ++i) {
        const PacketRecord packet = a_packet(1 + i % 2, octets, i);
        writer->packet(packet);
        written.push_back(RecordLog::packet_line(packet));
        const ChartRecord chart{{static_cast<std::int64_t>(i)}, "dns", {}, {}, 17, 53, i, i, i};
        writer->chart(chart);
        written.push_back(to_json(chart));
    }
    REQUIRE(writer->flush(false));
    return written;
}

}  // namespace

TEST_CASE("journal: a new reader at every record boundary goes on exactly there") {
    const cli::Folder folder;
    const std::vector<std::string> written = write_journal(folder);
    RecordLog all;
    JournalPosition at;
    std::size_t readers = 0;
    while (true) {
        JournalReader reader = reader_of(folder, at);
        RecordLog log;
        const auto n = reader.read(log, 1);
        REQUIRE(n);
        if (*n == 0) break;
        ++readers;
        CHECK(reader.position() > at);
        at = reader.position();
        all.lines.insert(all.lines.end(), log.lines.begin(), log.lines.end());
    }
    CHECK(all.lines == written);
    CHECK(at.segment >= 3);
    CHECK(readers >= written.size());
}

TEST_CASE("journal: a reader in the middle of a segment is told its run and findings first") {
    const cli::Folder folder;
    const std::vector<std::string> written = write_journal(folder);
    JournalReader first = reader_of(folder);
    RecordLog begun;
    REQUIRE(first.read(begun, 6));
    JournalReader second = reader_of(folder, first.position());
    const RecordLog rest = read_all(second);
    CHECK(begun.lines.size() + rest.lines.size() == written.size());
    CHECK(rest.told.at(0) == to_json(a_run()));
    CHECK(rest.told.at(1) == to_json(a_finding(1)));
}

TEST_CASE("journal: a reader follows a writer, and never sees more than was flushed") {
    const cli::Folder folder;
    const auto writer = writer_in(folder, {.segment_octets = 3'000, .total_octets = 1u << 20, .first_of_cause = 2});
    JournalReader reader = reader_of(folder);
    writer->run(a_run());
    writer->finding(a_finding(1));
    std::uint64_t seen = 0;
    for (std::uint64_t i = 1; i <= 50; ++i) {
        writer->packet(a_packet(1, "octets", i));
        REQUIRE(writer->flush(i % 7 == 0));
        seen += read_all(reader).frames;
        CHECK(seen == i);
    }
    CHECK(reader.torn_octets() == 0);
}

TEST_CASE("journal: a continued journal keeps its id, a new one has another") {
    const cli::Folder folder, other;
    writer_in(folder)->run(a_run());
    const std::string id = reader_of(folder).id();
    CHECK(id.size() == 32);
    writer_in(folder)->run(a_run());
    CHECK(reader_of(folder).id() == id);
    writer_in(other)->run(a_run());
    CHECK(reader_of(other).id() != id);
    CHECK(fs::exists(folder.at(segment(2))));
}

TEST_CASE("journal: a reader whose segment was removed goes on with the next") {
    const cli::Folder folder;
    write_journal(folder);
    JournalReader reader = reader_of(folder);
    REQUIRE(fs::remove(folder.at(segment(1))));
    const RecordLog log = read_all(reader);
    CHECK(log.told.at(0) == to_json(a_run()));
    CHECK(!log.lines.empty());
}

TEST_CASE("journal: a position that no reader gave is an error, and the next segment is read") {
    const cli::Folder folder;
    write_journal(folder);
    for (const std::uint64_t offset : {std::uint64_t{30}, std::uint64_t{1} << 40}) {
        JournalReader reader = reader_of(folder, {1, offset});
        std::vector<std::string> errors;
        const RecordLog log = read_all(reader, &errors);
        REQUIRE(errors.size() == 1);
        CHECK(errors[0].find("segment 1") != std::string::npos);
        CHECK(!log.lines.empty());
    }
}

TEST_CASE("journal: a folder that is none, or holds no journal, says so") {
    const cli::Folder folder;
    for (const std::string& path : {folder.path().string(), folder.at("absent").string()}) {
        const auto reader = JournalReader::open(path, {});
        REQUIRE(!reader);
        CHECK(reader.error().code == ExitCode::input);
    }
    CHECK(!JournalWriter::open(folder.at("absent"), {}));
}
