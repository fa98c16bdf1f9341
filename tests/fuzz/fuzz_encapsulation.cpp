// Any octets as the packet of a mirror, of any kind: what is taken out lies within it, and is what is left when the wrapping goes.
// Input: one octet that picks the kind (0x08: with check sequence, 0x10: carried by RAW instead of Ethernet), two (big-endian) that
// say how many octets the frame claims beyond those captured, then the frame.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "rules/packet/encapsulation.hpp"

namespace {

[[noreturn]] void broken(const char* what, const sw::MirrorFormat& format) {
    std::fprintf(stderr, "%s: %s\n", std::string(to_string(format.kind)).c_str(), what);
    std::abort();
}

void check(const sw::MirrorFormat& format, const sw::Packet& outer, const sw::Wrapped& w) {
    const sw::Wrapping& at = w.wrapping;
    if (std::uint32_t{at.from} + at.count > outer.caplen) broken("what is taken off was not captured", format);
    if (at.octets() > outer.len) broken("more is taken off than there is", format);
    if (at.from != 0 && format.kind != sw::Encapsulation::vlan) broken("something is left in front", format);
    if (!sw::is_wrapped(format, outer)) broken("it is wrapped and is not", format);
    if (at.from != 0) return;
    const std::uint32_t len = outer.len - at.octets(), caplen = std::min(outer.caplen - at.count, len);
    sw::Packet inner;
    sw::decode(outer.data + at.count, caplen, len, w.link, inner);
    if (inner.caplen > inner.len) broken("more was captured than there is", format);
    if (outer.caplen == outer.len && inner.caplen != inner.len) broken("a whole packet carries a part", format);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 3) return 0;
    sw::MirrorFormat format;
    format.kind = static_cast<sw::Encapsulation>(1 + (data[0] & 7));
    format.fcs = (data[0] & 8) != 0 && format.kind != sw::Encapsulation::gre && format.kind != sw::Encapsulation::vlan;
    format.port = format.kind == sw::Encapsulation::tzsp ? 37008 : 4789;
    if (format.kind == sw::Encapsulation::vlan) format.vlan = 10;
    const std::uint16_t link = (data[0] & 16) != 0 ? sw::linktype::raw : sw::linktype::en10mb;
    const auto caplen = static_cast<std::uint32_t>(size - 3);
    sw::Packet outer;
    sw::decode(data + 3, caplen, caplen + sw::load_be16(data + 1), {link, false}, outer);
    const sw::Unwrapping found = unwrap(format, outer);
    if (found.frame.has_value() == !found.why.empty()) broken("neither a frame nor a reason", format);
    if (found.frame) check(format, outer, *found.frame);
    return 0;
}
