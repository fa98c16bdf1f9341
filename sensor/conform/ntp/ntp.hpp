#pragma once
/// NTP (RFC 5905), client and server: the initiator asks (mode 3), the responder answers each request once (mode 4). The other
/// modes - peers, broadcasts, control messages, the private mode that amplifies - are not let through.
#include <array>

#include "sensor/conform/datagram_machine.hpp"

namespace sw {

class NtpMachine final : public DatagramMachine {
public:
    struct Demands {};
    explicit NtpMachine(const Demands&) {}

private:
    std::optional<Fault> datagram(Side from, Bytes octets, Timestamp now, Listener& listener) override;
    std::optional<Fault> request(Bytes octets);
    std::optional<Fault> response(Bytes octets);

    /// What answers repeat as their origin: the time stamp of sending; or, of a client that interleaves (RFC 9769), of receiving.
    struct Request {
        std::uint64_t transmitted = 0, received = 0;
        std::uint8_t version = 0;
        bool waits = false;
    };
    std::array<Request, 8> requests_{};
    std::uint8_t next_ = 0;
};

}  // namespace sw
