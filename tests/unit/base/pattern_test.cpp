#include "rules/base/pattern.hpp"

#include "tests/support/catch.hpp"

using namespace sw;

TEST_CASE("pattern: it matches the whole text or nothing") {
    const auto p = Pattern::compile("connect from [a-z.]+");
    REQUIRE(p);
    CHECK(p->matches("connect from mx.example"));
    CHECK_FALSE(p->matches("xconnect from mx.example"));
    CHECK_FALSE(p->matches("connect from mx.example; rm -rf"));
    CHECK_FALSE(p->matches("connect from mx.example\nconnect from mx.example"));
}

TEST_CASE("pattern: an alternative at its end is anchored, too") {
    const auto p = Pattern::compile("good|also good");
    REQUIRE(p);
    CHECK(p->matches("good"));
    CHECK(p->matches("also good"));
    CHECK_FALSE(p->matches("good but bad"));
    CHECK_FALSE(p->matches("bad but also good"));
}

TEST_CASE("pattern: octets that are not UTF-8, and NUL, are octets") {
    const auto p = Pattern::compile("a.b.c");
    REQUIRE(p);
    CHECK(
        p->matches(std::string_view("a\xff"
                                    "b\0c",
                                    5)));
}

TEST_CASE("pattern: what is no expression is an error that says where") {
    const auto p = Pattern::compile("a(b");
    REQUIRE_FALSE(p);
    CHECK(p.error().text.find("a(b") != std::string::npos);
    CHECK_FALSE(Pattern::compile("(a)\\1"));
}

TEST_CASE("pattern set: the smallest index that matches the whole text") {
    const auto set = PatternSet::compile({"a+", "[ab]+", "c"});
    REQUIRE(set);
    CHECK(set->size() == 3);
    CHECK(set->first_match("aaa").first == 0);
    CHECK(set->first_match("ab").first == 1);
    CHECK(set->first_match("cc").first == -1);
    CHECK(set->first_match("cc").sure);
}

TEST_CASE("pattern set: none matches nothing") {
    const auto set = PatternSet::compile({});
    REQUIRE(set);
    CHECK(set->first_match("").first == -1);
}

TEST_CASE("pattern set: the one that is no expression is named by its number") {
    const auto set = PatternSet::compile({"a", "b(", "c"});
    REQUIRE_FALSE(set);
    CHECK(set.error().text.starts_with("pattern 1: "));
}
