#pragma once
/// What the enclave's machines say to each other: whole dialogues, deterministic, with bodies of our own making.
#include "tests/support/dialogue.hpp"
#include "tests/support/messages.hpp"

namespace sw::craft {

/// Octets that look like ciphertext; the same seed gives the same.
std::string noise(std::uint32_t seed, std::size_t count);

struct Mail {
    std::string from, to, subject, text;
};

/// The client delivers a mail: banner, EHLO, MAIL, RCPT, DATA, QUIT. Handshake and closing included.
TcpDialogue deliver(TcpDialogue d, std::string_view client_name, std::string_view server_name, const Mail& mail);
/// The same up to the server's 354.
TcpDialogue begin_mail(TcpDialogue d, std::string_view client_name, std::string_view server_name, const Mail& mail);
/// The same up to STARTTLS, then records only.
TcpDialogue deliver_encrypted(TcpDialogue d, std::string_view client_name, std::string_view server_name, std::size_t octets,
                              std::uint32_t seed);
/// TLS from the first octet, up to the server's first words.
TcpDialogue open_mailbox(TcpDialogue d, std::uint32_t seed);
/// A mailbox is read over TLS: rounds of request and answer.
TcpDialogue read_mailbox(TcpDialogue d, int rounds, std::uint32_t seed);
/// An ssh session: identification, key exchange, then ciphertext.
TcpDialogue administer(TcpDialogue d, int keys, std::uint32_t seed);

/// A question and, three milliseconds later, its answer.
Frames look_up(const Endpoint& asks, const Endpoint& answers, const DnsQuestion& q, const Octets& rdata, Timestamp when);
/// A truncated answer, then the same over TCP.
Frames look_up_large(const Endpoint& asks, const Endpoint& answers, const DnsQuestion& q, const Octets& rdata, Timestamp when);

/// One RFC 3164 line to the sink.
CraftedFrame log_line(const Endpoint& from, Timestamp when, int priority, std::string_view host, std::string_view text);

}  // namespace sw::craft
