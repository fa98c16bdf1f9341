#pragma once
/// What a rule says about the mailboxes behind it.

namespace sw {

struct MailDemands {
    bool cleartext_login = false;  ///< a login without TLS is no breach: what the rule lets through is encrypted otherwise
};

}  // namespace sw
