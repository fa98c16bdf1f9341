#include <memory>
#include <random>
#include <vector>

#include "rules/packet/checksum.hpp"
#include "tests/support/catch.hpp"

using namespace sw;

namespace {

/// RFC 1071 section 1, word for word: pairs of octets, an odd one padded with zero, end-around carry.
std::uint16_t by_the_book(const std::uint8_t* p, std::size_t n) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < n; i += 2) {
        sum += static_cast<std::uint32_t>(p[i] << 8 | (i + 1 < n ? p[i + 1] : 0));
        if (sum > 0xffff) sum = (sum & 0xffff) + 1;
    }
    return static_cast<std::uint16_t>(sum);
}

/// Ours, in network order.
std::uint16_t ours(const std::uint8_t* p, std::size_t n) { return __builtin_bswap16(fold(sum_words(p, n))); }

}  // namespace

TEST_CASE("checksum: the example of RFC 1071 section 3") {
    const std::uint8_t data[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
    CHECK(ours(data, sizeof data) == 0xddf2);
}

TEST_CASE("checksum: nothing sums to nothing") { CHECK(fold(sum_words(nullptr, 0)) == 0); }

TEST_CASE("checksum: a header with its right checksum folds to all ones") {
    const std::uint8_t header[] = {0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11,
                                   0xb8, 0x61, 0xc0, 0xa8, 0x00, 0x01, 0xc0, 0xa8, 0x00, 0xc7};
    CHECK(fold(sum_words(header, sizeof header)) == 0xffff);
}

TEST_CASE("checksum: all octets 0xff sum to all ones, however many, and never overflow") {
    const std::vector<std::uint8_t> data(1 << 20, 0xff);
    for (std::size_t n : {2u, 64u, 65534u, 1u << 20}) CHECK(fold(sum_words(data.data(), n)) == 0xffff);
    CHECK(fold(~std::uint64_t{0}) == 0xffff);
}

TEST_CASE("checksum: agrees with the book for every length to 4096 at every alignment") {
    std::mt19937_64 random(1071);
    for (std::size_t n = 0; n <= 4096; ++n) {
        const std::size_t alignment = n % 64;
        const auto data = std::make_unique<std::uint8_t[]>(n + alignment);  // exactly so much: a read behind it is reported
        const bool extreme = n % 3 == 0;
        for (std::size_t i = 0; i < n + alignment; ++i) data[i] = extreme ? (random() % 8 ? 0xff : 0) : static_cast<std::uint8_t>(random());
        if (ours(data.get() + alignment, n) != by_the_book(data.get() + alignment, n)) FAIL("length " << n);
    }
    std::vector<std::uint8_t> data(4096 + 64);
    for (std::uint8_t& d : data) d = static_cast<std::uint8_t>(random());
    for (std::size_t alignment = 0; alignment < 64; ++alignment)
        for (std::size_t n : {0u, 1u, 2u, 3u, 31u, 32u, 33u, 63u, 64u, 65u, 95u, 96u, 127u, 128u, 1460u, 4095u})
            if (ours(data.data() + alignment, n) != by_the_book(data.data() + alignment, n)) FAIL("length " << n << " at " << alignment);
}

TEST_CASE("checksum: a sum of parts is the sum of the whole where the parts are even") {
    std::mt19937_64 random(793);
    std::vector<std::uint8_t> data(1500);
    for (std::uint8_t& d : data) d = static_cast<std::uint8_t>(random());
    for (std::size_t cut = 0; cut <= data.size(); cut += 2)
        CHECK(fold(sum_words(data.data(), cut) + sum_words(data.data() + cut, data.size() - cut)) ==
              fold(sum_words(data.data(), data.size())));
}

TEST_CASE("checksum: a number of the pseudo header sums like its two octets") {
    const std::uint8_t octets[] = {0x12, 0x34};
    CHECK(fold(sum_of(0x1234)) == fold(sum_words(octets, 2)));
}

TEST_CASE("checksum: the sum that reads its last octets over again is the same sum, at every size and place") {
    std::mt19937 random(20261122);
    for (std::size_t size = 8; size < 300; ++size) {
        const auto data = std::make_unique<std::uint8_t[]>(size);  // to the octet: a sanitizer sees what reads beyond
        for (std::size_t i = 0; i < size; ++i) data[i] = static_cast<std::uint8_t>(random());
        INFO(size << " octets");
        REQUIRE(fold(sum_from_8(data.get(), size)) == fold(sum_small(data.get(), size)));
        REQUIRE(fold(sum_wide(data.get(), size)) == fold(sum_small(data.get(), size)));
    }
}

TEST_CASE("checksum: a sum is right if and only if it folds to all ones") {
    std::mt19937_64 random(20261122);
    for (int i = 0; i < 200'000; ++i) {
        const std::uint64_t sum = random() >> random() % 64;
        REQUIRE(sums_up(sum) == (fold(sum) == 0xffff));
    }
    for (std::uint64_t k : {0ull, 1ull, 2ull, 0x10001ull, 0x1000100010001ull}) {
        CHECK(sums_up(k * 0xffff) == (k != 0));
        CHECK_FALSE(sums_up(k * 0xffff + 1));
    }
}
