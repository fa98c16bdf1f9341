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

TEST_CASE("smtp hostile: something else on the port of SMTP") {
    using enum Reason;
    const std::string shell = "\\x1b[0m$ id\\r\\n";
    expect_found({
        hostile("ssh answers", not_speaking, "S: \\^SSH-2.0-OpenSSH_9.2\\r\\n\n"),
        hostile("HTTP answers", not_speaking, "S: \\^HTTP/1.1 200 OK\\r\\n\\r\\n\n"),
        hostile("FTP answers", not_speaking, "S> 220 ftp\nC: \\^USER anonymous\\r\\n\n"),
        hostile("POP3 answers", not_speaking, "S: \\^+OK ready\\r\\n\n"),
        hostile("IMAP answers", not_speaking, "S: \\^* OK ready\\r\\n\n"),
        hostile("a shell answers", not_speaking, "S: \\^" + shell + "\n"),
        hostile("octets of no meaning answer", not_speaking, "S: \\^\\x00\\x01\\xff\\xfe\n"),
        hostile("TLS answers", not_speaking, "S: \\^\\x16\\x03\\x03\\x00\\x05\n"),
        hostile("the greeting becomes something else", not_speaking, "S: 2\\^3x\\r\\n\n"),
        hostile("a greeting of another code", not_speaking, "S: 22\\^1 bye\\r\\n\n"),
        hostile("HTTP before the greeting", early_talker, "C: \\^GET / HTTP/1.1\\r\\n\n"),
        hostile("TLS before the greeting", early_talker, "C: \\^\\x16\\x03\\x01\\x02\\x00\n"),
        hostile("EHLO before the greeting", early_talker, "C: \\^EHLO a\\r\\n\nS> 220 b\n"),
        hostile("EHLO within the greeting", early_talker, "S> 220-wait\nC: \\^EHLO a\\r\\n\nS> 220 now\n"),
        hostile("HTTP behind the greeting", not_speaking, greeted + "C: \\^GET / HTTP/1.1\\r\\n\n"),
        hostile("a HTTP POST with commands in it", not_speaking, greeted + "C: \\^POST /x HTTP/1.1\\r\\n\\r\\nEHLO a\\r\\n\n"),
        hostile("ssh behind the greeting", not_speaking, greeted + "C: S\\^SH-2.0-x\\r\\n\n"),
        hostile("a shell behind the greeting", not_speaking, greeted + "C: \\^/bin/sh -i\\n\n"),
        hostile("octets of no meaning behind the greeting", not_speaking, greeted + "C: \\^\\x00\\x01\\x02\n"),
        hostile("TLS behind the greeting", not_speaking, greeted + "C: \\^\\x16\\x03\\x01\\x02\\x00\n"),
        hostile("a SOCKS request", not_speaking, greeted + "C: \\^\\x05\\x01\\x00\n"),
        hostile("an RTSP request", not_speaking, greeted + "C: \\^OPTIONS / RTSP/1.0\\r\\n\n"),
        hostile("a command that SMTP does not know", not_speaking, hello + "C: \\^XCLIENT ADDR=192.0.2.1\\r\\n\n"),
        hostile("an extension that is not SMTP here", not_speaking, hello + "C: E\\^TRN example.org\\r\\n\n"),
        hostile("a verb that goes on", not_speaking, hello + "C: RSET\\^S\\r\\n\n"),
        hostile("half a verb", not_speaking, hello + "C: RSE\\^\\r\\n\n"),
        hostile("an empty command", not_speaking, hello + "C: \\^\\r\\n\n"),
        hostile("a blank before the verb", not_speaking, hello + "C: \\^ RSET\\r\\n\n"),
    });
}

TEST_CASE("smtp hostile: names of other scripts that the mail does not announce (RFC 6531 3.4)") {
    using enum Reason;
    const std::string utf8 = greeted + "C> EHLO a\nS> 250-b\nS> 250-8BITMIME\nS> 250 SMTPUTF8\n";
    expect_found({
        hostile("a sender", not_speaking, utf8 + "C: MAIL FROM:<\\xc3\\xa9@example.org>\\^\\r\\n\n"),
        hostile("a sender and other parameters", not_speaking, utf8 + "C: MAIL FROM:<a@\\xc3\\xa9.example> SIZE=1 SMTPUTF\\^\\r\\n\n"),
        hostile("a parameter that only begins like it", not_speaking,
                utf8 + "C: MAIL FROM:<\\xc3\\xa9@example.org> SMTPUTF88 SMTPUTF8=1\\^\\r\\n\n"),
        hostile("a value", not_speaking, utf8 + "C: MAIL FROM:<a@example.org> ENVID=\\xc3\\xa9\\^\\r\\n\n"),
        hostile("a recipient", not_speaking,
                utf8 + "C> MAIL FROM:<a@example.org>\nS> 250 ok\nC: RCPT TO:<\\^\\xc3\\xa9@mail.example>\\r\\n\n"),
        hostile("a recipient of the next mail", not_speaking,
                utf8 + "C> MAIL FROM:<a@example.org> SMTPUTF8\nS> 250 ok\nC> RSET\nS> 250 ok\nC> MAIL FROM:<a@example.org>\nS> 250 ok\n"
                       "C: RCPT TO:<b@\\^\\xc3\\xa9.example>\\r\\n\n"),
    });
}

TEST_CASE("smtp hostile: who opens and says nothing") {
    using enum Reason;
    expect_found({
        hostile("gone behind the greeting", client_silent, greeted + "C.\\^"),
        hostile("gone before the greeting", client_silent, "C.\\^"),
        hostile("reset behind the greeting", client_reset, greeted + "C!\\^"),
        hostile("reset before the greeting", client_reset, "C!\\^"),
        hostile("silent until the server gives up", client_silent, greeted + "S> 421 4.4.2 timeout\nS.\nC.\\^"),
    });
}

TEST_CASE("smtp hostile: out of turn") {
    using enum Reason;
    expect_found({
        hostile("two commands where pipelining is not offered", not_speaking,
                hello + "C> MAIL FROM:<a@example.org>\nC: \\^RCPT TO:<b@mail.example>\\r\\n\n"),
        hostile("a command before EHLO is answered", not_speaking, greeted + "C> EHLO a\nC: \\^MAIL FROM:<a@example.org>\\r\\n\n"),
        hostile("pipelining behind HELO", not_speaking,
                pipelining + "C> HELO a\nS> 250 b\nC> MAIL FROM:<a@example.org>\nC: \\^DATA\\r\\n\n"),
        hostile("a command behind EHLO, pipelining or not", not_speaking, pipelining + "C> EHLO a\nC: \\^RSET\\r\\n\n"),
        hostile("a command behind DATA", not_speaking, pipelining + envelope + "C> DATA\nC: \\^NOOP\\r\\n\n"),
        hostile("a mail before 354", not_speaking, pipelining + envelope + "C> DATA\nC: \\^Subject: hello\\r\\n\n"),
        hostile("a command behind NOOP", not_speaking, pipelining + "C> NOOP\nC: \\^NOOP\\r\\n\n"),
        hostile("a command behind QUIT", not_speaking, pipelining + "C> QUIT\nC: \\^NOOP\\r\\n\n"),
        hostile("a command behind the good-bye", not_speaking, hello + "C> QUIT\nS> 221 bye\nC: \\^NOOP\\r\\n\n"),
        hostile("a reply to nothing", not_speaking, hello + "S: \\^250 ok\\r\\n\n"),
        hostile("a reply behind the good-bye", not_speaking, hello + "C> QUIT\nS> 221 bye\nS: \\^421 and more\\r\\n\n"),
        hostile("a second good-bye that nobody asked for", not_speaking, hello + "S> 421 timeout\nS: \\^421 again\\r\\n\n"),
        hostile("an answer behind a good-bye that nobody asked for", not_speaking, hello + "S> 421 timeout\nC> NOOP\nS: \\^250 ok\\r\\n\n"),
        hostile("two replies to one command", not_speaking, hello + "C> RSET\nS> 250 ok\nS: \\^250 ok\\r\\n\n"),
        hostile("a flood of replies", not_speaking,
                hello + "C> RSET\nS> 250 ok\nS: \\^500 a\\r\\n500 a\\r\\n500 a\\r\\n500 a\\r\\n500 a\\r\\n\n"),
        hostile("a reply while the mail is sent", not_speaking, data + "C> hello\nS: \\^250 ok\\r\\n\n"),
        hostile("a reply behind the good-bye", not_speaking, hello + "C> QUIT\nS> 221 bye\nS: \\^250 ok\\r\\n\n"),
        hostile("421 and something else", not_speaking, hello + "S: 4\\^50 wait\\r\\n\n"),
        hostile(
            "more groups than anybody sends", not_speaking,
            pipelining +
                [] {
                    std::string all;
                    for (int i = 0; i < 16; ++i) all += "C> RSET\nC> MAIL FROM:<a@example.org>\n";
                    return all + "C: RSET\\r\\^\\n\n";
                }()),
    });
}

TEST_CASE("smtp hostile: replies that are none") {
    using enum Reason;
    const std::string asked = hello + "C> RSET\n";
    expect_found({
        hostile("a code of the first class", not_speaking, asked + "S: \\^150 ok\\r\\n\n"),
        hostile("a code of the sixth class", not_speaking, asked + "S: \\^600 ok\\r\\n\n"),
        hostile("another meaning than the command has", not_speaking, asked + "S: 2\\^21 bye\\r\\n\n"),
        hostile("354 to anything but DATA", not_speaking, asked + "S: \\^354 go\\r\\n\n"),
        hostile("334 to anything but AUTH", not_speaking, hello + "C> MAIL FROM:<a@example.org>\nS: \\^334 VXNlcg==\\r\\n\n"),
        hostile("250 to DATA", not_speaking, hello + envelope + "C> DATA\nS: \\^250 ok\\r\\n\n"),
        hostile("a second digit that has no meaning", not_speaking, asked + "S: 5\\^90 no\\r\\n\n"),
        hostile("two digits", not_speaking, asked + "S: 25\\^ ok\\r\\n\n"),
        hostile("four digits", not_speaking, asked + "S: 250\\^0 ok\\r\\n\n"),
        hostile("another code in the second line", not_speaking, asked + "S: 250-ok\\r\\n\\^550 no\\r\\n\n"),
        hostile("no code in the second line", not_speaking, asked + "S: 250-ok\\r\\n\\^well\\r\\n\n"),
        hostile("a line that is too long", not_speaking, asked + "S: 250 " + std::string(507, 'x') + "\\^x\\r\\n\n"),
        hostile("octets above 127", not_speaking, asked + "S: 550 \\^\\xc4\\xe3\\r\\n\n"),
        hostile("escape sequences", not_speaking, "S: 220 \\^\\x1b]0;owned\\x07\\r\\n\n"),
        hostile("NUL", not_speaking, "S: 220 mail\\^\\0.example\\r\\n\n"),
    });
}

TEST_CASE("smtp hostile: commands that are none") {
    using enum Reason;
    expect_found({
        hostile("EHLO without a name", not_speaking, greeted + "C: EHLO\\^\\r\\n\n"),
        hostile("EHLO with two names", not_speaking, greeted + "C: EHLO a \\^b\\r\\n\n"),
        hostile("EHLO with a slash", not_speaking, greeted + "C: EHLO a\\^/b\\r\\n\n"),
        hostile("EHLO with an open literal", not_speaking, greeted + "C: EHLO [192.0.2.1\\^\\r\\n\n"),
        hostile("octets above 127 in a name", not_speaking, greeted + "C: EHLO \\^\\xc3\\xa9\\r\\n\n"),
        hostile("NUL in a name", not_speaking, greeted + "C: EHLO a\\^\\0b\\r\\n\n"),
        hostile("a name of 256 octets", not_speaking, greeted + "C: EHLO " + std::string(255, 'a') + "\\^a\\r\\n\n"),
        hostile("MAIL without FROM", not_speaking, hello + "C: MAIL \\^<a@example.org>\\r\\n\n"),
        hostile("MAIL TO", not_speaking, hello + "C: MAIL \\^TO:<a@example.org>\\r\\n\n"),
        hostile("a path without brackets", not_speaking, hello + "C: MAIL FROM:\\^a@example.org\\r\\n\n"),
        hostile("a path with a blank", not_speaking, hello + "C: MAIL FROM:<a\\^ b@example.org>\\r\\n\n"),
        hostile("a path that does not end", not_speaking, hello + "C: MAIL FROM:<a@example.org\\^\\r\\n\n"),
        hostile("an empty recipient", not_speaking, hello + "C: RCPT TO:<\\^>\\r\\n\n"),
        hostile("a second path in the first", not_speaking, hello + "C: RCPT TO:<b@mail.example\\^<c@mail.example>\\r\\n\n"),
        hostile("two paths", not_speaking, hello + "C: RCPT TO:<b@mail.example>\\^<c@mail.example>\\r\\n\n"),
        hostile("a pipe for a mailbox", not_speaking, hello + "C: RCPT TO:<b@\\^|id>\\r\\n\n"),
        hostile("UTF-8 where it was not offered", not_speaking, hello + "C: RCPT TO:<\\^\\xc3\\xa9@mail.example>\\r\\n\n"),
        hostile("control octets in a quoted mailbox", not_speaking, hello + "C: RCPT TO:<\"a\\^\\x01b\"@mail.example>\\r\\n\n"),
        hostile("a parameter without a name", not_speaking, hello + "C: MAIL FROM:<a@example.org> \\^=1\\r\\n\n"),
        hostile("a parameter with two values", not_speaking, hello + "C: MAIL FROM:<a@example.org> SIZE=1\\^=2\\r\\n\n"),
        hostile("a parameter without a value", not_speaking, hello + "C: MAIL FROM:<a@example.org> SIZE=\\^\\r\\n\n"),
        hostile("DATA with an argument", not_speaking, hello + "C: DATA \\^now\\r\\n\n"),
        hostile("VRFY without one", not_speaking, hello + "C: VRFY\\^\\r\\n\n"),
        hostile("a command line that is too long", not_speaking, hello + "C: NOOP " + std::string(506, 'x') + "\\^x\\r\\n\n"),
        hostile("a path that is far too long", not_speaking,
                hello + "C: RCPT TO:<" + std::string(2038, 'x') + "\\^x@mail.example>\\r\\n\n"),
        hostile("octets above 127 in a command", not_speaking, hello + "C: NOOP \\^\\xff\\r\\n\n"),
        hostile("NUL in a command", not_speaking, hello + "C: NOOP \\^\\0\\r\\n\n"),
    });
}

TEST_CASE("smtp hostile: logins that can be read") {
    using enum Reason;
    expect_found({
        hostile("AUTH PLAIN", cleartext_login, hello + "C: AUTH\\^ PLAIN AGFteQBzZWNyZXQ=\\r\\n\n"),
        hostile("AUTH LOGIN", cleartext_login, hello + "C: auth\\^ login\\r\\n\nS> 334 VXNlcm5hbWU6\n"),
        hostile("AUTH CRAM-MD5", cleartext_login, hello + "C: AUTH\\^ CRAM-MD5\\r\\n\n"),
        hostile("AUTH behind a STARTTLS that was refused", cleartext_login,
                hello + "C> STARTTLS\nS> 454 not now\nC: AUTH\\^ PLAIN AGE=\\r\\n\n"),
    });
}

TEST_CASE("smtp hostile: mails and chunks of other sizes than they claim") {
    using enum Reason;
    const std::string chunked = pipelining + envelope;
    const std::string binary = greeted + "C> EHLO a\nS> 250-b\nS> 250-CHUNKING\nS> 250 BINARYMIME\n";
    expect_found({
        hostile("BDAT where it is not offered", not_speaking, hello + envelope + "C: BDAT\\^ 5 LAST\\r\\nhello\n"),
        hostile("a chunk that is accepted before it is there", not_speaking, chunked + "C> BDAT 300 LAST\nC: hello\nS: 250 ok\\r\\^\\n\n"),
        hostile("octets of any kind that nobody offered to take", not_speaking,
                hello + "C: MAIL FROM:<a@example.org> BODY=BINARYMIME\\^\\r\\n\n"),
        hostile("octets of any kind, and then text", not_speaking,
                binary + "C: MAIL FROM:<a@example.org> BODY=BINARYMIME BODY=7BIT\\^\\r\\n\n"),
        hostile("text twice", not_speaking, binary + "C: MAIL FROM:<a@example.org> BODY=8BITMIME body=8bitmime\\^ SIZE=1\\r\\n\n"),
        hostile("octets of any kind behind RSET", smtp_bare_lf,
                binary + "C> MAIL FROM:<a@example.org> BODY=BINARYMIME\nS> 250 ok\nC> RSET\nS> 250 ok\nC> BDAT 3 LAST\nC: a\\^\\nb\n"),
        hostile("octets of any kind of a mail that was refused", smtp_bare_lf,
                binary + "C> MAIL FROM:<a@example.org> BODY=BINARYMIME\nS> 550 no\nC> BDAT 3 LAST\nC: a\\^\\nb\n"),
        hostile("DATA that is accepted behind a chunk", not_speaking,
                chunked + "C> BDAT 5\nC: hello\nS> 250 ok\nC> DATA\nS: 354 go\\r\\^\\n\n"),
        hostile("a chunk that is longer than it says", not_speaking, chunked + "C> BDAT 5 LAST\nC: hello\\^ there\\r\\n\n"),
        hostile("a size that is none", not_speaking, chunked + "C: BDAT \\^five\\r\\n\n"),
        hostile("a negative size", not_speaking, chunked + "C: BDAT \\^-5\\r\\n\n"),
        hostile("a size beyond all bounds", not_speaking, chunked + "C: BDAT 9999999999999999\\^9 LAST\\r\\n\n"),
        hostile("a size in hexadecimal", not_speaking, chunked + "C: BDAT 0\\^x5\\r\\n\n"),
        hostile("no size", not_speaking, chunked + "C: BDAT\\^\\r\\n\n"),
        hostile("another word than LAST", not_speaking, chunked + "C: BDAT 5 \\^FIRST\\r\\n\n"),
        hostile("half of LAST", not_speaking, chunked + "C: BDAT 5 LAS\\^\\r\\n\n"),
        hostile("LAST and more", not_speaking, chunked + "C: BDAT 5 LAST\\^S\\r\\n\n"),
        hostile("NUL in a chunk of text", not_speaking, chunked + "C> BDAT 5 LAST\nC: ab\\^\\0cd\n"),
        hostile("a line of 1,001 octets", not_speaking, data + "C: " + std::string(998, 'x') + "\\^x\\r\\n\n"),
        hostile("a line without an end", not_speaking,
                data + "C: short\\r\\n" + std::string(998, 'x') + "\\^" + std::string(3000, 'x') + "\n"),
        hostile("NUL in a mail", not_speaking, data + "C: hello\\r\\n" + std::string(300, 'x') + "\\^\\0\\r\\n\n"),
        hostile("octets above 127 where 8BITMIME is not offered", not_speaking,
                greeted + "C> EHLO a\nS> 250 b\n" + envelope + "C> DATA\nS> 354 go\nC: gr\\^\\xfc\\xdfe\\r\\n\n"),
        hostile("a dot, then commands that were not waited for", not_speaking,
                data + "C> hello\nC> .\nC: \\^MAIL FROM:<a@example.org>\\r\\n\n"),
    });
}

}  // namespace sw::craft
