// Where it goes on after a restart.
#include "collector/alarm/place_file.hpp"

#include "tests/unit/alarm/records.hpp"

namespace sw::test {

TEST_CASE("places: what was saved is read back, folders with blanks too") {
    const cli::Folder folder;
    const Places places = {{"/a b/c", {"0a1b2c3d", {3, 99}, "lo"}}, {"/never", {"", {}, "-"}}};
    {
        auto file = PlaceFile::open(folder.path());
        REQUIRE(file);
        CHECK(file->places().empty());
        REQUIRE(file->save(places));
    }
    const auto again = PlaceFile::open(folder.path());
    REQUIRE(again);
    CHECK(again->places() == places);
    CHECK_FALSE(std::filesystem::exists(folder.at("places.new")));
}

TEST_CASE("places: a damaged file is refused and says what to do") {
    for (const char* text : {"", "something else\n", "span-alarm places 1\nonly words\n", "span-alarm places 1\n- x 2 - /a\n"}) {
        const cli::Folder folder;
        folder.put("places", std::string(text));
        const auto file = PlaceFile::open(folder.path());
        INFO(text);
        REQUIRE_FALSE(file);
        CHECK(file.error().text.find("remove it") != std::string::npos);
    }
}

}  // namespace sw::test
