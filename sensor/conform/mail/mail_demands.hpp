#pragma once
/// What a rule says about the mailboxes behind it.
#include "sensor/conform/tls/tls.hpp"

namespace sw {

struct MailDemands {
    TlsDemands tls;                ///< behind STARTTLS
    bool cleartext_login = false;  ///< a login without TLS is no breach: what the rule lets through is encrypted otherwise
};

}  // namespace sw
