#pragma once
/// TLS within another protocol, behind its STARTTLS.
#include "sensor/conform/tls/tls.hpp"

namespace sw::tls {

/// Passes octets on; base: the offset of this side's first octet of TLS in its stream. Where a side goes on in clear, it is
/// `starttls-injection` (RFC 3207 section 4.2, RFC 2595 section 7): nothing may come between STARTTLS and the handshake.
std::optional<Breach> behind_starttls(TlsMachine& machine, Side from, std::span<const std::uint8_t> octets, std::uint64_t base,
                                      Timestamp now, Listener& listener);

}  // namespace sw::tls
