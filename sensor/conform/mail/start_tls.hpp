#pragma once
/// What follows STARTTLS and STLS: TLS, begun by the client, and no octet in clear (RFC 2595 4, 7).
#include "sensor/conform/stream_machine.hpp"
#include "sensor/conform/tls/tls.hpp"

namespace sw {

class StartTls final : public Machine {
public:
    explicit StartTls(const TlsDemands& demands) : tls_(demands) {}

    std::optional<Breach> octets(Side from, Bytes octets, Timestamp now, Listener& listener) override;
    std::optional<Breach> end(Side from, bool reset, Timestamp now, Listener& listener) override {
        return tls_.end(from, reset, now, listener);
    }
    bool gap(Side from, std::uint64_t octets) override { return tls_.gap(from, octets); }
    bool in_content() const override { return tls_.in_content(); }

private:
    TlsMachine tls_;
};

}  // namespace sw
