#pragma once
/// WireGuard (Donenfeld, "WireGuard: Next Generation Kernel Network Tunnel", 2020, sections 5.4 and 6): as much as can be said
/// without keys. Either side may begin a handshake; data goes to an index that a handshake told.
#include <array>

#include "sensor/conform/datagram_machine.hpp"
#include "sensor/conform/protocol.hpp"

namespace sw {

class WireGuardMachine final : public DatagramMachine {
public:
    /// Where the beginning may have been missed, data of a session that is older than this machine is let through.
    explicit WireGuardMachine(const Opening& opening) : begun_(opening.may_have_begun) {}

    /// REJECT-AFTER-TIME (section 6.1): after that long without a word no session is left, and the next word is a handshake.
    static constexpr Duration idle = std::chrono::seconds(180);

private:
    /// One side of a session.
    struct Half {
        std::uint32_t index = 0;    ///< that its owner chose: what the other side writes to
        std::uint64_t counter = 0;  ///< the highest that its owner sent
        bool sent = false;          ///< data
    };
    struct Session {
        Half half[2];
        Side initiator = Side::initiator;
        bool live = false;
    };

    std::optional<Fault> datagram(Side from, Bytes octets, Timestamp now, Listener& listener) override;
    std::optional<Fault> initiation(Side from, Bytes octets);
    std::optional<Fault> response(Side from, Bytes octets);
    std::optional<Fault> cookie(Side from, Bytes octets);
    std::optional<Fault> data(Side from, Bytes octets);

    /// Handshakes that wait for their response, by who began them. The last few: a response may cross the next attempt.
    struct Attempts {
        std::array<std::uint32_t, 4> index{};
        std::uint8_t count = 0;
        bool has(std::uint32_t i) const;
        void add(std::uint32_t i);
    };
    Attempts attempts_[2];
    std::array<Session, 3> sessions_{};  ///< the newest first: next, current, previous (section 6.3)
    std::uint32_t responded_[2] = {};    ///< the index in the last response of each side
    bool begun_;
};

}  // namespace sw
