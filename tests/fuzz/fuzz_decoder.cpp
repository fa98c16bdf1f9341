// Any octets as a frame, on any link, captured in part or not: what the property tests demand of random frames holds.
// Input: one octet that picks the link (0x80: of the other byte order), two (big-endian, signed) that say how many octets
// the frame claims beyond those captured, then the frame.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "tests/property/packet/invariants.hpp"

namespace {

constexpr std::uint16_t links[] = {sw::linktype::en10mb,
                                   sw::linktype::null,
                                   sw::linktype::loop,
                                   sw::linktype::raw,
                                   sw::linktype::dlt_raw_bsd,
                                   sw::linktype::ipv4,
                                   sw::linktype::ipv6,
                                   sw::linktype::linux_sll,
                                   sw::linktype::dlt_raw_openbsd,
                                   sw::linktype::linux_sll2,
                                   147};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 3) return 0;
    sw::test::FrameCase c;
    c.link = {links[(data[0] & 0x7f) % std::size(links)], (data[0] & 0x80) != 0};
    c.missing = static_cast<std::int16_t>(sw::load_be16(data + 1));
    c.bytes.assign(data + 3, data + size);
    const std::string broken = sw::test::broken_invariant(c);
    if (broken.empty()) return 0;
    std::fprintf(stderr, "%s\n%s\n", broken.c_str(), describe(c).c_str());
    std::abort();
}
