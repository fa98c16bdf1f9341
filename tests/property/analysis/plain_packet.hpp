#pragma once
/// Plain packets: their flow-key fields are chosen, all else is random.
#include "tests/property/analysis/frames.hpp"

namespace sw::testing {

/// The flow key in words, as FlowFields has it, and a frame that bears it.
struct PlainPacket {
    Octets frame;
    Packet packet;
};

/// packet borrows frame: do not copy. extra: octets behind the fourth of the transport header
inline void make_plain(PlainPacket& out, Dice& dice, int dlt, Network network, const std::array<std::uint32_t, 11>& words,
                       std::uint32_t extra) {
    const bool v4 = network == Network::ipv4;
    Octets& f = out.frame;
    f.clear();
    put_link(f, dice, dlt, v4 ? 0x0800 : 0x86dd);
    const std::size_t l3 = f.size();
    if (v4) {
        put(f, {0x45, dice.below(256)});
        put16(f, 24 + extra);
        put16(f, dice.word() & 0xffff);
        put16(f, dice.word() & 0xc000);
        put(f, {dice.below(256), words[8]});
        put16(f, dice.word() & 0xffff);
        put32(f, words[0]);
        put32(f, words[4]);
    } else {
        put32(f, 0x60000000 | dice.below(1u << 28));
        put16(f, 4 + extra);
        put(f, {words[8], dice.below(256)});
        for (std::size_t i = 0; i < 8; ++i) put32(f, words[i]);
    }
    const std::size_t l4 = f.size();
    put16(f, words[9]);
    put16(f, words[10]);
    put_random(f, dice, extra);

    Packet& p = out.packet;
    p = Packet{};
    p.data = f.data();
    p.caplen = p.len = static_cast<std::uint32_t>(f.size());
    p.network = network;
    p.plain = true;
    p.ip_proto = static_cast<std::uint8_t>(words[8]);
    p.l3_offset = static_cast<std::uint32_t>(l3);
    p.l4_offset = static_cast<std::uint32_t>(l4);
    p.ip_src = f.data() + l3 + (v4 ? 12 : 8);
    p.ip_dst = p.ip_src + (v4 ? 4 : 16);
}

}  // namespace sw::testing
