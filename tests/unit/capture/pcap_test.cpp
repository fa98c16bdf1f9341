#include <thread>

#include "tests/support/catch.hpp"
#include "tests/unit/capture/capture_files.hpp"

using namespace sw;
using namespace sw::test;

namespace {

PcapFile two_frames(const PcapHeader& header = {}) {
    PcapFile file(header);
    file.record(1, 2, octets("first")).record(3, 4, octets("second one"));
    return file;
}

}  // namespace

TEST_CASE("reader: a pcap file gives its frames in order, numbered from 1, with time, lengths and datalink") {
    PcapFile file;
    file.record(1'700'000'000, 123'456, octets("hello")).record(1'700'000'001, 0, 3, 1500, octets("abc"));
    const Drained d = drain(file.out);
    REQUIRE(d.frames.size() == 2);
    CHECK(d.frames[0] == Copy{octets("hello"), 5, 5, {1'700'000'000'123'456'000}, 1, {1, false}});
    CHECK(d.frames[1] == Copy{octets("abc"), 3, 1500, {1'700'000'001'000'000'000}, 2, {1, false}});
    CHECK_FALSE(d.stop);
    CHECK(d.datalinks == std::vector<Datalink>{{1, false}});
    CHECK(d.position == file.out.size());
}

TEST_CASE("reader: the other byte order gives the same frames, and says so in the datalink") {
    const Drained here = drain(two_frames().out), there = drain(two_frames({.swapped = true}).out);
    REQUIRE(there.frames.size() == 2);
    CHECK(there.frames[1].data == here.frames[1].data);
    CHECK(there.frames[1].ts == here.frames[1].ts);
    CHECK(there.frames[1].link == Datalink{1, true});
}

TEST_CASE("reader: the nanosecond magic makes the fraction nanoseconds") {
    CHECK(drain(two_frames({.magic = 0xa1b23c4d}).out).frames[0].ts == Timestamp{1'000'000'002});
    CHECK(drain(two_frames({.swapped = true, .magic = 0xa1b23c4d}).out).frames[1].ts == Timestamp{3'000'000'004});
}

TEST_CASE("reader: the modified format has record headers of 24 octets") {
    for (const bool swapped : {false, true}) {
        const Drained d = drain(two_frames({.swapped = swapped, .magic = 0xa1b2cd34}).out);
        REQUIRE(d.frames.size() == 2);
        CHECK(d.frames[1].data == octets("second one"));
        CHECK_FALSE(d.stop);
    }
}

TEST_CASE("reader: before version 2.3 the two lengths were the other way round") {
    PcapFile file({.minor = 2});
    file.record(0, 0, 1500, 3, octets("abc"));
    const Drained d = drain(file.out);
    REQUIRE(d.frames.size() == 1);
    CHECK(d.frames[0].caplen == 3);
    CHECK(d.frames[0].len == 1500);
}

TEST_CASE("reader: version 2.3 may have its lengths either way, and the smaller is caplen") {
    PcapFile file({.minor = 3});
    file.record(0, 0, 1500, 3, octets("abc")).record(0, 0, 3, 1500, octets("def"));
    const Drained d = drain(file.out);
    REQUIRE(d.frames.size() == 2);
    CHECK(d.frames[0].caplen == 3);
    CHECK(d.frames[1].caplen == 3);
    CHECK(d.frames[1].len == 1500);
}

TEST_CASE("reader: DG/UX called its version 543.0 and put len first") {
    PcapFile file({.major = 543, .minor = 0});
    file.record(0, 0, 9, 3, octets("abc"));
    CHECK(drain(file.out).frames.at(0).len == 9);
}

TEST_CASE("reader: the FCS length in the datalink field is no part of the datalink") {
    CHECK(drain(two_frames({.linktype = 0x24000001}).out).datalinks == std::vector<Datalink>{{1, false}});
}

TEST_CASE("reader: a pcap file with only its header is no error and no frame") {
    const Drained d = drain(PcapFile().out);
    CHECK(d.refused.empty());
    CHECK(d.frames.empty());
    CHECK_FALSE(d.stop);
}

TEST_CASE("reader: caplen above len, len 0, caplen 0, the year 2106 and a fraction above a second are delivered") {
    PcapFile file;
    file.record(0, 0, 5, 2, octets("abcde")).record(0, 0, 5, 0, octets("abcde")).record(0, 0, 0, 9, {});
    file.record(0xffffffff, 0xffffffff, octets("late"));
    const Drained d = drain(file.out);
    REQUIRE(d.frames.size() == 4);
    CHECK(d.frames[0].len == 2);
    CHECK(d.frames[1].len == 0);
    CHECK(d.frames[2].data.empty());
    CHECK(d.frames[3].ts == Timestamp{4'294'967'295'000'000'000 + 4'294'967'295'000});
    CHECK_FALSE(d.stop);
}

TEST_CASE("reader: a caplen above the header's snaplen is delivered whole, since the octets are there") {
    PcapFile file({.snaplen = 4});
    file.record(0, 0, octets("longer than four")).record(0, 0, octets("next"));
    const Drained d = drain(file.out);
    REQUIRE(d.frames.size() == 2);
    CHECK(d.frames[0].data == octets("longer than four"));
}

TEST_CASE("reader: a torn record delivers all frames before it and names the offset") {
    Octets file = two_frames().out;
    file.resize(file.size() - 3);
    const Drained d = drain(file);
    REQUIRE(d.frames.size() == 1);
    REQUIRE(d.stop);
    CHECK(d.stop->frame == 1);
    CHECK(d.stop->offset == 24 + 16 + 5);
    CHECK(d.stop->why == "frame cut: 10 octets expected, 7 there");
}

TEST_CASE("reader: a torn record header says how much of it was there") {
    Octets file = two_frames().out;
    file.push_back(1);
    file.push_back(2);
    const Drained d = drain(file);
    REQUIRE(d.frames.size() == 2);
    REQUIRE(d.stop);
    CHECK(d.stop->frame == 2);
    CHECK(d.stop->offset == file.size() - 2);
    CHECK(d.stop->why == "record header cut: 16 octets expected, 2 there");
}

TEST_CASE("reader: a record that claims more than any frame has stops the reading, and names the claim") {
    PcapFile file = two_frames();
    file.record(0, 0, 0xfffffff0, 0, octets("x"));
    const Drained d = drain(file.out);
    REQUIRE(d.frames.size() == 2);
    REQUIRE(d.stop);
    CHECK(d.stop->frame == 2);
    CHECK(d.stop->offset == 24 + 16 + 5 + 16 + 10);
    CHECK(d.stop->why == "a record claims a caplen of 4294967280; here at most 262144 can be true");
}

TEST_CASE("reader: a frame of 16 MiB is delivered where the snaplen allows it, and not one octet more") {
    const Octets large(CaptureReader::max_frame, 0x5a);
    PcapFile file({.snaplen = CaptureReader::max_frame});
    file.record(0, 0, octets("small")).record(0, 0, large).record(0, 0, CaptureReader::max_frame + 1, 0, {});
    const Drained d = drain(file.out);
    REQUIRE(d.frames.size() == 2);
    CHECK(d.frames[1].data == large);
    CHECK(d.stop);
}

TEST_CASE("reader: frames across the edges of the buffer arrive whole, whatever the batch") {
    PcapFile file;
    for (std::uint32_t i = 0; i < 3000; ++i) file.record(i, 0, Octets(i % 1500, static_cast<std::uint8_t>(i)));
    const Drained one = drain(file.out, 1), many = drain(file.out, 1000);
    REQUIRE(one.frames.size() == 3000);
    for (std::uint32_t i = 0; i < 3000; ++i) REQUIRE(one.frames[i].data == Octets(i % 1500, static_cast<std::uint8_t>(i)));
    CHECK(one.frames == many.frames);
}

TEST_CASE("reader: all frames of one batch stay readable until the next call") {
    PcapFile file;
    for (std::uint32_t i = 0; i < 2000; ++i) file.record(i, 0, Octets(997, static_cast<std::uint8_t>(i)));
    auto reader = CaptureReader::open(memory_file(file.out));
    REQUIRE(reader);
    std::vector<Frame> batch(700);
    std::uint64_t seen = 0;
    while (const std::size_t n = reader->next(batch))
        for (std::size_t i = 0; i < n; ++i) REQUIRE(copy_of(batch[i]).data == Octets(997, static_cast<std::uint8_t>(seen++)));
    CHECK(seen == 2000);
}

TEST_CASE("reader: with several buffers, frames stay readable until as many turns have passed") {
    constexpr std::size_t buffers = 3;
    PcapFile file;
    for (std::uint32_t i = 0; i < 4000; ++i) file.record(i, 0, Octets(997, static_cast<std::uint8_t>(i)));
    auto reader = CaptureReader::open(memory_file(file.out), nullptr, buffers);
    REQUIRE(reader);
    struct Kept {
        Frame frame;
        std::uint64_t turn;
    };
    std::vector<Kept> kept;
    std::vector<Frame> batch(100);
    for (std::size_t n; (n = reader->next(batch)) > 0;) {
        for (std::size_t i = 0; i < n; ++i) kept.push_back({batch[i], reader->turns()});
        for (const Kept& k : kept)
            if (k.turn + buffers > reader->turns())
                REQUIRE(copy_of(k.frame).data == Octets(997, static_cast<std::uint8_t>(k.frame.number - 1)));
    }
    CHECK(kept.size() == 4000);
    CHECK(reader->turns() > 2 * buffers);
}

TEST_CASE("reader: a pipe that gives octet by octet is read like a file") {
    const Octets file = two_frames().out;
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    std::thread writer([&] {
        for (const std::uint8_t o : file) {
            if (::write(ends[1], &o, 1) != 1) break;
        }
        ::close(ends[1]);
    });
    const Drained d = drain(UniqueFd(ends[0]));
    writer.join();
    CHECK(d.frames == drain(file).frames);
    CHECK_FALSE(d.stop);
}

TEST_CASE("reader: a pipe's first frame is delivered before the second is there") {
    PcapFile file;
    file.record(0, 0, octets("first"));
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    UniqueFd in(ends[0]), out(ends[1]);
    REQUIRE(::write(out.get(), file.out.data(), file.out.size()) == static_cast<ssize_t>(file.out.size()));
    auto reader = CaptureReader::open(std::move(in));
    REQUIRE(reader);
    Frame batch[64];
    CHECK(reader->next(batch) == 1);  // would wait for ever
    out.reset();
    CHECK(reader->next(batch) == 0);
    CHECK_FALSE(reader->stopped());
}

TEST_CASE("reader: no room for frames is no end of the file") {
    auto reader = CaptureReader::open(memory_file(two_frames().out));
    REQUIRE(reader);
    CHECK(reader->next({}) == 0);
    Frame batch[4];
    CHECK(reader->next(batch) == 2);
}

TEST_CASE("reader: what is no capture file is refused with its first octets or its name, and the fix") {
    CHECK(drain(Octets{}).refused == "the file is empty: not even a capture file header");
    CHECK(drain(octets("abc")).refused == "not a capture file: it has only 3 octets");
    CHECK(drain(octets("hello")).refused ==
          "not a capture file: it begins with 68 65 6c 6c; pcap and pcapng are read, plain, gzip or zstd");
    CHECK(drain(octets("\xfd"
                       "7zXZ and so on"))
              .refused == "not a capture file that is read here: it is xz-compressed; decompress it with xz -d");
    CHECK(drain(octets("snoop and so on")).refused ==
          "not a capture file that is read here: it is a snoop capture; convert it with editcap -F pcapng");
}

TEST_CASE("reader: a cut file header and an unknown version are refused") {
    Octets cut = PcapFile().out;
    cut.resize(19);
    CHECK(drain(cut).refused == "the pcap file header is cut: 24 octets expected, 19 there");
    CHECK(drain(PcapFile({.major = 1, .minor = 4}).out).refused == "pcap version 1.4 is not known here (2.0 to 2.4 are)");
    CHECK(drain(PcapFile({.major = 2, .minor = 5}).out).refused == "pcap version 2.5 is not known here (2.0 to 2.4 are)");
}

TEST_CASE("reader: a descriptor that cannot be read is refused with the system's reason") {
    CHECK(drain(UniqueFd(::open("/", O_RDONLY | O_DIRECTORY))).refused == "not readable as a capture file: reading failed: Is a directory");
}
