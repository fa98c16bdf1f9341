/// Files long enough for the thread that decompresses ahead: every frame comes, whole and in order, however long it is.
#include <zlib.h>

#include <random>
#include <thread>

#include "tests/support/catch.hpp"
#include "tests/unit/capture/capture_files.hpp"

namespace sw::test {
namespace {

/// Some 6 MiB of frames, most of them small, some longer than the room in front of a piece, one longer than a piece.
struct LongFile {
    PcapFile file{PcapHeader{.snaplen = 1u << 20}};
    std::vector<Octets> frames;

    LongFile() {
        std::mt19937_64 random(20261122);
        while (file.out.size() < (6u << 20)) {
            const std::size_t kind = random() % 1000;
            const std::size_t size = frames.size() == 9000 ? 300'000 : kind == 0 ? 60'000 + random() % 60'000 : random() % 400;
            Octets data(size);
            for (std::uint8_t& o : data) o = static_cast<std::uint8_t>(random());
            file.record(static_cast<std::uint32_t>(frames.size()), 0, data);
            frames.push_back(std::move(data));
        }
    }
};

const LongFile& long_file() {
    static const LongFile file;
    return file;
}

/// Stored, not squeezed: quick, and every octet passes the thread.
Octets gzip(const Octets& plain) {
    z_stream z{};
    REQUIRE(deflateInit2(&z, 0, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    Octets packed(deflateBound(&z, plain.size()));
    z.next_in = const_cast<Octets&>(plain).data();
    z.avail_in = static_cast<uInt>(plain.size());
    z.next_out = packed.data();
    z.avail_out = static_cast<uInt>(packed.size());
    REQUIRE(deflate(&z, Z_FINISH) == Z_STREAM_END);
    packed.resize(z.total_out);
    deflateEnd(&z);
    return packed;
}

const Octets& packed_file() {
    static const Octets packed = gzip(long_file().file.out);
    return packed;
}

void expect_all(const Drained& d) {
    CHECK_FALSE(d.stop.has_value());
    REQUIRE(d.frames.size() == long_file().frames.size());
    for (std::size_t i = 0; i < d.frames.size(); ++i) {
        INFO("frame " << i + 1);
        REQUIRE(d.frames[i].data == long_file().frames[i]);
        REQUIRE(d.frames[i].number == i + 1);
    }
}

}  // namespace

TEST_CASE("reader: a long file gives every frame in order, long ones too") {
    for (const std::size_t batch : {1u, 64u, 1000u}) {
        expect_all(drain(long_file().file.out, batch));
        expect_all(drain(packed_file(), batch));
    }
}

TEST_CASE("reader: a long pipe gives every frame in order, compressed or not") {
    const Octets& all = GENERATE(false, true) ? packed_file() : long_file().file.out;
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    std::thread writer([to = ends[1], &all] {
        for (std::size_t done = 0; done < all.size();) {
            const ssize_t n = ::write(to, all.data() + done, std::min<std::size_t>(all.size() - done, 70'001));
            if (n <= 0) break;
            done += static_cast<std::size_t>(n);
        }
        ::close(to);
    });
    expect_all(drain(UniqueFd(ends[0])));
    writer.join();
}

TEST_CASE("reader: a long file torn behind the thread's first pieces delivers all before the tear, and names its offset") {
    const Octets& whole = long_file().file.out;
    std::mt19937_64 random(7);
    for (int i = 0; i < 8; ++i) {
        const std::size_t cut = (2u << 20) + random() % (3u << 20);
        const Octets torn(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(cut));
        const Drained d = drain(i % 2 == 0 ? torn : gzip(torn));
        std::size_t offset = 24, frames = 0;
        while (frames < long_file().frames.size() && offset + 16 + long_file().frames[frames].size() <= cut)
            offset += 16 + long_file().frames[frames++].size();
        INFO("cut at " << cut);
        REQUIRE(d.frames.size() == frames);
        if (offset == cut) continue;
        REQUIRE(d.stop.has_value());
        CHECK(d.stop->offset == offset);
        CHECK(d.stop->frame == frames);
    }
}

TEST_CASE("reader: leaving a long pipe that nobody writes to does not wait for it") {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const UniqueFd open_end(ends[1]);
    static constexpr std::size_t written = 2u << 20, taken = written - 200'000;  // the rest fits into the pipe and the pieces
    std::thread writer([to = ends[1]] {
        const Octets& all = packed_file();
        for (std::size_t done = 0; done < written;) {
            const ssize_t n = ::write(to, all.data() + done, std::min<std::size_t>(written - done, 65'536));
            if (n <= 0) break;
            done += static_cast<std::size_t>(n);
        }
    });
    {
        auto reader = CaptureReader::open(UniqueFd(ends[0]));
        REQUIRE(reader);
        std::vector<Frame> frames(64);
        for (std::size_t got = 0; got < taken;)
            for (std::size_t i = 0, n = reader->next(frames); i < n; ++i) got += frames[i].caplen + 16;
        writer.join();
    }
    SUCCEED("the reader was given up while its thread waited");
}

}  // namespace sw::test
