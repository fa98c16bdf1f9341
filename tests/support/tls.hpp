#pragma once
/// Octets of TLS handshakes (RFC 8446, RFC 5246), and certificates that hold no key worth anything.
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/craft.hpp"
#include "tests/support/script.hpp"

namespace sw::craft::tls {

/// A record; a body longer than one takes is cut into several.
std::string record(std::uint8_t type, std::string_view body, unsigned version = 0x0303);
/// A handshake message without its record.
std::string message(std::uint8_t type, std::string_view body);
inline std::string handshake(std::uint8_t type, std::string_view body) { return record(22, message(type, body)); }
/// Ciphertext of so many octets, in records.
std::string sealed(std::size_t octets, std::uint32_t seed = 1);
inline std::string change_cipher_spec() { return record(20, "\x01"); }

struct Hello {
    unsigned version = 0x0303;                  ///< in the message's old field
    std::vector<unsigned> versions = {0x0304};  ///< the extension; empty: none
    std::string server_name = {};               ///< empty: none
    std::vector<std::string> alpn = {};
    std::string more = {};  ///< further extensions, as they stand
    std::size_t session = 32;
    bool retry = false;  ///< of a server: HelloRetryRequest
};
/// Bodies of the messages.
std::string client_hello(const Hello& hello);
std::string server_hello(const Hello& hello);
/// An extension.
std::string extension(unsigned type, std::string_view body);

struct Certificate {
    std::vector<std::string> names = {"mail.example"};
    std::string not_before = "260101000000Z", not_after = "270101000000Z";
};
std::string der(const Certificate& certificate);
std::string der_element(unsigned tag, std::string_view body);
/// Body of the Certificate message.
std::string certificates(const std::vector<std::string>& list);

/// Whole conversations: handshake, then a question and an answer. The client is `c`.
Script talk_13(const Hello& client = {}, const Hello& server = {});
struct Talk12 {
    Hello client{.versions = {}}, server{.versions = {}};
    std::vector<std::string> certificates = {der({})};
};
Script talk_12(const Talk12& talk = {});

}  // namespace sw::craft::tls
