#include "tests/support/enclave_talk.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace sw::craft {
namespace {

constexpr Side client = Side::client, server = Side::server;

std::string text(const Octets& o) { return {o.begin(), o.end()}; }

/// A TLS record (RFC 8446 section 5.1).
std::string record(std::uint8_t type, unsigned version, std::string_view body) {
    return text(Octets{type} + be16(version) + be16(static_cast<unsigned>(body.size()))).append(body);
}

std::string handshake_message(std::uint8_t type, std::string_view body) {
    return text(Octets{type, 0} + be16(static_cast<unsigned>(body.size()))).append(body);
}

std::string client_hello(std::string_view name, std::uint32_t seed) {
    const auto name_octets = static_cast<unsigned>(name.size());
    const Octets server_name = be16(0) + be16(name_octets + 5) + be16(name_octets + 3) + Octets{0} + be16(name_octets) + octets(name);
    const Octets versions = be16(43) + be16(3) + Octets{2, 3, 4};
    const Octets extensions = server_name + versions;
    const std::string body =
        "\x03\x03" + noise(seed, 32) + "\x20" + noise(seed + 1, 32) +
        text(be16(4) + be16(0x1301) + be16(0x1302) + Octets{1, 0} + be16(static_cast<unsigned>(extensions.size())) + extensions);
    return record(22, 0x0301, handshake_message(1, body));
}

std::string server_hello(std::uint32_t seed) {
    const Octets versions = be16(43) + be16(2) + be16(0x0304);
    const std::string body = "\x03\x03" + noise(seed, 32) + "\x20" + noise(seed + 1, 32) +
                             text(be16(0x1301) + Octets{0} + be16(static_cast<unsigned>(versions.size())) + versions);
    return record(22, 0x0303, handshake_message(2, body)) + record(20, 0x0303, "\x01");
}

std::string sealed(std::uint32_t seed, std::size_t count) { return record(23, 0x0303, noise(seed, count)); }

void tls_handshake(TcpDialogue& d, std::string_view name, std::uint32_t seed) {
    d.say(client, client_hello(name, seed));
    d.say(server, server_hello(seed + 2) + sealed(seed + 4, 900) + sealed(seed + 5, 58));
    d.say(client, record(20, 0x0303, "\x01") + sealed(seed + 6, 58));
}

void greet(TcpDialogue& d, std::string_view client_name, std::string_view server_name) {
    d.handshake().say(server, fmt::format("220 {} ESMTP\r\n", server_name));
    d.say(client, fmt::format("EHLO {}\r\n", client_name));
    d.say(server, fmt::format("250-{}\r\n250-PIPELINING\r\n250-SIZE 26214400\r\n250-STARTTLS\r\n250 8BITMIME\r\n", server_name));
}

/// Binary packet of ssh (RFC 4253 section 6), in the clear.
std::string ssh_packet(std::string_view payload) {
    const std::size_t padding = 4 + (8 - (payload.size() + 9) % 8) % 8;  // at least four octets; a multiple of eight in all
    return text(be32(static_cast<std::uint32_t>(payload.size() + padding + 1)) + Octets{static_cast<std::uint8_t>(padding)})
        .append(payload)
        .append(padding, '\0');
}

std::string ssh_string(std::string_view s) { return text(be32(static_cast<std::uint32_t>(s.size()))).append(s); }

/// RFC 4253 section 7.1.
std::string key_exchange_init(std::uint32_t seed) {
    std::string lists;
    for (const char* list :
         {"curve25519-sha256", "ssh-ed25519", "aes256-ctr", "aes256-ctr", "hmac-sha2-256", "hmac-sha2-256", "none", "none", "", ""})
        lists += ssh_string(list);
    return ssh_packet("\x14" + noise(seed, 16) + lists + std::string(5, '\0'));
}

/// RFC 5656 section 4 and RFC 4253 section 7.3.
void ssh_keys(TcpDialogue& d, std::uint32_t seed) {
    d.say(client, key_exchange_init(seed)).say(server, key_exchange_init(seed + 1));
    d.say(client, ssh_packet("\x1e" + ssh_string(noise(seed + 2, 32))));
    const std::string host_key = ssh_string(ssh_string("ssh-ed25519") + ssh_string(noise(seed + 3, 32)));
    const std::string signature = ssh_string(ssh_string("ssh-ed25519") + ssh_string(noise(seed + 4, 64)));
    d.say(server, ssh_packet("\x1f" + host_key + ssh_string(noise(seed + 5, 32)) + signature) + ssh_packet("\x15"));
    d.say(client, ssh_packet("\x15"));
}

}  // namespace

std::string noise(std::uint32_t seed, std::size_t count) {
    std::string out(count, '\0');
    std::uint32_t state = seed * 2654435761u + 1;
    for (char& c : out) {
        state = state * 1664525u + 1013904223u;
        c = static_cast<char>(state >> 24);
    }
    return out;
}

TcpDialogue begin_mail(TcpDialogue d, std::string_view client_name, std::string_view server_name, const Mail& letter) {
    greet(d, client_name, server_name);
    d.say(client, fmt::format("MAIL FROM:<{}>\r\n", letter.from)).say(server, "250 2.1.0 Ok\r\n");
    d.say(client, fmt::format("RCPT TO:<{}>\r\n", letter.to)).say(server, "250 2.1.5 Ok\r\n");
    return d.say(client, "DATA\r\n").say(server, "354 End data with <CR><LF>.<CR><LF>\r\n");
}

TcpDialogue deliver(TcpDialogue d, std::string_view client_name, std::string_view server_name, const Mail& letter) {
    d = begin_mail(std::move(d), client_name, server_name, letter);
    d.say(client, fmt::format("From: <{}>\r\nTo: <{}>\r\nSubject: {}\r\nDate: Fri, 20 Nov 2026 00:00:00 +0000\r\n\r\n{}\r\n.\r\n",
                              letter.from, letter.to, letter.subject, letter.text));
    d.wait(120ms).say(server, "250 2.0.0 Ok: queued\r\n");
    return d.say(client, "QUIT\r\n").say(server, "221 2.0.0 Bye\r\n").close(server);
}

TcpDialogue deliver_encrypted(TcpDialogue d, std::string_view client_name, std::string_view server_name, std::size_t count,
                              std::uint32_t seed) {
    greet(d, client_name, server_name);
    d.say(client, "STARTTLS\r\n").say(server, "220 2.0.0 Ready to start TLS\r\n");
    tls_handshake(d, server_name, seed);
    for (std::uint32_t i = 0; i < 4; ++i) d.say(client, sealed(seed + 10 + i, 60)).say(server, sealed(seed + 20 + i, 50));
    d.say(client, sealed(seed + 30, count)).wait(90ms).say(server, sealed(seed + 31, 48));
    return d.say(client, sealed(seed + 32, 24)).close(client);
}

TcpDialogue open_mailbox(TcpDialogue d, std::uint32_t seed) {
    d.handshake();
    tls_handshake(d, "mail.example", seed);
    return d.say(server, sealed(seed + 7, 120));
}

TcpDialogue read_mailbox(TcpDialogue d, int rounds, std::uint32_t seed) {
    d = open_mailbox(std::move(d), seed);
    for (int i = 0; i < rounds; ++i) {
        const auto round = static_cast<std::uint32_t>(i);
        d.wait(700ms).say(client, sealed(seed + 40 + round, 50 + round % 7)).say(server, sealed(seed + 80 + round, 200 + round % 5 * 150));
    }
    return d.close(client);
}

TcpDialogue administer(TcpDialogue d, int keys, std::uint32_t seed) {
    d.handshake().say(client, "SSH-2.0-OpenSSH_9.2\r\n").say(server, "SSH-2.0-OpenSSH_9.2\r\n");
    ssh_keys(d, seed);
    for (int i = 0; i < keys; ++i) {
        const auto key = static_cast<std::uint32_t>(i);
        d.wait(400ms).say(client, noise(seed + 10 + key, 36)).say(server, noise(seed + 90 + key, 36 + key % 4 * 60));
    }
    return d.close(client);
}

Frames look_up(const Endpoint& asks, const Endpoint& answers, const DnsQuestion& q, const Octets& rdata, Timestamp when) {
    return {udp(asks, answers, dns_query(q)).at(when), udp(answers, asks, dns_answer(q, rdata)).at(when + 3ms)};
}

Frames look_up_large(const Endpoint& asks, const Endpoint& answers, const DnsQuestion& q, const Octets& rdata, Timestamp when) {
    TcpDialogue d(asks, answers, when + 20ms, TcpSetup{.client_isn = 0x3100'0000, .server_isn = 0x4100'0000});
    d.handshake().say(client, dns_over_tcp(dns_query(q))).say(server, dns_over_tcp(dns_answer(q, rdata))).close(client);
    return merged({{udp(asks, answers, dns_query(q)).at(when), udp(answers, asks, dns_answer(q, {}, true)).at(when + 3ms)}, d.frames()});
}

CraftedFrame log_line(const Endpoint& from, Timestamp when, int priority, std::string_view host, std::string_view words) {
    const auto since = std::chrono::seconds((when - day_start).count() / 1'000'000'000);
    const std::string stamp = fmt::format("Nov 20 {:%H:%M:%S}", since);
    return udp({from.mac, from.ip, 514}, v4(sink, 514), fmt::format("<{}>{} {} {}", priority, stamp, host, words)).at(when);
}

}  // namespace sw::craft
