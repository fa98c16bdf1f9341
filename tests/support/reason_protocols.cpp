/// The reasons of single protocols.
#include "tests/support/dns_wire.hpp"
#include "tests/support/reason_cases.hpp"

namespace sw::craft {
namespace {

constexpr unsigned a = 1, mx = 15, any = 255;

/// One datagram of a conversation between the mail host and a port of the resolver.
struct Said {
    bool answers;
    std::string octets;
};

ReasonCase datagrams(Reason reason, std::uint16_t port, const std::vector<Said>& said) {
    const Endpoint asks = v4(mail, 49152), asked = v4(resolver, port);
    ReasonCase c;
    c.reason = reason;
    for (const Said& s : said) {
        CraftedFrame frame = udp(s.answers ? asked : asks, s.answers ? asks : asked, s.octets);
        c.frames.push_back(frame.at(noon + std::chrono::milliseconds(c.frames.size())));
    }
    return c;
}

ReasonCase dns(Reason reason, const std::vector<Said>& said) { return datagrams(reason, 5300, said); }

std::string question(unsigned type = a, const std::string& name = "www.example.net") {
    return DnsWire(7, DnsWire::query).ask(name, type).octets();
}
DnsWire answer(unsigned type = a, const std::string& name = "www.example.net") { return DnsWire(7, DnsWire::answer).ask(name, type); }

std::string forged_exchange() {
    return answer(mx, "mail.example").record(1, "@12", mx, DnsWire::be16(10) + DnsWire::name("evil.example")).octets();
}

ReasonCase smuggled() {
    TcpDialogue d = TcpDialogue(v4(vpn_users, 40000), v4(mail, 8080)).handshake();
    ReasonCase c;
    c.reason = Reason::http_smuggling;
    c.frames =
        d.send(Side::client, "POST / HTTP/1.1\r\nHost: mail.example\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n").frames();
    return c;
}

}  // namespace

std::vector<ReasonCase> protocol_cases() {
    using enum Reason;
    const std::string long_name = std::string(63, 'a') + "." + std::string(63, 'b') + ".example.net";
    const std::string line = "<38>Nov 20 12:00:00 mail sshd[99]: Accepted publickey for amy";
    return {
        dns(dns_type, {{false, question(any)}}),
        dns(dns_unsolicited_answer, {{false, question()}, {true, answer(a, "www.example.org").octets()}}),
        dns(dns_duplicate_answer, {{false, question()}, {true, answer().octets()}, {true, answer().octets()}}),
        dns(dns_budget, {{false, question(a, long_name)}}),
        dns(dns_pin, {{false, question(mx, "mail.example")}, {true, forged_exchange()}}),
        smuggled(),
        datagrams(syslog_answered, 5514, {{false, line}, {true, "ok"}}),
    };
}

}  // namespace sw::craft
