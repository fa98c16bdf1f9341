#include "rules/analysis/class_memo.hpp"

#include "tests/support/catch.hpp"

using namespace sw;

namespace {

ClassKey key(std::uint32_t n) {
    ClassKey k;
    k.classes[0] = static_cast<std::uint16_t>(n >> 8);
    k.classes[10] = static_cast<std::uint16_t>(n & 0xff);
    return k;
}

}  // namespace

TEST_CASE("class memo: a key that was never inserted is not found") {
    ClassMemo<int> memo;
    CHECK(memo.find(key(0)) == nullptr);
    CHECK(memo.find(key(7)) == nullptr);
    CHECK(memo.size() == 0);
}

TEST_CASE("class memo: every inserted answer is found again after the table has grown") {
    ClassMemo<std::uint32_t> memo;
    for (std::uint32_t i = 0; i < 20'000; ++i) REQUIRE(*memo.insert(key(i), i * 3) == i * 3);
    CHECK(memo.size() == 20'000);
    std::size_t wrong = 0;
    for (std::uint32_t i = 0; i < 20'000; ++i) {
        const std::uint32_t* answer = memo.find(key(i));
        wrong += answer && *answer == i * 3 ? 0u : 1u;
    }
    CHECK(wrong == 0);
    CHECK(memo.find(key(20'000)) == nullptr);
}

TEST_CASE("class memo: keys that differ in one field only are kept apart") {
    ClassMemo<std::size_t> memo;
    for (std::size_t f = 0; f < ClassKey::fields; ++f) {
        ClassKey k;
        k.classes[f] = 1;
        memo.insert(k, f);
    }
    for (std::size_t f = 0; f < ClassKey::fields; ++f) {
        ClassKey k;
        k.classes[f] = 1;
        REQUIRE(memo.find(k));
        CHECK(*memo.find(k) == f);
    }
}

TEST_CASE("class memo: an answer can be changed in place") {
    ClassMemo<int> memo;
    *memo.insert(key(1), 10) = 11;
    CHECK(*memo.find(key(1)) == 11);
}

TEST_CASE("class memo: once full it takes no more and still finds what it has") {
    ClassMemo<int> memo(3);
    for (std::uint32_t i = 0; i < 3; ++i) REQUIRE(memo.insert(key(i), 1));
    CHECK(memo.insert(key(3), 1) == nullptr);
    CHECK(memo.find(key(3)) == nullptr);
    CHECK(memo.find(key(2)) != nullptr);
    CHECK(memo.size() == 3);
}

TEST_CASE("class memo: cleared, it is empty and takes entries again") {
    ClassMemo<int> memo(2);
    memo.insert(key(1), 1);
    memo.insert(key(2), 2);
    memo.clear();
    CHECK(memo.size() == 0);
    CHECK(memo.find(key(1)) == nullptr);
    REQUIRE(memo.insert(key(1), 5));
    CHECK(*memo.find(key(1)) == 5);
}

TEST_CASE("class memo: a memo that may hold nothing still answers") {
    ClassMemo<int> memo(0);
    CHECK(memo.insert(key(1), 1) == nullptr);
    CHECK(memo.find(key(1)) == nullptr);
}
