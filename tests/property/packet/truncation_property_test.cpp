// Cut an honest frame anywhere: it is truncated, it is nothing worse, and what is left of it reads as before.
#include "tests/property/packet/invariants.hpp"
#include "tests/property/packet/random_frames.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/stock.hpp"

using namespace sw;
using namespace sw::test;

namespace {

/// A field that was told is told the same once more has been captured.
std::string unsaid(const Packet& cut, const Packet& whole) {
    if (cut.anomalies != ReasonSet(Reason::truncated)) return "not only truncated";
    if (cut.network != Network::none && cut.network != whole.network) return "network";
    if (cut.transport != Transport::none && cut.transport != whole.transport) return "transport";
    if (cut.ip_src != nullptr && (cut.src() != whole.src() || cut.dst() != whole.dst())) return "addresses";
    if ((cut.sport | cut.dport) != 0 && (cut.sport != whole.sport || cut.dport != whole.dport)) return "ports";
    if (cut.payload_offset != 0 && (cut.payload_offset != whole.payload_offset || cut.payload_len != whole.payload_len)) return "payload";
    if (cut.checksum == Checksum::bad) return "bad checksum";
    if (cut.layer_count > whole.layer_count) return "more layers than there are";
    for (std::size_t i = 0; i < cut.layer_count; ++i)
        if (cut.layers[i].kind != whole.layers[i].kind || cut.layers[i].offset != whole.layers[i].offset) return "layers";
    return {};
}

void require_truncates(const Octets& frame) {
    Packet whole;
    const auto len = static_cast<std::uint32_t>(frame.size());
    decode(frame.data(), len, len, {}, whole);
    REQUIRE(whole.anomalies.empty());
    for (std::uint32_t n = 0; n < len; ++n) {
        const FrameCase c{{frame.begin(), frame.begin() + n}, static_cast<std::int64_t>(len) - n, {}};
        if (const auto what = broken_invariant(c); !what.empty()) FAIL(what << "\n" << describe(c));
        Packet cut;
        const ExactCopy octets(c);
        decode(octets.data(), c.caplen(), c.len(), c.link, cut);
        if (const auto what = unsaid(cut, whole); !what.empty()) FAIL(what << "\n" << describe(c));
    }
}

}  // namespace

TEST_CASE("truncation: honest frames at every octet are truncated and nothing else") {
    Dice dice(15);
    for (int round = 0; round < 600; ++round) require_truncates(honest_frame(dice).frame);
}

TEST_CASE("truncation: so are ARP, neighbour discovery, ICMP errors and tagged frames") {
    using namespace craft;
    for (const CraftedFrame& f :
         {arp_request(v4(mail), "192.0.2.1"), arp_reply(v4(firewall), v4(mail)).pad(), neighbour_solicit(v6(mail), "2001:db8:1::1"),
          neighbour_advert(v6(firewall), v6(mail)), duplicate_address_probe(v6(mail)), icmp_error(v4(mail), v4(outside), 3, 3, smtp_syn()),
          icmp_error(v6(mail), v6(outside), 1, 4, smtp_syn6()), smtp_syn().tag(10), dns_ask6().tag(10).tag(20, 0x88a8)})
        require_truncates(f.bytes);
}
