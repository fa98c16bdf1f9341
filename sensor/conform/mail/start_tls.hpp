#pragma once
/// What follows STARTTLS and STLS: TLS, begun by the client, and no octet in clear (RFC 2595 4, 7).
#include "sensor/conform/stream_machine.hpp"

namespace sw {

class StartTls final : public Machine {
public:
    std::optional<Breach> octets(Side from, Bytes octets, Timestamp, Listener& listener) override;
    std::optional<Breach> end(Side, bool, Timestamp, Listener&) override { return std::nullopt; }
    bool gap(Side, std::uint64_t) override { return false; }
    bool satisfied() const override { return at_[0] >= 3 && at_[1] >= 3; }

private:
    std::uint64_t at_[2] = {0, 0};
};

}  // namespace sw
