#include <random>
#include <string>
#include <vector>

#include "sensor/flow/sent_octets.hpp"
#include "tests/support/catch.hpp"

using namespace sw;
using Check = SentOctets::Check;

namespace {

const std::uint8_t* at(const std::string& s, std::size_t i = 0) { return reinterpret_cast<const std::uint8_t*>(s.data()) + i; }

/// One side of one flow, and what it sent.
struct Side {
    explicit Side(SentOctets& pool, int which = 0) : sent(pool), side(which) {}
    void keep(std::uint32_t seq, const std::string& s) { sent.keep(flow, side, seq, at(s), static_cast<std::uint32_t>(s.size())); }
    Check compare(std::uint32_t seq, const std::string& s) const {
        return sent.compare(flow, side, seq, at(s), static_cast<std::uint32_t>(s.size()));
    }
    SentOctets& sent;
    Flow flow;
    int side;
};

std::string noise(std::uint64_t seed, std::size_t n) {
    std::mt19937_64 random(seed);
    std::string s(n, '\0');
    for (char& c : s) c = static_cast<char>(random());
    return s;
}

}  // namespace

TEST_CASE("sent octets: what was sent again is the same, or different, or unknown") {
    SentOctets pool(8);
    Side s(pool);
    s.keep(1000, "EHLO example\r\n");
    CHECK(s.compare(1000, "EHLO example\r\n") == Check::same);
    CHECK(s.compare(1005, "example") == Check::same);
    CHECK(s.compare(1005, "Example") == Check::different);
    CHECK(s.compare(1013, "\nMAIL") == Check::unknown);
    CHECK(s.compare(1013, "xMAIL") == Check::different);  // one octet known and wrong is enough
    CHECK(s.compare(990, "before") == Check::unknown);
    CHECK(s.compare(2000, "after") == Check::unknown);
    CHECK(s.compare(1000, "") == Check::same);
}

TEST_CASE("sent octets: the two sides are kept apart") {
    SentOctets pool(8);
    Side s(pool);
    s.keep(1000, "client");
    CHECK(pool.compare(s.flow, 1, 1000, at("client"), 6) == Check::unknown);
    pool.keep(s.flow, 1, 1000, at("server"), 6);
    CHECK(s.compare(1000, "client") == Check::same);
    CHECK(pool.compare(s.flow, 1, 1000, at("server"), 6) == Check::same);
}

TEST_CASE("sent octets: however it is cut into segments, it is the same stream") {
    std::mt19937_64 random(5);
    const std::string stream = noise(6, 30000);
    for (const std::uint32_t first : {0u, 0xffffe000u, 0x7fffe000u}) {  // and over both ends of the sequence space
        SentOctets pool(32);
        Side s(pool);
        for (std::size_t i = 0; i < stream.size();) {
            const std::size_t n = std::min<std::size_t>(1 + random() % 3000, stream.size() - i);
            s.keep(first + static_cast<std::uint32_t>(i), stream.substr(i, n));
            i += n;
        }
        for (int round = 0; round < 300; ++round) {
            const std::size_t from = random() % stream.size(), n = 1 + random() % std::min<std::size_t>(6000, stream.size() - from);
            std::string again = stream.substr(from, n);
            REQUIRE(s.compare(first + static_cast<std::uint32_t>(from), again) == Check::same);
            again[random() % n] ^= 0x20;
            REQUIRE(s.compare(first + static_cast<std::uint32_t>(from), again) == Check::different);
        }
    }
}

TEST_CASE("sent octets: a hole is unknown until it is filled") {
    SentOctets pool(8);
    Side s(pool);
    s.keep(100, "aaaa");
    s.keep(108, "cccc");
    CHECK(s.compare(100, "aaaabbbbcccc") == Check::unknown);
    CHECK(s.compare(100, "aaaabbbbcccX") == Check::different);
    s.keep(104, "bbbb");
    CHECK(s.compare(100, "aaaabbbbcccc") == Check::same);
    CHECK(s.compare(102, "aabBbbcc") == Check::different);
}

TEST_CASE("sent octets: octets that are kept twice do not stand for octets that are not kept") {
    SentOctets pool(8);
    Side s(pool);
    s.keep(100, "aaaa");
    s.keep(108, "cccc");
    s.keep(100, "aaaa");  // sent again with the hole still open
    CHECK(s.compare(100, "aaaabbbb") == Check::unknown);
    CHECK(s.compare(100, "aaaabbbbcccc") == Check::unknown);
    CHECK(s.compare(100, "aaaa") == Check::same);
}

TEST_CASE("sent octets: what is acknowledged is let go, but for the last block") {
    SentOctets pool(16);
    Side s(pool);
    const std::string block(SentOctets::block_octets, 'x');
    for (std::uint32_t i = 0; i < 4; ++i) s.keep(i * SentOctets::block_octets, block);
    pool.acknowledged(s.flow, 0, 2 * SentOctets::block_octets);
    CHECK(s.compare(0, block) == Check::unknown);
    CHECK(s.compare(SentOctets::block_octets, block) == Check::unknown);
    CHECK(s.compare(2 * SentOctets::block_octets, block) == Check::same);
    pool.acknowledged(s.flow, 0, 100 * SentOctets::block_octets);
    CHECK(s.compare(2 * SentOctets::block_octets, block) == Check::unknown);
    CHECK(s.compare(3 * SentOctets::block_octets, block) == Check::same);
    s.keep(4 * SentOctets::block_octets, block);  // and the chain still grows
    CHECK(s.compare(3 * SentOctets::block_octets, block + block) == Check::same);
}

TEST_CASE("sent octets: an acknowledgement of nothing lets nothing go") {
    SentOctets pool(4);
    Side s(pool);
    pool.acknowledged(s.flow, 0, 5000);  // before anything was kept
    s.keep(1000, "text");
    pool.acknowledged(s.flow, 0, 1000);
    pool.acknowledged(s.flow, 0, 0x80001000);
    CHECK(s.compare(1000, "text") == Check::same);
}

TEST_CASE("sent octets: a side keeps its newest blocks and no more than its share") {
    SentOctets pool(SentOctets::max_blocks + 8);
    Side s(pool), other(pool);
    const std::string block = noise(9, SentOctets::block_octets);
    const std::uint32_t sent = SentOctets::max_blocks + 20;
    for (std::uint32_t i = 0; i < sent; ++i) s.keep(i * SentOctets::block_octets, block);
    for (std::uint32_t i = 0; i < sent; ++i)
        CHECK(s.compare(i * SentOctets::block_octets, block) == (i < 20 ? Check::unknown : Check::same));
    other.keep(0, block);  // the rest of the pool is still there
    CHECK(other.compare(0, block) == Check::same);
}

TEST_CASE("sent octets: a used-up pool makes retransmissions unknown, never wrong") {
    SentOctets pool(2);
    Side a(pool), b(pool);
    a.keep(0, std::string(2 * SentOctets::block_octets, 'a'));
    b.keep(0, "b");
    CHECK(b.compare(0, "b") == Check::unknown);
    CHECK(b.compare(0, "x") == Check::unknown);
    CHECK(a.compare(0, std::string(2 * SentOctets::block_octets, 'a')) == Check::same);
    pool.release(a.flow);
    b.keep(1, "c");
    CHECK(b.compare(1, "c") == Check::same);
}

TEST_CASE("sent octets: released blocks serve others, over and over") {
    SentOctets pool(4);
    for (int round = 0; round < 100; ++round) {
        Side s(pool);
        const std::string stream = noise(static_cast<std::uint64_t>(round), 4 * SentOctets::block_octets);
        s.keep(7, stream);
        REQUIRE(s.compare(7, stream) == Check::same);
        pool.release(s.flow);
        REQUIRE(s.flow.sent[0][0] == Flow::none);
        REQUIRE(s.flow.sent[0][1] == Flow::none);
        pool.release(s.flow);
    }
}

TEST_CASE("sent octets: cleared, the whole pool is free") {
    SentOctets pool(2);
    Side a(pool);
    a.keep(0, std::string(2 * SentOctets::block_octets, 'a'));
    pool.clear();
    Side b(pool);
    const std::string all(2 * SentOctets::block_octets, 'b');
    b.keep(0, all);
    CHECK(b.compare(0, all) == Check::same);
}

TEST_CASE("sent octets: agrees with a plain buffer whatever is kept and asked") {
    std::mt19937_64 random(31);
    for (int round = 0; round < 200; ++round) {
        SentOctets pool(64);
        Side s(pool);
        const auto base = static_cast<std::uint32_t>(random());
        const std::string stream = noise(random(), 400);
        std::vector<bool> known(stream.size());
        for (int step = 0; step < 30; ++step) {
            const std::size_t from = random() % stream.size(), n = 1 + random() % std::min<std::size_t>(80, stream.size() - from);
            std::string text = stream.substr(from, n);
            const bool all = std::all_of(known.begin() + static_cast<std::ptrdiff_t>(from),
                                         known.begin() + static_cast<std::ptrdiff_t>(from + n), [](bool k) { return k; });
            const std::uint32_t seq = base + static_cast<std::uint32_t>(from);
            REQUIRE(s.compare(seq, text) == (all ? Check::same : Check::unknown));
            const std::size_t bent = random() % n;
            if (known[from + bent]) {
                std::string other = text;
                other[bent] ^= 1;
                REQUIRE(s.compare(seq, other) == Check::different);
            }
            s.keep(seq, text);
            std::fill_n(known.begin() + static_cast<std::ptrdiff_t>(from), n, true);
        }
    }
}
