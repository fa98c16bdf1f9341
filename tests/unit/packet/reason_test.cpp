#include <set>
#include <string>
#include <vector>

#include "rules/packet/reason.hpp"
#include "tests/support/catch.hpp"

using namespace sw;

namespace {
Reason reason(std::size_t i) { return static_cast<Reason>(i); }
}  // namespace

TEST_CASE("reasons: every one has a slug of its own that leads back to it") {
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < reason_count; ++i) {
        const ReasonInfo& r = info(reason(i));
        CAPTURE(r.slug);
        CHECK(seen.insert(r.slug).second);
        CHECK(reason_from_slug(r.slug) == reason(i));
        CHECK(r.slug.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos);
        CHECK_FALSE(r.sentence.empty());
        CHECK(r.sentence.back() != '.');
        CHECK_FALSE(r.source.empty());
    }
    CHECK_FALSE(reason_from_slug("no-such-reason"));
    CHECK_FALSE(reason_from_slug(""));
}

TEST_CASE("reasons: severities have names") {
    CHECK(to_string(Severity::high) == "high");
    CHECK(to_string(Severity::critical) == "critical");
    CHECK(to_string(Severity::notice) == "notice");
}

TEST_CASE("reason set: holds each reason apart from all others") {
    for (std::size_t i = 0; i < reason_count; ++i) {
        const ReasonSet one(reason(i));
        CHECK_FALSE(one.empty());
        for (std::size_t j = 0; j < reason_count; ++j) CHECK(one.has(reason(j)) == (i == j));
    }
}

TEST_CASE("reason set: union, difference and subset are those of sets") {
    ReasonSet a(Reason::truncated), b(Reason::no_rule);
    a.add(Reason::icmp_unrelated);
    const ReasonSet both = a.with(b);
    CHECK(a.within(both));
    CHECK(b.within(both));
    CHECK_FALSE(both.within(a));
    CHECK(both.without(b) == a);
    CHECK(both.without(a) == b);
    CHECK(a.without(a).empty());
    CHECK(ReasonSet{}.within(ReasonSet{}));
    CHECK(ReasonSet{}.within(a));
    a.add(Reason::truncated);
    CHECK(both.without(b) == a);
}

TEST_CASE("reason set: for_each visits the members in the order of reason.def") {
    ReasonSet all;
    for (std::size_t i = reason_count; i-- > 0;) all.add(reason(i));
    std::vector<std::size_t> visited;
    all.for_each([&](Reason r) { visited.push_back(static_cast<std::size_t>(r)); });
    REQUIRE(visited.size() == reason_count);
    for (std::size_t i = 0; i < reason_count; ++i) CHECK(visited[i] == i);
    ReasonSet{}.for_each([](Reason) { FAIL("an empty set has no member"); });
}
