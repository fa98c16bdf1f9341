#include "tests/support/tls.hpp"

#include <algorithm>

#include "tests/support/enclave_talk.hpp"

namespace sw::craft::tls {
namespace {

constexpr std::size_t most = 16384;

std::string text(const Octets& o) { return {o.begin(), o.end()}; }
std::string u8(std::size_t v) { return {static_cast<char>(v)}; }
std::string u16(std::size_t v) { return text(be16(static_cast<unsigned>(v))); }
std::string u24(std::size_t v) { return u8(v >> 16) + u16(v & 0xffff); }

std::string names(const Hello& h) {
    if (h.server_name.empty()) return "";
    return extension(0, u16(h.server_name.size() + 3) + u8(0) + u16(h.server_name.size()) + h.server_name);
}

std::string protocols(const Hello& h) {
    std::string list;
    for (const std::string& p : h.alpn) list += u8(p.size()) + p;
    return list.empty() ? "" : extension(16, u16(list.size()) + list);
}

std::string with_size(const std::string& extensions) { return extensions.empty() ? "" : u16(extensions.size()) + extensions; }

}  // namespace

std::string record(std::uint8_t type, std::string_view body, unsigned version) {
    std::string out;
    do {
        const std::string_view piece = body.substr(0, most);
        body.remove_prefix(piece.size());
        out += u8(type) + u16(version) + u16(piece.size());
        out += piece;
    } while (!body.empty());
    return out;
}

std::string message(std::uint8_t type, std::string_view body) { return u8(type) + u24(body.size()) + std::string(body); }

std::string sealed(std::size_t octets, std::uint32_t seed) { return record(23, noise(seed, octets)); }

std::string extension(unsigned type, std::string_view body) { return u16(type) + u16(body.size()) + std::string(body); }

std::string client_hello(const Hello& h) {
    std::string versions;
    for (const unsigned v : h.versions) versions += u16(v);
    const std::string list = versions.empty() ? "" : extension(43, u8(versions.size()) + versions);
    return u16(h.version) + noise(1, 32) + u8(h.session) + noise(2, h.session) + u16(4) + u16(0x1301) + u16(0xc02f) + u8(1) + u8(0) +
           with_size(names(h) + protocols(h) + list + h.more);
}

std::string server_hello(const Hello& h) {
    constexpr std::string_view retry(
        "\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8"
        "\x33\x9c",
        32);
    const std::string version = h.versions.empty() ? "" : extension(43, u16(h.versions.front()));
    return u16(h.version) + (h.retry ? std::string(retry) : noise(3, 32)) + u8(h.session) + noise(2, h.session) + u16(0x1301) + u8(0) +
           with_size(protocols(h) + version + h.more);
}

std::string der_element(unsigned tag, std::string_view body) {
    const std::string size = body.size() < 0x80    ? u8(body.size())
                             : body.size() < 0x100 ? u8(0x81) + u8(body.size())
                                                   : u8(0x82) + u16(body.size());
    return u8(tag) + size + std::string(body);
}

std::string der(const Certificate& c) {
    const auto e = der_element;
    const auto date = [&](const std::string& d) { return e(d.size() == 15 ? 0x18 : 0x17, d); };
    std::string hosts;
    for (const std::string& n : c.names) hosts += e(0x82, n);
    const std::string algorithm = e(0x30, e(0x06, "\x2b\x65\x70"));  // Ed25519
    const std::string key = e(0x30, algorithm + e(0x03, std::string(1, '\0') + noise(11, 32)));
    const std::string basic = e(0x30, e(0x06, "\x55\x1d\x13") + e(0x01, "\xff") + e(0x04, e(0x30, "")));
    const std::string alternative = e(0x30, e(0x06, "\x55\x1d\x11") + e(0x04, e(0x30, e(0x87, "\xc0\x02\x02\x19") + hosts)));
    const std::string issuer = e(0x30, e(0x31, e(0x30, e(0x06, "\x55\x04\x03") + e(0x0c, "an authority"))));
    const std::string to_be_signed =
        e(0x30, e(0xa0, e(0x02, "\x02")) + e(0x02, noise(12, 16)) + algorithm + issuer + e(0x30, date(c.not_before) + date(c.not_after)) +
                    e(0x30, "") + key + e(0xa3, e(0x30, basic + alternative)));
    return e(0x30, to_be_signed + algorithm + e(0x03, std::string(1, '\0') + noise(13, 64)));
}

std::string certificates(const std::vector<std::string>& list) {
    std::string all;
    for (const std::string& c : list) all += u24(c.size()) + c;
    return u24(all.size()) + all;
}

Script talk_13(const Hello& client, const Hello& server) {
    Script s;
    s.say(Side::client, record(22, message(1, client_hello(client)), 0x0301));
    s.say(Side::server, handshake(2, server_hello(server)) + change_cipher_spec() + sealed(2000, 21));
    s.say(Side::client, change_cipher_spec() + sealed(58, 22));
    s.say(Side::client, sealed(300, 23)).say(Side::server, sealed(20000, 24));
    return s.end(Side::client).end(Side::server);
}

Script talk_12(const Talk12& t) {
    Script s;
    s.say(Side::client, record(22, message(1, client_hello(t.client)), 0x0301));
    const std::string exchange = message(12, noise(31, 200)), done = message(14, "");
    const std::string certificate = t.certificates.empty() ? "" : message(11, certificates(t.certificates));
    s.say(Side::server, record(22, message(2, server_hello(t.server)) + certificate + exchange + done));
    s.say(Side::client, handshake(16, noise(32, 33)) + change_cipher_spec() + record(22, noise(33, 40)));
    s.say(Side::server, handshake(4, noise(34, 180)) + change_cipher_spec() + record(22, noise(35, 40)));
    s.say(Side::client, sealed(300, 36)).say(Side::server, sealed(20000, 37));
    s.say(Side::client, record(21, noise(38, 26)));
    return s.end(Side::client).end(Side::server);
}

}  // namespace sw::craft::tls
