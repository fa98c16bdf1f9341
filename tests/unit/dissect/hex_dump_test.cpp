#include <numeric>

#include "tests/support/catch.hpp"
#include "tests/unit/dissect/frames.hpp"

using sw::hex_dump;

TEST_CASE("a hex dump has sixteen octets a row, with offset and printable ASCII") {
    const auto octets = sw::craft::octets("GET / HTTP/1.1\r\n\r\n");
    CHECK(hex_dump(octets, 1000) ==
          "0000  47 45 54 20 2f 20 48 54  54 50 2f 31 2e 31 0d 0a  GET / HTTP/1.1..\n"
          "0010  0d 0a                                             ..\n");
}

TEST_CASE("a hex dump stops where it was told to and says how many octets it left out") {
    const std::vector<std::uint8_t> octets(100, 'x');
    const std::string text = hex_dump(octets, 20);
    CHECK(std::count(text.begin(), text.end(), '\n') == 3);
    CHECK(sw::test::has(text, "0010  78 78 78 78   "));
    CHECK(sw::test::has(text, "... and 80 more\n"));
    CHECK(hex_dump({}, 20).empty());
    CHECK(hex_dump(octets, 0) == "... and 100 more\n");
}

TEST_CASE("a hex dump of all octet values shows every one in hex and none raw") {
    std::vector<std::uint8_t> octets(256);
    std::iota(octets.begin(), octets.end(), std::uint8_t{0});
    const std::string text = hex_dump(octets, 256);
    CHECK(sw::test::is_clean(text));
    for (const char* shown : {" 00 ", " 1b ", " 7f ", " 9b ", " ff "}) CHECK(sw::test::has(text, shown));
}
