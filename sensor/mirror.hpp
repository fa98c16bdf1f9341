#pragma once
/// A mirror that wraps its frames (wire.mirror): they are taken out of what carries them, exactly once, and only out of packets
/// that the policy's outer filter accepts and whose own headers are sound. Everything else on that port is refused.
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "rules/packet/encapsulation.hpp"
#include "rules/policy/policy.hpp"
#include "rules/policy/program.hpp"
#include "sensor/capture/frame.hpp"
#include "sensor/wire.hpp"

namespace sw {

/// A captured frame, opened.
struct Opened {
    Frame frame;                       ///< to be judged: what was wrapped; of a refused frame, the captured one
    Wrapped wrapped;                   ///< what was taken off
    ReasonSet refused;                 ///< why nothing was: then the frame is grey, and no rule is asked
    std::string_view why;              ///< in words: "is of another ERSPAN session"; static
    std::vector<std::uint8_t> octets;  ///< of frame, where what was taken off stood in its middle
};

class MirrorPort {
public:
    /// policy must outlive it. ignored: anomalies that do not count against the outer packets either
    MirrorPort(const Policy& policy, const ReasonSet& ignored);

    /// Can packets of this link be looked at? cost: the first call compiles the outer filter, for all links. Thread-safe
    /// errors: it does not compile for this link: names both
    Result<Done> prepare(Datalink captured) const;
    /// The link of what is wrapped.
    Datalink inner_link() const;

    /// Any thread. lifetime: opened.frame borrows frame, or opened.octets
    void open(const Frame& frame, Opened& opened) const;
    /// packet is what opened.frame decodes to: its anomalies grow by what the wrapping says of it, and by mirror-nested where it
    /// wraps again. A refused packet is all outside: why it was refused takes their place.
    void note(const Opened& opened, Packet& packet) const;

private:
    struct Outer {
        Datalink link;
        std::optional<Program> program;
        std::string error;
    };
    const Outer* outer_for(Datalink link) const;
    void refuse(const Packet& packet, bool addressed, std::string_view why, Opened& opened) const;

    const Policy* policy_;
    const Mirror* mirror_;
    WireCheck wire_;
    ReasonSet ignored_, usual_;  ///< usual: anomalies that this encapsulation cannot come without
    mutable std::once_flag compiled_;
    mutable std::vector<Outer> outers_;
};

}  // namespace sw
