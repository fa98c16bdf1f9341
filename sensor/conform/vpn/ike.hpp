#pragma once
/// IKEv2 (RFC 7296) on port 500; on any other port with four zeros before it and ESP beside it (RFC 3948): as much as can be said
/// without keys. IKEv1 is not let through (RFC 9395).
#include <array>

#include "sensor/conform/datagram_machine.hpp"
#include "sensor/conform/protocol.hpp"

namespace sw {

class IkeMachine final : public DatagramMachine {
public:
    explicit IkeMachine(const Opening& opening) : plain_(opening.port == 500), begun_(opening.may_have_begun) {}

    static constexpr Duration idle = std::chrono::seconds(180);

private:
    /// An IKE SA: who began it, and what each side asked last.
    struct Association {
        std::uint64_t initiator = 0, responder = 0;  ///< SPIs
        std::uint32_t asked[2] = {};                 ///< one past the highest request number of each side
    };
    /// ESP in one direction.
    struct Sending {
        std::uint32_t spi = 0, sequence = 0;
    };

    std::optional<Fault> datagram(Side from, Bytes octets, Timestamp now, Listener& listener) override;
    std::optional<Fault> ike(Side from, Bytes message, std::size_t at);
    std::optional<Fault> header(Bytes message) const;
    std::optional<Fault> init(Bytes message);
    std::optional<Fault> payloads(Bytes message) const;
    std::optional<Fault> sealed(Side from, Bytes message);
    std::optional<Fault> esp(Side from, Bytes octets);
    Association* find(std::uint64_t initiator, std::uint64_t responder);
    Association& add(std::uint64_t initiator, std::uint64_t responder);

    bool plain_;                ///< IKE alone, without a marker
    bool begun_;                ///< the beginning may have been missed
    bool rekeyed_ = false;      ///< a CREATE_CHILD_SA exchange was seen: SPIs may change
    std::uint64_t wanted_ = 0;  ///< initiator's SPI of an SA that waits for its responder's
    std::array<Association, 4> associations_{};
    std::array<Sending, 8> sendings_[2]{};
    std::uint8_t next_association_ = 0, next_sending_[2] = {};
};

}  // namespace sw
