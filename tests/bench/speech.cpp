#include "tests/bench/speech.hpp"

#include <string>

namespace bench {
namespace {

constexpr std::size_t full = 1460;

Payload octets_of(const std::string& s) { return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()}; }

std::string u8(std::size_t v) { return {static_cast<char>(v)}; }
std::string u16(std::size_t v) { return u8(v >> 8) + u8(v & 0xff); }
std::string u24(std::size_t v) { return u8(v >> 16) + u16(v & 0xffff); }

/// Octets as a cipher gives them.
std::string sealed(std::size_t size) {
    static Dice dice(13);
    std::string s;
    while (s.size() < size) s += static_cast<char>(dice.below(256));
    return s;
}

std::string record(unsigned type, const std::string& body) { return u8(type) + u16(0x0303) + u16(body.size()) + body; }
std::string handshake(unsigned type, const std::string& body) { return record(22, u8(type) + u24(body.size()) + body); }
std::string extension(unsigned type, const std::string& body) { return u16(type) + u16(body.size()) + body; }
std::string sized(const std::string& extensions) { return u16(extensions.size()) + extensions; }

std::string client_hello() {
    const std::string name = "mail.example", versions = u8(2) + u16(0x0304);
    const std::string extensions = extension(0, u16(name.size() + 3) + u8(0) + u16(name.size()) + name) + extension(43, versions);
    return handshake(1, u16(0x0303) + sealed(32) + u8(0) + u16(4) + u16(0x1301) + u16(0xc02f) + u8(1) + u8(0) + sized(extensions));
}
std::string server_hello() {
    return handshake(2, u16(0x0303) + sealed(32) + u8(0) + u16(0x1301) + u8(0) + sized(extension(43, u16(0x0304))));
}

/// How a mail ends of which so much was sent: whatever stands of the last line end is completed.
const std::string& end_of(Payload sent) {
    static const std::string ends[] = {"\r\n.\r\n", "\n.\r\n", ".\r\n"};
    return ends[sent.back() == '\r' ? 1 : sent.back() == '\n' ? 2 : 0];
}

/// Lines as a mail has them, none with a dot in front, cut off where a segment ends.
std::string make_mail() {
    std::string mail = "From: <a@example.org>\r\nTo: <b@mail.example>\r\nSubject: figures\r\n\r\n";
    for (std::uint32_t at = 0; mail.size() < 60 * full; at += 78) {
        const Payload line = text(at % 0xf000 / 78 * 78, 78);
        mail.append(line.begin(), line.end());
    }
    mail.resize(60 * full);
    return mail;
}

/// Records of 4,096 octets, cut off where a segment ends.
std::string make_ciphertext(std::size_t segments) {
    std::string all;
    while (all.size() < segments * full) all += record(23, sealed(4096));
    return all;
}

Turn says(bool by_responder, Payload octets, bool acknowledged) {
    return {by_responder, static_cast<std::uint16_t>(octets.size()), acknowledged, octets};
}

void append_segments(std::vector<Turn>& turns, bool by_responder, Payload octets, std::uint32_t segments) {
    for (std::uint32_t i = 0; i < segments; ++i) turns.push_back(says(by_responder, octets.subspan(i * full, full), true));
}

}  // namespace

std::vector<Turn> smtp_mail(std::uint32_t segments) {
    static const std::string mail = make_mail();
    static const std::string greeting = "220 mail.example ESMTP\r\n", hello = "EHLO relay.example.org\r\n",
                             offers = "250-mail.example\r\n250-PIPELINING\r\n250-SIZE 52428800\r\n250-8BITMIME\r\n250 STARTTLS\r\n",
                             envelope = "MAIL FROM:<a@example.org> SIZE=80000\r\nRCPT TO:<b@mail.example>\r\nDATA\r\n",
                             go = "250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 go ahead\r\n", taken = "250 2.0.0 queued as 4F1C2\r\n",
                             quit = "QUIT\r\n", bye = "221 2.0.0 bye\r\n";
    std::vector<Turn> turns{says(true, octets_of(greeting), false), says(false, octets_of(hello), false),
                            says(true, octets_of(offers), false), says(false, octets_of(envelope), false),
                            says(true, octets_of(go), false)};
    append_segments(turns, false, octets_of(mail), segments);
    const std::string& end = end_of(octets_of(mail).first(segments * full));
    for (const auto& [by_responder, said] : {std::pair{false, &end}, {true, &taken}, {false, &quit}, {true, &bye}})
        turns.push_back(says(by_responder, octets_of(*said), said == &bye));
    return turns;
}

std::vector<Turn> smtp_mail_encrypted(std::uint32_t segments) {
    static const std::string greeting = "220 mail.example ESMTP\r\n", hello = "EHLO relay.example.org\r\n",
                             offers = "250-mail.example\r\n250-PIPELINING\r\n250 STARTTLS\r\n", start = "STARTTLS\r\n",
                             ready = "220 ready\r\n";
    std::vector<Turn> turns{says(true, octets_of(greeting), false), says(false, octets_of(hello), false),
                            says(true, octets_of(offers), false), says(false, octets_of(start), false),
                            says(true, octets_of(ready), false)};
    for (Turn t : tls_mailbox(segments)) {
        if (turns.size() > 7) t.by_responder = !t.by_responder;  // it is the initiator who sends the bulk
        turns.push_back(t);
    }
    return turns;
}

std::vector<Turn> tls_mailbox(std::uint32_t segments) {
    static const std::string first = client_hello(), second = server_hello() + record(20, u8(1)) + record(23, sealed(1200)),
                             third = record(20, u8(1)) + record(23, sealed(58)), ciphertext = make_ciphertext(80);
    std::vector<Turn> turns{says(false, octets_of(first), false), says(true, octets_of(second), false),
                            says(false, octets_of(third), true)};
    append_segments(turns, true, octets_of(ciphertext), segments);
    return turns;
}

}  // namespace bench
