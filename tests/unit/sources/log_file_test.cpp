/// Log files of other daemons: lines, their years, and how they are compressed.
#include "collector/sources/log_file.hpp"

#include <fcntl.h>

#include "tests/cli/folder.hpp"
#include "tests/unit/capture/compress.hpp"

namespace sw::test {
namespace {

using namespace std::string_literals;

constexpr Timestamp june{std::int64_t{1'781'524'800} * 1'000'000'000};  // 2026-06-15T12:00:00Z

struct Text {
    cli::Folder folder;

    UniqueFd fd() const { return UniqueFd(::open(folder.at("mail.log").c_str(), O_RDONLY | O_CLOEXEC)); }
    LogFile open(bool seekable = true, Timestamp newest = june, std::chrono::seconds zone = {}) const {
        auto file = LogFile::open(fd(), seekable ? fd() : UniqueFd(), newest, zone, nullptr);
        REQUIRE(file);
        return std::move(*file);
    }
    /// "moment text", a line each.
    static std::string all(LogFile& file) {
        std::string out;
        while (const auto line = file.next())
            out += to_rfc3339(line->at).substr(0, 19) + " " + std::string(line->text.substr(0, 40)) + "\n";
        return out;
    }
};

}  // namespace

TEST_CASE("log file: its years are told by its order, the last one by when it was written") {
    Text t;
    t.folder.put("mail.log",
                 "Nov 30 10:00:00 a x: one\nDec 31 23:59:59 a x: two\nJan  1 00:00:01 a x: three\nMay  1 08:00:00 a x: four\n"s);
    LogFile file = t.open();
    CHECK(Text::all(file) ==
          "2025-11-30T10:00:00 Nov 30 10:00:00 a x: one\n2025-12-31T23:59:59 Dec 31 23:59:59 a x: two\n"
          "2026-01-01T00:00:01 Jan  1 00:00:01 a x: three\n2026-05-01T08:00:00 May  1 08:00:00 a x: four\n");
}

TEST_CASE("log file: two turns of the year are two years") {
    Text t;
    std::string text;
    for (int year = 0; year < 3; ++year)
        for (const char* month : {"Jan", "Apr", "Jul", "Oct"}) text += month + " 10 10:00:00 a x: y"s + std::to_string(year) + "\n";
    text += "Jan 10 10:00:00 a x: y3\n";
    t.folder.put("mail.log", text);
    LogFile file = t.open();
    const std::string all = Text::all(file);
    CHECK(all.find("2023-01-10T10:00:00 Jan 10 10:00:00 a x: y0") == 0);
    CHECK(all.find("2025-10-10T10:00:00 Oct 10 10:00:00 a x: y2") != std::string::npos);
    CHECK(all.find("2026-01-10T10:00:00 Jan 10 10:00:00 a x: y3") != std::string::npos);
}

TEST_CASE("log file: a file of last autumn that is read in June is of last autumn") {
    Text t;
    t.folder.put("mail.log", "Oct  1 10:00:00 a x: one\nNov  1 10:00:00 a x: two\n"s);
    LogFile file = t.open();
    CHECK(Text::all(file).find("2025-11-01T10:00:00") != std::string::npos);
}

TEST_CASE("log file: a stamp without a zone is of the zone that the analyst names, one with a zone is not") {
    Text t;
    t.folder.put("mail.log", "Jun  1 10:00:00 a x: one\n2026-06-01T10:00:00+00:00 a x: two\n"s);
    LogFile file = t.open(true, june, std::chrono::hours{2});
    CHECK(Text::all(file) == "2026-06-01T08:00:00 Jun  1 10:00:00 a x: one\n2026-06-01T10:00:00 2026-06-01T10:00:00+00:00 a x: two\n");
}

TEST_CASE("log file: a line without a time is of the moment of the line before") {
    Text t;
    t.folder.put("mail.log", "Jun  1 10:00:00 a x: one\n  continued\n\nJun  1 10:00:01 a x: two"s);
    LogFile file = t.open();
    CHECK(Text::all(file) ==
          "2026-06-01T10:00:00 Jun  1 10:00:00 a x: one\n2026-06-01T10:00:00   continued\n2026-06-01T10:00:00 \n"
          "2026-06-01T10:00:01 Jun  1 10:00:01 a x: two\n");
}

TEST_CASE("log file: plain, gz and zst are read alike, piece by piece or not") {
    std::string text;
    for (int i = 0; i < 20'000; ++i) text += "Jun  1 10:00:00 a x: line " + std::to_string(i) + "\r\n";
    const Octets plain(text.begin(), text.end());
    std::string first;
    for (const Octets& content : {plain, gzip(plain), zstd(plain)}) {
        Text t;
        t.folder.put("mail.log", content);
        LogFile file = t.open();
        const std::string all = Text::all(file);
        CHECK(file.failure().empty());
        if (first.empty()) first = all;
        CHECK(all == first);
    }
    CHECK(std::count(first.begin(), first.end(), '\n') == 20'000);
    CHECK(first.find("line 19999\n") != std::string::npos);
}

TEST_CASE("log file: what a cut file holds is read, and that it is cut is said") {
    std::string text;
    for (int i = 0; i < 20'000; ++i) text += "Jun  1 10:00:00 a x: line " + std::to_string(i * 7919) + "\n";
    Octets half = gzip(Octets(text.begin(), text.end()));
    half.resize(half.size() / 2);
    Text t;
    t.folder.put("mail.log", half);
    LogFile file = t.open();
    const std::string all = Text::all(file);
    CHECK(all.find("line 0\n") != std::string::npos);
    CHECK_FALSE(file.failure().empty());
}

TEST_CASE("log file: of a line that is too long the front is given, the rest is counted, and the next one is whole") {
    for (const std::size_t size : {std::size_t{65'537}, std::size_t{100'000}, std::size_t{3'000'000}}) {
        CAPTURE(size);
        Text t;
        t.folder.put("mail.log", std::string(size, 'x') + "\nJun  1 10:00:00 a x: next\n");
        LogFile file = t.open(false);
        const auto first = file.next();
        REQUIRE(first);
        CHECK(first->text.size() == LogFile::longest);
        const auto next = file.next();
        REQUIRE(next);
        CHECK(next->text == "Jun  1 10:00:00 a x: next");
        CHECK(next->offset == size + 1 + next->text.size() + 1);
        CHECK(file.cut() == 1);
        CHECK_FALSE(file.next());
    }
}

TEST_CASE("log file: NUL and whatever else stands in a line is in it") {
    Text t;
    t.folder.put("mail.log", "Jun  1 10:00:00 a x: a\0b\xff\rc\n"s);
    LogFile file = t.open();
    const auto line = file.next();
    REQUIRE(line);
    CHECK(line->text == "Jun  1 10:00:00 a x: a\0b\xff\rc"s);
}

}  // namespace sw::test
