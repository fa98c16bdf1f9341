// The flow table's hash against libsodium's: the same function, or an attacker could collide it.
#include <sodium.h>

#include <random>
#include <string>

#include "rules/base/siphash.hpp"
#include "tests/support/catch.hpp"

using namespace sw;

namespace {

template <std::size_t n>
void check_words(std::mt19937_64& random) {
    std::array<std::uint8_t, 16> key;
    std::array<std::uint64_t, n> words;
    for (auto& k : key) k = static_cast<std::uint8_t>(random());
    for (auto& w : words) w = random();
    std::uint64_t theirs = 0;
    crypto_shorthash(reinterpret_cast<unsigned char*>(&theirs), reinterpret_cast<const unsigned char*>(words.data()), 8 * n, key.data());
    CHECK((SipKey(key).hash<2, 4>(words) == theirs));
}

}  // namespace

TEST_CASE("SipHash: with its usual rounds it is libsodium's, for every size that we hash") {
    static_assert(crypto_shorthash_KEYBYTES == 16 && crypto_shorthash_BYTES == 8);
    std::mt19937_64 random(24);
    for (int round = 0; round < 200; ++round) {
        check_words<1>(random);
        check_words<2>(random);
        check_words<5>(random);
    }
}

TEST_CASE("SipHash: of octets it is libsodium's, for every length around a word") {
    std::mt19937_64 random(25);
    std::array<std::uint8_t, 16> key;
    for (auto& k : key) k = static_cast<std::uint8_t>(random());
    std::string octets;
    for (int length = 0; length < 70; ++length) {
        std::uint64_t theirs = 0;
        crypto_shorthash(reinterpret_cast<unsigned char*>(&theirs), reinterpret_cast<const unsigned char*>(octets.data()), octets.size(),
                         key.data());
        CHECK((SipKey(key).hash<2, 4>(octets) == theirs));
        octets += static_cast<char>(random());
    }
}

TEST_CASE("SipHash: the key decides, also with fewer rounds") {
    const std::array<std::uint64_t, 2> words{1, 2};
    const SipKey one({1}), other({2});
    CHECK(one.hash<1, 3>(words) != other.hash<1, 3>(words));
    CHECK(one.hash<1, 3>(words) != one.hash<2, 4>(words));
}
