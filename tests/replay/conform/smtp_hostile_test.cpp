/// What is not SMTP on a port of SMTP, from the first wrong octet.
#include <fmt/format.h>

#include "tests/replay/conform/talks.hpp"
#include "tests/support/catch.hpp"

namespace sw::craft {
namespace {

HostileTalk hostile(const std::string& name, Reason reason, const std::string& text) { return {{name, Script(text), "smtp"}, reason}; }

const std::string greeted = "S> 220 mail.example ESMTP\n";
const std::string hello = greeted + "C> EHLO relay.example.org\nS> 250-mail.example\nS> 250-STARTTLS\nS> 250 8BITMIME\n";
const std::string pipelining =
    greeted + "C> EHLO relay.example.org\nS> 250-mail.example\nS> 250-PIPELINING\nS> 250-CHUNKING\nS> 250 STARTTLS\n";
const std::string envelope = "C> MAIL FROM:<a@example.org>\nS> 250 ok\nC> RCPT TO:<b@mail.example>\nS> 250 ok\n";
const std::string data = hello + envelope + "C> DATA\nS> 354 go\n";

}  // namespace

TEST_CASE("smtp hostile: an end of mail that one server sees and the next does not") {
    using enum Reason;
    // Every way to write CRLF . CRLF with a CR or LF missing or too many, and a command behind it.
    expect_found({
        hostile(R"(\n.\n)", smtp_bare_lf, data + "C: hello\\^\\n.\\nMAIL FROM:<admin@mail.example>\\r\\n\n"),
        hostile(R"(\n.\r\n)", smtp_bare_lf, data + "C: hello\\^\\n.\\r\\nMAIL FROM:<admin@mail.example>\\r\\n\n"),
        hostile(R"(\r\n.\n)", smtp_bare_lf, data + "C: hello\\r\\n.\\^\\nMAIL FROM:<admin@mail.example>\\r\\n\n"),
        hostile(R"(\r.\r)", smtp_bare_lf, data + "C: hello\\r\\^.\\rMAIL FROM:<admin@mail.example>\\r\\n\n"),
        hostile(R"(\r.\r\n)", smtp_bare_lf, data + "C: hello\\r\\^.\\r\\nMAIL FROM:<admin@mail.example>\\r\\n\n"),
        hostile(R"(\r\n.\r)", smtp_bare_lf, data + "C: hello\\r\\n.\\r\\^MAIL FROM:<admin@mail.example>\\r\\n\n"),
        hostile(R"(\n\n.\r\n)", smtp_bare_lf, data + "C: hello\\^\\n\\n.\\r\\nMAIL FROM:<admin@mail.example>\\r\\n\n"),
        hostile(R"(\n\n.\n)", smtp_bare_lf, data + "C: hello\\^\\n\\n.\\nMAIL FROM:<admin@mail.example>\\r\\n\n"),
        hostile(R"(\r\r.\r\r)", smtp_bare_lf, data + "C: hello\\r\\^\\r.\\r\\rMAIL\\r\\n\n"),
        hostile(R"(\r\n\0.\r\n)", not_speaking, data + "C: hello\\r\\n\\^\\0.\\r\\nMAIL FROM:<admin@mail.example>\\r\\n\n"),
        hostile(R"(\r\r\n.\r\n)", smtp_bare_lf, data + "C: hello\\r\\^\\r\\n.\\r\\n\n"),
        hostile(R"(\n.\r at the very beginning)", smtp_bare_lf, data + "C: \\^\\n.\\r\\n\n"),
        hostile(R"(.\n at the very beginning)", smtp_bare_lf, data + "C: .\\^\\n\n"),
        hostile(R"(.\r at the very beginning)", smtp_bare_lf, data + "C: .\\r\\^x\\n\n"),
        hostile(R"(\x85 as a line's end where only ASCII may be)", not_speaking,
                greeted + "C> HELO a\nS> 250 b\n" + envelope + "C> DATA\nS> 354 go\nC: hello\\^\\x85.\\x85\\r\\n\n"),
    });
}

TEST_CASE("smtp hostile: bare CR and LF elsewhere") {
    using enum Reason;
    expect_found({
        hostile("a command that ends with LF", smtp_bare_lf, greeted + "C: HELO a\\^\\n\n"),
        hostile("a command that ends with CR", smtp_bare_lf, greeted + "C: HELO a\\r\\^M\n"),
        hostile("LF behind the verb", smtp_bare_lf, hello + "C: RSET\\^\\n\n"),
        hostile("an empty line with LF", smtp_bare_lf, hello + "C: \\^\\n\n"),
        hostile("a reply that ends with LF", smtp_bare_lf, greeted + "C> HELO a\nS: 250 b\\^\\n\n"),
        hostile("CR within a reply", smtp_bare_lf, greeted + "C> HELO a\nS: 250 b\\r\\^c\\r\\n\n"),
        hostile("CR within the greeting", smtp_bare_lf, "S: 220 a\\r\\^b\\r\\n\n"),
        hostile("LF within a chunk of text", smtp_bare_lf, pipelining + envelope + "C> BDAT 9 LAST\nC: hello\\^\\nyou\n"),
        hostile("CR at the end of the last chunk", smtp_bare_lf, pipelining + envelope + "C> BDAT 6 LAST\nC: hello\\^\\r\n"),
        hostile("LF that begins the second chunk", smtp_bare_lf, pipelining + envelope + "C> BDAT 5\nC: hello\nC> BDAT 2\nC: \\^\\na\n"),
        hostile("CR at the end of a chunk, no LF in the next", smtp_bare_lf,
                pipelining + envelope + "C> BDAT 6\nC: hello\\r\nC> BDAT 2\nC: \\^ab\n"),
    });
}

TEST_CASE("smtp hostile: something before, between and behind STARTTLS and the handshake") {
    using enum Reason;
    const std::string accepted = hello + "C> STARTTLS\nS> 220 go\n";
    expect_found({
        hostile("a command in one piece with STARTTLS", starttls_injection, hello + "C> STARTTLS\nC: \\^RSET\\r\\n\nS> 220 go\n"),
        hostile("a mail in one piece with STARTTLS", starttls_injection,
                pipelining + "C> STARTTLS\nC: \\^MAIL FROM:<a@example.org>\\r\\nRCPT TO:<b@mail.example>\\r\\n\n"),
        hostile("a handshake that does not wait for the answer", starttls_injection, hello + "C> STARTTLS\nC: \\^\\x16\\x03\\x01\n"),
        hostile("a command behind the answer", starttls_injection, accepted + "C: \\^EHLO again\\r\\n\n"),
        hostile("an answer behind the answer", starttls_injection, hello + "C> STARTTLS\nS: 220 go\\r\\n\\^250 injected\\r\\n\n"),
        hostile("octets of the server before the ClientHello", starttls_injection, accepted + "S: \\^\\x16\\x03\\x03\n"),
        hostile("STARTTLS that was not offered", not_speaking, greeted + "C> EHLO a\nS> 250 b\nC: STARTTLS\\^\\r\\n\n"),
        hostile("STARTTLS behind HELO", not_speaking, hello + "C> HELO a\nS> 250 b\nC: STARTTLS\\^\\r\\n\n"),
        hostile("STARTTLS with an argument", not_speaking, hello + "C: STARTTLS \\^now\\r\\n\n"),
    });
}

}  // namespace sw::craft
