#include "sensor/conform/pins.hpp"
#include "tests/support/catch.hpp"

using namespace sw;

TEST_CASE("pins: what is not pinned may be anything") {
    const PinCheck none{Pins{}};
    for (const Told what :
         {Told::banner, Told::hello_name, Told::server_name, Told::alpn, Told::certificate, Told::version, Told::ident, Told::encrypted})
        CHECK_FALSE(none.compare(Side::responder, what, "anything", 0));
}

TEST_CASE("pins: a pattern fits the whole text, of the responder only") {
    Pins pins;
    pins.banner = "220 mail\\.example ESMTP.*";
    pins.ident = "SSH-2\\.0-OpenSSH_9.*";
    const PinCheck check(pins);
    CHECK_FALSE(check.compare(Side::responder, Told::banner, "220 mail.example ESMTP Postfix", 0));
    CHECK(check.compare(Side::responder, Told::banner, "x220 mail.example ESMTP", 0));
    CHECK(check.compare(Side::responder, Told::banner, "220 mailxexample ESMTP", 0));
    CHECK_FALSE(check.compare(Side::responder, Told::ident, "SSH-2.0-OpenSSH_9.2", 0));
    CHECK_FALSE(check.compare(Side::initiator, Told::ident, "SSH-2.0-PuTTY", 0));
    const auto breach = check.compare(Side::responder, Told::ident, "SSH-2.0-dropbear", 7);
    REQUIRE(breach);
    CHECK(breach->reason == Reason::pin_mismatch);
    CHECK(breach->offset == 7);
    CHECK(breach->came_size == 16);
}

TEST_CASE("pins: names fit whatever the case of their letters, digests octet for octet") {
    Pins pins;
    pins.hello = {"mail.example", "[192.0.2.25]"};
    pins.server_name = {"imap.example"};
    pins.alpn = {"imap"};
    pins.certificate = {std::string(62, '0') + "aF"};
    pins.certificate[0] = std::string(62, '0') + "af";
    const PinCheck check(pins);
    CHECK_FALSE(check.compare(Side::initiator, Told::hello_name, "MAIL.Example", 0));
    CHECK_FALSE(check.compare(Side::initiator, Told::hello_name, "[192.0.2.25]", 0));
    CHECK(check.compare(Side::initiator, Told::hello_name, "mail.example.", 0));
    CHECK(check.compare(Side::initiator, Told::server_name, "mail.example", 0));
    CHECK_FALSE(check.compare(Side::responder, Told::alpn, "imap", 0));
    CHECK_FALSE(check.compare(Side::responder, Told::certificate, std::string(31, '\0') + '\xaf', 0));
    CHECK(check.compare(Side::responder, Told::certificate, std::string(31, '\0') + '\xae', 0));
    CHECK(check.compare(Side::responder, Told::certificate, "", 0));
}
