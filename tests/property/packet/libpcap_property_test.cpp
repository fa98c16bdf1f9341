// Our (protocol, addresses, ports) and libpcap's: a filter made of what we decoded accepts the frame, and a filter made
// of anything else does not.
#include <pcap/pcap.h>

#include <memory>

#include "tests/property/packet/random_frames.hpp"
#include "tests/support/catch.hpp"

using namespace sw;
using namespace sw::test;

namespace {

class Pcap {
public:
    bool accepts(const std::string& expression, const Octets& frame) {
        bpf_program program;
        if (pcap_compile(handle_.get(), &program, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) FAIL(pcap_geterr(handle_.get()));
        pcap_pkthdr header{};
        header.caplen = header.len = static_cast<bpf_u_int32>(frame.size());
        const bool accepted = pcap_offline_filter(&program, &header, frame.data()) != 0;
        pcap_freecode(&program);
        return accepted;
    }

private:
    std::unique_ptr<pcap_t, decltype(&pcap_close)> handle_{pcap_open_dead(DLT_EN10MB, 262144), pcap_close};
};

std::string expression(const FiveTuple& t) {
    const std::string proto = t.proto == 6 ? "tcp" : "udp";
    return proto + " and src host " + to_string(t.src) + " and src port " + std::to_string(t.sport) + " and dst host " + to_string(t.dst) +
           " and dst port " + std::to_string(t.dport);
}

/// The tuple with one thing changed.
FiveTuple almost(FiveTuple t, Dice& dice) {
    const std::size_t last = t.src.family == 6 ? 15 : 3;
    const auto bit = static_cast<std::uint8_t>(1u << dice.below(8));
    switch (dice.below(5)) {
        case 0:
            t.src.octets[dice.below(static_cast<std::uint32_t>(last) + 1)] ^= bit;
            break;
        case 1:
            t.dst.octets[dice.below(static_cast<std::uint32_t>(last) + 1)] ^= bit;
            break;
        case 2:
            t.sport = static_cast<std::uint16_t>(t.sport ^ 1u << dice.below(16));
            break;
        case 3:
            t.dport = static_cast<std::uint16_t>(t.dport ^ 1u << dice.below(16));
            break;
        default:
            t.proto = t.proto == 6 ? 17 : 6;
    }
    return t;
}

}  // namespace

TEST_CASE("decoder: libpcap's filters find the five-tuple that we decode, and no other") {
    Dice dice(2);
    Pcap pcap;
    int compared = 0;
    while (compared < 1500) {
        const Sent s = honest_frame(dice);
        Packet p;
        decode(s.frame.data(), static_cast<std::uint32_t>(s.frame.size()), static_cast<std::uint32_t>(s.frame.size()), {}, p);
        if (p.transport != Transport::tcp && p.transport != Transport::udp) continue;
        ++compared;
        const FiveTuple ours = p.five_tuple(), other = almost(ours, dice);
        INFO(expression(ours));
        REQUIRE(pcap.accepts(expression(ours), s.frame));
        INFO(expression(other));
        REQUIRE_FALSE(pcap.accepts(expression(other), s.frame));
        REQUIRE(pcap.accepts(expression(ours.swapped()), s.frame) == (ours == ours.swapped()));
    }
}
