#include "sensor/conform/mail/start_tls.hpp"

namespace sw {

std::optional<Breach> StartTls::octets(Side from, Bytes octets, Timestamp, Listener&) {
    std::uint64_t& at = at_[static_cast<unsigned>(from)];
    static constexpr std::uint8_t begin[] = {22, 3};
    for (std::size_t i = 0; i < octets.size(); ++i, ++at) {
        const bool early = from == Side::responder && at_[0] == 0;
        if (early || (at < 2 && octets[i] != begin[at]))
            return breach_of(Reason::starttls_injection, from, at, octets.subspan(i), "behind STARTTLS",
                             from == Side::initiator ? "a ClientHello, and nothing in clear"
                                                     : "a ServerHello behind the ClientHello, and nothing in clear");
    }
    return std::nullopt;
}

}  // namespace sw
