// The alarm journal: what is written is read, once, whatever happens to the writer and the file.
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <random>
#include <set>

#include "tests/unit/alarm/records.hpp"

namespace sw::test {
namespace {

std::string append(const cli::Folder& folder, const std::string& name, const std::string& text) {
    const std::string before = folder.text(name);
    folder.put(name, before + text);
    return before;
}

constexpr const char* first_file = "0000000001.alarms";

}  // namespace

TEST_CASE("alarm journal: an alarm and a heartbeat come back as they were written") {
    const cli::Folder folder;
    const auto writer = writer_of(folder.path());
    AlarmRecord record = alarm("192.0.2.25 (mail) opened tcp to 203.0.113.9:4444", 12, Severity::critical);
    record.count = 100;
    AlarmHeartbeat b = beat(3, 77);
    b.dropped = 5;
    b.last_frame = Timestamp{-1};
    b.trouble = "no link";
    b.both_ways = false;
    REQUIRE(writer->alarm(record));
    REQUIRE(writer->heartbeat(b));
    const Kept kept = all_of(folder.path());
    REQUIRE(kept.alarms.size() == 1);
    const AlarmRecord& r = kept.alarms[0];
    CHECK(r.id.size() == 10);
    CHECK(r.id == writer->last_id());
    CHECK((r.at == record.at && r.severity == record.severity && r.kind == "finding" && r.sentence == record.sentence));
    CHECK((r.finding == 12 && r.count == 100));
    REQUIRE(kept.beats.size() == 1);
    const AlarmHeartbeat& k = kept.beats[0];
    CHECK((k.at == b.at && k.who == b.who && k.frames == 77 && k.trouble == "no link" && !k.both_ways));
    CHECK((k.dropped == b.dropped && k.last_frame == b.last_frame));
}

TEST_CASE("alarm journal: only the newest heartbeat is told, and only once") {
    const cli::Folder folder;
    const auto writer = writer_of(folder.path());
    AlarmReader reader = reader_of(folder.path());
    Kept kept;
    for (int i = 0; i < 3; ++i) REQUIRE(writer->heartbeat(beat(i, 10)));
    REQUIRE(reader.read(kept, 10));
    REQUIRE(reader.read(kept, 10));
    REQUIRE(kept.beats.size() == 1);
    CHECK(kept.beats[0].at == beat(2, 0).at);
    for (int i = 3; i < 12'000; ++i) REQUIRE(writer->heartbeat(beat(i, 10)));  // into the next file, and the one after it
    REQUIRE(reader.read(kept, 10));
    REQUIRE(reader.read(kept, 10));
    CHECK(kept.beats.back().at == beat(11'999, 0).at);
}

TEST_CASE("alarm journal: hostile octets are escaped when written and again when read") {
    const cli::Folder folder;
    const auto writer = writer_of(folder.path());
    REQUIRE(writer->alarm(
        alarm("esc \x1b[2J, C1 \xc2\x9b, bidi \xe2\x80\xae, not UTF-8 \xff, NUL " + std::string(1, '\0') + ", line\nfeed, kept \\x1b")));
    // Somebody else's hand, in JSON's escapes.
    append(folder, first_file,
           R"({"type":"alarm","id":"00000000:9","at":1,"severity":"high","kind":"finding","sentence":"a\u001b[2J\u202e\nb"})"
           "\n");
    const Kept kept = all_of(folder.path());
    REQUIRE(kept.alarms.size() == 2);
    CHECK(kept.alarms[0].sentence == R"(esc \x1b[2J, C1 \u{009b}, bidi \u{202e}, not UTF-8 \xff, NUL \x00, line\x0afeed, kept \x1b)");
    CHECK(kept.alarms[1].sentence == R"(a\x1b[2J\u{202e}\x0ab)");
}

TEST_CASE("alarm journal: an overlong sentence is cut and stays readable") {
    const cli::Folder folder;
    const auto writer = writer_of(folder.path());
    std::string umlauts;
    for (int i = 0; i < 100'000; ++i) umlauts += "\xc3\xa4";
    REQUIRE(writer->alarm(alarm(umlauts)));
    REQUIRE(writer->alarm(alarm(std::string(100'000, '\x01'))));
    const Kept kept = all_of(folder.path());
    REQUIRE(kept.alarms.size() == 2);
    for (const AlarmRecord& r : kept.alarms) {
        CHECK(r.sentence.size() <= 4000);
        CHECK(r.sentence.size() > 3900);
        CHECK(r.sentence.ends_with("..."));
        CHECK(r.sentence.find("\\xf") == std::string::npos);  // no character was cut in two
    }
}

TEST_CASE("alarm journal: what is no record is counted and skipped, and what comes behind it is read") {
    const cli::Folder folder;
    { REQUIRE(writer_of(folder.path())->alarm(alarm("first"))); }
    const std::vector<std::string> bad = {
        "",
        "null",
        "{",
        "[1]",
        R"({"type":7})",
        R"({"type":"alarm"})",
        std::string(70'000, 'x'),
        "\xff\xfe",
        R"({"type":"alarm","id":"00000000:0","at":1,"severity":"high","kind":"a","sentence":"s"})",
        R"({"type":"alarm","id":"0000000g:1","at":1,"severity":"high","kind":"a","sentence":"s"})",
        R"({"type":"alarm","id":"00000000:1","at":"1","severity":"high","kind":"a","sentence":"s"})",
        R"({"type":"alarm","id":"00000000:1","at":1,"severity":"loud","kind":"a","sentence":"s"})",
        R"({"type":"alarm","id":"00000000:1","at":1,"severity":"high","kind":"a b","sentence":"s"})",
        R"({"type":"alarm","id":"00000000:1","at":1,"severity":"high","kind":"a","sentence":"s","finding":-1})",
    };
    std::string text;
    for (const std::string& line : bad) text += line + "\n";
    append(folder, first_file,
           text + R"({"type":"of a later version"})"
                  "\n");
    REQUIRE(writer_of(folder.path())->alarm(alarm("last")));
    AlarmReader reader = reader_of(folder.path());
    Kept kept;
    REQUIRE(reader.read(kept, 100));
    REQUIRE(kept.alarms.size() == 2);
    CHECK(kept.alarms[1].sentence == "last");
    CHECK(reader.bad_lines() == bad.size());
}

TEST_CASE("alarm journal: a torn last line is waited for, and after a restart of the writer it is a bad one") {
    const cli::Folder folder;
    { REQUIRE(writer_of(folder.path())->alarm(alarm("whole"))); }
    append(folder, first_file, R"({"type":"alarm","id":")");
    AlarmReader reader = reader_of(folder.path());
    Kept kept;
    REQUIRE(reader.read(kept, 100));
    CHECK((kept.alarms.size() == 1 && reader.bad_lines() == 0));
    const auto writer = writer_of(folder.path());
    REQUIRE(writer->alarm(alarm("after")));
    REQUIRE(reader.read(kept, 100));
    REQUIRE(kept.alarms.size() == 2);
    CHECK(kept.alarms[1].sentence == "after");
    CHECK(reader.bad_lines() == 1);
}

TEST_CASE("alarm journal: a last line that lacks only its end is a record, and its number is not given again") {
    const cli::Folder folder;
    { REQUIRE(writer_of(folder.path())->alarm(alarm("whole"))); }
    const std::string text = folder.text(first_file);
    folder.put(first_file, text.substr(0, text.size() - 1));
    const auto writer = writer_of(folder.path());
    REQUIRE(writer->alarm(alarm("after")));
    const Kept kept = all_of(folder.path());
    REQUIRE(kept.alarms.size() == 2);
    CHECK(kept.alarms[0].id != kept.alarms[1].id);
}

TEST_CASE("alarm journal: reading goes on where it was, and from the oldest where that is gone") {
    const cli::Folder folder;
    const auto writer = writer_of(folder.path());
    for (int i = 0; i < 5; ++i) REQUIRE(writer->alarm(alarm(std::to_string(i))));
    AlarmReader reader = reader_of(folder.path());
    Kept first, second, third;
    REQUIRE(*reader.read(first, 2) == 2);
    REQUIRE(reader_of(folder.path(), reader.position()).read(second, 100));
    REQUIRE(second.alarms.size() == 3);
    CHECK(second.alarms[0].sentence == "2");
    REQUIRE(reader_of(folder.path(), {77, 3}).read(third, 100));
    CHECK(third.alarms.size() == 5);
}

TEST_CASE("alarm journal: a full file is followed by the next, and only the newest sixteen are kept") {
    const cli::Folder folder;
    const std::string header = R"({"type":"journal","journal":"0a1b2c3d","segment":1,"next":500})"
                               "\n";
    for (int i = 1; i < 16; ++i) folder.put(fmt::format("{:010}.alarms", i), header);
    folder.put("0000000016.alarms", header + std::string(4u << 20, ' ') + "\n");
    const auto writer = writer_of(folder.path());
    REQUIRE(writer->alarm(alarm("in the next")));
    CHECK_FALSE(std::filesystem::exists(folder.at("0000000001.alarms")));
    CHECK(std::filesystem::exists(folder.at("0000000002.alarms")));
    const auto lines = lines_in(folder.text("0000000017.alarms"));
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].find(R"("journal":"0a1b2c3d","segment":17)") != std::string::npos);
    const Kept kept = all_of(folder.path());
    REQUIRE(kept.alarms.size() == 1);
    CHECK(kept.alarms[0].id == "0a1b2c3d:501");
}

TEST_CASE("alarm journal: a reader that is too late goes on with the oldest file and says how many it missed") {
    const cli::Folder folder;
    const auto header = [](int n) {
        return fmt::format(R"({{"type":"journal","journal":"0a1b2c3d","segment":{},"next":1}})"
                           "\n",
                           n);
    };
    const auto line = [](int n) {
        return fmt::format(R"({{"type":"alarm","id":"0a1b2c3d:{}","at":1,"severity":"high","kind":"finding","sentence":"s"}})"
                           "\n",
                           n);
    };
    folder.put("0000000001.alarms", header(1) + line(1));
    AlarmReader holding = reader_of(folder.path());
    Kept held, late;
    REQUIRE(holding.read(held, 100));
    REQUIRE(held.alarms.size() == 1);
    const AlarmPosition there = holding.position();
    std::filesystem::remove(folder.at("0000000001.alarms"));
    folder.put("0000000004.alarms", header(4) + line(4));
    REQUIRE(holding.read(held, 100));
    REQUIRE(held.alarms.size() == 2);
    CHECK(held.alarms[1].id == "0a1b2c3d:4");
    CHECK(holding.missed_segments() == 2);
    AlarmReader from_there = reader_of(folder.path(), there);
    REQUIRE(from_there.read(late, 100));
    CHECK(late.alarms.size() == 1);
    CHECK(from_there.missed_segments() == 3);
}

TEST_CASE("alarm journal: a second writer is refused") {
    const cli::Folder folder;
    const auto writer = writer_of(folder.path());
    const auto second = AlarmWriter::open(folder.path());
    REQUIRE_FALSE(second);
    CHECK(second.error().text.find("another process writes it") != std::string::npos);
    CHECK_FALSE(AlarmWriter::open(folder.at("none")));
}

TEST_CASE("alarm journal: a writer that is killed at any instant gives no id twice and loses nothing it was done with") {
    const cli::Folder folder;
    std::mt19937_64 random(7);
    std::uint64_t acknowledged = 0;
    for (int round = 0; round < 100; ++round) {
        int ends[2];
        REQUIRE(::pipe(ends) == 0);
        const pid_t child = ::fork();
        if (child == 0) {
            auto writer = AlarmWriter::open(folder.path());
            for (std::uint64_t i = 0; writer; ++i)
                if ((*writer)->alarm(alarm("round " + std::to_string(round)))) static_cast<void>(!::write(ends[1], ".", 1));
            ::_exit(1);
        }
        ::close(ends[1]);
        char c;
        for (auto n = random() % 6; n > 0 && ::read(ends[0], &c, 1) == 1; --n) ++acknowledged;
        for (volatile std::uint64_t moment = random() % 400'000; moment > 0;) moment = moment - 1;
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        while (::read(ends[0], &c, 1) == 1) ++acknowledged;
        ::close(ends[0]);
    }
    const Kept kept = all_of(folder.path());
    std::set<std::string> ids;
    for (const AlarmRecord& r : kept.alarms) ids.insert(r.id);
    CHECK(ids.size() == kept.alarms.size());
    CHECK(kept.alarms.size() >= acknowledged);
    CHECK(acknowledged > 100);
}

}  // namespace sw::test
