#include "rules/packet/community_id.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/messages.hpp"
#include "tests/unit/packet/decoded.hpp"

using namespace sw;
using namespace sw::test;

namespace {

struct Vector {
    std::uint8_t proto;
    const char *src, *dst;
    int sport, dport;  ///< -1: without
    const char *seed_0, *seed_1;
};

// Published with the specification (README and community-id.py of corelight/community-id-spec).
constexpr Vector published[] = {
    {6, "128.232.110.120", "66.35.250.204", 34855, 80, "1:LQU9qZlK+B5F3KDmev6m5PMibrg=", "1:3V71V58M3Ksw/yuFALMcW0LAHvc="},
    {17, "192.168.1.52", "8.8.8.8", 54585, 53, "1:d/FP5EW3wiY1vCndhwleRRKHowQ=", "1:Q9We8WO3piVF8yEQBNJF4uiSVrI="},
    {6, "2001:470:e5bf:dead:4957:2174:e82c:4887", "2607:f8b0:400c:c03::1a", 63943, 25,
     "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=", "1:eJYTW6AOzFLlSUoESovMjnu7rMw="},
    {132, "192.168.170.8", "192.168.170.56", 7, 7, "1:MP2EtRCAUIZvTw6MxJHLV7N7JDs=", "1:5w3ZRjeKBzqT3zsaEECDGjUbYeg="},
    {46, "10.1.12.1", "10.1.12.2", -1, -1, "1:KHlLkgoJW7ifUTyTSgyVfkFHzKw=", "1:rYir8gphR31noO9iDRQmF/BteEI="},
    {1, "192.168.0.89", "192.168.0.1", 8, 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=", "1:03g6IloqVBdcZlPyX8r0hgoE7kA="},
    {1, "10.0.0.1", "10.0.0.2", 11, 0, "1:YHxtAirCG//0OzkcVAukqKQN9xM=", "1:XjUibYHaafLQ3pxQeiMI8g25q20="},
    {58, "fe80::200:86ff:fe05:80da", "fe80::260:97ff:fe07:69ea", 135, 0,
     "1:dGHyGvjMfljg6Bppwm3bg0LO8TY=", "1:kHa1FhMYIT6Ym2Vm2AOtoOARDzY="},
    {58, "3ffe:501:1800:2345::2", "3ffe:507:0:1:200:86ff:fe05:80da", 3, 0,
     "1:2ObVBgIn28oZvibYZhZMBgh7WdQ=", "1:lVEtCZpYu84Xqaa++3lXFyuu2n4="},
    {58, "fe80::200:86ff:fe05:80da", "ff02::2", 133, 0, "1:hO+sN4H+MG5MY/8hIrXPqc4ZQz0=", "1:L7Ka0ZMYu+J3bL4ulW2PrqyXNo8="},
};

FiveTuple tuple_of(const Vector& v) {
    const auto port = [](int p) { return static_cast<std::uint16_t>(p < 0 ? 0 : p); };
    return {*parse_address(v.src), *parse_address(v.dst), port(v.sport), port(v.dport), v.proto};
}

craft::Endpoint end(const char* ip, int port) { return {"02:00:00:00:00:01", ip, static_cast<std::uint16_t>(port < 0 ? 0 : port)}; }

/// A frame of the vector's conversation.
craft::CraftedFrame frame_of(const Vector& v) {
    const auto from = end(v.src, v.sport), to = end(v.dst, v.dport);
    if (v.proto == 6) return craft::tcp(from, to);
    if (v.proto == 17) return craft::udp(from, to, "x");
    if (v.proto == 1 || v.proto == 58)
        return craft::icmp(from, to, static_cast<std::uint8_t>(v.sport), static_cast<std::uint8_t>(v.dport), 0, craft::Octets(16), 255);
    if (v.proto == 132)
        return craft::ip(from, to, 132,
                         craft::be16(static_cast<unsigned>(v.sport)) + craft::be16(static_cast<unsigned>(v.dport)) + craft::Octets(8));
    return craft::ip(from, to, v.proto, craft::Octets(8));
}

}  // namespace

TEST_CASE("community id: every published vector, with both seeds") {
    for (const Vector& v : published) {
        CAPTURE(int{v.proto}, v.src, v.dst);
        CHECK(community_id(tuple_of(v), v.sport >= 0, 0) == v.seed_0);
        CHECK(community_id(tuple_of(v), v.sport >= 0, 1) == v.seed_1);
    }
}

TEST_CASE("community id: a decoded packet of the vector's conversation has the vector's id") {
    for (const Vector& v : published) {
        CAPTURE(int{v.proto}, v.src, v.dst);
        const Decoded d(frame_of(v));
        CHECK(community_id(d.packet, 0) == v.seed_0);
        CHECK(community_id(d.packet, 1) == v.seed_1);
    }
}

TEST_CASE("community id: both directions of a conversation share one, but for one-way ICMP") {
    for (const Vector& v : published) {
        CAPTURE(int{v.proto}, v.src, v.dst);
        FiveTuple back = tuple_of(v).swapped();
        const bool icmp = v.proto == 1 || v.proto == 58;
        const bool one_way = icmp && (v.sport == 11 || v.sport == 3);
        if (icmp && !one_way) back.sport = v.sport == 8 ? 0 : v.sport == 135 ? 136 : 134;
        if (one_way) back.sport = static_cast<std::uint16_t>(v.sport);
        if (icmp) back.dport = 0;
        CHECK((community_id(back, v.sport >= 0) == v.seed_0) == !one_way);
    }
}

TEST_CASE("community id: the VLAN tag is not part of it") {
    const Vector& v = published[0];
    CHECK(community_id(Decoded(frame_of(v).tag(100)).packet) == v.seed_0);
}

TEST_CASE("community id: what is not IP has none") {
    CHECK(community_id(Decoded(craft::arp_request(craft::v4(craft::mail), "192.0.2.1")).packet).empty());
    CHECK(community_id(Decoded(craft::ethernet(craft::mac::mail, craft::mac::sink, 0x88cc, craft::Octets(46))).packet).empty());
}

TEST_CASE("community id: a later fragment is hashed without ports") {
    const Vector& v = published[0];
    auto f = frame_of(v);
    f.set16(craft::ip_at + 6, 0x2010).fix_ip();
    const FiveTuple bare{*parse_address(v.src), *parse_address(v.dst), 0, 0, 6};
    CHECK(community_id(Decoded(f).packet) == community_id(bare, false));
}
