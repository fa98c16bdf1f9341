#include "sensor/conform/mail/start_tls.hpp"

#include "sensor/conform/tls/behind_starttls.hpp"

namespace sw {

std::optional<Breach> StartTls::octets(Side from, Bytes octets, Timestamp now, Listener& listener) {
    if (from == Side::responder && tls_.begins(Side::initiator))
        return breach_of(Reason::starttls_injection, from, 0, octets, "behind STARTTLS", "the client's handshake first");
    return tls::behind_starttls(tls_, from, octets, 0, now, listener);
}

}  // namespace sw
