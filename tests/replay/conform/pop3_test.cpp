/// What is POP3 and what is not, both sides, however it is cut.
#include <fmt/format.h>

#include "tests/replay/conform/talks.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/tls.hpp"

namespace sw::craft {
namespace {

const std::string in_clear = "cleartext_login = true";

Talk honest(const std::string& name, const std::string& text) { return {name, Script(text), "pop3", in_clear}; }
HostileTalk hostile(const std::string& name, const std::string& text, Reason reason = Reason::not_speaking) {
    return {{name, Script(text), "pop3", in_clear}, reason};
}
/// Under a rule that wants TLS before any login.
HostileTalk strict(const std::string& name, const std::string& text, Reason reason) { return {{name, Script(text), "pop3"}, reason}; }

const std::string greeted = "S> +OK ready <1.2@mail.example>\n";
const std::string logged_in = greeted + "C> USER amy\nS> +OK\nC> PASS my secret\nS> +OK 2 messages\n";
const std::string in_a_row = greeted + "C> CAPA\nS> +OK capabilities follow\nS> TOP\nS> PIPELINING\nS> .\n";

}  // namespace

TEST_CASE("pop3: honest sessions are clean") {
    expect_clean({
        honest(
            "all that POP3 has",
            logged_in +
                "C> STAT\nS> +OK 2 320\nC> LIST\nS> +OK 2 messages\nS> 1 120\nS> 2 200\nS> .\nC> LIST 2\nS> +OK 2 200\nC> UIDL\nS> "
                "+OK\nS> 1 a\nS> 2 b\nS> .\nC> RETR 1\nS> +OK 120 octets\nS> From: a\nS> \nS> ..\nS> ..dots\nS> .\nC> TOP 2 0\nS> +OK\nS> "
                "From: b\nS> \nS> .\nC> DELE 1\nS> +OK\nC> RSET\nS> +OK\nC> NOOP\nS> +OK\nC> QUIT\nS> +OK bye\nS.\nC.\n"),
        honest("errors are one line", logged_in + "C> RETR 9\nS> -ERR no such message\nC> LIST 9\nS> -ERR\nC> QUIT\nS> +OK\n"),
        honest("small letters, and a password with blanks", greeted + "C> user amy\nS> +OK\nC> pass  a  b \nS> -ERR no\nC> quit\nS> +OK\n"),
        honest("commands in a row",
               in_a_row + "C> USER amy\nC> PASS secret\nC> STAT\nC> RETR 1\nC> QUIT\nS> +OK\nS> +OK\nS> +OK 1 5\nS> +OK\nS> hi\nS> .\nS> "
                          "+OK\n"),
        honest("APOP", greeted + "C> APOP amy c4c9334bac560ecc979e58001b3e22fb\nS> +OK in\nC> STAT\nS> +OK 0 0\n"),
        honest("AUTH with and without an initial response",
               greeted +
                   "C> AUTH PLAIN\nS> + \nC> AGFteQBzZWNyZXQ=\nS> -ERR no\nC> AUTH PLAIN AGFteQBzZWNyZXQ=\nS> +OK\nC> STAT\nS> +OK 0 0\n"),
        honest("AUTH that is called off", greeted + "C> AUTH PLAIN\nS> + \nC> *\nS> -ERR called off\n"),
        honest("AUTH alone lists mechanisms", greeted + "C> AUTH\nS> +OK\nS> PLAIN\nS> .\nC> QUIT\nS> +OK\n"),
        honest("a mail of nothing", logged_in + "C> RETR 1\nS> +OK\nS> .\n"),
        honest("languages",
               greeted + "C> LANG\nS> +OK\nS> en English\nS> .\nC> LANG de\nS> +OK de Sprache ge\\xc3\\xa4ndert\nC> UTF8\nS> +OK\n"),
        honest("a greeting in another character set", "S> +OK \\xd3\\xca\\xbc\\xfe POP3\nC> QUIT\nS> +OK\n"),
        honest("a server that sends away", "S> -ERR busy\nS.\nC.\n"),
        honest("a server that hangs up on an idle client", logged_in + "S> -ERR Disconnected for inactivity.\nS.\nC> QUIT\nC.\n"),
    });
}

TEST_CASE("pop3: TLS behind its start is clean, without a word in clear about a login") {
    const auto encrypted = [](const Script& handshake) {
        Script s(greeted + "C> STLS\nS> +OK go\n");
        return s += handshake;
    };
    expect_clean({
        {"TLS 1.3", encrypted(tls::talk_13({.server_name = "mail.example"})), "pop3"},
        {"TLS 1.2, with what the rule pins", encrypted(tls::talk_12({.client{.versions = {}, .server_name = "mail.example"}})), "pop3",
         "pin = { server_name = \"mail.example\", tls = \"1.2\" }"},
    });
    expect_found({
        {{"a server that answers the handshake in clear",
          encrypted(Script().say(Side::client, tls::handshake(1, tls::client_hello({})))) += Script("S: \\^no\\r\\n\n"), "pop3"},
         Reason::starttls_injection},
    });
}

TEST_CASE("pop3 hostile: not POP3 at all") {
    using enum Reason;
    expect_found({
        hostile("a second command behind the server's good-bye", logged_in + "S> -ERR idle\nC> NOOP\nC: \\^NOOP\\r\\n\n"),
        hostile("an answer behind the server's good-bye", logged_in + "S> -ERR idle\nC> NOOP\nS: \\^+OK\\r\\n\n"),
        hostile("a client that speaks first", "C: \\^USER amy\\r\\n\n", early_talker),
        hostile("SMTP", "S: \\^220 mail.example ESMTP\\r\\n\n"),
        hostile("IMAP", "S: \\^* OK ready\\r\\n\n"),
        hostile("HTTP", greeted + "C: \\^GET / HTTP/1.1\\r\\n\n"),
        hostile("a database that answers pings", "S: +\\^PONG\\r\\n\n"),
        hostile("TLS where clear text begins", greeted + "C: \\^\\x16\\x03\\x01\n"),
        hostile("a greeting with a control octet", "S: +OK \\^\\x1b[2J\\r\\n\n"),
        hostile("a greeting that ends with LF", "S: +OK ready\\^\\n\n"),
        hostile("a greeting that challenges", "S: +\\^ hello\\r\\n\n"),
        hostile("a greeting without an end", "S: +OK " + std::string(508, 'x') + "\\^x\n"),
        hostile("an end within the greeting", "S: +OK re\nS.\\^\n"),
        hostile("a client that says nothing", greeted + "C.\\^\n", client_silent),
        hostile("a client that breaks off", greeted + "C!\\^\n", client_reset),
    });
}

TEST_CASE("pop3 hostile: logins in clear and words around STLS") {
    using enum Reason;
    const std::string starts = greeted + "C> STLS\n";
    expect_found({
        strict("USER", greeted + "C: USER\\^ amy\\r\\n\n", cleartext_login),
        strict("APOP", greeted + "C: APOP\\^ amy 0\\r\\n\n", cleartext_login),
        strict("AUTH", greeted + "C: AUTH\\^ PLAIN\\r\\n\n", cleartext_login),
        strict("PASS in small letters", greeted + "C: pass\\^ x\\r\\n\n", cleartext_login),
        strict("a command in one piece with STLS", starts + "C: \\^USER amy\\r\\n\nS> +OK\n", starttls_injection),
        strict("a command behind STLS", starts + "S> +OK go\nC: \\^USER amy\\r\\n\n", starttls_injection),
        strict("a reply in one piece with the answer", starts + "S: +OK go\\r\\n\\^+OK again\\r\\n\n", starttls_injection),
        hostile("STLS behind a login", logged_in + "C: STLS\\^\\r\\n\n"),
    });
}

TEST_CASE("pop3 hostile: commands") {
    std::string many = in_a_row + "C> USER amy\nS> +OK\nC> PASS x\nS> +OK\n";
    for (int i = 0; i < 64; ++i) many += "C> NOOP\n";
    expect_found({
        hostile("no command", greeted + "C: \\^XTND\\r\\n\n"),
        hostile("mail before the login", greeted + "C: RETR\\^ 1\\r\\n\n"),
        hostile("a login behind the login", logged_in + "C: USER\\^ bob\\r\\n\n"),
        hostile("a number that is none", logged_in + "C: RETR \\^x\\r\\n\n"),
        hostile("a number without end", logged_in + "C: RETR 1234567890\\^1\\r\\n\n"),
        hostile("two numbers where one belongs", logged_in + "C: RETR 1\\^ 2\\r\\n\n"),
        hostile("one number where two belong", logged_in + "C: TOP 1\\^\\r\\n\n"),
        hostile("nothing where a number belongs", logged_in + "C: DELE\\^\\r\\n\n"),
        hostile("a blank at the end", logged_in + "C: STAT\\^ \\r\\n\n"),
        hostile("a bare LF", logged_in + "C: STAT\\^\\n\n"),
        hostile("a bare CR", logged_in + "C: STAT\\r\\^STAT\\r\\n\n"),
        hostile("octets beyond ASCII in a name", greeted + "C: USER \\^\\xff\\r\\n\n"),
        hostile("a line without end", greeted + "C: USER " + std::string(250, 'x') + "\\^x\n"),
        hostile("a command before the reply to the last", logged_in + "C> STAT\nC: \\^STAT\\r\\n\n"),
        hostile("65 commands that wait", many + "C: \\^NOOP\\r\\n\n"),
        hostile("a command behind QUIT", logged_in + "C> QUIT\nC: \\^STAT\\r\\n\n"),
        hostile("a command behind AUTH", in_a_row + "C> AUTH PLAIN\nC: \\^STAT\\r\\n\n"),
        hostile("a reply that is no base64", greeted + "C> AUTH PLAIN\nS> + \nC: ab\\^!c\\r\\n\n"),
        hostile("the end within a command", greeted + "C: US\nC.\\^\n"),
    });
}

TEST_CASE("pop3 hostile: replies") {
    expect_found({
        hostile("a reply to no command", logged_in + "S: \\^+OK\\r\\n\n"),
        hostile("two replies to one command", logged_in + "C> STAT\nS> +OK 0 0\nS: \\^+OK\\r\\n\n"),
        hostile("lines where one belongs", logged_in + "C> STAT\nS> +OK\nS: \\^1 2\\r\\n\n"),
        hostile("a challenge to a command", logged_in + "C> STAT\nS: +\\^ \\r\\n\n"),
        hostile("a bare LF before a dot: one reader sees the end, the next does not",
                logged_in + "C> RETR 1\nS> +OK\nS: hi\\^\\n.\\r\\n+OK injected\\r\\n\n"),
        hostile("a bare LF behind the dot", logged_in + "C> RETR 1\nS> +OK\nS: hi\\r\\n.\\^\\n+OK injected\\r\\n\n"),
        hostile("a bare CR behind the dot", logged_in + "C> RETR 1\nS> +OK\nS: hi\\r\\n.\\r\\^.\\r\\n\n"),
        hostile("NUL in a mail", logged_in + "C> RETR 1\nS> +OK\nS: hi\\^\\0\\r\\n\n"),
        hostile("an end within a mail", logged_in + "C> RETR 1\nS> +OK\nS> hi\nS.\\^\n"),
        hostile("more behind the good-bye", logged_in + "C> QUIT\nS> +OK\nS: \\^+OK\\r\\n\n"),
    });
}

}  // namespace sw::craft
