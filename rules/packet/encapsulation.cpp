#include "rules/packet/encapsulation.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <utility>

#include "rules/packet/checksum.hpp"

namespace sw {
namespace {

constexpr std::array<std::string_view, 9> words = {"none", "erspan1", "erspan2", "erspan3", "gre", "teb", "tzsp", "vxlan", "vlan"};

constexpr std::uint16_t carries_ipv4 = 0x0800, carries_ipv6 = 0x86dd, carries_ethernet = 0x6558, carries_erspan = 0x88be,
                        carries_erspan3 = 0x22eb;
constexpr std::uint16_t has_checksum = 0x8000, has_key = 0x2000, has_sequence = 0x1000;
constexpr std::uint32_t fcs_octets = 4;

Unwrapping refuse(std::string_view why) { return {std::nullopt, why}; }

/// The payload of the outer packet, as far as it was captured.
struct Part {
    const std::uint8_t* data = nullptr;  ///< of the whole frame
    std::uint32_t pos = 0, end = 0;      ///< within it; end: on the wire
    std::uint32_t captured = 0;          ///< behind the last octet captured, at most end

    bool has(std::uint32_t n) const { return pos + n <= captured; }
    const std::uint8_t* here() const { return data + pos; }
    bool whole() const { return captured == end; }
};

Part part_of(const Packet& p, std::uint32_t pos, std::uint32_t len) {
    return {p.data, pos, pos + len, std::min(pos + len, std::max(p.caplen, pos))};
}

/// The mirrored frame is what is left of the part. Without its check sequence, if it has one and is whole.
Unwrapping take(const MirrorFormat& format, const Packet& outer, const Part& rest, Wrapped w) {
    constexpr std::uint32_t most_around = 0xffff;
    std::uint32_t end = rest.end;
    if (format.fcs && !w.flaws.has(Reason::truncated)) {
        if (rest.end - rest.pos < fcs_octets) return refuse("is too short for the check sequence of the frame in it");
        end -= fcs_octets;
        if (rest.whole()) {
            const auto crc = static_cast<std::uint32_t>(crc32(0, rest.here(), end - rest.pos));
            if (__builtin_bswap32(crc) != load_be32(rest.data + end)) w.flaws.add(Reason::bad_checksum);
        }
    }
    if (outer.len - (end - rest.pos) > most_around) return refuse("is larger around the frame in it than any mirror's packet");
    w.wrapping = {0, static_cast<std::uint16_t>(rest.pos), static_cast<std::uint16_t>(outer.len - end)};
    w.sender = outer.src();
    return {w, {}};
}

struct Gre {
    std::uint16_t carries = 0;
    std::optional<std::uint32_t> key, sequence;
    bool checked = false;  ///< it bears a checksum
};

/// RFC 2784, with the key and sequence number of RFC 2890. Moves part behind the header; why: what is wrong
std::optional<Gre> read_gre(const Packet& outer, Part& part, std::string_view& why) {
    const auto no = [&why](std::string_view text) {
        why = text;
        return std::nullopt;
    };
    if (outer.ip_proto != 47) return no("is not GRE");
    const Layer* layer = std::find_if(outer.layers.begin(), outer.layers.begin() + outer.layer_count,
                                      [](const Layer& l) { return l.kind == LayerKind::gre; });
    if (layer == outer.layers.begin() + outer.layer_count) return no("is not GRE");
    part = part_of(outer, layer->offset, layer->len);
    if (!part.has(4)) return no("ends within its GRE header");
    const std::uint16_t flags = load_be16(part.here());
    if ((flags & ~(has_checksum | has_key | has_sequence)) != 0) return no("has GRE flags or a version that no mirror sets");
    Gre gre;
    gre.carries = load_be16(part.here() + 2);
    gre.checked = (flags & has_checksum) != 0;
    const std::uint32_t size = 4u + (gre.checked ? 4u : 0u) + ((flags & has_key) ? 4u : 0u) + ((flags & has_sequence) ? 4u : 0u);
    if (!part.has(size)) return no("ends within its GRE header");
    if (gre.checked && load_be16(part.here() + 6) != 0) return no("has a GRE header with reserved bits set");
    if (gre.checked && part.whole() && fold(sum_words(part.here(), part.end - part.pos)) != 0xffff) return no("has a wrong GRE checksum");
    std::uint32_t at = gre.checked ? 8 : 4;
    if (flags & has_key) gre.key = load_be32(part.here() + std::exchange(at, at + 4));
    if (flags & has_sequence) gre.sequence = load_be32(part.here() + at);
    part.pos += size;
    return gre;
}

/// Ethernet (TEB) or IP in GRE.
Unwrapping unwrap_gre(const MirrorFormat& format, const Packet& outer) {
    Part part;
    std::string_view why;
    const auto gre = read_gre(outer, part, why);
    if (!gre) return refuse(why);
    if (format.key && gre->key != format.key) return refuse("has another GRE key");
    Wrapped w;
    w.id = gre->key;
    w.sequence = gre->sequence;
    if (format.kind == Encapsulation::teb) {
        if (gre->carries != carries_ethernet) return refuse("is GRE that carries no Ethernet");
        return take(format, outer, part, w);
    }
    if (gre->carries != carries_ipv4 && gre->carries != carries_ipv6) return refuse("is GRE that carries no IP");
    if (!part.has(1)) return refuse("is GRE that carries nothing");
    if (part.here()[0] >> 4 != (gre->carries == carries_ipv4 ? 4 : 6)) return refuse("is GRE whose type contradicts the IP version in it");
    w.link.linktype = linktype::raw;
    return take(format, outer, part, w);
}

/// Type I has no header of its own; type II is told from it by GRE's sequence number.
Unwrapping unwrap_erspan1(const MirrorFormat& format, const Packet& outer) {
    Part part;
    std::string_view why;
    const auto gre = read_gre(outer, part, why);
    if (!gre) return refuse(why);
    if (gre->carries != carries_erspan) return refuse("is GRE that carries no ERSPAN");
    if (gre->key || gre->sequence || gre->checked) return refuse("is ERSPAN, but not of type I");
    return take(format, outer, part, {});
}

/// The word that types II and III share: COS, En or BSO, T, session.
struct ErspanWord {
    std::uint16_t vlan, session;
    unsigned version, middle;
    bool truncated;
};

ErspanWord erspan_word(const std::uint8_t* h) {
    const std::uint16_t first = load_be16(h), second = load_be16(h + 2);
    return {static_cast<std::uint16_t>(first & 0x0fff), static_cast<std::uint16_t>(second & 0x03ff), static_cast<unsigned>(first >> 12),
            static_cast<unsigned>(second >> 11 & 3), (second & 0x0400) != 0};
}

Unwrapping unwrap_erspan(const MirrorFormat& format, const Packet& outer) {
    const bool three = format.kind == Encapsulation::erspan3;
    Part part;
    std::string_view why;
    const auto gre = read_gre(outer, part, why);
    if (!gre) return refuse(why);
    if (gre->carries != (three ? carries_erspan3 : carries_erspan)) return refuse("is GRE that carries no ERSPAN of this type");
    // Some switches leave type III without numbers; type II without them is type I.
    if (gre->key || gre->checked || (!three && !gre->sequence)) return refuse("is ERSPAN, but not of this type");
    if (!part.has(three ? 12 : 8)) return refuse("ends within its ERSPAN header");
    const std::uint8_t* h = part.here();
    const ErspanWord word = erspan_word(h);
    if (word.version != (three ? 2u : 1u)) return refuse("has another version of ERSPAN");
    if (format.session && *format.session != word.session) return refuse("is of another ERSPAN session");
    if (format.vlan && *format.vlan != word.vlan) return refuse("was mirrored from another VLAN");
    Wrapped w;
    w.id = word.session;
    w.sequence = gre->sequence;
    if (word.truncated) w.flaws.add(Reason::truncated);
    part.pos += three ? 12 : 8;
    if (!three) return take(format, outer, part, w);  // En tells the trunk that it came by; its tag is within or gone
    const std::uint16_t last = load_be16(h + 10);
    if ((last >> 10 & 31) != 0) return refuse("carries no Ethernet frame, but the switch's own words");
    if (word.middle == 3) w.flaws.add(Reason::bad_checksum);  // the switch saw a frame with a wrong check sequence
    w.way = (last & 8) != 0 ? Wrapped::Way::egress : Wrapped::Way::ingress;
    const std::uint32_t subheader = (last & 1) != 0 ? 8 : 0;
    if (!part.has(subheader)) return refuse("ends within its ERSPAN header");
    part.pos += subheader;
    return take(format, outer, part, w);
}

std::optional<Part> udp_payload(const MirrorFormat& format, const Packet& outer, std::string_view& why) {
    if (outer.transport != Transport::udp || outer.payload_offset == 0) {
        why = "is not UDP";
        return std::nullopt;
    }
    if (outer.dport != format.port) {
        why = "goes to another UDP port";
        return std::nullopt;
    }
    return part_of(outer, outer.payload_offset, outer.payload_len);
}

Unwrapping unwrap_vxlan(const MirrorFormat& format, const Packet& outer) {
    std::string_view why;
    auto part = udp_payload(format, outer, why);
    if (!part) return refuse(why);
    if (!part->has(8)) return refuse("ends within its VXLAN header");
    const std::uint8_t* h = part->here();
    if (h[0] != 0x08 || (load_be32(h) & 0x00ffffffu) != 0 || h[7] != 0)
        return refuse("has VXLAN flags or reserved bits that no mirror sets");
    Wrapped w;
    w.id = load_be32(h + 4) >> 8;
    if (format.key && w.id != format.key) return refuse("has another VNI");
    part->pos += 8;
    return take(format, outer, *part, w);
}

Unwrapping unwrap_tzsp(const MirrorFormat& format, const Packet& outer) {
    std::string_view why;
    auto part = udp_payload(format, outer, why);
    if (!part) return refuse(why);
    if (!part->has(4)) return refuse("ends within its TZSP header");
    const std::uint8_t* h = part->here();
    if (h[0] != 1) return refuse("has another version of TZSP");
    if (h[1] > 1) return refuse("is TZSP that carries no frame");
    if (load_be16(h + 2) != 1) return refuse("is TZSP that carries no Ethernet");
    Wrapped w;
    w.way = h[1] == 0 ? Wrapped::Way::ingress : Wrapped::Way::egress;
    part->pos += 4;
    constexpr std::uint8_t padding = 0, last = 1;
    for (;;) {
        if (!part->has(1)) return refuse("has TZSP tags that do not end");
        const std::uint8_t tag = part->here()[0];
        ++part->pos;
        if (tag == last) return take(format, outer, *part, w);
        if (tag == padding) continue;
        if (!part->has(1) || !part->has(1u + part->here()[0])) return refuse("has TZSP tags that do not end");
        part->pos += 1u + part->here()[0];
    }
}

/// The mirror's own tag stands before all others; the frame around it is the mirrored one.
Unwrapping unwrap_vlan(const MirrorFormat& format, const Packet& outer) {
    constexpr std::uint16_t tag_at = 12, tag_octets = 4;
    if (outer.mac_dst == nullptr || outer.vlan_count == 0 || outer.caplen < tag_at + tag_octets + 2u) return refuse("bears no VLAN tag");
    const std::uint16_t type = load_be16(outer.data + tag_at);
    if (type != 0x8100 && type != 0x88a8) return refuse("bears no VLAN tag");
    if (outer.vlan[0] != format.vlan) return refuse("bears the tag of another VLAN");
    Wrapped w;
    w.id = outer.vlan[0];
    Unwrapping frame = take(format, outer, part_of(outer, 0, outer.len), w);
    if (frame.frame) frame.frame->wrapping = {tag_at, tag_octets, frame.frame->wrapping.tail};
    return frame;
}

}  // namespace

std::string_view to_string(Encapsulation kind) { return words[static_cast<std::size_t>(kind)]; }

const std::vector<std::string_view>& encapsulation_words() {
    static const std::vector<std::string_view> all(words.begin() + 1, words.end());
    return all;
}

std::optional<Encapsulation> encapsulation_from(std::string_view word) {
    for (std::size_t i = 1; i < words.size(); ++i)
        if (words[i] == word) return static_cast<Encapsulation>(i);
    return std::nullopt;
}

std::string_view to_string(Wrapped::Way way) {
    constexpr std::string_view names[] = {"unknown", "ingress", "egress"};
    return names[static_cast<std::size_t>(way)];
}

Unwrapping unwrap(const MirrorFormat& format, const Packet& outer) {
    switch (format.kind) {
        case Encapsulation::none:
            break;
        case Encapsulation::erspan1:
            return unwrap_erspan1(format, outer);
        case Encapsulation::erspan2:
        case Encapsulation::erspan3:
            return unwrap_erspan(format, outer);
        case Encapsulation::gre:
        case Encapsulation::teb:
            return unwrap_gre(format, outer);
        case Encapsulation::tzsp:
            return unwrap_tzsp(format, outer);
        case Encapsulation::vxlan:
            return unwrap_vxlan(format, outer);
        case Encapsulation::vlan:
            return unwrap_vlan(format, outer);
    }
    return refuse("is not mirrored");
}

bool is_wrapped(const MirrorFormat& format, const Packet& packet) {
    MirrorFormat any;
    any.kind = format.kind;
    any.port = format.port;
    if (format.kind == Encapsulation::vlan) any.vlan = format.vlan;
    return unwrap(any, packet).frame.has_value();
}

}  // namespace sw
