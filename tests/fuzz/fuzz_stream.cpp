// Segments of a stream in any order, size and overlap: what is read is exactly what was sent, in order, and nothing that was not kept is
// said to be.
// Input: records of five octets. First: 0x01 the side that answers; 0x02 other octets than were sent there before; 0x04 acknowledge what
// was read; 0x08 release. Then where the segment begins (two, big-endian, less 4,096, from the next octet to be read), its size (two,
// modulo 3,000).
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "rules/base/bytes.hpp"
#include "sensor/flow/sent_octets.hpp"

namespace {

using sw::SentOctets;

[[noreturn]] void broken(const char* what) {
    std::fprintf(stderr, "%s\n", what);
    std::abort();
}

constexpr std::uint32_t isn = 0xffff'0000;  // numbers wrap around

std::uint8_t octet_at(std::uint64_t offset, int side) {
    return static_cast<std::uint8_t>((offset * 2'654'435'761u >> 13) + static_cast<std::uint64_t>(side) * 85);
}

class Run {
public:
    void take(const std::uint8_t* d) {
        const int side = d[0] & 1;
        if ((d[0] & 8) != 0) return end();
        std::uint64_t& read = read_[side];
        const std::uint64_t at = read + sw::load_be16(d + 1);
        const std::uint64_t from = at < 4096 ? 0 : at - 4096;
        const auto size = static_cast<std::uint32_t>(sw::load_be16(d + 3) % 3000);
        octets_.resize(size);
        for (std::uint32_t i = 0; i < size; ++i) octets_[i] = octet_at(from + i, side);
        const auto seq = isn + static_cast<std::uint32_t>(from);
        if ((d[0] & 2) != 0 && size > 0) return lie(side, seq, size);
        if (pool_.compare(flow_, side, seq, octets_.data(), size) == SentOctets::Check::different)
            broken("what was sent differs from itself");
        const bool kept = pool_.hold(flow_, side, seq, octets_.data(), size, next(side));
        read_on(side);
        if (kept && size > 0 && from <= read && read < from + size) broken("kept, its turn came, and it was not read");
        if ((d[0] & 4) != 0) pool_.acknowledged(flow_, side, next(side));
    }
    void end() {
        pool_.release(flow_);
        read_[0] = read_[1] = 0;
    }

private:
    std::uint32_t next(int side) const { return isn + static_cast<std::uint32_t>(read_[side]); }

    /// Other octets where some may have been sent: if they were kept, it shows.
    void lie(int side, std::uint32_t seq, std::uint32_t size) {
        octets_[size / 2] ^= 0xff;
        const auto middle = seq + size / 2;
        const bool known = !pool_.held(flow_, side, middle).empty();
        const SentOctets::Check check = pool_.compare(flow_, side, seq, octets_.data(), size);
        if (check == SentOctets::Check::same) broken("other octets are the same");
        if (known && check != SentOctets::Check::different) broken("other octets than those that are kept were not told apart");
    }

    void read_on(int side) {
        std::uint64_t& read = read_[side];
        for (auto octets = pool_.held(flow_, side, next(side)); !octets.empty(); octets = pool_.held(flow_, side, next(side))) {
            for (std::size_t i = 0; i < octets.size(); ++i)
                if (octets[i] != octet_at(read + i, side)) broken("read other octets than were sent");
            read += octets.size();
        }
        const std::uint32_t end = next(side) + 10'000;
        const std::uint32_t behind = pool_.next_held(flow_, side, next(side), end);
        if (behind != end && pool_.held(flow_, side, behind).empty()) broken("nothing is held where something was said to be");
    }

    SentOctets pool_{256};
    sw::Flow flow_;
    std::uint64_t read_[2] = {};
    std::vector<std::uint8_t> octets_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Run run;
    for (; size >= 5; data += 5, size -= 5) run.take(data);
    run.end();
    return 0;
}
