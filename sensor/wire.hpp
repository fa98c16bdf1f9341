#pragma once
/// What the policy's [wire] section objects to in a frame that decodes.
#include <vector>

#include "rules/packet/common_frame.hpp"
#include "rules/packet/packet.hpp"
#include "rules/policy/policy.hpp"

namespace sw {

class WireCheck {
public:
    /// wire must outlive it
    explicit WireCheck(const Wire& wire);

    /// vlan-unexpected and self-traffic. cost: a few comparisons
    ReasonSet anomalies(const Packet& packet) const {
        if (wire_->vlans_none && packet.vlan_count == 0 && !bears_own(packet)) return {};
        return closer_look(packet);
    }
    /// Would anomalies() be empty for it? (An untagged frame; false is always right, it is asked again the long way.)
    bool clean(const CommonFrame& frame) const { return wire_->vlans_none && (no_own_ || !bears_own(frame)); }
    /// An Ethernet frame with exactly one 802.1Q tag, of a VLAN that the policy lists.
    bool bears_expected_tag(const Packet& packet) const;

private:
    bool bears_own(const Packet& packet) const;
    bool bears_own(const CommonFrame& frame) const;
    ReasonSet closer_look(const Packet& packet) const;

    const Wire* wire_;
    bool no_own_;                      ///< the policy names no address of the watcher
    std::vector<std::uint64_t> macs_;  ///< the watcher's, in the low 48 bits as loaded
};

}  // namespace sw
