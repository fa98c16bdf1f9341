#pragma once
/// A stored sample as the engine would read it. Private to this room.
#include <vector>

#include "collector/store/queue.hpp"
#include "rules/packet/packet.hpp"
#include "rules/policy/policy.hpp"

namespace sw {

struct SamplePacket {
    std::vector<std::uint8_t> unwrapped,
        untagged;          ///< the frame without what a mirror put around it, without the tags that the policy expects
    Packet packet;         ///< borrows the sample's octets, or one of these
    ReasonSet objections;  ///< anomalies that the policy does not ignore
};

/// lifetime: sample and out stay where they are while packet is used
void read_sample(const Sample& sample, const Policy& policy, SamplePacket& out);

}  // namespace sw
