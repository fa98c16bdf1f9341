#include "rules/base/hex.hpp"

#include "tests/support/catch.hpp"

using namespace sw;

TEST_CASE("hex: any octets come back as they were") {
    std::string every, back;
    for (int i = 0; i < 256; ++i) every += static_cast<char>(i);
    const std::string digits = to_hex({reinterpret_cast<const std::uint8_t*>(every.data()), every.size()});
    CHECK(digits.substr(0, 8) == "00010203");
    CHECK(digits.ends_with("fdfeff"));
    REQUIRE(from_hex(digits, back));
    CHECK(back == every);
    REQUIRE(from_hex("", back));
    CHECK(back.empty());
}

TEST_CASE("hex: what is not two digits an octet is refused") {
    std::string octets;
    CHECK(from_hex("aAfF", octets));
    for (const char* wrong : {"a", "abc", "0x", "g0", "0 ", "-1"}) {
        INFO(wrong);
        CHECK_FALSE(from_hex(wrong, octets));
    }
}
