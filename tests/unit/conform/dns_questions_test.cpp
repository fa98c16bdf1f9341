#include "sensor/conform/dns/dns_questions.hpp"

#include "tests/support/catch.hpp"

using namespace sw;
using namespace std::chrono_literals;
using Answered = DnsQuestions::Answered;

namespace {

constexpr Timestamp start{1'000'000'000'000};

Answered answer(DnsQuestions& q, std::uint64_t who, std::uint64_t what, Timestamp now) {
    DnsAsker asker;
    return q.answer(who, &what, now, asker);
}

}  // namespace

TEST_CASE("dns questions: an answer is expected once for each time it was asked for") {
    DnsQuestions q;
    CHECK(answer(q, 1, 10, start) == Answered::unsolicited);
    REQUIRE(q.ask({1, 10}, {}, start));
    CHECK(answer(q, 1, 11, start) == Answered::unsolicited);
    CHECK(answer(q, 2, 10, start) == Answered::unsolicited);
    CHECK(answer(q, 1, 10, start) == Answered::expected);
    CHECK(answer(q, 1, 10, start) == Answered::again);
    REQUIRE(q.ask({1, 10}, {}, start));
    REQUIRE(q.ask({1, 10}, {}, start));
    CHECK(answer(q, 1, 10, start) == Answered::expected);
    CHECK(answer(q, 1, 10, start) == Answered::expected);
    CHECK(answer(q, 1, 10, start) == Answered::again);
}

TEST_CASE("dns questions: nobody waits for longer than a minute, and time that goes back changes nothing") {
    DnsQuestions q;
    REQUIRE(q.ask({1, 10}, {}, start));
    REQUIRE(q.ask({2, 20}, {}, start));
    CHECK(answer(q, 1, 10, start + DnsQuestions::lifetime) == Answered::expected);
    CHECK(answer(q, 2, 20, start + DnsQuestions::lifetime + 1ns) == Answered::unsolicited);
    CHECK(answer(q, 1, 10, start) == Answered::unsolicited);
    REQUIRE(q.ask({3, 30}, {}, start));
    CHECK(answer(q, 3, 30, start + DnsQuestions::lifetime + 1ns) == Answered::expected);
}

TEST_CASE("dns questions: an answer without its question is to any that waits, and the room is that of the question") {
    DnsQuestions q;
    REQUIRE(q.ask({1, 10}, {700, true}, start));
    REQUIRE(q.ask({1, 11}, {800, true}, start));
    DnsAsker asker;
    CHECK(q.answer(1, nullptr, start, asker) == Answered::expected);
    CHECK(asker.room == 800);
    CHECK(q.answer(1, nullptr, start, asker) == Answered::expected);
    CHECK(asker.room == 700);
    CHECK(q.answer(1, nullptr, start, asker) == Answered::again);
}

TEST_CASE("dns questions: a full table says so, and takes questions again when the oldest were answered or are too old") {
    DnsQuestions q;
    for (std::uint64_t i = 0; i < DnsQuestions::capacity; ++i) REQUIRE(q.ask({i, i}, {}, start));
    CHECK_FALSE(q.ask({1'000'000, 1}, {}, start + 1s));
    CHECK(answer(q, 1'000'000, 1, start + 1s) == Answered::unsolicited);
    CHECK(answer(q, 5, 5, start + 1s) == Answered::expected);
    CHECK_FALSE(q.ask({1'000'000, 1}, {}, start + 1s));  // the oldest waits still
    for (std::uint64_t i = 0; i < 5; ++i) CHECK(answer(q, i, i, start + 1s) == Answered::expected);
    for (std::uint64_t i = 0; i < 6; ++i) REQUIRE(q.ask({1'000'000 + i, 1}, {}, start + 1s));
    CHECK_FALSE(q.ask({2'000'000, 1}, {}, start + 1s));
    CHECK(answer(q, 6, 6, start + 1s) == Answered::expected);
    REQUIRE(q.ask({2'000'000, 1}, {}, start + DnsQuestions::lifetime + 1ns));
    CHECK(answer(q, 1'000'005, 1, start + DnsQuestions::lifetime + 1ns) == Answered::expected);
    CHECK(answer(q, 7, 7, start + DnsQuestions::lifetime + 1ns) == Answered::unsolicited);
}
