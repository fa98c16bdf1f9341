/// NTP, WireGuard, OpenVPN, IKE and ESP: what can be said of them without keys.
#include <fmt/format.h>

#include "rules/policy/spoken.hpp"
#include "tests/replay/conform/talks.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/messages.hpp"

namespace sw::craft {
namespace {

constexpr Side client = Side::client, server = Side::server;

std::string be16_text(unsigned v) { return {static_cast<char>(v >> 8), static_cast<char>(v)}; }
std::string be32_text(std::uint32_t v) { return be16_text(v >> 16) + be16_text(v & 0xffff); }
std::string be64_text(std::uint64_t v) { return be32_text(static_cast<std::uint32_t>(v >> 32)) + be32_text(static_cast<std::uint32_t>(v)); }
std::string reversed(std::string s) { return {s.rbegin(), s.rend()}; }
std::string octet(unsigned v) { return std::string(1, static_cast<char>(v)); }

/// A datagram of one side.
struct Said {
    Side from;
    std::string octets;
};
Talk honest(const std::string& speaks, const std::string& name, const std::vector<Said>& said) {
    Script s;
    for (const Said& d : said) s.say(d.from, d.octets);
    return {name, s, speaks, "", true};
}
/// The last datagram's octet `at` is wrong.
HostileTalk hostile(const std::string& speaks, const std::string& name, std::vector<Said> said, std::size_t at) {
    Script s;
    const Said last = said.back();
    said.pop_back();
    for (const Said& d : said) s.say(d.from, d.octets);
    s.say_wrong(last.from, last.octets, at);
    return {{name, s, speaks, "", true}, Reason::not_speaking};
}

// NTP (RFC 5905 7.3)
std::string ntp(unsigned version, unsigned mode, std::uint64_t origin, std::uint64_t received, std::uint64_t sent,
                const std::string& more = "") {
    return octet(version << 3 | mode) + "\x02\x06\xec" + std::string(20, 'r') + be64_text(origin) + be64_text(received) + be64_text(sent) +
           more;
}
std::string field(unsigned type, std::size_t size) {
    return be16_text(type) + be16_text(static_cast<unsigned>(size)) + std::string(size - 4, 'f');
}

// WireGuard
std::string initiation(std::uint32_t sender) { return std::string("\1\0\0\0", 4) + reversed(be32_text(sender)) + std::string(140, 'i'); }
std::string response(std::uint32_t sender, std::uint32_t receiver) {
    return std::string("\2\0\0\0", 4) + reversed(be32_text(sender)) + reversed(be32_text(receiver)) + std::string(80, 'r');
}
std::string cookie(std::uint32_t receiver) { return std::string("\3\0\0\0", 4) + reversed(be32_text(receiver)) + std::string(56, 'c'); }
std::string data(std::uint32_t receiver, std::uint64_t counter, std::size_t size = 16) {
    return std::string("\4\0\0\0", 4) + reversed(be32_text(receiver)) + reversed(be64_text(counter)) + std::string(size, 'd');
}

// OpenVPN
enum Operation : unsigned {
    soft_reset = 3,
    control = 4,
    ack = 5,
    data_v1 = 6,
    client_reset = 7,
    server_reset = 8,
    data_v2 = 9,
    client_reset_v3 = 10
};
const std::string mine = "clientid", yours = "serverid";
std::string vpn(unsigned operation, unsigned key, const std::string& session, const std::string& rest = std::string(5, '\0')) {
    return octet(operation << 3 | key) + session + rest;
}
std::string vpn_data(unsigned key, std::size_t size = 40, unsigned operation = data_v2) {
    return octet(operation << 3 | key) + std::string(size, 'x');
}
const std::vector<Said> vpn_opened{{client, vpn(client_reset, 0, mine)},
                                   {server, vpn(server_reset, 0, yours)},
                                   {client, vpn(control, 0, mine)},
                                   {server, vpn(control, 0, yours)}};

// IKEv2 (RFC 7296 3.1) behind its marker (RFC 3948 2.2), and ESP
struct Ike {
    std::uint64_t initiator = 0x1111111111111111, responder = 0x2222222222222222;
    unsigned next = 46, exchange = 35, flags = 0x08;
    std::uint32_t number = 1;
    std::string payloads = sealed();
    unsigned version = 0x20;

    static std::string payload(unsigned next, const std::string& body) {
        return octet(next) + octet(0) + be16_text(static_cast<unsigned>(4 + body.size())) + body;
    }
    static std::string sealed() { return payload(33, std::string(40, 's')); }
    std::string octets() const {
        return std::string(4, '\0') + be64_text(initiator) + be64_text(responder) + octet(next) + octet(version) + octet(exchange) +
               octet(flags) + be32_text(number) + be32_text(static_cast<std::uint32_t>(28 + payloads.size())) + payloads;
    }
};
const std::string proposals =
    Ike::payload(34, std::string(40, 'p')) + Ike::payload(40, std::string(72, 'k')) + Ike::payload(0, std::string(32, 'n'));
const Ike init{.responder = 0, .next = 33, .exchange = 34, .number = 0, .payloads = proposals};
const Ike init_answer{.next = 33, .exchange = 34, .flags = 0x20, .number = 0, .payloads = proposals};
std::string esp(std::uint32_t spi, std::uint32_t sequence, std::size_t size = 56) {
    return be32_text(spi) + be32_text(sequence) + std::string(size, 'e');
}
constexpr std::size_t marker = 4;

std::vector<Said> operator+(std::vector<Said> some, const std::vector<Said>& more) {
    some.insert(some.end(), more.begin(), more.end());
    return some;
}

}  // namespace

TEST_CASE("ntp: honest questions about the time are clean") {
    expect_clean({
        honest("ntp", "a question and its answer", {{client, ntp(4, 3, 0, 0, 77)}, {server, ntp(4, 4, 77, 88, 99)}}),
        honest("ntp", "version 3, of a client that says little",
               {{client, octet(0x1b) + std::string(39, '\0') + be64_text(5)}, {server, ntp(3, 4, 5, 6, 7)}}),
        honest("ntp", "four at once, answers in another order",
               {{client, ntp(4, 3, 0, 0, 1)},
                {client, ntp(4, 3, 0, 0, 2)},
                {client, ntp(4, 3, 0, 0, 3)},
                {client, ntp(4, 3, 0, 0, 4)},
                {server, ntp(4, 4, 4, 8, 9)},
                {server, ntp(4, 4, 2, 8, 9)},
                {server, ntp(4, 4, 3, 8, 9)},
                {server, ntp(4, 4, 1, 8, 9)}}),
        honest("ntp", "interleaved (RFC 9769)", {{client, ntp(4, 3, 5, 66, 77)}, {server, ntp(4, 4, 66, 88, 99)}}),
        honest("ntp", "with a digest",
               {{client, ntp(4, 3, 0, 0, 7, std::string(20, 'm'))}, {server, ntp(4, 4, 7, 8, 9, std::string(24, 'm'))}}),
        honest("ntp", "with fields (NTS, RFC 8915)",
               {{client, ntp(4, 3, 0, 0, 7, field(0x0104, 36) + field(0x0204, 104) + field(0x0404, 40))},
                {server, ntp(4, 4, 7, 8, 9, field(0x0104, 36) + field(0x0404, 144))}}),
        honest("ntp", "a digest that was not accepted",
               {{client, ntp(4, 3, 0, 0, 7, std::string(20, 'm'))}, {server, ntp(4, 4, 7, 8, 9, std::string(4, '\0'))}}),
    });
}

TEST_CASE("ntp hostile: what is not a question about the time, or not its answer") {
    const Said asks{client, ntp(4, 3, 0, 0, 77)};
    expect_found({
        hostile("ntp", "a list of who asked (private mode, which amplifies)",
                {{client, std::string("\x17\0\x03\x2a\0\0\0\0", 8) + std::string(40, '\0')}}, 0),
        hostile("ntp", "a control message", {{client, ntp(2, 6, 0, 0, 1)}}, 0),
        hostile("ntp", "a peer", {{client, ntp(4, 1, 0, 0, 1)}}, 0),
        hostile("ntp", "a broadcast", {asks, {server, ntp(4, 5, 77, 1, 2)}}, 0),
        hostile("ntp", "a question as an answer", {asks, {server, ntp(4, 3, 77, 1, 2)}}, 0),
        hostile("ntp", "version 0", {{client, ntp(0, 3, 0, 0, 1)}}, 0),
        hostile("ntp", "version 5", {{client, ntp(5, 3, 0, 0, 1)}}, 0),
        hostile("ntp", "47 octets", {{client, ntp(4, 3, 0, 0, 1).substr(0, 47)}}, 47),
        hostile("ntp", "1,025 octets", {{client, ntp(4, 3, 0, 0, 1, std::string(977, 'x'))}}, 1'024),
        hostile("ntp", "a stratum that is none", {{client, std::string("\x23\x11", 2) + ntp(4, 3, 0, 0, 1).substr(2)}}, 1),
        hostile("ntp", "a question that was never sent", {{client, ntp(4, 3, 0, 0, 0)}}, 40),
        hostile("ntp", "an answer to another question", {asks, {server, ntp(4, 4, 78, 1, 2)}}, 24),
        hostile("ntp", "an answer to none", {asks, {server, ntp(4, 4, 0, 1, 2)}}, 24),
        hostile("ntp", "a second answer", {asks, {server, ntp(4, 4, 77, 1, 2)}, {server, ntp(4, 4, 77, 1, 2)}}, 24),
        hostile("ntp", "an answer of another version", {asks, {server, ntp(3, 4, 77, 1, 2)}}, 0),
        hostile("ntp", "a field that is too short", {{client, ntp(4, 3, 0, 0, 1, field(1, 12) + std::string(20, 'm'))}}, 50),
        hostile("ntp", "a field that runs off", {{client, ntp(4, 3, 0, 0, 1, be16_text(1) + be16_text(64) + std::string(28, 'f'))}}, 50),
        hostile("ntp", "a digest of a length that none has", {{client, ntp(4, 3, 0, 0, 1, std::string(10, 'm'))}}, 48),
        hostile("ntp", "fields before version 4", {{client, ntp(3, 3, 0, 0, 1, field(1, 32))}}, 48),
    });
}

TEST_CASE("conformance: over a transport that its protocol does not have, the first octet is wrong already") {
    const auto over_tcp = [](const std::string& speaks, const std::string& octets) {
        return HostileTalk{{speaks + " over TCP", Script().say_wrong(client, octets, 0), speaks}, Reason::not_speaking};
    };
    expect_found({
        over_tcp("ntp", ntp(4, 3, 0, 0, 77)),
        over_tcp("wireguard", initiation(1)),
        over_tcp("ike", std::string(8, 'i')),
        hostile("smtp", "SMTP over UDP", {{client, "EHLO a.example\r\n"}}, 0),
        hostile("http", "HTTP over UDP", {{client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"}}, 0),
        hostile("ssh", "SSH over UDP", {{client, "SSH-2.0-a\r\n"}}, 0),
        hostile("imap", "nothing at all over UDP", {{client, ""}}, 0),
    });
}

TEST_CASE("conformance: a ping is no conversation of a rule that speaks, each packet of it, whatever the protocol") {
    for (const std::string_view speaks : spoken_protocols()) {
        INFO(speaks);
        const std::string policy = "[[allow]]\nname = 'wide'\nfilter = 'ip or ip6'\nspeaks = '" + std::string(speaks) + "'\n";
        const Frames frames = {echo_request(v4(mail), v4(resolver), 7), echo_reply(v4(resolver), v4(mail), 7),
                               echo_request(v4(mail), v4(resolver), 7, 2), echo_request(v6(mail), v6(resolver), 7),
                               echo_reply(v6(resolver), v6(mail), 7)};
        const Judged j = judge(policy, frames);
        for (const Judgement& one : j.judgements) CHECK(describe(one) == "grey not-speaking");
        CHECK(sentence(j.findings.at(0), *j.policy).find("over ICMP") != std::string::npos);
        CHECK(j.speech.at(0).breached == 2);
    }
}

TEST_CASE("wireguard: honest tunnels are clean") {
    expect_clean({
        honest("wireguard", "a handshake and data",
               {{client, initiation(1)},
                {server, response(2, 1)},
                {client, data(2, 0, 16)},
                {server, data(1, 0)},
                {client, data(2, 1, 1'440)},
                {server, data(1, 1)}}),
        honest("wireguard", "a server under load",
               {{client, initiation(1)}, {server, cookie(1)}, {client, initiation(3)}, {server, response(2, 3)}, {client, data(2, 0)}}),
        honest("wireguard", "a response that crosses the next attempt",
               {{client, initiation(1)}, {client, initiation(3)}, {server, response(2, 1)}, {client, data(2, 0)}}),
        honest("wireguard", "the other side renews the session, data of the old one is still on its way",
               {{client, initiation(1)},
                {server, response(2, 1)},
                {client, data(2, 0)},
                {server, initiation(5)},
                {client, data(2, 1)},
                {client, response(6, 5)},
                {server, data(6, 0)},
                {client, data(2, 2)},
                {client, data(5, 0)}}),
        honest("wireguard", "lost datagrams, and some that come late",
               {{client, initiation(1)}, {server, response(2, 1)}, {client, data(2, 0)}, {client, data(2, 900)}, {client, data(2, 3)}}),
    });
}

TEST_CASE("wireguard hostile: what is no tunnel of it") {
    const std::vector<Said> shaken{{client, initiation(1)}, {server, response(2, 1)}};
    const std::vector<Said> open = shaken + std::vector<Said>{{client, data(2, 0)}};
    expect_found({
        hostile("wireguard", "data first", {{client, data(2, 0)}}, 4),
        hostile("wireguard", "a response first", {{client, response(2, 1)}}, 8),
        hostile("wireguard", "another type", {{client, octet(5) + initiation(1).substr(1)}}, 0),
        hostile("wireguard", "a reserved octet", {{client, initiation(1).replace(2, 1, "x")}}, 2),
        hostile("wireguard", "an initiation of 149 octets", {{client, initiation(1) + "x"}}, 148),
        hostile("wireguard", "an initiation of 147 octets", {{client, initiation(1).substr(1 - 1, 147)}}, 147),
        hostile("wireguard", "a response of 93 octets", {{client, initiation(1)}, {server, response(2, 1) + "x"}}, 92),
        hostile("wireguard", "a response to another handshake", {{client, initiation(1)}, {server, response(2, 9)}}, 8),
        hostile("wireguard", "a cookie for another handshake", {{client, initiation(1)}, {server, cookie(9)}}, 4),
        hostile("wireguard", "data of the responder before the initiator's", shaken + std::vector<Said>{{server, data(1, 0)}}, 0),
        hostile("wireguard", "data to an index that nobody told", open + std::vector<Said>{{client, data(9, 1)}}, 4),
        hostile("wireguard", "data to one's own index", open + std::vector<Said>{{client, data(1, 1)}}, 4),
        hostile("wireguard", "data that is not padded", open + std::vector<Said>{{client, data(2, 1, 17)}}, 33),
        hostile("wireguard", "less than an empty datagram", open + std::vector<Said>{{client, data(2, 1, 15)}}, 31),
        hostile("wireguard", "a counter that leaps", open + std::vector<Said>{{client, data(2, 8'193)}}, 8),
        hostile("wireguard", "DNS", {{client, std::string("\0\7\1\0\0\1\0\0\0\0\0\0\3www\7example\0\0\1\0\1", 29)}}, 29),
    });
}

TEST_CASE("openvpn: honest tunnels are clean") {
    expect_clean({
        honest("openvpn", "resets, keys, data",
               vpn_opened + std::vector<Said>{{client, vpn_data(0)}, {server, vpn_data(0, 1'400)}, {client, vpn(ack, 0, mine)}}),
        honest("openvpn", "a reset sent again, the third kind, data of the first kind",
               {{client, vpn(client_reset_v3, 0, mine)},
                {client, vpn(client_reset_v3, 0, mine)},
                {server, vpn(server_reset, 0, yours)},
                {client, vpn(ack, 0, mine)},
                {client, vpn(control, 0, mine)},
                {server, vpn(control, 0, yours)},
                {client, vpn_data(0, 40, data_v1)}}),
        honest("openvpn", "new keys",
               vpn_opened + std::vector<Said>{{client, vpn_data(0)},
                                              {server, vpn(soft_reset, 1, yours)},
                                              {client, vpn(soft_reset, 1, mine)},
                                              {client, vpn(control, 1, mine)},
                                              {client, vpn_data(0)},
                                              {client, vpn_data(1)}}),
        honest("openvpn", "a client that begins anew",
               vpn_opened + std::vector<Said>{{client, vpn_data(0)},
                                              {client, vpn(client_reset, 0, "another1")},
                                              {server, vpn(server_reset, 0, "another2")},
                                              {client, vpn(control, 0, "another1")}}),
    });
}

TEST_CASE("openvpn hostile: what is no tunnel of it") {
    expect_found({
        hostile("openvpn", "data first", {{client, vpn_data(0)}}, 0),
        hostile("openvpn", "keys before a reset", {{client, vpn(control, 0, mine)}}, 0),
        hostile("openvpn", "a reset of a server first", {{client, vpn(server_reset, 0, mine)}}, 0),
        hostile("openvpn", "a reset with a key", {{client, vpn(client_reset, 1, mine)}}, 0),
        hostile("openvpn", "a reset without a session", {{client, vpn(client_reset, 0, std::string(8, '\0'))}}, 1),
        hostile("openvpn", "a reset that is too short", {{client, vpn(client_reset, 0, mine, "")}}, 9),
        hostile("openvpn", "an operation that is none", {{client, vpn(12, 0, mine)}}, 0),
        hostile("openvpn", "an operation of old", {{client, vpn(1, 0, mine)}}, 0),
        hostile("openvpn", "data before keys",
                {{client, vpn(client_reset, 0, mine)}, {server, vpn(server_reset, 0, yours)}, {client, vpn_data(0)}}, 0),
        hostile("openvpn", "another session", vpn_opened + std::vector<Said>{{client, vpn(control, 0, "other id")}}, 1),
        hostile("openvpn", "data with another key", vpn_opened + std::vector<Said>{{client, vpn_data(3)}}, 0),
        hostile("openvpn", "a key that leaps", vpn_opened + std::vector<Said>{{client, vpn(soft_reset, 3, mine)}}, 0),
        hostile("openvpn", "data that is too short", vpn_opened + std::vector<Said>{{client, vpn_data(0, 18)}}, 0),
        hostile("openvpn", "nothing", {{client, ""}}, 0),
    });
}

TEST_CASE("openvpn: over TCP packets stand behind their lengths") {
    const auto framed = [](const std::string& packet) { return be16_text(static_cast<unsigned>(packet.size())) + packet; };
    Script s;
    for (const Said& d : vpn_opened) s.say(d.from, framed(d.octets));
    Script more = s;
    more.say(client, framed(vpn_data(0)) + framed(vpn_data(0, 900))).say(server, framed(vpn_data(0))).end(client).end(server);
    expect_clean({{"honest", more, "openvpn"}});
    const auto wrong = [&s](const std::string& octets, std::size_t at) {
        Script out = s;
        return out.say_wrong(client, octets, at);
    };
    expect_found({
        {{"HTTP", Script("C: G\\^ET / HTTP/1.1\\r\\n\n"), "openvpn"}, Reason::not_speaking},
        {{"TLS", Script("C: \\x16\\x03\\x01\\x02\\0\\x01\\0\\x01\\xfc\\x03\\^\\x03\n"), "openvpn"}, Reason::not_speaking},
        {{"a length of 0", wrong(std::string(2, '\0'), 1), "openvpn"}, Reason::not_speaking},
        {{"another key", wrong(framed(vpn_data(5)), 10), "openvpn"}, Reason::not_speaking},
        {{"an end within a packet",
          [&s, &framed] {
              Script out = s;
              return out.say(client, framed(vpn_data(0)).substr(0, 20)).end(client).mark(client);
          }(),
          "openvpn"},
         Reason::not_speaking},
    });
}

TEST_CASE("ike: honest exchanges and what they lead to are clean") {
    const Ike asks{}, answers{.flags = 0x20};
    expect_clean({
        honest("ike", "a new SA, keys, then ESP and silence that is kept alive",
               {{client, init.octets()},
                {server, init_answer.octets()},
                {client, asks.octets()},
                {server, answers.octets()},
                {client, esp(0x1000, 1)},
                {server, esp(0x2000, 1)},
                {client, esp(0x1000, 2)},
                {client, "\xff"}}),
        honest("ike", "what was begun on port 500", {{client, asks.octets()}, {server, answers.octets()}, {client, esp(0x1000, 1)}}),
        honest(
            "ike", "a cookie first",
            {{client, init.octets()},
             {server, Ike{.responder = 0, .next = 41, .exchange = 34, .flags = 0x20, .number = 0, .payloads = Ike::payload(0, "cookie..")}
                          .octets()},
             {client,
              Ike{.responder = 0, .next = 41, .exchange = 34, .number = 0, .payloads = Ike::payload(33, "cookie..") + proposals}.octets()},
             {server, init_answer.octets()}}),
        honest("ike", "new keys: SPIs that nobody could read",
               {{client, asks.octets()},
                {server, answers.octets()},
                {client, Ike{.exchange = 36, .number = 2}.octets()},
                {server, Ike{.exchange = 36, .flags = 0x20, .number = 2}.octets()},
                {client, Ike{.initiator = 0x3333, .responder = 0x4444, .exchange = 37, .number = 0}.octets()}}),
        honest("ike", "ESP out of order",
               {{client, esp(0x1000, 100)}, {client, esp(0x1000, 90)}, {client, esp(0x1000, 200)}, {client, esp(0x3000, 1)}}),
    });
}

TEST_CASE("ike hostile: what is neither IKE nor ESP") {
    expect_found({
        hostile("ike", "IKEv1", {{client, Ike{.version = 0x10}.octets()}}, marker + 17),
        hostile("ike", "another exchange", {{client, Ike{.exchange = 99}.octets()}}, marker + 18),
        hostile("ike", "a flag that is none", {{client, Ike{.flags = 0x48}.octets()}}, marker + 19),
        hostile("ike", "no SPI", {{client, Ike{.initiator = 0}.octets()}}, marker),
        hostile("ike", "a length that lies", {{client, init.octets() + "x"}}, marker + 24),
        hostile("ike", "a first message with a number",
                {{client, Ike{.responder = 0, .next = 33, .exchange = 34, .number = 1, .payloads = proposals}.octets()}}, marker + 20),
        hostile("ike", "a first message to a responder that has an SPI",
                {{client, Ike{.next = 33, .exchange = 34, .number = 0, .payloads = proposals}.octets()}}, marker + 8),
        hostile("ike", "an answer to another SA",
                {{client, init.octets()},
                 {server, Ike{.initiator = 9, .next = 33, .exchange = 34, .flags = 0x20, .number = 0, .payloads = proposals}.octets()}},
                marker),
        hostile(
            "ike", "a payload that runs off",
            {{client, Ike{.responder = 0, .next = 33, .exchange = 34, .number = 0, .payloads = octet(0) + octet(0) + be16_text(99) + "x"}
                          .octets()}},
            marker + 30),
        hostile("ike", "a payload that nobody knows",
                {{client, Ike{.responder = 0, .next = 99, .exchange = 34, .number = 0, .payloads = proposals}.octets()}}, marker + 28),
        hostile(
            "ike", "octets behind the payloads",
            {{client, Ike{.responder = 0, .next = 33, .exchange = 34, .number = 0, .payloads = Ike::payload(0, "x") + "more"}.octets()}},
            marker + 33),
        hostile("ike", "payloads in clear behind the first exchange", {{client, Ike{.next = 33, .payloads = proposals}.octets()}},
                marker + 16),
        hostile("ike", "an encrypted payload that does not fill the message", {{client, Ike{.payloads = Ike::sealed() + "more"}.octets()}},
                marker + 30),
        hostile("ike", "an answer to no request", {{client, Ike{}.octets()}, {server, Ike{.flags = 0x20, .number = 7}.octets()}},
                marker + 20),
        hostile("ike", "ESP with a reserved SPI", {{client, esp(255, 1)}}, 0),
        hostile("ike", "ESP that begins with 0", {{client, esp(0x1000, 0)}}, 4),
        hostile("ike", "ESP that leaps", {{client, esp(0x1000, 1)}, {client, esp(0x1000, 70'000)}}, 4),
        hostile("ike", "ESP of an odd length", {{client, esp(0x1000, 1, 57)}}, 65),
        hostile("ike", "too little of anything", {{client, std::string(10, 'x')}}, 10),
        hostile("ike", "DNS", {{client, std::string("\0\7\1\0\0\1\0\0\0\0\0\0\3www\7example\0\0\1\0\1", 29)}}, 29),
    });
}

}  // namespace sw::craft
