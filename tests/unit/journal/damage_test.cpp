// Journals whose writer died, and journals that somebody tampered with.
#include <cstring>

#include "tests/unit/journal/journal_fixture.hpp"

using namespace sw;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t packets = 5;

/// One segment with five packets; gives its octets.
std::string one_segment(const cli::Folder& folder) {
    const auto writer = writer_in(folder);
    writer->run(a_run());
    writer->finding(a_finding(1));
    for (std::uint64_t i = 0; i < packets; ++i) writer->packet(a_packet(1, "0123456789", i));
    REQUIRE(writer->flush(false));
    return folder.text(segment(1));
}

/// Where each block of a segment ends.
std::vector<std::size_t> block_ends(const std::string& octets) {
    std::vector<std::size_t> ends;
    for (std::size_t at = 0; at < octets.size();) {
        std::uint32_t total = 0;
        std::memcpy(&total, octets.data() + at + 4, 4);
        ends.push_back(at += total);
    }
    return ends;
}

std::uint64_t whole_packets(const std::vector<std::size_t>& ends, std::size_t cut) {
    const auto missing = std::count_if(ends.begin(), ends.end(), [&](std::size_t e) { return e > cut; });
    return packets - std::min<std::uint64_t>(packets, static_cast<std::uint64_t>(missing));
}

}  // namespace

TEST_CASE("journal: a writer that died at any octet of the last blocks loses only the block it was in") {
    const cli::Folder source;
    const std::string octets = one_segment(source);
    const std::vector<std::size_t> ends = block_ends(octets);
    for (std::size_t cut = ends[ends.size() - 3]; cut < octets.size(); ++cut) {
        const cli::Folder folder;
        folder.put(segment(1), octets.substr(0, cut));
        JournalReader reader = reader_of(folder);
        INFO("cut at " << cut);
        std::uint64_t seen = read_all(reader).frames;
        REQUIRE(seen == whole_packets(ends, cut));
        REQUIRE(reader.torn_octets() == 0);  // its writer may still be at work
        const auto writer = writer_in(folder);
        writer->run(a_run());
        writer->finding(a_finding(1));
        writer->packet(a_packet(1, "later"));
        REQUIRE(writer->flush(false));
        REQUIRE(read_all(reader).frames == 1);
        const auto last = *(std::upper_bound(ends.begin(), ends.end(), cut) - 1);
        REQUIRE(reader.torn_octets() == cut - last);
    }
}

TEST_CASE("journal: a segment torn in its first blocks does not hide the next") {
    const cli::Folder source;
    const std::string octets = one_segment(source);
    for (const std::size_t cut : {std::size_t{0}, std::size_t{7}, std::size_t{40}, block_ends(octets)[0]}) {
        const cli::Folder folder;
        folder.put(segment(1), octets.substr(0, cut));
        const auto writer = writer_in(folder);
        writer->run(a_run());
        REQUIRE(writer->flush(false));
        CHECK(read_all(folder).told == std::vector<std::string>{to_json(a_run())});
    }
}

TEST_CASE("journal: a damaged block is an error that names the place, and reading goes on with the next segment") {
    const cli::Folder source;
    const std::string octets = one_segment(source);
    const std::vector<std::size_t> ends = block_ends(octets);
    const std::size_t bad = ends[ends.size() - 2];  // the last packet
    const std::vector<std::pair<std::size_t, std::string>> damages{
        {bad + 4, std::string("\x08\0\0\0", 4)},        // shorter than any block
        {bad + 4, "\xff\xff\xff\x7f"},                  // longer than any
        {bad + 4, std::string("\x0d\0\0\0", 4)},        // no multiple of 4
        {bad + 8, std::string("\x09\0\0\0", 4)},        // an interface that is not there
        {bad + 20, std::string("\xff\xff\0\0", 4)},     // caplen
        {octets.size() - 4, std::string("\0\0\0", 3)},  // the second length
        {octets.find("\"finding\":1,\"verdict", bad) + 10, "9"},
        {octets.find("\"finding\":1,\"verdict", bad) + 10, "x"},
        {octets.find("\"grey\"", bad) + 1, "gray"},
    };
    for (const auto& [at, with] : damages) {
        std::string bent = octets;
        bent.replace(at, with.size(), with);
        const cli::Folder folder;
        folder.put(segment(1), bent);
        writer_in(folder)->run(a_run());
        JournalReader reader = reader_of(folder);
        std::vector<std::string> errors;
        const RecordLog log = read_all(reader, &errors);
        INFO("octet " << at - bad << " of the block");
        REQUIRE(errors.size() == 1);
        CHECK(errors[0].find("segment 1, offset " + std::to_string(bad) + ":") != std::string::npos);
        CHECK(log.frames == packets - 1);
        CHECK(log.told.back() == to_json(a_run()));
        CHECK(reader.position().segment == 2);
    }
}

TEST_CASE("journal: any octet bent anywhere is read to its end, with at most one error") {
    const cli::Folder source, folder;
    const std::string octets = one_segment(source);
    for (std::size_t i = 0; i < octets.size(); ++i)
        for (const char bits : {'\x01', '\x80', '\xff'}) {
            std::string bent = octets;
            bent[i] = static_cast<char>(bent[i] ^ bits);
            folder.put(segment(1), bent);
            auto reader = JournalReader::open(folder.path(), {});
            if (!reader) continue;
            std::vector<std::string> errors;
            const RecordLog log = read_all(*reader, &errors);
            REQUIRE(errors.size() <= 1);
            REQUIRE(log.frames <= packets);
        }
}

TEST_CASE("journal: a segment of another journal in the folder is refused") {
    const cli::Folder folder, other;
    const std::string octets = one_segment(folder), foreign = one_segment(other);
    folder.put(segment(2), foreign);
    JournalReader reader = reader_of(folder);
    std::vector<std::string> errors;
    CHECK(read_all(reader, &errors).frames == packets);
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].find("another journal") != std::string::npos);
}

TEST_CASE("journal: pipes and links among the segments are not read") {
    const cli::Folder folder, other;
    const std::string octets = one_segment(folder);
    other.put("secret", octets);
    fs::create_symlink(other.at("secret"), folder.at(segment(2)));
    JournalReader reader = reader_of(folder);
    CHECK(read_all(reader).frames == packets);
    CHECK(reader.position().segment == 1);
}
