// How mirrors wrap frames, header by header.
#include "rules/packet/encapsulation.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/mirror.hpp"
#include "tests/support/stock.hpp"
#include "tests/unit/packet/decoded.hpp"

using namespace sw;
using namespace sw::test;
using craft::CraftedFrame;
using craft::MirrorSetup;
using craft::Octets;

namespace {

using Kind = Encapsulation;

constexpr std::size_t gre_at = craft::tcp4_at, erspan_at = gre_at + 8, udp_payload_at = craft::tcp4_at + 8;

MirrorSetup setup_of(Kind kind) {
    MirrorSetup s;
    s.kind = kind;
    return s;
}

MirrorFormat format_of(Kind kind) {
    MirrorFormat f;
    f.kind = kind;
    f.port = kind == Kind::tzsp ? 37008 : kind == Kind::vxlan ? 4789 : 0;
    if (kind == Kind::vlan) f.vlan = 10;
    return f;
}

CraftedFrame inner(Kind kind) {
    CraftedFrame f = craft::smtp_syn();
    return kind == Kind::gre ? f.relink(linktype::raw, {}) : f;
}

CraftedFrame wrapped(Kind kind) { return craft::wrap(inner(kind), setup_of(kind)); }

Unwrapping opened(const CraftedFrame& f, const MirrorFormat& format) { return unwrap(format, Decoded(f).packet); }
Unwrapping opened(const CraftedFrame& f, Kind kind) { return opened(f, format_of(kind)); }

/// What is left of f.
Octets taken_out(const CraftedFrame& f, const Wrapping& w) {
    Octets rest = f.bytes;
    rest.resize(rest.size() - w.tail);
    rest.erase(rest.begin() + w.from, rest.begin() + w.from + w.count);
    return rest;
}

std::string why(const CraftedFrame& f, Kind kind) { return std::string(opened(f, kind).why); }

constexpr Kind kinds[] = {Kind::erspan1, Kind::erspan2, Kind::erspan3, Kind::gre, Kind::teb, Kind::tzsp, Kind::vxlan, Kind::vlan};

}  // namespace

TEST_CASE("encapsulation: each kind gives back the frame that was wrapped, octet for octet") {
    for (const Kind kind : kinds) {
        INFO(to_string(kind));
        const CraftedFrame f = wrapped(kind);
        const Unwrapping u = opened(f, kind);
        INFO(u.why);
        REQUIRE(u.frame);
        CHECK(taken_out(f, u.frame->wrapping) == inner(kind).bytes);
        CHECK(u.frame->link.linktype == (kind == Kind::gre ? linktype::raw : linktype::en10mb));
        CHECK(u.frame->flaws.empty());
    }
}

TEST_CASE("encapsulation: over IPv6 as over IPv4") {
    for (const Kind kind : {Kind::erspan2, Kind::gre, Kind::vxlan}) {
        MirrorSetup s = setup_of(kind);
        s.over_ipv6 = true;
        const CraftedFrame f = craft::wrap(inner(kind), s);
        const Unwrapping u = opened(f, kind);
        REQUIRE(u.frame);
        CHECK(taken_out(f, u.frame->wrapping) == inner(kind).bytes);
        CHECK(to_string(u.frame->sender) == craft::mirroring_switch.v6);
    }
}

TEST_CASE("encapsulation: a kind is not another") {
    for (const Kind as : kinds)
        for (const Kind kind : kinds) {
            INFO(to_string(kind) << " read as " << to_string(as));
            CHECK(opened(wrapped(kind), as).frame.has_value() == (kind == as));
        }
}

TEST_CASE("encapsulation: what the format states must be so, what it does not may be anything") {
    const auto differs = [](Kind kind, auto change) {
        MirrorFormat f = format_of(kind);
        change(f, 10u);
        CHECK(opened(wrapped(kind), f).frame);
        change(f, 11u);
        CHECK_FALSE(opened(wrapped(kind), f).frame);
    };
    for (const Kind kind : {Kind::erspan2, Kind::erspan3})
        differs(kind, [](MirrorFormat& f, unsigned id) { f.session = static_cast<std::uint16_t>(id); });
    for (const Kind kind : {Kind::gre, Kind::teb, Kind::vxlan}) differs(kind, [](MirrorFormat& f, unsigned id) { f.key = id; });
    differs(Kind::vlan, [](MirrorFormat& f, unsigned id) { f.vlan = static_cast<std::uint16_t>(id); });
    MirrorFormat seen_in = format_of(Kind::erspan2);
    seen_in.vlan = 7;
    CHECK(opened(wrapped(Kind::erspan2), seen_in).frame);
    seen_in.vlan = 8;
    CHECK(opened(wrapped(Kind::erspan2), seen_in).why == "was mirrored from another VLAN");
    MirrorFormat no_key = format_of(Kind::gre);
    no_key.key = 10;
    CraftedFrame keyless =
        craft::ip(craft::v4(craft::mirroring_switch), craft::v4(craft::mirror_sink), 47, Octets{0, 0, 8, 0} + inner(Kind::gre).bytes);
    CHECK(opened(keyless, no_key).why == "has another GRE key");
    CHECK(opened(keyless, Kind::gre).frame);
}

TEST_CASE("encapsulation: sequence numbers and identifiers are told") {
    MirrorSetup s = setup_of(Kind::erspan2);
    s.sequence = 0xfffffffe;
    CHECK(opened(craft::wrap(inner(s.kind), s, 3), s.kind).frame->sequence == 1);
    CHECK(opened(wrapped(Kind::erspan2), Kind::erspan2).frame->id == 10);
    CHECK(opened(wrapped(Kind::vxlan), Kind::vxlan).frame->id == 10);
    CHECK_FALSE(opened(wrapped(Kind::vxlan), Kind::vxlan).frame->sequence);
    CHECK_FALSE(opened(wrapped(Kind::erspan1), Kind::erspan1).frame->sequence);
    s.kind = Kind::erspan3;
    s.sequence.reset();
    CHECK(opened(craft::wrap(inner(s.kind), s), s.kind).frame);  // some switches do not number
    CHECK_FALSE(opened(craft::wrap(inner(s.kind), s), s.kind).frame->sequence);
}

TEST_CASE("encapsulation: type III says the direction, and may have eight octets more") {
    CraftedFrame f = wrapped(Kind::erspan3);
    CHECK(opened(f, Kind::erspan3).frame->way == Wrapped::Way::ingress);
    f.set16(erspan_at + 10, 8);
    CHECK(opened(f, Kind::erspan3).frame->way == Wrapped::Way::egress);
    f.set16(erspan_at + 10, 9)
        .insert(erspan_at + 12, Octets(8))
        .set16(craft::ip_at + 2, static_cast<unsigned>(f.bytes.size() - 14))
        .fix_ip();
    const Unwrapping u = opened(f, Kind::erspan3);
    REQUIRE(u.frame);
    CHECK(taken_out(f, u.frame->wrapping) == inner(Kind::erspan3).bytes);
}

TEST_CASE("encapsulation: what the switch says of a frame becomes its flaw") {
    for (const Kind kind : {Kind::erspan2, Kind::erspan3})
        CHECK(opened(wrapped(kind).flip(erspan_at + 2, 0x04), kind).frame->flaws == ReasonSet(Reason::truncated));
    CHECK(opened(wrapped(Kind::erspan3).flip(erspan_at + 2, 0x18), Kind::erspan3).frame->flaws == ReasonSet(Reason::bad_checksum));
}

TEST_CASE("encapsulation: a check sequence is verified and taken off, but not of a truncated frame") {
    MirrorFormat format = format_of(Kind::erspan2);
    format.fcs = true;
    MirrorSetup s = setup_of(Kind::erspan2);
    s.fcs = true;
    const CraftedFrame good = craft::wrap(inner(s.kind), s);
    CHECK(opened(good, format).frame->wrapping.tail == 4);
    CHECK(opened(good, format).frame->flaws.empty());
    const std::size_t last = good.bytes.size() - 1;
    CHECK(opened(CraftedFrame(good).flip(last, 1), format).frame->flaws == ReasonSet(Reason::bad_checksum));
    CHECK(opened(CraftedFrame(good).flip(last - 8, 1), format).frame->flaws == ReasonSet(Reason::bad_checksum));
    CHECK(opened(CraftedFrame(good).flip(erspan_at + 2, 0x04), format).frame->wrapping.tail == 0);
    CHECK(opened(CraftedFrame(good).snap(last), format).frame->flaws.empty());  // nobody can say; it is truncated anyway
    CraftedFrame short_frame = craft::wrap(inner(s.kind), s).cut(erspan_at + 8 + 3).set16(craft::ip_at + 2, 20 + 16 + 3).fix_ip();
    CHECK_FALSE(opened(short_frame, format).frame);
}

TEST_CASE("encapsulation: padding behind a short outer packet is no part of the frame in it") {
    CraftedFrame f = craft::ip(craft::v4(craft::mirroring_switch), craft::v4(craft::mirror_sink), 47, Octets{0, 0, 0x88, 0xbe, 1, 2, 3});
    f.pad();
    const Unwrapping u = opened(f, Kind::erspan1);
    REQUIRE(u.frame);
    CHECK(taken_out(f, u.frame->wrapping) == Octets{1, 2, 3});
}

TEST_CASE("encapsulation: GRE's checksum, where there is one, must be right") {
    MirrorSetup s = setup_of(Kind::teb);
    s.checksum = true;
    const CraftedFrame f = craft::wrap(inner(s.kind), s);
    CHECK(opened(f, Kind::teb).frame);
    CHECK(why(CraftedFrame(f).flip(f.bytes.size() - 1, 1), Kind::teb) == "has a wrong GRE checksum");
    CHECK(why(CraftedFrame(f).flip(gre_at + 7, 1), Kind::teb) == "has a GRE header with reserved bits set");
    CHECK(opened(CraftedFrame(f).flip(f.bytes.size() - 1, 1).snap(f.bytes.size() - 1), Kind::teb).frame);
}

TEST_CASE("encapsulation: bits that no mirror sets are refused") {
    for (const unsigned bit : {0x40u, 0x08u, 0x04u})  // routing, strict source route, recursion
        CHECK(why(wrapped(Kind::erspan2).flip(gre_at, bit), Kind::erspan2) == "has GRE flags or a version that no mirror sets");
    CHECK(why(wrapped(Kind::erspan2).flip(gre_at + 1, 1), Kind::erspan2) == "has GRE flags or a version that no mirror sets");
    CHECK(why(wrapped(Kind::erspan2).flip(erspan_at, 0x30), Kind::erspan2) == "has another version of ERSPAN");
    CHECK(why(wrapped(Kind::erspan3).set16(erspan_at + 10, 7 << 10), Kind::erspan3) ==
          "carries no Ethernet frame, but the switch's own words");
    for (const std::size_t at : {0u, 1u, 3u, 7u})
        CHECK(why(wrapped(Kind::vxlan).flip(udp_payload_at + at, 1), Kind::vxlan) ==
              "has VXLAN flags or reserved bits that no mirror sets");
    CHECK(why(wrapped(Kind::tzsp).set8(udp_payload_at, 2), Kind::tzsp) == "has another version of TZSP");
    CHECK(why(wrapped(Kind::tzsp).set8(udp_payload_at + 1, 4), Kind::tzsp) == "is TZSP that carries no frame");
    CHECK(why(wrapped(Kind::tzsp).set8(udp_payload_at + 3, 18), Kind::tzsp) == "is TZSP that carries no Ethernet");
    CHECK(why(wrapped(Kind::gre).set8(gre_at + 12, 0x65), Kind::gre) == "is GRE whose type contradicts the IP version in it");
}

TEST_CASE("encapsulation: ERSPAN II carries Ethernet, whatever trunk the switch saw it on") {
    const CraftedFrame bare = wrapped(Kind::erspan2);
    for (const unsigned trunk : {0x00u, 0x08u, 0x10u, 0x18u}) {  // none, ISL, 802.1Q, its tag kept
        const CraftedFrame f = CraftedFrame(bare).set8(erspan_at + 2, trunk);
        const Unwrapping u = opened(f, Kind::erspan2);
        REQUIRE(u.frame);
        CHECK(taken_out(f, u.frame->wrapping) == taken_out(bare, opened(bare, Kind::erspan2).frame->wrapping));
    }
}

TEST_CASE("encapsulation: a header that is cut anywhere gives no frame") {
    for (const Kind kind : kinds) {
        const CraftedFrame f = wrapped(kind);
        const std::size_t begin = opened(f, kind).frame->wrapping.from + opened(f, kind).frame->wrapping.count;
        for (std::size_t captured = 0; captured < begin; ++captured) {
            INFO(to_string(kind) << " of which " << captured << " octets were captured");
            CHECK_FALSE(opened(CraftedFrame(f).snap(captured), kind).frame);
        }
    }
}

TEST_CASE("encapsulation: TZSP tags end, or there is no frame") {
    CHECK(why(wrapped(Kind::tzsp).set8(udp_payload_at + 6, 255), Kind::tzsp) == "has TZSP tags that do not end");
    CraftedFrame no_end = craft::udp(craft::v4(craft::mirroring_switch, 1), craft::v4(craft::mirror_sink, 37008), Octets{1, 0, 0, 1, 0, 0});
    CHECK(why(no_end, Kind::tzsp) == "has TZSP tags that do not end");
    CHECK(opened(wrapped(Kind::tzsp).set8(udp_payload_at + 1, 1), Kind::tzsp).frame->way == Wrapped::Way::egress);
}

TEST_CASE("encapsulation: what is wrapped twice is seen to be, whatever it states") {
    for (const Kind kind : kinds) {
        INFO(to_string(kind));
        CraftedFrame once = wrapped(kind);
        CHECK(is_wrapped(format_of(kind), Decoded(once).packet));
        CHECK_FALSE(is_wrapped(format_of(kind), Decoded(inner(kind)).packet));
    }
    MirrorFormat other = format_of(Kind::erspan2);
    other.session = 11;
    CHECK(is_wrapped(other, Decoded(wrapped(Kind::erspan2)).packet));
}

TEST_CASE("encapsulation: kinds have names, and names kinds") {
    for (const Kind kind : kinds) CHECK(encapsulation_from(to_string(kind)) == kind);
    CHECK_FALSE(encapsulation_from("none"));
    CHECK_FALSE(encapsulation_from("erspan"));
    CHECK(encapsulation_words().size() == std::size(kinds));
}
