#pragma once
/// SipHash-c-d (Aumasson, Bernstein 2012) of a few 64-bit words or of octets: a keyed hash that a sender who chooses addresses and
/// ports cannot collide. Inline, because it is asked once a packet; the test compares SipHash-2-4 with libsodium's.
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

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
        State s = start();
        for (std::uint64_t w : words) s.template absorb<c>(w);
        s.template absorb<c>(std::uint64_t{8 * n} << 56);
        return s.template finish<d>();
    }

    /// Of any octets.
    template <int c, int d>
    std::uint64_t hash(std::string_view octets) const {
        State s = start();
        const std::size_t whole = octets.size() & ~std::size_t{7};
        std::uint64_t w = 0;
        for (std::size_t i = 0; i < whole; i += 8) {
            std::memcpy(&w, octets.data() + i, 8);
            s.template absorb<c>(w);
        }
        w = 0;
        std::memcpy(&w, octets.data() + whole, octets.size() - whole);
        s.template absorb<c>(w | std::uint64_t{octets.size()} << 56);
        return s.template finish<d>();
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
        template <int d>
        std::uint64_t finish() {
            v2 ^= 0xff;
            for (int i = 0; i < d; ++i) round();
            return v0 ^ v1 ^ v2 ^ v3;
        }
    };
    State start() const {
        return {k0_ ^ 0x736f6d6570736575u, k1_ ^ 0x646f72616e646f6du, k0_ ^ 0x6c7967656e657261u, k1_ ^ 0x7465646279746573u};
    }

    std::uint64_t k0_ = 0, k1_ = 0;
};

}  // namespace sw
