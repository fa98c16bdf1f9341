#pragma once
/// SipHash-c-d (Aumasson, Bernstein 2012) of a few 64-bit words: a keyed hash that a sender who chooses addresses and
/// ports cannot collide. Inline, because it is asked once a packet; the test compares SipHash-2-4 with libsodium's.
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace sw {

class SipKey {
public:
    explicit SipKey(const std::array<std::uint8_t, 16>& octets) {
        std::memcpy(&k0_, octets.data(), 8);
        std::memcpy(&k1_, octets.data() + 8, 8);
    }

    /// Equal to SipHash-c-d of the 8 * n octets of words on a little-endian machine.
    template <int c, int d, std::size_t n>
    std::uint64_t hash(const std::array<std::uint64_t, n>& words) const {
        State s{k0_ ^ 0x736f6d6570736575u, k1_ ^ 0x646f72616e646f6du, k0_ ^ 0x6c7967656e657261u, k1_ ^ 0x7465646279746573u};
        for (std::uint64_t w : words) s.template absorb<c>(w);
        s.template absorb<c>(std::uint64_t{8 * n} << 56);
        s.v2 ^= 0xff;
        for (int i = 0; i < d; ++i) s.round();
        return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
    }

private:
    struct State {
        std::uint64_t v0, v1, v2, v3;

        void round() {
            v0 += v1, v1 = std::rotl(v1, 13), v1 ^= v0, v0 = std::rotl(v0, 32);
            v2 += v3, v3 = std::rotl(v3, 16), v3 ^= v2;
            v0 += v3, v3 = std::rotl(v3, 21), v3 ^= v0;
            v2 += v1, v1 = std::rotl(v1, 17), v1 ^= v2, v2 = std::rotl(v2, 32);
        }
        template <int c>
        void absorb(std::uint64_t w) {
            v3 ^= w;
            for (int i = 0; i < c; ++i) round();
            v0 ^= w;
        }
    };
    std::uint64_t k0_ = 0, k1_ = 0;
};

}  // namespace sw
