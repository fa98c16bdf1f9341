#include "sensor/conform/pins.hpp"

#include <algorithm>
#include <utility>

namespace sw {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool same(std::string_view pinned, std::string_view value) {
    return std::equal(pinned.begin(), pinned.end(), value.begin(), value.end(), [](char a, char b) { return lower(a) == lower(b); });
}

/// Octets of a digest in hex.
std::vector<std::string> from_hex(const std::vector<std::string>& list) {
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    std::vector<std::string> out;
    for (const std::string& hex : list) {
        std::string& octets = out.emplace_back();
        for (std::size_t i = 0; i + 1 < hex.size(); i += 2) octets += static_cast<char>(digit(hex[i]) << 4 | digit(hex[i + 1]));
    }
    return out;
}

std::optional<Pattern> compiled(const std::string& text) {
    auto pattern = Pattern::compile(text);
    if (!pattern) return std::nullopt;
    return std::move(*pattern);
}

}  // namespace

PinCheck::PinCheck(const Pins& pins) {
    const auto pattern = [&](const std::string& text, Told what, std::string_view state, std::string_view expected) {
        if (!text.empty()) pinned_.push_back({what, Side::responder, state, expected, compiled(text), {}});
    };
    const auto words = [&](std::vector<std::string> list, Told what, std::string_view state, std::string_view expected) {
        if (!list.empty()) pinned_.push_back({what, std::nullopt, state, expected, std::nullopt, std::move(list)});
    };
    pattern(pins.banner, Told::banner, "in the greeting", "the banner that the rule pins");
    pattern(pins.ident, Told::ident, "in the identification", "the identification that the rule pins");
    words(pins.hello, Told::hello_name, "where the client names itself", "a name that the rule pins");
    words(pins.server_name, Told::server_name, "in the ClientHello", "a server name that the rule pins");
    words(pins.alpn, Told::alpn, "in the TLS handshake", "an application protocol that the rule pins");
    words(from_hex(pins.certificate), Told::certificate, "in the server's certificate", "a certificate that the rule pins");
}

std::optional<Breach> PinCheck::compare(Side by, Told what, std::string_view value, std::uint64_t offset) const {
    for (const Text& t : pinned_) {
        if (t.what != what || (t.by && *t.by != by)) continue;
        const bool digest = what == Told::certificate;
        const bool fits = t.pattern ? t.pattern->matches(value) : std::any_of(t.words.begin(), t.words.end(), [&](const std::string& w) {
            return digest ? w == value : same(w, value);
        });
        if (fits) continue;
        Breach b{Reason::pin_mismatch, by, offset, t.state, t.expected};
        b.show({reinterpret_cast<const std::uint8_t*>(value.data()), value.size()});
        return b;
    }
    return std::nullopt;
}

}  // namespace sw
