#pragma once
/// Frames made up at random: well-formed enough that filters take every branch, odd enough that they take the wrong one.
#include <pcap.h>

#include <initializer_list>
#include <random>

#include "rules/packet/packet.hpp"
#include "tests/property/analysis/pcap_program.hpp"

namespace sw::testing {

class Dice {
public:
    explicit Dice(std::uint32_t seed) : engine_(seed) {}
    std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(engine_() % n); }
    std::uint32_t word() { return static_cast<std::uint32_t>(engine_()); }
    std::uint8_t octet() { return static_cast<std::uint8_t>(engine_()); }
    bool one_in(std::uint32_t n) { return below(n) == 0; }
    template <class T>
    T one_of(std::initializer_list<T> list) {
        return list.begin()[below(static_cast<std::uint32_t>(list.size()))];
    }
    template <class Container>
    const auto& one_from(const Container& c) {
        return c[below(static_cast<std::uint32_t>(c.size()))];
    }

private:
    std::mt19937_64 engine_;
};

inline void put(Octets& out, std::initializer_list<unsigned> octets) {
    for (unsigned o : octets) out.push_back(static_cast<std::uint8_t>(o));
}
inline void put16(Octets& out, std::uint32_t v) { put(out, {v >> 8 & 0xff, v & 0xff}); }
inline void put32(Octets& out, std::uint32_t v) {
    put16(out, v >> 16);
    put16(out, v & 0xffff);
}
inline void put_random(Octets& out, Dice& dice, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) out.push_back(dice.octet());
}

/// A link header that announces ethertype; what it does not say is random.
inline void put_link(Octets& out, Dice& dice, int dlt, std::uint16_t ethertype) {
    switch (dlt) {
        case DLT_EN10MB:
            put_random(out, dice, 12);
            break;
        case DLT_LINUX_SLL:
            put_random(out, dice, 14);
            break;
        case DLT_LINUX_SLL2:
            put16(out, ethertype);
            put_random(out, dice, 18);
            return;
        case DLT_NULL:
            put32(out, (ethertype == 0x0800 ? 2u : dice.one_of({10u, 24u, 28u, 30u})) << 24);
            return;
        default:
            return;
    }
    put16(out, ethertype);
}

inline Octets random_frame(Dice& dice, int dlt) {
    Octets f;
    if (dice.one_in(6)) {
        put_random(f, dice, dice.below(120));
        return f;
    }
    const bool v6 = dice.one_in(3);
    const std::uint16_t ip = v6 ? 0x86dd : 0x0800;
    const bool tagged = dice.one_in(5) && (dlt == DLT_EN10MB || dlt == DLT_LINUX_SLL);
    put_link(f, dice, dlt,
             tagged           ? dice.one_of<std::uint16_t>({0x8100, 0x88a8, 0x8847})
             : dice.one_in(8) ? dice.one_of<std::uint16_t>({0x0806, 0x0800, 46, 0x8864})
                              : ip);
    if (tagged) {
        put16(f, dice.below(4096));
        put16(f, dice.one_in(4) ? 0x8100u : ip);
    }
    const unsigned proto = dice.one_of({6u, 6u, 6u, 17u, 17u, 1u, 58u, 132u, 47u, 44u, 51u, 0u, 2u});
    const auto address = [&] {
        if (dice.one_in(4)) return dice.word();
        return dice.one_of({0xc0000219u, 0xc0000235u, 0x0a000001u, 0xe0000001u, 0xffffffffu});
    };
    if (v6) {
        put32(f, 0x60000000 | dice.below(1u << 28));
        put16(f, dice.below(100));
        put(f, {proto, dice.below(256)});
        for (int i = 0; i < 2; ++i)
            for (const std::uint32_t w : {0x20010db8u, dice.below(3) << 16, 0u, dice.below(3)}) put32(f, dice.one_in(9) ? dice.word() : w);
        if (dice.one_in(4)) {
            put(f, {dice.one_of({6u, 17u, 59u}), 0});
            put_random(f, dice, 6);
        }
    } else {
        const unsigned ihl = dice.one_in(4) ? 5 + dice.below(11) : dice.one_in(12) ? dice.below(16) : 5;
        put(f, {0x40 | ihl, dice.below(256)});
        put16(f, dice.below(1500));
        put16(f, dice.word() & 0xffff);
        put16(f, dice.one_in(6) ? dice.word() & 0xffff : dice.one_of({0u, 0x4000u}));
        put(f, {dice.below(256), proto});
        put16(f, dice.word() & 0xffff);
        put32(f, address());
        put32(f, address());
        if (ihl > 5) put_random(f, dice, (ihl - 5) * 4);
    }
    for (int i = 0; i < 2; ++i) put16(f, dice.one_in(4) ? dice.word() & 0xffff : dice.one_of({25u, 53u, 80u, 443u, 1024u, 0x0800u}));
    put_random(f, dice, dice.below(40));
    if (dice.one_in(8)) f.resize(dice.below(static_cast<std::uint32_t>(f.size()) + 1));
    return f;
}

}  // namespace sw::testing
