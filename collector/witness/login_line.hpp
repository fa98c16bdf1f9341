#pragma once
/// Lines by which a service says whom it spoke to: sshd, postfix (smtpd, postscreen), OpenSMTPD, dovecot.
#include <cstdint>
#include <optional>
#include <string_view>

#include "rules/logs/log_line.hpp"
#include "rules/packet/address.hpp"

namespace sw {

struct LoginLine {
    std::string_view service;  ///< ssh, smtp, imap, pop3
    Address peer;
    std::optional<std::uint16_t> port;  ///< the peer's, where the line names it
    bool must = false;                  ///< says that somebody got in or was served: there must have been a conversation
};

/// Only what the service itself puts there is believed: user names, greetings and reasons of a client may hold anything, and stand
/// in the line, too. Peers on the host itself are none.
/// cost: a comparison of the program's name for most lines
std::optional<LoginLine> login_line(const LogLine& line);

}  // namespace sw
