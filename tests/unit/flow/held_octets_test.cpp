/// A side that is being read: whatever the order in which its octets come, they come out as they were sent.
#include <algorithm>
#include <random>
#include <string>

#include "sensor/flow/sent_octets.hpp"
#include "tests/support/catch.hpp"

using namespace sw;

namespace {

constexpr std::uint32_t isn = 0xffff'f000;  // numbers wrap around in every longer stream

std::string noise(std::uint64_t seed, std::size_t n) {
    std::mt19937_64 random(seed);
    std::string s(n, '\0');
    for (char& c : s) c = static_cast<char>(random());
    return s;
}

struct Reader {
    explicit Reader(std::uint32_t blocks = 4096) : pool(blocks) {}

    /// Octets [from, from + size) of a stream come.
    bool come(const std::string& stream, std::size_t from, std::size_t size) {
        const auto* data = reinterpret_cast<const std::uint8_t*>(stream.data()) + from;
        return pool.hold(flow, 0, isn + static_cast<std::uint32_t>(from), data, static_cast<std::uint32_t>(size), next());
    }
    /// Everything that lies together is read.
    void read_on() {
        for (auto octets = pool.held(flow, 0, next()); !octets.empty(); octets = pool.held(flow, 0, next()))
            read.append(reinterpret_cast<const char*>(octets.data()), octets.size());
    }
    std::uint32_t next() const { return isn + static_cast<std::uint32_t>(read.size()); }

    SentOctets pool;
    Flow flow;
    std::string read;
};

}  // namespace

TEST_CASE("held octets: pieces in any order, overlapping and repeated, are read as they were sent") {
    for (std::uint32_t seed = 1; seed <= 40; ++seed) {
        std::mt19937 random(seed);
        const std::string stream = noise(seed, 20'000);
        Reader r;
        for (std::size_t at = 0; at < stream.size();) {
            // A stretch in pieces, shuffled, each perhaps longer than its place and perhaps twice.
            const std::size_t end = std::min(stream.size(), at + 1 + random() % 4000);
            std::vector<std::pair<std::size_t, std::size_t>> pieces;
            for (std::size_t p = at; p < end;) {
                const std::size_t size = std::min<std::size_t>(end - p, 1 + random() % 200), longer = random() % 3 == 0 ? random() % 50 : 0;
                pieces.push_back({p, std::min(size + longer, stream.size() - p)});
                if (random() % 4 == 0) pieces.push_back(pieces.back());
                p += size;
            }
            std::shuffle(pieces.begin(), pieces.end(), random);
            for (const auto& [from, size] : pieces) {
                const std::size_t known = std::min(size, from < r.read.size() ? r.read.size() - from : 0);
                if (size == known) continue;
                REQUIRE(r.come(stream, from + known, size - known));
                r.read_on();
            }
            at = end;
            if (random() % 2 == 0) r.pool.acknowledged(r.flow, 0, r.next() - static_cast<std::uint32_t>(random() % 300));
        }
        CHECK((r.read == stream));
        r.pool.release(r.flow);
    }
}

TEST_CASE("held octets: what waits is never let go, and what finds no room is said") {
    const std::string stream = noise(7, 2'200'000);
    Reader r;
    std::size_t at = 10;
    while (r.come(stream, at, 1000)) at += 1000;
    CHECK(at > std::size_t{SentOctets::max_held_blocks - 1} * SentOctets::block_octets);
    CHECK(at < std::size_t{SentOctets::max_held_blocks + 1} * SentOctets::block_octets);
    r.pool.acknowledged(r.flow, 0, isn);  // of what comes behind the hole nothing is acknowledged
    REQUIRE(r.come(stream, 0, 10) == false);
    r.read.assign(stream, 0, 10);  // its octets are read from the segment itself
    r.read_on();
    CHECK(r.read.size() + 1000 > at);
    CHECK((stream.compare(0, r.read.size(), r.read) == 0));
}

TEST_CASE("held octets: a used-up pool says so, and one piece an octet uses a block each") {
    const std::string stream = noise(8, 4000);
    Reader small(3);
    CHECK(small.come(stream, 10, 1));
    CHECK(small.come(stream, 20, 1));
    CHECK(small.come(stream, 30, 1));
    CHECK_FALSE(small.come(stream, 40, 1));
    CHECK(small.come(stream, 11, 9));  // behind what is there already
    Reader wide;
    std::size_t pieces = 0;
    while (wide.come(stream, 10 + 2 * pieces, 1)) ++pieces;
    CHECK(pieces == SentOctets::max_held_blocks);
}

TEST_CASE("held octets: what is read and in flight goes first when a stream in order fills its blocks") {
    const std::string stream = noise(9, 400'000);
    Reader r;
    for (std::size_t at = 0; at < stream.size(); at += 1000) {
        REQUIRE(r.come(stream, at, 1000));
        r.read_on();
    }
    CHECK((r.read == stream));
    CHECK(r.pool.held(r.flow, 0, isn).empty());                 // long gone
    CHECK_FALSE(r.pool.held(r.flow, 0, r.next() - 1).empty());  // the last ones are there, to be compared with
}

TEST_CASE("held octets: where the next ones begin behind a hole") {
    const std::string stream = noise(10, 100);
    Reader r;
    CHECK(r.pool.next_held(r.flow, 0, isn, isn + 50) == isn + 50);
    r.come(stream, 30, 5);
    r.come(stream, 60, 5);
    CHECK(r.pool.next_held(r.flow, 0, isn, isn + 50) == isn + 30);
    CHECK(r.pool.next_held(r.flow, 0, isn + 40, isn + 50) == isn + 50);
    CHECK(r.pool.next_held(r.flow, 0, isn + 40, isn + 99) == isn + 60);
}
