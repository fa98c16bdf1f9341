#include "collector/review/sample_packet.hpp"

#include "sensor/wire.hpp"

namespace sw {

void read_sample(const Sample& sample, const Policy& policy, SamplePacket& out) {
    constexpr std::uint32_t tag_at = 12, tag_octets = 4;
    const WireCheck wire(policy.wire);
    const auto caplen = static_cast<std::uint32_t>(sample.octets.size());
    decode(sample.octets.data(), caplen, sample.len, sample.link, out.packet);
    ReasonSet found = out.packet.anomalies.with(wire.anomalies(out.packet));
    if (!policy.wire.vlans_none && wire.bears_expected_tag(out.packet)) {
        out.untagged = sample.octets;
        out.untagged.erase(out.untagged.begin() + tag_at, out.untagged.begin() + tag_at + tag_octets);
        decode(out.untagged.data(), caplen - tag_octets, sample.len - tag_octets, sample.link, out.packet);
        found = found.with(out.packet.anomalies);
    }
    out.objections = found.without(policy.wire.ignore.without(Reason::fragment));
}

}  // namespace sw
