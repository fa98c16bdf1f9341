// Files made at random from a fixed seed: whole, cut at every octet, with octets changed.
#include <algorithm>
#include <random>

#include "sensor/capture/pcapng_writer.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/capture/libpcap_oracle.hpp"

using namespace sw;
using namespace sw::test;

namespace {

using Random = std::mt19937_64;

std::uint32_t below(Random& random, std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); }

Octets some_data(Random& random) {
    Octets data(below(random, 4) == 0 ? below(random, 300) : below(random, 30));
    for (auto& o : data) o = static_cast<std::uint8_t>(random());
    return data;
}

/// A file, and where its records or blocks end: the places at which a cut leaves a valid file.
struct Made {
    Octets file;
    std::size_t header = 0;         ///< a cut before this is refused
    std::vector<std::size_t> ends;  ///< header included
    std::vector<bool> has_frame;    ///< of the record that ends there
};

Made some_pcap(Random& random) {
    constexpr std::uint32_t magics[] = {0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34};
    PcapFile file({.swapped = below(random, 2) == 1,
                   .magic = magics[below(random, 3)],
                   .major = 2,
                   .minor = static_cast<std::uint16_t>(2 + below(random, 3))});
    Made made{.file = {}, .header = 24, .ends = {24}, .has_frame = {false}};
    for (std::uint32_t i = below(random, 12); i > 0; --i) {
        const Octets data = some_data(random);
        file.record(static_cast<std::uint32_t>(random()), static_cast<std::uint32_t>(random()), data);
        made.ends.push_back(file.out.size());
        made.has_frame.push_back(true);
    }
    made.file = file.out;
    return made;
}

/// Not if_tsoffset: libpcap takes it for the time of a simple packet, which has none.
std::vector<Option> some_options(Random& random) {
    std::vector<Option> options;
    if (below(random, 2)) options.push_back({2, some_data(random)});
    if (below(random, 2))
        options.push_back({9, {static_cast<std::uint8_t>(below(random, 2) ? below(random, 20) : 0x80 + below(random, 34))}});
    return options;
}

Made some_pcapng(Random& random) {
    PcapngFile file;
    Made made{.file = {}, .header = 28, .ends = {}, .has_frame = {}};
    const auto ended = [&](bool frame) {
        made.ends.push_back(file.out.size());
        made.has_frame.push_back(frame);
    };
    for (std::uint32_t sections = 1 + below(random, 3); sections > 0; --sections) {
        const bool swapped = below(random, 3) == 0;
        file.section(swapped);
        ended(false);
        const std::uint32_t interfaces = 1 + below(random, 3);
        for (std::uint32_t i = 0; i < interfaces; ++i) {
            file.interface(below(random, 8) == 0 ? 101 : 1, 0, some_options(random));
            ended(false);
        }
        for (std::uint32_t i = below(random, 8); i > 0; --i) {
            const std::uint32_t kind = below(random, 6);
            const Octets data = some_data(random);
            const std::uint64_t ticks = random() >> below(random, 64);
            if (kind == 0) file.simple(static_cast<std::uint32_t>(data.size()), data);
            if (kind == 1) file.obsolete(static_cast<std::uint16_t>(below(random, interfaces)), ticks, data);
            if (kind == 2) file.block(5, Octets(data.size() & ~std::size_t{3}));
            if (kind >= 3) file.enhanced(below(random, interfaces), ticks, data);
            ended(kind != 2);
        }
    }
    made.file = file.out;
    return made;
}

Octets damaged(Random& random, Octets file) {
    for (std::uint32_t changes = 1 + below(random, 4); changes > 0 && !file.empty(); --changes) {
        const std::size_t at = random() % file.size();
        switch (below(random, 4)) {
            case 0:
                file[at] ^= static_cast<std::uint8_t>(1u << below(random, 8));
                break;
            case 1:
                file[at] = static_cast<std::uint8_t>(random());
                break;
            case 2:
                file.erase(file.begin() + static_cast<std::ptrdiff_t>(at));
                break;
            case 3:
                file[at] = 0xff;
                break;
        }
    }
    return file;
}

constexpr std::uint32_t section_header = 0x0a0d0d0a;

std::uint32_t load_type(const Octets& file, std::size_t offset) {
    std::uint32_t type = 0;
    if (offset + sizeof type <= file.size()) std::memcpy(&type, file.data() + offset, sizeof type);
    return type;
}

/// What holds of any reading of any octets.
void check_sound(const Drained& d, const Octets& file) {
    std::size_t octets_delivered = 0;
    for (std::size_t i = 0; i < d.frames.size(); ++i) {
        REQUIRE(d.frames[i].number == i + 1);
        REQUIRE(d.frames[i].caplen <= CaptureReader::max_frame);
        REQUIRE(std::count(d.datalinks.begin(), d.datalinks.end(), d.frames[i].link) == 1);
        octets_delivered += d.frames[i].caplen;
    }
    REQUIRE(octets_delivered <= file.size());
    REQUIRE(d.position <= file.size());
    if (!d.refused.empty()) return;
    if (d.stop) {
        REQUIRE(d.stop->frame == d.frames.size());
        REQUIRE(d.stop->offset < file.size());
        REQUIRE_FALSE(d.stop->why.empty());
    } else {
        REQUIRE(d.position == file.size());
    }
}

void check_cuts(const Made& made) {
    const Drained whole = drain(made.file);
    REQUIRE_FALSE(whole.stop);
    REQUIRE(whole.frames.size() == static_cast<std::size_t>(std::count(made.has_frame.begin(), made.has_frame.end(), true)));
    for (std::size_t cut = 0; cut < made.file.size(); ++cut) {
        const Octets part(made.file.begin(), made.file.begin() + static_cast<std::ptrdiff_t>(cut));
        const Drained d = drain(part, 1 + cut % 7);
        check_sound(d, part);
        REQUIRE(d.refused.empty() == (cut >= made.header));
        if (cut < made.header) continue;
        std::size_t frames = 0, last_end = 0;
        for (std::size_t i = 0; i < made.ends.size() && made.ends[i] <= cut; ++i) {
            frames += made.has_frame[i];
            last_end = made.ends[i];
        }
        REQUIRE(d.frames.size() == frames);
        REQUIRE(std::equal(d.frames.begin(), d.frames.end(), whole.frames.begin()));
        REQUIRE(d.stop.has_value() == (last_end != cut));
        if (d.stop) REQUIRE(d.stop->offset == last_end);
    }
}

}  // namespace

TEST_CASE("reader: a valid file cut anywhere delivers exactly the whole frames before the cut, and the offset") {
    Random random(20261121);
    for (int i = 0; i < 20; ++i) {
        check_cuts(some_pcap(random));
        check_cuts(some_pcapng(random));
    }
}

TEST_CASE("reader: a valid pcap file reads as libpcap reads it") {
    Random random(1);
    for (int i = 0; i < 500; ++i) {
        const Made made = some_pcap(random);
        REQUIRE(difference(drain(made.file), read_by_libpcap(memory_file(made.file))) == "");
    }
}

TEST_CASE("reader: damage never does worse to us than to libpcap, and what both read is the same") {
    Random random(2);
    for (int i = 0; i < 4000; ++i) {
        const Octets file = damaged(random, i % 2 == 0 ? some_pcap(random).file : some_pcapng(random).file);
        const Drained ours = drain(file);
        check_sound(ours, file);
        const ByLibpcap theirs = read_by_libpcap(memory_file(file));
        INFO("file " << i << ", libpcap: " << theirs.error << ", we: " << ours.refused << (ours.stop ? ours.stop->why : ""));
        // Until its first interface libpcap takes a section header for any other block, whatever it says; and of the very
        // first it does not look at the multiple of 4.
        if (ours.frames.empty() && ours.stop && load_type(file, ours.stop->offset) == section_header) continue;
        if (ours.refused.ends_with("not a multiple of 4")) continue;
        REQUIRE(difference(ours, theirs, Clock::seconds) == "");
    }
}

TEST_CASE("reader: what the writer wrote is read back the same, and cut anywhere it is a prefix") {
    Random random(3);
    for (int i = 0; i < 30; ++i) {
        UniqueFd keep(::memfd_create("evidence", MFD_CLOEXEC));
        PcapngWriter writer(UniqueFd(::dup(keep.get())), "seeded");
        std::vector<Copy> expected;
        for (std::uint32_t n = below(random, 20); n > 0; --n) {
            Copy c{some_data(random),
                   0,
                   static_cast<std::uint32_t>(random()),
                   {static_cast<std::int64_t>(random() >> 1)},
                   expected.size() + 1,
                   {static_cast<std::uint16_t>(below(random, 3)), below(random, 4) == 0}};
            c.caplen = static_cast<std::uint32_t>(c.data.size());
            const Frame f{.data = c.data.data(), .caplen = c.caplen, .len = c.len, .ts = c.ts, .number = c.number, .link = c.link};
            REQUIRE(writer.write(f, std::string(below(random, 9), 'c')));
            expected.push_back(std::move(c));
        }
        REQUIRE(writer.flush());
        Octets file = content_of(keep.get());
        REQUIRE(drain(file).frames == expected);
        file.resize(28 + random() % (file.size() - 27));
        const Drained part = drain(file);
        check_sound(part, file);
        REQUIRE(std::equal(part.frames.begin(), part.frames.end(), expected.begin()));
    }
}
