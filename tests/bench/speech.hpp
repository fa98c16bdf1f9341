#pragma once
/// What mail hosts say to each other, octet for octet as their protocols want it. Turns borrow octets that live as long as the program.
#include <vector>

#include "tests/bench/dialogue.hpp"

namespace bench {

/// A mail of so many full segments handed over by SMTP (RFC 5321), pipelined. segments: at most 60
std::vector<Turn> smtp_mail(std::uint32_t segments);
/// The same behind STARTTLS (RFC 3207): what is read of it is hellos and records.
std::vector<Turn> smtp_mail_encrypted(std::uint32_t segments);
/// A mailbox read over TLS 1.3 (RFC 8446), so many full segments of it. segments: at most 80
std::vector<Turn> tls_mailbox(std::uint32_t segments);

}  // namespace bench
