#pragma once
/// What the policy's [wire] section objects to in a frame that decodes.
#include <optional>
#include <vector>

#include "rules/packet/common_frame.hpp"
#include "rules/packet/packet.hpp"
#include "rules/policy/policy.hpp"
#include "sensor/capture/frame.hpp"

namespace sw {

class WireCheck {
public:
    /// wire must outlive it
    explicit WireCheck(const Wire& wire);

    /// vlan-unexpected and self-traffic. cost: a few comparisons
    ReasonSet anomalies(const Packet& packet) const {
        if (no_tags_ && packet.vlan_count == 0 && !bears_own(packet)) return {};
        return closer_look(packet);
    }
    /// Would anomalies() be empty for it? (An untagged frame; false is always right, it is asked again the long way.)
    bool clean(const CommonFrame& frame) const { return no_tags_ && (no_own_ || !bears_own(frame)); }

    /// The VLAN tags that the policy expects of this frame, to be taken off; nullopt: they are not what it expects.
    std::optional<unsigned> expected_tags(const Packet& packet) const;

    bool sent_by_own(const Packet& packet) const;  ///< its source is the watcher
    bool bears_own(const Packet& packet) const;    ///< its source or destination is

    /// Decode a frame as the rules see it: without the tags that the policy expects. The anomalies of both readings count.
    /// out:  packet borrows frame, or untagged
    void read(const Frame& frame, bool strictly, Packet& packet, std::vector<std::uint8_t>& untagged) const;

private:
    bool bears_own(const CommonFrame& frame) const;
    ReasonSet closer_look(const Packet& packet) const;

    const Wire* wire_;
    bool no_tags_;                     ///< the policy expects no tag at all
    bool no_own_;                      ///< the policy names no address of the watcher
    std::vector<std::uint64_t> macs_;  ///< the watcher's, in the low 48 bits as loaded
};

}  // namespace sw
