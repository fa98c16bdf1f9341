// A second opinion: libtins 4.0 builds frames that we must read as it meant them, and reads frames that we were given.
#include "tests/property/packet/shrink.hpp"
#include "tests/property/packet/tins_frames.hpp"
#include "tests/support/catch.hpp"

using namespace sw;
using namespace sw::test;

namespace {

Packet decoded(const FrameCase& c) {
    Packet p;
    decode(c.bytes.data(), c.caplen(), c.len(), c.link, p);
    return p;
}

std::string slugs(const ReasonSet& reasons) {
    std::string text;
    reasons.for_each([&](Reason r) { text += " " + std::string(info(r).slug); });
    return text;
}

std::string misread(const Packet& p, const Sent& s) {
    if (!p.anomalies.empty()) return "anomalies of an honest frame:" + slugs(p.anomalies);
    if (p.network != s.network || p.transport != s.transport) return "protocol";
    if (p.five_tuple() != s.tuple) return "five-tuple";
    if (Octets(p.mac_src, p.mac_src + 6) != s.mac_src || Octets(p.mac_dst, p.mac_dst + 6) != s.mac_dst) return "MAC addresses";
    if (p.ttl != s.ttl) return "ttl";
    if (p.payload_len != s.payload || p.payload_caplen != s.payload) return "payload";
    if (!p.plain || p.checksum != Checksum::good) return "plain, checksum";
    if (s.transport != Transport::tcp) return {};
    if (p.tcp_flags != s.tcp_flags || p.tcp_seq != s.seq || p.tcp_ack != s.ack || p.tcp_window != s.window) return "TCP fields";
    return {};
}

/// Multicast listener messages: libtins goes on to read records and options in them, we stop at the type.
bool is_listener_message(const Packet& p) {
    return p.transport == Transport::icmp6 && ((p.icmp_type >= 130 && p.icmp_type <= 132) || p.icmp_type == 143);
}

/// Where we find nothing wrong, libtins reads the same or has a known reason not to.
std::string disagreement(const FrameCase& c) {
    const Packet p = decoded(c);
    if (!p.anomalies.empty()) return {};
    const bool ip = p.network == Network::ipv4 || p.network == Network::ipv6;
    if (!ip) return {};  // we read no further, and no rule but one of housekeeping can allow it; libtins may try and throw
    const TinsReading t = read_by_tins(c.bytes);
    if (t.refused && is_listener_message(p)) return {};
    if (t.refused) return "libtins refuses what we find nothing wrong with";
    if (!t.src) return p.vlan_count > 0 ? "" : "libtins sees no IP";  // it does not know the tag types 0x9100 and 0x9200
    if (*t.src != p.src() || *t.dst != p.dst()) return "addresses";
    if (t.is_tcp != (p.transport == Transport::tcp) || t.is_udp != (p.transport == Transport::udp)) return "transport";
    if (!t.sport) return {};
    if (*t.sport != p.sport || *t.dport != p.dport) return "ports";
    if (t.payload != p.payload_len) return "payload";
    if (t.is_tcp && (*t.flags != p.tcp_flags || t.seq != p.tcp_seq || t.ack != p.tcp_ack)) return "TCP fields";
    return {};
}

}  // namespace

TEST_CASE("decoder: frames that libtins builds are read as they were meant") {
    Dice dice(40);
    for (int round = 0; round < 60'000; ++round) {
        const Sent s = honest_frame(dice);
        const FrameCase c{s.frame, 0, {}};
        if (const auto what = misread(decoded(c), s); !what.empty()) FAIL(what << "\n" << describe(c));
    }
}

TEST_CASE("decoder: where a mutated frame still seems right to us, libtins reads the same") {
    Dice dice(41);
    std::size_t compared = 0;
    for (int round = 0; round < 60'000; ++round) {
        FrameCase c{honest_frame(dice).frame, 0, {}};
        mutate(c.bytes, dice);
        if (dice.one_in(2)) repair_checksums(c.bytes);
        compared += decoded(c).anomalies.empty();
        if (const auto failure = smallest_failure(c, disagreement); !failure.empty()) FAIL(failure);
    }
    CHECK(compared > 1000);
}
