#include "sensor/conform/word_match.hpp"

#include <array>

#include "tests/support/catch.hpp"

using namespace sw;

namespace {

constexpr std::array<std::string_view, 4> words{"RETR", "RSET", "R", "TOP"};

/// The word that text is, -1 if none ends there, -2 if none goes on like it.
int match(std::string_view text) {
    WordMatch m;
    for (const char c : text)
        if (!m.take(words, static_cast<std::uint8_t>(c))) return -2;
    return m.complete(words);
}

}  // namespace

TEST_CASE("word match: a word is known when it ends, in either case of letters") {
    CHECK(match("RETR") == 0);
    CHECK(match("rSeT") == 1);
    CHECK(match("R") == 2);
    CHECK(match("TOP") == 3);
    CHECK(match("") == -1);
    CHECK(match("RS") == -1);
}

TEST_CASE("word match: the first octet that no word has there is the wrong one") {
    CHECK(match("X") == -2);
    CHECK(match("RX") == -2);
    CHECK(match("TOPS") == -2);
    CHECK(match("TO\xff") == -2);
    WordMatch m;
    REQUIRE(m.take(words, 'T'));
    CHECK_FALSE(m.take(words, 'E'));
    m.begin();
    CHECK(m.take(words, 'R'));
    CHECK(m.size() == 1);
}

TEST_CASE("word match: as many as 64 words, of which the last counts like the first") {
    std::array<std::string, WordMatch::most_words> text;
    std::array<std::string_view, WordMatch::most_words> many;
    for (std::size_t i = 0; i < many.size(); ++i) many[i] = text[i] = "W" + std::to_string(i + 100);
    WordMatch m;
    for (const char c : many.back()) REQUIRE(m.take(many, static_cast<std::uint8_t>(c)));
    CHECK(m.complete(many) == 63);
    CHECK_FALSE(m.take(many, '0'));
}
