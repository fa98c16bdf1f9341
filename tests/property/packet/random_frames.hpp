#pragma once
/// Frames made up at random from a seed: honest ones, and what becomes of them in wrong hands.
#include <random>

#include "tests/property/packet/frame_case.hpp"

namespace sw::test {

class Dice {
public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}
    std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(engine_() % n); }
    std::uint32_t word() { return static_cast<std::uint32_t>(engine_()); }
    std::uint16_t half() { return static_cast<std::uint16_t>(engine_()); }
    std::uint8_t octet() { return static_cast<std::uint8_t>(engine_()); }
    bool one_in(std::uint32_t n) { return below(n) == 0; }
    Octets octets(std::size_t n);

private:
    std::mt19937_64 engine_;
};

/// What an honest frame was made of.
struct Sent {
    Octets frame;  ///< Ethernet
    Network network = Network::ipv4;
    Transport transport = Transport::tcp;
    FiveTuple tuple;
    Octets mac_src, mac_dst;
    std::uint8_t ttl = 64, tcp_flags = 0;
    std::uint32_t seq = 0, ack = 0;
    std::uint16_t window = 0;
    std::uint32_t payload = 0;
};

/// A frame of two ordinary hosts, built by libtins: TCP, UDP or an echo, over either IP, padded or not.
Sent honest_frame(Dice& dice);

/// Flip, set, insert, remove, cut, extend, copy one field over its twin: a few times, anywhere.
void mutate(Octets& frame, Dice& dice);

/// Put right whatever checksums an Ethernet frame has room for, so that what is wrong with it is something else.
void repair_checksums(Octets& frame);

/// Every linktype that is decoded, both byte orders, and some that are not.
Datalink random_link(Dice& dice);

}  // namespace sw::test
