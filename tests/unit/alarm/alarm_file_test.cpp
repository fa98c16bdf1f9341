// The alarm file has each alarm once.
#include "collector/alarm/alarm_file.hpp"

#include "collector/alarm/sentences.hpp"
#include "tests/unit/alarm/records.hpp"

namespace sw::test {
namespace {

AlarmRecord numbered(int n, const std::string& sentence = "something happened") {
    AlarmRecord r = alarm(sentence);
    r.id = "0a1b2c3d:" + std::to_string(n);
    return r;
}

AlarmFile file_of(const std::string& path) {
    auto file = AlarmFile::open(path);
    if (!file) FAIL(file.error().text);
    return std::move(*file);
}

}  // namespace

TEST_CASE("alarm file: a line says when, how bad, which, what kind and what") {
    AlarmRecord r = numbered(17);
    r.finding = 12;
    r.count = 1;
    CHECK(file_line(r) == "2023-11-14T22:13:20.000000000Z high 0a1b2c3d:17 finding something happened (finding 12, 1 packet)");
    CHECK(id_of_line(file_line(r)) == r.id);
    CHECK(id_of_line("") == "");
    CHECK(id_of_line("one two three four") == "");
    CHECK(sentence_of(r, 37) == "something happened (finding 12, 1 packet; 37 more like it)");
    CHECK(sentence_of(numbered(1), 2) == "something happened (2 more like it)");
}

TEST_CASE("alarm file: it knows what it has, after a restart and after it was rotated") {
    const cli::Folder folder;
    const std::string path = folder.at("alarms.log");
    {
        AlarmFile file = file_of(path);
        for (int i = 1; i <= 3; ++i) file.add(numbered(i));
        REQUIRE(file.write());
        CHECK(file.settled());
    }
    AlarmFile file = file_of(path);
    CHECK(file.has("0a1b2c3d:3"));
    CHECK_FALSE(file.has("0a1b2c3d:4"));
    CHECK_FALSE(file.has("0a1b2c3e:1"));
    std::filesystem::rename(path, folder.at("alarms.log.0"));
    REQUIRE(file.reopen());
    file.add(numbered(4));
    REQUIRE(file.write());
    CHECK(lines_in(folder.text("alarms.log")).size() == 1);
    CHECK(lines_in(folder.text("alarms.log.0")).size() == 3);
    CHECK(file.has("0a1b2c3d:3"));
}

TEST_CASE("alarm file: a last line that was cut off is taken away and can be written again") {
    const cli::Folder folder;
    const std::string whole = file_line(numbered(1)) + "\n";
    folder.put("alarms.log", whole + file_line(numbered(2)).substr(0, 70));
    AlarmFile file = file_of(folder.at("alarms.log"));
    CHECK(file.has("0a1b2c3d:1"));
    CHECK_FALSE(file.has("0a1b2c3d:2"));
    file.add(numbered(2));
    REQUIRE(file.write());
    CHECK(folder.text("alarms.log") == whole + file_line(numbered(2)) + "\n");
}

TEST_CASE("alarm file: what is no regular file is refused") {
    const cli::Folder folder;
    CHECK_FALSE(AlarmFile::open(folder.path()));
    CHECK_FALSE(AlarmFile::open(folder.at("none") / "alarms.log"));
}

}  // namespace sw::test
