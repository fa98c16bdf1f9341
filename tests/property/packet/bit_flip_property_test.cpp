// No bit of an honest packet can be flipped on the way without the decoder noticing: checksums, or a field that changes.
#include "tests/property/packet/invariants.hpp"
#include "tests/property/packet/random_frames.hpp"
#include "tests/support/catch.hpp"

using namespace sw;
using namespace sw::test;

namespace {

Packet decoded(const Octets& frame) {
    Packet p;
    decode(frame.data(), static_cast<std::uint32_t>(frame.size()), static_cast<std::uint32_t>(frame.size()), {}, p);
    return p;
}

/// Traffic class and flow label: nothing covers them, and nothing here reads them.
bool unread_by_design(Network network, std::size_t octet, unsigned bit) {
    return network == Network::ipv6 && ((octet == 14 && bit < 4) || (octet > 14 && octet < 18));
}

}  // namespace

TEST_CASE("bit flips: each one in the IP packet is an anomaly, or shows in a field where no checksum covers it") {
    Dice dice(1);
    for (int round = 0; round < 1500; ++round) {
        const Sent s = honest_frame(dice);
        Octets frame = s.frame;
        const Packet before = decoded(frame);
        const std::size_t end = before.payload_offset + before.payload_len;
        for (std::size_t octet = 14; octet < end; ++octet) {
            for (unsigned bit = 0; bit < 8; ++bit) {
                if (unread_by_design(s.network, octet, bit)) continue;
                frame[octet] ^= static_cast<std::uint8_t>(1u << bit);
                Packet after = decoded(frame);
                after.data = before.data;
                const bool covered = s.network == Network::ipv4 || octet >= 54;
                const bool noticed =
                    !after.anomalies.empty() || (!covered && (after.ttl != before.ttl || after.five_tuple() != before.five_tuple()));
                if (!noticed) FAIL("octet " << octet << " bit " << bit << "\n" << describe({frame, 0, {}}));
                frame[octet] ^= static_cast<std::uint8_t>(1u << bit);
            }
        }
    }
}
