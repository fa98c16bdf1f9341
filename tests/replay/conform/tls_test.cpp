/// TLS alone and behind STARTTLS: handshakes of all versions, and what is none.
#include "tests/support/tls.hpp"
#include "tests/replay/conform/talks.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/enclave_talk.hpp"

namespace sw::craft {
namespace {

using namespace tls;
using enum Reason;

const Hello old_hello{.versions = {}};

Talk honest(const std::string& name, Script script, const std::string& keys = "") { return {name, std::move(script), "tls", keys}; }

/// Wrong at the first octet of `wrong`, or at the octet `at` of it.
HostileTalk hostile(const std::string& name, Script before, Side side, const std::string& wrong, std::size_t at = 0,
                    Reason reason = not_speaking, const std::string& keys = "") {
    before.say(side, wrong.substr(0, at)).mark(side).say(side, wrong.substr(at));
    return {{name, std::move(before), "tls", keys}, reason};
}

Script client_says(const std::string& octets) { return Script().say(Side::client, octets); }
Script opened(const Hello& hello = {}) { return client_says(record(22, message(1, client_hello(hello)), 0x0301)); }
/// TLS 1.2, up to the server's hello.
Script answered_12() { return opened(old_hello).say(Side::server, handshake(2, server_hello(old_hello))); }
Script flight_12() {
    return answered_12().say(Side::server, record(22, message(11, certificates({der({})})) + message(12, noise(1, 100)) + message(14, "")));
}
Script sealed_13() { return opened().say(Side::server, handshake(2, server_hello({})) + sealed(100)); }

std::string hello_record(const std::string& body) { return record(22, message(1, body), 0x0301); }

}  // namespace

TEST_CASE("tls: handshakes of all versions are clean") {
    Talk12 with_ticket, long_chain{.certificates = {der({}), der({.names = {std::string(253, 'a')}}), std::string(20000, '\x30')}};
    expect_clean({
        honest("1.3", talk_13()),
        honest("1.3 with names, protocols and GREASE", talk_13({.versions = {0x1a1a, 0x0304, 0x0303},
                                                                .server_name = "mail.example",
                                                                .alpn = {"imap", "h2"},
                                                                .more = extension(0x2a2a, "") + extension(51, noise(5, 1200))})),
        honest("1.3 without a session identifier", talk_13({.session = 0}, {.session = 0})),
        honest("1.2", talk_12()),
        honest("1.2 with a long chain", talk_12(long_chain)),
        honest("1.2 with names and protocols", talk_12({.client = {.versions = {0x0303}, .server_name = "Mail.Example", .alpn = {"imap"}},
                                                        .server = {.versions = {}, .alpn = {"imap"}, .more = extension(0, "")}})),
        honest("1.0", talk_12({.client = {.version = 0x0301, .versions = {}}, .server = {.version = 0x0301, .versions = {}}})),
        honest("1.1 without extensions",
               talk_12({.client = {.version = 0x0302, .versions = {}}, .server = {.version = 0x0302, .versions = {}}})),
        honest("a retry", opened()
                              .say(Side::server, handshake(2, server_hello({.retry = true})) + change_cipher_spec())
                              .say(Side::client, change_cipher_spec() + handshake(1, client_hello({})))
                              .say(Side::server, handshake(2, server_hello({})) + sealed(1000))
                              .say(Side::client, sealed(100))),
        honest("early data", client_says(hello_record(client_hello({.more = extension(42, "")})) + change_cipher_spec() + sealed(500))
                                 .say(Side::server, handshake(2, server_hello({})) + change_cipher_spec() + sealed(700))
                                 .say(Side::client, sealed(60))),
        honest("a session taken up again",
               opened(old_hello)
                   .say(Side::server, handshake(2, server_hello(old_hello)) + change_cipher_spec() + record(22, noise(2, 40)))
                   .say(Side::client, change_cipher_spec() + record(22, noise(3, 40)) + sealed(100))),
        honest("and with a new ticket", opened(old_hello)
                                            .say(Side::server, handshake(2, server_hello(old_hello)) + handshake(4, noise(4, 100)) +
                                                                   change_cipher_spec() + record(22, noise(2, 40)))
                                            .say(Side::client, change_cipher_spec() + record(22, noise(3, 40)))),
        honest("with a client's certificate", flight_12()
                                                  .say(Side::client, record(22, message(11, certificates({der({})})) +
                                                                                    message(16, noise(6, 33)) + message(15, noise(7, 70))) +
                                                                         change_cipher_spec() + record(22, noise(8, 40)))
                                                  .say(Side::server, change_cipher_spec() + record(22, noise(9, 40)))),
        honest("refused with an alert", opened().say(Side::server, record(21, "\x02\x28")).end(Side::server).end(Side::client)),
        honest("an alert of the client's", answered_12().say(Side::client, record(21, "\x02\x2a")).end(Side::client)),
        honest("a certificate that OpenSSL's client refuses, in clear",
               sealed_13().say(Side::client, record(21, "\x02\x30")).end(Side::client).end(Side::server)),
        honest("and behind a ChangeCipherSpec",
               sealed_13().say(Side::client, change_cipher_spec() + record(21, "\x02\x30")).end(Side::client).end(Side::server)),
        honest("the longest records",
               sealed_13().say(Side::client, record(23, noise(1, 16384)) + std::string("\x17\x03\x03\x41\x00", 5) + noise(2, 16640))),
        honest("a server that closes at once", opened().end(Side::server).end(Side::client)),
        honest("a hello in many records", client_says([] {
                                              std::string all;
                                              for (const char c : message(1, client_hello({.server_name = "mail.example"})))
                                                  all += record(22, std::string(1, c), 0x0301);
                                              return all;
                                          }())
                                              .say(Side::server, handshake(2, server_hello({})))),
    });
}

TEST_CASE("tls hostile: something else on the port of TLS") {
    const Script nothing;
    expect_found({
        hostile("a greeting in clear", nothing, Side::server, "220 mail.example ESMTP\r\n"),
        hostile("* OK", nothing, Side::server, "* OK ready\r\n"),
        hostile("ssh", nothing, Side::client, "SSH-2.0-x\r\n"),
        hostile("HTTP", nothing, Side::client, "GET / HTTP/1.1\r\n\r\n"),
        hostile("EHLO", nothing, Side::client, "EHLO a\r\n"),
        hostile("a shell", nothing, Side::client, "id\n"),
        hostile("a record of data first", nothing, Side::client, sealed(100)),
        hostile("an alert first", nothing, Side::client, record(21, "\x01\x00")),
        hostile("SSL 2.0", nothing, Side::client, std::string("\x80\x2e\x01\x03\x01", 5)),
        hostile("an answer in clear", opened(), Side::server, "220 ok\r\n"),
        hostile("an answer of ssh", opened(), Side::server, "SSH-2.0-x\r\n"),
        hostile("clear text behind the handshake", sealed_13(), Side::client, "id\n"),
        hostile("clear text of the server behind the handshake", sealed_13(), Side::server, "uid=0(root)\n"),
        hostile("clear text within TLS 1.2", flight_12(), Side::client, "quit\r\n"),
        {{"nothing at all", Script("C.\\^"), "tls"}, client_silent},
        {{"nothing at all, and a reset", Script("C!\\^"), "tls"}, client_reset},
    });
}

TEST_CASE("tls hostile: records that are none") {
    const std::string version_2("\x16\x02", 2), hello = client_hello({});
    const std::string retry = handshake(2, server_hello({.retry = true})), again = retry;
    const Script retried = opened().say(Side::server, retry).say(Side::client, hello_record(hello));
    expect_found({
        hostile("a version that is none", {}, Side::client, version_2 + std::string("\x00\x00\x10", 3), 1),
        hostile("a version from the future", {}, Side::client, std::string("\x16\x03\x05\x00\x10", 5), 2),
        hostile("a version that no record states", {}, Side::client, std::string("\x16\x03\x04\x00\x10", 5), 2),
        hostile("the same of a sealed record", sealed_13(), Side::client, std::string("\x17\x03\x04\x00\x10", 5) + noise(1, 16), 2),
        hostile("an empty record", {}, Side::client, std::string("\x16\x03\x01\x00\x00", 5), 4),
        hostile("a handshake record that is too long", {}, Side::client, std::string("\x16\x03\x01\x40\x01", 5), 4),
        hostile("a sealed record that is too long", sealed_13(), Side::client, std::string("\x17\x03\x03\x41\x01", 5), 4),
        hostile("a sealed record of 64 KiB", sealed_13(), Side::server, std::string("\x17\x03\x03\xff\xff", 5), 4),
        hostile("an unknown type", sealed_13(), Side::client, std::string("\x19\x03\x03\x00\x05", 5)),
        hostile("a handshake in clear behind the handshake", sealed_13(), Side::client, handshake(1, hello), 4),
        hostile("an alert in clear behind the handshake", sealed_13().say(Side::client, sealed(60)), Side::client, record(21, "\x02\x28"),
                4),
        hostile("an alert of the server's in clear behind its hello", sealed_13(), Side::server, record(21, "\x02\x28"), 4),
        hostile("a warning in clear", sealed_13(), Side::client, record(21, std::string("\x01\x00", 2)), 5),
        hostile("something behind a refusal of the server's", opened().say(Side::server, record(21, "\x02\x28")), Side::server,
                record(21, "\x02\x28"), 4),
        hostile("a handshake behind a refusal", opened().say(Side::server, record(21, "\x02\x28")), Side::server,
                handshake(2, server_hello({})), 4),
        hostile("something behind a notice that it closes", opened().say(Side::client, record(21, std::string("\x01\x00", 2))),
                Side::client, record(21, "\x01\x5a"), 4),
        hostile("an alert that TLS does not know", opened(), Side::server, record(21, "\x01\x77"), 6),
        hostile(
            "a fifth alert",
            opened().say(Side::server, record(21, "\x01\x70") + record(21, "\x01\x70") + record(21, "\x01\x70") + record(21, "\x01\x70")),
            Side::server, record(21, "\x01\x70"), 5),
        hostile("something behind a refusal", sealed_13().say(Side::client, record(21, "\x02\x30")), Side::client, sealed(60), 4),
        hostile("a heartbeat that nobody agreed on", sealed_13(), Side::client, record(24, "\x01\xff\xff"), 4),
        hostile("a heartbeat in the handshake", answered_12(), Side::client, record(24, std::string("\x01\x40\x00", 3)), 4),
        hostile("data within the handshake", answered_12(), Side::client, sealed(100), 4),
        hostile("data of the server before its hello", opened(), Side::server, sealed(100)),
        hostile("a ChangeCipherSpec of two octets", flight_12(), Side::client, record(20, "\x01\x01"), 4),
        hostile("a ChangeCipherSpec of another value", flight_12().say(Side::client, handshake(16, noise(1, 33))), Side::client,
                record(20, "\x02"), 5),
        hostile("a ChangeCipherSpec before there are keys", flight_12(), Side::client, change_cipher_spec(), 5),
        hostile("the server's ChangeCipherSpec before the client's", flight_12(), Side::server, change_cipher_spec(), 5),
        hostile("an alert of three octets", answered_12(), Side::client, record(21, "\x02\x28\x28"), 4),
        hostile("an alert of no level", answered_12(), Side::client, record(21, "\x07\x28"), 5),
        hostile("an alert within a message's head", client_says(record(22, "\x01", 0x0301)), Side::client, record(21, "\x01\x5a"), 4),
        hostile("a ChangeCipherSpec behind the first octet of a message", flight_12().say(Side::client, record(22, "\x10")), Side::client,
                change_cipher_spec(), 4),
        hostile("a second retry", retried, Side::server, again, again.size() - 1),
        hostile("a second ChangeCipherSpec behind a retry", opened().say(Side::server, retry + change_cipher_spec()), Side::server,
                change_cipher_spec(), 5),
        hostile("an alert within a message", client_says(record(22, message(1, hello).substr(0, 50), 0x0301)), Side::client,
                record(21, "\x01\x00"), 4),
        hostile("more behind the hello of TLS 1.3", opened(), Side::server, record(22, message(2, server_hello({})) + message(11, "")),
                5 + 4 + server_hello({}).size()),
    });
}

TEST_CASE("tls hostile: hellos whose lengths lie") {
    const std::string hello = client_hello({.server_name = "mail.example"});
    const std::size_t suites = 2 + 32 + 1 + 32, extensions = suites + 2 + 4 + 2;
    const auto bent = [&](std::size_t at, char value) {
        std::string body = hello;
        body[at] = value;
        return hello_record(body);
    };
    constexpr std::size_t body = 9;  // behind the headers of record and message
    expect_found({
        hostile("a first message that is no hello", {}, Side::client, handshake(11, hello), 5),
        hostile("a hello of a megabyte", {}, Side::client, record(22, std::string("\x01\x10\x00\x00", 4) + hello), 8),
        hostile("an empty hello", {}, Side::client, handshake(1, ""), 8),
        hostile("a hello that ends in its random", {}, Side::client, hello_record(hello.substr(0, 20)), body + 19),
        hostile("a session identifier of 33 octets", {}, Side::client, bent(34, 33), body + 34),
        hostile("an odd number of octets of cipher suites", {}, Side::client, bent(suites + 1, 3), body + suites + 1),
        hostile("no cipher suites", {}, Side::client, bent(suites + 1, 0), body + suites + 1),
        hostile("no compression method", {}, Side::client, bent(suites + 6, 0), body + suites + 6),
        hostile("extensions that are longer than the message", {}, Side::client, bent(extensions + 1, 99), body + extensions + 1),
        hostile("extensions that are shorter than the message", {}, Side::client, bent(extensions + 1, 9), body + extensions + 1),
        hostile("an extension that is longer than all", {}, Side::client, bent(extensions + 5, 99), body + extensions + 5),
        hostile("a list of names that is longer than its extension", {}, Side::client, bent(extensions + 7, 99), body + extensions + 7),
        hostile("a name that is longer than its list", {}, Side::client, bent(extensions + 10, 99), body + extensions + 10),
        hostile("a name of another type", {}, Side::client, bent(extensions + 8, 1), body + extensions + 8),
        hostile("a name that is none", {}, Side::client, bent(extensions + 11, '/'), body + extensions + 11),
        hostile("a name with NUL", {}, Side::client, bent(extensions + 13, '\0'), body + extensions + 13),
        hostile("the same extension twice", {}, Side::client, hello_record(client_hello({.server_name = "a", .more = extension(0, "")})),
                body + client_hello({.server_name = "a", .more = extension(0, "")}).size() - 1),
        hostile("a version of no TLS", {}, Side::client, hello_record("\x02\x00" + hello.substr(2)), body + 1),
        hostile("a ServerHello of the client's", opened(), Side::client, handshake(2, server_hello({})), 5),
        hostile("a second ClientHello", opened(), Side::client, hello_record(client_hello({})), 5),
        hostile("a server that begins with its certificate", opened(old_hello), Side::server, handshake(11, certificates({der({})})), 5),
        hostile("a second ServerHello", answered_12(), Side::server, handshake(2, server_hello(old_hello)), 5),
        hostile("a server's key exchange before its certificate", answered_12().say(Side::server, handshake(12, noise(1, 50))),
                Side::server, handshake(11, certificates({der({})})), 5),
        hostile("a ServerHelloDone that is not empty", answered_12(), Side::server, handshake(14, "x"), 8),
        hostile("the client's key exchange before its turn", answered_12(), Side::client, handshake(16, noise(1, 33)), 5),
        hostile("a HelloRequest", answered_12(), Side::server, handshake(0, ""), 5),
        hostile("a list of certificates that is longer than its message", answered_12(), Side::server,
                handshake(11, std::string("\x00\x00\x09", 3)), 5 + 4 + 2),
        hostile("a certificate that is longer than its list", answered_12(), Side::server,
                handshake(11, std::string("\x00\x00\x04\x00\x00\x09x", 7)), 5 + 4 + 5),
        hostile("an empty certificate", answered_12(), Side::server, handshake(11, std::string("\x00\x00\x03\x00\x00\x00", 6)), 5 + 4 + 5),
    });
}

TEST_CASE("tls hostile: what a rule pins") {
    const auto in_hello = [](const Hello& h, const std::string& part) { return hello_record(client_hello(h)).find(part); };
    const Hello named{.versions = {}, .server_name = "other.example", .alpn = {"imap", "h2"}}, unnamed{.versions = {}};
    const std::string whole = hello_record(client_hello(unnamed));
    const auto certificate = [](const Certificate& c) { return handshake(11, certificates({der(c)})); };
    const std::string expired = certificate({.not_after = "260601000000Z"}), unborn = certificate({.not_before = "20270101000000Z"}),
                      foreign = certificate({.names = {"evil.example", "*.example"}}), broken = handshake(11, certificates({"\x31\x02xx"}));
    const std::string names = "pin = { certificate_name = \"mail.sub.example\" }";
    expect_found({
        hostile("another server name", {}, Side::client, hello_record(client_hello(named)), in_hello(named, "other.example"), pin_mismatch,
                "pin = { server_name = [\"mail.example\", \"imap.example\"] }"),
        hostile("no server name", {}, Side::client, whole, whole.size() - 1, pin_mismatch, "pin = { server_name = \"mail.example\" }"),
        hostile("another protocol", {}, Side::client, hello_record(client_hello(named)), in_hello(named, "h2"), pin_mismatch,
                "pin = { alpn = \"imap\" }"),
        hostile("an old version", opened(old_hello), Side::server, handshake(2, server_hello(old_hello)),
                8 + server_hello(old_hello).size(), tls_version, "pin = { tls = \"1.3\" }"),
        hostile("SSL 3.0, pinned or not", opened({.version = 0x0300, .versions = {}}), Side::server,
                handshake(2, server_hello({.version = 0x0300, .versions = {}})),
                8 + server_hello({.version = 0x0300, .versions = {}}).size(), tls_version),
        hostile("another certificate", answered_12(), Side::server, certificate({}), 5 + 4 + 6, pin_mismatch,
                "pin = { certificate = \"" + std::string(64, 'a') + "\" }"),
        hostile("a certificate that has expired", answered_12(), Side::server, expired, expired.find("260601000000Z") + 12, tls_certificate,
                names),
        hostile("a certificate that is not valid yet", answered_12(), Side::server, unborn, unborn.find("20270101000000Z") + 14,
                tls_certificate, names),
        hostile("a certificate of another name", answered_12(), Side::server, foreign, foreign.size() - 1, tls_certificate, names),
        hostile("a certificate that nobody can read", answered_12(), Side::server, broken, 5 + 4 + 6 + 1, tls_certificate, names),
    });
    const Script good = talk_12({.client = {.versions = {}, .server_name = "MAIL.example", .alpn = {"imap"}},
                                 .certificates = {der({.names = {"x.example", "*.sub.example"}})}});
    expect_clean({
        honest("all that is pinned is shown", good,
               "pin = { server_name = \"mail.example\", alpn = [\"imap\"], tls = \"1.2\", certificate_name = \"mail.sub.example\" }"),
        honest("TLS 1.3 hides the certificate", talk_13(), names),
    });
}

TEST_CASE("tls behind STARTTLS: handshakes are clean, and breaches bear offsets of the whole stream") {
    const Script before("S> 220 mail.example\nC> EHLO a\nS> 250-mail.example\nS> 250 STARTTLS\nC> STARTTLS\nS> 220 go\n");
    const auto with = [&](const Script& talk) {
        Script s = before;
        return s += talk;
    };
    expect_clean({
        {"1.3", with(talk_13()), "smtp"},
        {"1.2, and what is pinned", with(talk_12({.client = {.versions = {}, .server_name = "mail.example"}})), "smtp",
         "pin = { hello = \"a\", server_name = \"mail.example\", certificate_name = \"mail.example\", banner = \"220 mail.*\" }"},
        {"gone without a handshake", with(Script("C.\nS.")), "smtp"},
    });
    const auto wrong = [&](Script more, Side side, const std::string& octets, std::size_t at, Reason reason) {
        HostileTalk h = hostile("", with(more), side, octets, at, reason);
        h.speaks = "smtp";
        return h;
    };
    expect_found({
        wrong({}, Side::client, "EHLO a\r\n", 0, starttls_injection),
        wrong({}, Side::client, record(23, "x"), 0, starttls_injection),
        wrong(opened(), Side::server, "250 ok\r\n", 0, starttls_injection),
        wrong(sealed_13(), Side::client, "RSET\r\n", 0, not_speaking),
        wrong({}, Side::client, std::string("\x16\x03\x01\x00\x00", 5), 4, not_speaking),
    });
}

}  // namespace sw::craft
