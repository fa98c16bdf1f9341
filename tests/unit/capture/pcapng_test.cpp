#include "tests/support/catch.hpp"
#include "tests/unit/capture/capture_files.hpp"

using namespace sw;
using namespace sw::test;

namespace {

constexpr std::uint16_t if_name = 2, if_tsresol = 9, if_tsoffset = 14;

PcapngFile one_interface() {
    PcapngFile file;
    file.section().interface();
    return file;
}

/// The reader stops behind one good frame for this reason, at the octet where the block that tells begins.
void stops(PcapngFile file, std::size_t offset, const std::string& why) {
    const Drained d = drain(file.out);
    CHECK(d.refused.empty());
    CHECK(d.frames.size() == 1);
    REQUIRE(d.stop);
    CHECK(d.stop->frame == 1);
    CHECK(d.stop->offset == offset);
    CHECK(d.stop->why == why);
}

PcapngFile one_frame() {
    PcapngFile file = one_interface();
    file.enhanced(0, 1, octets("good"));
    return file;
}

}  // namespace

TEST_CASE("reader: pcapng gives enhanced, simple and obsolete packet blocks as frames") {
    PcapngFile file = one_interface();
    file.enhanced(0, 1'700'000'000'000'001, octets("enhanced"), {}, 1500).simple(6, octets("simple")).obsolete(0, 7, octets("obsolete"));
    const Drained d = drain(file.out);
    REQUIRE(d.frames.size() == 3);
    CHECK(d.frames[0] == Copy{octets("enhanced"), 8, 1500, {1'700'000'000'000'001'000}, 1, {1, false}});
    CHECK(d.frames[1] == Copy{octets("simple"), 6, 6, {1'700'000'000'000'001'000}, 2, {1, false}});
    CHECK(d.frames[2] == Copy{octets("obsolete"), 8, 8, {7'000}, 3, {1, false}});
    CHECK_FALSE(d.stop);
}

TEST_CASE("reader: a simple packet before any time has time 0, and its caplen is the first interface's snaplen at most") {
    PcapngFile file;
    file.section().interface(1, 4).interface(1, 2).simple(1500, octets("four"));
    const Drained d = drain(file.out);
    REQUIRE(d.frames.size() == 1);
    CHECK(d.frames[0] == Copy{octets("four"), 4, 1500, {0}, 1, {1, false}});
}

TEST_CASE("reader: interfaces may differ in datalink, snaplen and clock") {
    PcapngFile file;
    file.section().interface(1, 100).interface(101, 50, {{if_tsresol, {9}}}).interface(0);
    file.enhanced(1, 5, octets("raw")).enhanced(0, 5, octets("ether")).enhanced(1, 6, octets("raw again"));
    const Drained d = drain(file.out);
    REQUIRE(d.frames.size() == 3);
    CHECK(d.frames[0].ts == Timestamp{5});
    CHECK(d.frames[1].ts == Timestamp{5'000});
    CHECK(d.datalinks == std::vector<Datalink>{{101, false}, {1, false}});  // interface 2 delivered nothing
}

TEST_CASE("reader: each section has its own byte order and interfaces") {
    PcapngFile file = one_frame();
    file.section(true)
        .interface(101)
        .enhanced(0, 2, octets("other order"))
        .section(false, 1, 2)
        .interface(1)
        .enhanced(0, 3, octets("back"));
    const Drained d = drain(file.out);
    REQUIRE(d.frames.size() == 3);
    CHECK(d.frames[1] == Copy{octets("other order"), 11, 11, {2'000}, 2, {101, true}});
    CHECK(d.frames[2].link == Datalink{1, false});
    CHECK_FALSE(d.stop);
    CHECK(drain(PcapngFile().section(true).interface().out).refused.empty());
}

TEST_CASE("reader: a section does not inherit interfaces") {
    PcapngFile file = one_frame();
    file.section();
    const std::size_t end = file.out.size();
    file.enhanced(0, 1, octets("whose?"));
    stops(file, end, "a packet came in on interface 0, and the section describes 0 so far");
}

TEST_CASE("reader: unknown blocks and options are skipped, padding included") {
    PcapngFile file;
    file.section()
        .block(0x0bad, octets("what is this"))
        .interface(1, 0, {{if_name, octets("eth0!")}, {0x4242, octets("abc")}, {if_tsresol, {3}}});
    file.block(5, octets("statistic...")).enhanced(0, 1, octets("x")).block(0x80000001, {});
    const Drained d = drain(file.out);
    REQUIRE(d.frames.size() == 1);
    CHECK(d.frames[0].ts == Timestamp{1'000'000});
    CHECK_FALSE(d.stop);
}

TEST_CASE("reader: the clock's offset is seconds, in the section's byte order, and times saturate") {
    for (const bool swapped : {false, true}) {
        PcapngFile file;
        file.section(swapped)
            .interface(1, 0, {{if_tsoffset, option_u64(100, swapped)}})
            .interface(1, 0, {{if_tsoffset, option_u64(~std::uint64_t{0} >> 1, swapped)}});
        file.enhanced(0, 1, octets("x")).enhanced(1, 1, octets("y"));
        const Drained d = drain(file.out);
        REQUIRE(d.frames.size() == 2);
        CHECK(d.frames[0].ts == Timestamp{100'000'001'000});
        CHECK(d.frames[1].ts == Timestamp{INT64_MAX});
    }
}

TEST_CASE("reader: caplen above len and above the interface's snaplen is delivered") {
    PcapngFile file;
    file.section().interface(1, 2).enhanced(0, 1, octets("longer"), {}, 0);
    const Drained d = drain(file.out);
    REQUIRE(d.frames.size() == 1);
    CHECK(d.frames[0].caplen == 6);
    CHECK(d.frames[0].len == 0);
}

TEST_CASE("reader: a section without packets or interfaces is no error") {
    const Drained d = drain(PcapngFile().section().out);
    CHECK(d.refused.empty());
    CHECK_FALSE(d.stop);
    CHECK(d.datalinks.empty());
}

TEST_CASE("reader: a pcapng block that lies about its length stops the reading") {
    const std::size_t end = one_frame().out.size();
    PcapngFile file = one_frame();
    file.u32(6).u32(8).u32(8);
    stops(file, end, "a block claims a length of 8; its type needs 12 or more");

    file = one_frame();
    file.u32(6).u32(94).u32(0);
    stops(file, end, "a block claims a length of 94, which is not a multiple of 4");

    file = one_frame();
    file.u32(77).u32(0xfffffffc).u32(0);
    stops(file, end, "a block claims a length of 4294967292; at most 16908320 is read");

    file = one_frame();
    file.u32(77).u32(16).u32(0).u32(20);
    stops(file, end, "a block's two lengths differ: 16 in front, 20 behind");
}

TEST_CASE("reader: a packet that lies stops the reading") {
    const std::size_t end = one_frame().out.size();
    PcapngFile file = one_frame();
    file.enhanced(1, 0, octets("whose?"));
    stops(file, end, "a packet came in on interface 1, and the section describes 1 so far");

    file = one_frame();
    file.enhanced(0, 0, octets("abcd"), 5);
    stops(file, end, "a packet claims a caplen of 5; its block has 4");

    file = one_frame();
    file.enhanced(0, 0, octets("abcd"), CaptureReader::max_frame + 1);
    stops(file, end, "a packet claims a caplen of 16777217; at most 16777216 is read");

    file = one_frame();
    file.simple(9, octets("12345678"));
    stops(file, end, "a packet claims a caplen of 9; its block has 8");

    file = one_frame();
    file.block(6, octets("too short"
                         "..."));
    stops(file, end, "an enhanced packet block has no room for its fields");
}

TEST_CASE("reader: an interface whose clock is in doubt stops the reading") {
    const std::size_t end = one_frame().out.size();
    PcapngFile file = one_frame();
    file.interface(1, 0, {{if_tsresol, {9, 9}}});
    stops(file, end, "an interface's if_tsresol is not one octet, given once");

    file = one_frame();
    file.interface(1, 0, {{if_tsoffset, octets("1234")}});
    stops(file, end, "an interface's if_tsoffset is not eight octets, given once");

    file = one_frame();
    file.block(1, Writer().u16(1).u16(0).u32(0).u16(if_name).u16(8).u32(0).out);
    stops(file, end, "option 2 of an interface is cut: 8 octets expected, 4 there");
}

TEST_CASE("reader: a section of an unknown version stops the reading, in front it refuses the file") {
    PcapngFile file = one_frame();
    const std::size_t end = file.out.size();
    file.section(false, 2, 0);
    stops(file, end, "pcapng section version 2.0 is not known here (1.0 and 1.2 are)");
    CHECK_FALSE(drain(one_frame().section(false, 1, 7).out).stop);  // as libpcap: only the first section's minor version counts
    CHECK(drain(PcapngFile().section(false, 1, 1).out).refused == "pcapng section version 1.1 is not known here (1.0 and 1.2 are)");
}

TEST_CASE("reader: a section header without its magic stops the reading, in front it refuses the file") {
    PcapngFile file = one_frame();
    const std::size_t end = file.out.size();
    file.block(0x0a0d0d0a, Octets(16, 0));
    stops(file, end, "a section header has no byte-order magic");
    CHECK(drain(PcapngFile().block(0x0a0d0d0a, Octets(16, 0)).out).refused ==
          "not a capture file: it begins like pcapng, but without the byte-order magic (was it copied in text mode?)");
}

TEST_CASE("reader: a torn block says how much of it was there") {
    PcapngFile file = one_frame();
    const std::size_t end = file.out.size();
    file.enhanced(0, 0, octets("abcd"));
    file.out.resize(end + 20);
    stops(file, end, "block cut: 36 octets expected, 20 there");
    file.out.resize(end + 5);
    stops(file, end, "block header cut: at least 12 octets expected, 5 there");
}

TEST_CASE("reader: interfaces are bounded, a section at a time") {
    PcapngFile file = one_interface();
    for (int i = 1; i < 65'536; ++i) file.interface(static_cast<std::uint16_t>(i));
    const std::size_t end = file.out.size();
    Drained d = drain(file.enhanced(65'535, 0, octets("last")).section().interface().out);
    CHECK(d.frames.size() == 1);
    CHECK_FALSE(d.stop);
    file.out.resize(end);
    d = drain(file.interface().out);
    REQUIRE(d.stop);
    CHECK(d.stop->offset == end);
    CHECK(d.stop->why == "a section describes more than 65536 interfaces");
}

TEST_CASE("reader: a frame of 16 MiB fits its pcapng block") {
    PcapngFile file = one_interface();
    const Octets large(CaptureReader::max_frame, 0x5a);
    file.enhanced(0, 0, octets("small")).enhanced(0, 0, large).enhanced(0, 0, octets("after"));
    const Drained d = drain(file.out);
    REQUIRE(d.frames.size() == 3);
    CHECK(d.frames[1].data == large);
    CHECK_FALSE(d.stop);
}
