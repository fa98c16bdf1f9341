#include "rules/base/text.hpp"
#include "tests/support/catch.hpp"

using namespace sw;

namespace {
const std::vector<std::string_view> words{"enclave", "home", "names", "allow", "forbid", "housekeeping", "wire"};
}

TEST_CASE("nearest word: one slip or two are forgiven") {
    CHECK(nearest_word("enclav", words) == "enclave");
    CHECK(nearest_word("allwo", words) == "allow");
    CHECK(nearest_word("forbids", words) == "forbid");
    CHECK(nearest_word("housekeping", words) == "housekeeping");
    CHECK(nearest_word("allow", words) == "allow");
}

TEST_CASE("nearest word: what is too far away is not guessed") {
    CHECK(nearest_word("permission", words).empty());
    CHECK(nearest_word("xyz", words).empty());
    CHECK(nearest_word("ho", words).empty());  // two edits of four letters are half the word
    CHECK(nearest_word("", words).empty());
    CHECK(nearest_word("a", {}).empty());
}

TEST_CASE("nearest word: the nearest of several wins, the first among equals") {
    CHECK(nearest_word("udp", {"tcpp", "udpp", "udp6"}) == "udpp");
    CHECK(nearest_word("names", {"name", "names"}) == "names");
}

TEST_CASE("nearest word: a flood of letters costs nothing") {
    const std::string long_word(1'000'000, 'a');
    CHECK(nearest_word(long_word, {long_word}).empty());
}
