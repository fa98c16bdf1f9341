/// The reasons that only what a conversation says can reach.
#include <utility>

#include "tests/support/reason_cases.hpp"
#include "tests/support/tls.hpp"

namespace sw::craft {
namespace {

constexpr Side client = Side::client, server = Side::server;

/// Handshake done.
TcpDialogue to_port(std::uint16_t port) { return TcpDialogue(v4(outside, 40000), v4(mail, port)).handshake(); }
TcpDialogue submission() { return to_port(587); }
TcpDialogue greeted() { return submission().say(server, "220 mail.example ESMTP\r\n"); }
TcpDialogue hello() { return greeted().say(client, "EHLO relay.example.org\r\n").say(server, "250-mail.example\r\n250 STARTTLS\r\n"); }
TcpDialogue mailbox() { return TcpDialogue(v4(vpn_users, 40000), v4(mail, 994)).handshake(); }

ReasonCase ends_in(Reason reason, const TcpDialogue& d) {
    ReasonCase c;
    c.reason = reason;
    c.frames = d.frames();
    return c;
}

ReasonCase no_memory() {
    ReasonCase c = ends_in(Reason::conform_full, submission().send(server, "220 mail.example ESMTP\r\n"));
    c.options.conform.conversations = 0;
    return c;
}

TcpDialogue asks_for(const std::string& name) {
    return mailbox().say(client, tls::record(22, tls::message(1, tls::client_hello({.versions = {}, .server_name = name})), 0x0301));
}

/// With TLS 1.2.
TcpDialogue shows(const std::string& certificate) {
    TcpDialogue d = asks_for("mail.example").say(server, tls::handshake(2, tls::server_hello({.versions = {}})));
    return d.send(server, tls::handshake(11, tls::certificates({certificate})));
}

}  // namespace

std::vector<ReasonCase> conform_cases() {
    using enum Reason;
    return {
        ends_in(not_speaking, submission().send(server, "SSH-2.0-OpenSSH_9.2\r\n")),
        ends_in(early_talker, submission().send(client, "EHLO relay.example.org\r\n")),
        ends_in(client_silent, greeted().fin(client)),
        ends_in(client_reset, greeted().rst(client)),
        ends_in(smtp_bare_lf, greeted().send(client, "HELO relay.example.org\n")),
        ends_in(starttls_injection, hello().send(client, "STARTTLS\r\nMAIL FROM:<a@example.org>\r\n")),
        ends_in(cleartext_login, hello().send(client, "AUTH PLAIN AGFteQBzZWNyZXQ=\r\n")),
        ends_in(pin_mismatch, to_port(2525).send(server, "220 other.example ESMTP\r\n")),
        ends_in(tls_version,
                asks_for("mail.example").send(server, tls::handshake(2, tls::server_hello({.version = 0x0301, .versions = {}})))),
        ends_in(tls_certificate, shows(tls::der({.not_before = "240101000000Z", .not_after = "250101000000Z"}))),
        no_memory(),
    };
}

}  // namespace sw::craft
