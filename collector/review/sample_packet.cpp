#include "collector/review/sample_packet.hpp"

#include "sensor/wire.hpp"

namespace sw {

void read_sample(const Sample& sample, const Policy& policy, SamplePacket& out) {
    const WireCheck wire(policy.wire);
    wire.read(judged_frame(sample, out.unwrapped), false, out.packet, out.untagged);
    ReasonSet found = out.packet.anomalies;
    sample.reasons.for_each([&](Reason r) {  // what a mirror said of the frame no longer stands in it
        if (info(r).kind == ReasonKind::anomaly) found.add(r);
    });
    out.objections = found.without(policy.wire.ignore.without(Reason::fragment));
}

}  // namespace sw
