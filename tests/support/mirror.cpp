#include "tests/support/mirror.hpp"

namespace sw::craft {
namespace {

Octets gre_header(unsigned carries, const MirrorSetup& s, std::optional<std::uint32_t> sequence, bool keyed) {
    const unsigned flags = (s.checksum ? 0x8000u : 0u) | (keyed ? 0x2000u : 0u) | (sequence ? 0x1000u : 0u);
    Octets h = be16(flags) + be16(carries);
    if (s.checksum) h = h + be32(0);
    if (keyed) h = h + be32(s.id);
    return sequence ? h + be32(*sequence) : h;
}

Octets erspan2_header(const MirrorSetup& s) { return be16(0x1000u | s.vlan) + be16(0x1800u | s.id) + be32(5); }

/// An ingress frame, ticks of 100 us, without the optional subheader.
Octets erspan3_header(const MirrorSetup& s) { return be16(0x2000u | s.vlan) + be16(s.id) + be32(0x01020304) + be16(0) + be16(0); }

Octets headers(const MirrorSetup& s, std::uint32_t number, bool v6_inside) {
    const auto sequence = s.sequence ? std::optional(*s.sequence + number) : std::nullopt;
    switch (s.kind) {
        case Encapsulation::erspan1:
            return gre_header(0x88be, {}, std::nullopt, false);
        case Encapsulation::erspan2:
            return gre_header(0x88be, {}, sequence, false) + erspan2_header(s);
        case Encapsulation::erspan3:
            return gre_header(0x22eb, {}, sequence, false) + erspan3_header(s);
        case Encapsulation::gre:
            return gre_header(v6_inside ? 0x86dd : 0x0800, s, sequence, true);
        case Encapsulation::teb:
            return gre_header(0x6558, s, sequence, true);
        case Encapsulation::tzsp:
            return {1, 0, 0, 1, 0, 40, 4, 0, 0, 0, 9, 1};  // padding, then a tag of four octets, then the last
        case Encapsulation::vxlan:
            return Octets{8, 0, 0, 0} + be32(s.id << 8);
        default:
            return {};
    }
}

void fix_gre(CraftedFrame& f, std::size_t gre_at) {
    std::uint32_t sum = 0;
    for (std::size_t i = gre_at; i < f.bytes.size(); ++i) sum += (i - gre_at) % 2 == 0 ? std::uint32_t{f.bytes[i]} << 8 : f.bytes[i];
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    f.set16(gre_at + 4, ~sum & 0xffff);
}

}  // namespace

Octets check_sequence(const Octets& frame) {
    std::uint32_t crc = 0xffffffff;
    for (const std::uint8_t octet : frame) {
        crc ^= octet;
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320u : 0u);
    }
    crc = ~crc;
    return {static_cast<std::uint8_t>(crc), static_cast<std::uint8_t>(crc >> 8), static_cast<std::uint8_t>(crc >> 16),
            static_cast<std::uint8_t>(crc >> 24)};
}

CraftedFrame wrap(const CraftedFrame& inner, const MirrorSetup& s, std::uint32_t number) {
    if (s.kind == Encapsulation::vlan) return CraftedFrame(inner).tag(s.id);
    const std::size_t missing = inner.len - inner.bytes.size();
    Octets within = inner.bytes + Octets(missing);  // what was not captured was on the wire all the same
    if (s.fcs) within = within + check_sequence(within);
    const Octets payload = headers(s, number, inner.linktype == linktype::raw && inner.bytes.at(0) >> 4 == 6) + within;
    const bool udp_kind = s.kind == Encapsulation::tzsp || s.kind == Encapsulation::vxlan;
    const std::uint16_t port = s.kind == Encapsulation::tzsp ? 37008 : 4789;
    const auto end = [&](const Host& host, std::uint16_t at) { return s.over_ipv6 ? v6(host, at) : v4(host, at); };
    CraftedFrame f = udp_kind ? udp(end(mirroring_switch, 50000), end(mirror_sink, port), payload)
                              : ip(end(mirroring_switch, 0), end(mirror_sink, 0), 47, payload);
    const std::size_t l4_at = s.over_ipv6 ? tcp6_at : tcp4_at;
    if (udp_kind && !s.over_ipv6) f.set16(l4_at + 6, 0);  // as switches do
    if (s.checksum && !udp_kind) fix_gre(f, l4_at);
    f.at(inner.ts);
    if (missing > 0) f.snap(f.bytes.size() - missing - (s.fcs ? 4 : 0));
    return f;
}

Frames wrap(const Frames& inner, const MirrorSetup& setup) {
    Frames out;
    for (const CraftedFrame& f : inner) out.push_back(wrap(f, setup, static_cast<std::uint32_t>(out.size())));
    return out;
}

std::string mirror_line(const MirrorSetup& s) {
    const std::string id = std::to_string(s.id);
    std::string text = "mirror = { kind = \"" + std::string(to_string(s.kind)) + "\"";
    if (s.kind != Encapsulation::vlan)
        text += ", outer = \"src host " + std::string(s.over_ipv6 ? mirroring_switch.v6 : mirroring_switch.v4) + " and dst host " +
                std::string(s.over_ipv6 ? mirror_sink.v6 : mirror_sink.v4) + "\"";
    if (s.kind == Encapsulation::erspan2 || s.kind == Encapsulation::erspan3)
        text += ", session = " + id + ", vlan = " + std::to_string(s.vlan);
    if (s.kind == Encapsulation::gre || s.kind == Encapsulation::teb) text += ", key = " + id;
    if (s.kind == Encapsulation::vxlan) text += ", vni = " + id;
    if (s.kind == Encapsulation::vlan) text += ", vlan = " + id;
    if (s.fcs) text += ", fcs = true";
    return text + " }\n";
}

std::string behind_mirror(const std::string& policy, const MirrorSetup& s) {
    const std::string head = "\n[wire]\n";
    const std::size_t wire = policy.find(head);
    return wire == std::string::npos ? policy + head + mirror_line(s) : std::string(policy).insert(wire + head.size(), mirror_line(s));
}

}  // namespace sw::craft
