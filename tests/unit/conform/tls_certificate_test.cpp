#include <random>
#include <string>
#include <vector>

#include "sensor/conform/tls/tls_certificate.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/tls.hpp"

using namespace sw;
using craft::tls::Certificate;
using craft::tls::der;
using tls::CertificateWalk;

namespace {

struct Heard {
    std::vector<std::string> names;
    std::string not_before, not_after;
    bool readable = true;
};

Heard walk(const std::string& certificate) {
    CertificateWalk w(static_cast<std::uint32_t>(certificate.size()));
    Heard h;
    for (const char c : certificate) {
        const auto heard = w.take(static_cast<std::uint8_t>(c));
        if (heard == CertificateWalk::Heard::name) h.names.emplace_back(w.text());
        if (heard == CertificateWalk::Heard::not_before) h.not_before = w.text();
        if (heard == CertificateWalk::Heard::not_after) h.not_after = w.text();
    }
    h.readable = w.readable();
    return h;
}

std::string date(std::string_view text) {
    const auto t = CertificateWalk::time_of(text);
    return t ? to_rfc3339(*t) : "none";
}

}  // namespace

TEST_CASE("certificate: its dates and the names of its hosts are heard") {
    const Heard h = walk(der(
        {.names = {"mail.example", "*.example", std::string(200, 'a')}, .not_before = "250101000000Z", .not_after = "20501231235959Z"}));
    CHECK(h.readable);
    CHECK(h.names == std::vector<std::string>{"mail.example", "*.example", std::string(200, 'a')});
    CHECK(h.not_before == "250101000000Z");
    CHECK(h.not_after == "20501231235959Z");
}

TEST_CASE("certificate: what is none is said to be unreadable, whatever octet was changed, and nothing is read past its end") {
    const std::string good = der({});
    std::mt19937 random(7);
    for (std::size_t at = 0; at < good.size(); ++at)
        for (int i = 0; i < 4; ++i) {
            std::string bent = good;
            bent[at] = static_cast<char>(random());
            static_cast<void>(walk(bent));
            static_cast<void>(walk(bent.substr(0, at)));
        }
    using craft::tls::der_element;
    const auto readable = [](const std::string& s) { return walk(s).readable; };
    CHECK_FALSE(readable("\x31\x02xx"));
    CHECK_FALSE(readable(std::string("\x30\x80\x00\x00", 4)));           // a length without end
    CHECK_FALSE(readable(std::string("\x30\x84\x00\x00\x00\x01x", 7)));  // of four octets
    CHECK_FALSE(readable(std::string("\x30\x81\x05hello", 8)));          // not the shortest form
    CHECK_FALSE(readable("\x30\x7fhello"));                              // longer than what is around it
    CHECK_FALSE(readable(der_element(0x30, "\x3f\x81\x01x")));           // a tag of several octets
    std::string deep = "x";
    for (int i = 0; i < 20; ++i) deep = der_element(0x30, deep);
    CHECK(walk(deep).names.empty());
}

TEST_CASE("certificate: dates have two forms, and no others") {
    CHECK(date("260131235959Z") == "2026-01-31T23:59:59.000000000Z");
    CHECK(date("500101000000Z") == "1950-01-01T00:00:00.000000000Z");
    CHECK(date("491231000000Z") == "2049-12-31T00:00:00.000000000Z");
    CHECK(date("20510203040506Z") == "2051-02-03T04:05:06.000000000Z");
    CHECK(CertificateWalk::time_of("99991231235959Z")->ns == INT64_MAX);  // RFC 5280 section 4.1.2.5: never
    for (const char* wrong : {"", "Z", "2601312359Z", "260131235959", "260231000000Z", "261301000000Z", "260131240000Z", "260131236000Z",
                              "260131235961Z", "26013123595xZ", "260131235959+0100", "202601312359.9Z"}) {
        INFO(wrong);
        CHECK(date(wrong) == "none");
    }
}

TEST_CASE("certificate: a star stands for one label in front") {
    using tls::stands_for;
    CHECK(stands_for("mail.example", "MAIL.example"));
    CHECK(stands_for("*.example", "mail.example"));
    CHECK_FALSE(stands_for("*.example", "a.mail.example"));
    CHECK_FALSE(stands_for("*.example", "example"));
    CHECK_FALSE(stands_for("*.example", ".example"));
    CHECK_FALSE(stands_for("m*.example", "mail.example"));
    CHECK_FALSE(stands_for("mail.example", "mail.example.org"));
}
