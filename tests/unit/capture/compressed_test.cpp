#include <random>

#include "tests/support/catch.hpp"
#include "tests/unit/capture/capture_files.hpp"
#include "tests/unit/capture/compress.hpp"

using namespace sw;
using namespace sw::test;

namespace {

/// Larger than the buffer, and noise, so that compressed it is larger too.
Octets noisy_file() {
    std::mt19937_64 random(7);
    PcapFile file;
    for (std::uint32_t i = 0; i < 2000; ++i) {
        Octets data(400);
        for (auto& o : data) o = static_cast<std::uint8_t>(random());
        file.record(i, 0, data);
    }
    return file.out;
}

Octets joined(std::initializer_list<Octets> parts) {
    Octets all;
    for (const Octets& p : parts) all.insert(all.end(), p.begin(), p.end());
    return all;
}

}  // namespace

TEST_CASE("reader: gzip and zstd give the frames of the plain file") {
    const Octets plain = noisy_file();
    const auto expected = drain(plain).frames;
    REQUIRE(expected.size() == 2000);
    for (const Octets& packed : {gzip(plain), zstd(plain)}) {
        const Drained d = drain(packed);
        CHECK(d.frames == expected);
        CHECK_FALSE(d.stop);
        CHECK(d.position == packed.size());
    }
}

TEST_CASE("reader: a file that packs a thousandfold is read in the same buffer") {
    PcapFile file;
    for (std::uint32_t i = 0; i < 20'000; ++i) file.record(0, 0, Octets(1000, 0));
    for (const Octets& packed : {gzip(file.out), zstd(file.out)}) {
        REQUIRE(packed.size() < file.out.size() / 100);
        CHECK(drain(packed).frames.size() == 20'000);
    }
}

TEST_CASE("reader: members and frames in a row are one file, as cat joins them") {
    const Octets plain = noisy_file();
    const auto middle = plain.begin() + 100'001;  // inside a record
    const Octets front(plain.begin(), middle), back(middle, plain.end());
    for (const Octets& packed : {joined({gzip(front), gzip({}), gzip(back)}), joined({zstd(front), zstd({}), zstd(back)})}) {
        const Drained d = drain(packed);
        CHECK(d.frames.size() == 2000);
        CHECK_FALSE(d.stop);
    }
}

TEST_CASE("reader: a zstd file may begin with a skippable frame") {
    CHECK(drain(joined({Writer().u32(0x184d2a50).u32(3).bytes(octets("abc")).out, zstd(noisy_file())})).frames.size() == 2000);
}

TEST_CASE("reader: a cut compressed file delivers what decodes, and says that it is cut") {
    const Octets plain = noisy_file();
    const auto expected = drain(plain).frames;
    for (Octets packed : {gzip(plain), zstd(plain)}) {
        packed.resize(packed.size() * 3 / 4);
        const Drained d = drain(packed);
        REQUIRE(d.frames.size() > 1000);
        REQUIRE(d.frames.size() < 2000);
        CHECK(std::equal(d.frames.begin(), d.frames.end(), expected.begin()));
        REQUIRE(d.stop);
        CHECK(d.stop->frame == d.frames.size());
        CHECK(d.stop->offset == 24 + d.frames.size() * 416);
        CHECK(d.stop->why == "the compressed file is cut: it ends in the middle of its stream");
    }
}

TEST_CASE("reader: a damaged compressed file delivers what decodes, and says that it is damaged") {
    for (Octets packed : {gzip(noisy_file()), zstd(noisy_file())}) {
        packed[packed.size() - 6] ^= 0xff;  // in gzip's checksum, in zstd's last block
        const Drained d = drain(packed);
        CHECK(d.frames.size() >= 1600);
        if (packed[0] == 0x1f) {
            REQUIRE(d.stop);
            CHECK(d.stop->why == "gzip: the stream is damaged (incorrect data check)");
        }
    }
}

TEST_CASE("reader: octets behind the compressed file that are none of it stop the reading") {
    for (Octets packed : {gzip(noisy_file()), zstd(noisy_file())}) {
        packed.push_back('x');
        packed.insert(packed.end(), 20, 'x');
        const Drained d = drain(packed);
        CHECK(d.frames.size() == 2000);
        REQUIRE(d.stop);
        CHECK(d.stop->frame == 2000);
    }
}

TEST_CASE("reader: a zstd window above 8 MiB is refused with the fix") {
    CHECK(drain(zstd(noisy_file(), 27)).refused ==
          "not readable as a capture file: zstd: the stream needs a window above 8 MiB; compress it with zstd -19 or less, without --long");
    CHECK(drain(zstd(noisy_file(), 23)).frames.size() == 2000);
}

TEST_CASE("reader: the header's cut and the wrong content are told of the decompressed file") {
    Octets header = PcapFile().out;
    header.resize(10);
    CHECK(drain(gzip(header)).refused == "the pcap file header is cut: 24 octets expected, 10 there");
    Octets packed = gzip(header);
    packed.resize(packed.size() - 8);
    CHECK(drain(packed).refused ==
          "the pcap file header is cut: 24 octets expected, 10 there; the compressed file is cut: it ends in the middle of its stream");
    CHECK(drain(gzip({})).refused == "the file is empty: not even a capture file header");
    CHECK(drain(zstd(octets("hello"))).refused.starts_with("not a capture file: it begins with 68 65 6c 6c"));
}
