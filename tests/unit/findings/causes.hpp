#pragma once
/// Causes as the engine makes them, and a policy whose rules they name.
#include "rules/packet/address.hpp"
#include "sensor/findings/findings.hpp"

namespace sw::test {

/// 10.0.0.0 plus number.
inline Address host(std::uint32_t number) {
    const std::uint8_t octets[4] = {10, static_cast<std::uint8_t>(number >> 16), static_cast<std::uint8_t>(number >> 8),
                                    static_cast<std::uint8_t>(number)};
    return Address::v4(octets);
}

/// TCP that no rule allows: from client to server, port port.
inline Cause tcp_cause(std::uint32_t client, std::uint32_t server, std::uint16_t port, Reason reason = Reason::no_rule) {
    Cause c;
    c.reasons = reason;
    c.proto = 6;
    c.network = Network::ipv4;
    c.direction = Direction::inbound;
    c.initiator = host(client);
    c.responder = host(server);
    c.port = port;
    return c;
}

inline Policy small_policy() {
    Policy p;
    p.names = {{"mail", {"10.0.0.25"}}};
    for (const char* name : {"smtp-in", "mail-opens-ssh"}) {
        Rule r;
        r.name = name;
        p.rules.push_back(std::move(r));
    }
    p.rules[1].kind = RuleKind::forbid;
    return p;
}

inline constexpr Timestamp start{1'795'132'800'000'000'000};

}  // namespace sw::test
