/// What is IMAP and what is not, both sides, however it is cut.
#include <fmt/format.h>

#include "tests/replay/conform/talks.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/tls.hpp"

namespace sw::craft {
namespace {

const std::string in_clear = "cleartext_login = true";

Talk honest(const std::string& name, const std::string& text) { return {name, Script(text), "imap", in_clear}; }
HostileTalk hostile(const std::string& name, const std::string& text, Reason reason = Reason::not_speaking) {
    return {{name, Script(text), "imap", in_clear}, reason};
}
/// Under a rule that wants TLS before any login.
HostileTalk strict(const std::string& name, const std::string& text, Reason reason) { return {{name, Script(text), "imap"}, reason}; }

const std::string greeted = "S> * OK [CAPABILITY IMAP4rev1 SASL-IR STARTTLS] ready\n";
const std::string logged_in = greeted + "C> a LOGIN amy secret\nS> a OK [CAPABILITY IMAP4rev1 IDLE] in\n";
const std::string selected = logged_in +
                             "C> b SELECT inbox\nS> * 2 EXISTS\nS> * 0 RECENT\nS> * FLAGS (\\\\Seen \\\\Deleted)\n"
                             "S> * OK [UIDVALIDITY 1] valid\nS> b OK [READ-WRITE] done\n";

}  // namespace

TEST_CASE("imap: honest sessions are clean") {
    expect_clean({
        honest("an answer to IDLE that crosses the next command",
               selected + "C> c IDLE\nS> + idling\nC> DONE\nC: d NO\nS> c OK done\nC: OP\\r\\n\nS> d OK done\n"),
        honest("an answer to IDLE that crosses the next IDLE",
               selected + "C> c IDLE\nS> + idling\nC> DONE\nC> d IDLE\nS> c OK done\nS> + idling\nC> DONE\nS> d OK done\n"),
        honest("an IDLE that ends while the client ends it",
               selected + "C> c IDLE\nS> + idling\nC: DO\nS> c OK done\nC: NE\\r\\n\nC> d NOOP\nS> d OK done\n"),
        honest("a mailbox that is not opened, behind a login that is refused",
               greeted + "C> a LOGIN amy wrong\nC> b SELECT inbox\nS> a NO no\nS> b NO no\nC> c LOGIN amy secret\nS> c OK in\n"),
        honest("read and leave", selected + "C> c FETCH 1 (FLAGS BODY[HEADER.FIELDS (\"From\" DATE)]<0.100>)\n"
                                            "S> * 1 FETCH (FLAGS (\\\\Seen) BODY[HEADER.FIELDS (\"From\" DATE)]<0> {12}\n"
                                            "S: From: a\\r\\n\\r\\n\\n)\\r\\n\nS> c OK done\n"
                                            "C> d LOGOUT\nS> * BYE bye\nS> d OK done\nS.\nC.\n"),
        honest(
            "structures in structures",
            selected +
                "C> c UID FETCH 1:* (ENVELOPE BODYSTRUCTURE)\n"
                "S> * 1 FETCH (UID 5 ENVELOPE (\"Mon, 1 Jan\" \"say \\\\\"hi\\\\\" \\xc3\\xa4\" ((\"A\" NIL \"a\" \"example\")(NIL NIL \"b\" "
                "\"example\")) NIL NIL NIL NIL NIL NIL \"<1@example>\") BODYSTRUCTURE ((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"utf-8\") NIL NIL "
                "\"7BIT\" 1 1)(\"TEXT\" \"HTML\" NIL NIL NIL \"7BIT\" 1 1) \"ALTERNATIVE\"))\nS> c OK done\n"),
        honest(
            "a mail is handed in, the server is asked before each literal",
            logged_in + "C> b APPEND {5}\nS> + go on\nC> INBOX (\\\\Seen) {7}\nS> +\nC> a\\r\\nb\\r\\nc\nS> b OK [APPENDUID 1 2] done\n"),
        honest("a literal that the server refuses",
               logged_in + "C> b APPEND inbox {99999999}\nS> b NO [TOOBIG] too big\nC> c NOOP\nS> c OK done\n"),
        honest("literals without waiting, where they are offered",
               "S> * OK [CAPABILITY IMAP4rev1 LITERAL+] ready\nC> a LOGIN {3+}\nC> amy {6+}\nC> secret\nS> a OK in\n"),
        honest(
            "short literals without waiting (LITERAL-), offered in a response",
            greeted +
                "C> a CAPABILITY\nS> * CAPABILITY IMAP4rev1 LITERAL-\nS> a OK done\nC> b LOGIN {3+}\nC> amy {6+}\nC> secret\nS> b OK in\n"),
        honest(
            "an empty literal, one with NUL (RFC 3516)",
            selected +
                "C> c FETCH 1 BINARY[1]\nS> * 1 FETCH (BINARY[1] ~{3}\nS: \\0\\0\\0 BODY[2] {0}\\r\\n BODY[3] \"\")\\r\\n\nS> c OK done\n"),
        honest(
            "IDLE",
            selected +
                "C> c IDLE\nS> + idling\nS> * 3 EXISTS\nS> * 1 EXPUNGE\nC> DONE\nS> c OK done\nC> d idle\nS> +\nC> done\nS> d OK\\x20\n"),
        honest(
            "commands in a row, answers in another order",
            logged_in +
                "C> 1 STATUS a (MESSAGES)\nC> 2 STATUS b (MESSAGES)\nS> * STATUS b (MESSAGES 1)\nS> 2 OK done\nS> * STATUS \"a\" (MESSAGES "
                "0)\nS> 1 OK done\n"),
        honest("a login and what needs it in one piece",
               greeted + "C> 1 LOGIN amy secret\nC> 2 SELECT inbox\nC> 3 FETCH 1 FLAGS\n"
                         "S> 1 OK in\nS> * 1 EXISTS\nS> 2 OK done\nS> * 1 FETCH (FLAGS ())\nS> 3 OK done\n"),
        honest(
            "AUTHENTICATE with and without an initial response",
            greeted +
                "C> a AUTHENTICATE PLAIN AGFteQBzZWNyZXQ=\nS> a NO no\nC> b AUTHENTICATE LOGIN\nS> + VXNlcm5hbWU6\nC> YW15\nS> + UGFzc3dvcmQ6\n"
                "C> c2VjcmV0\nS> b OK in\n"),
        honest("AUTHENTICATE that is called off",
               greeted + "C> a AUTHENTICATE LOGIN\nS> +\\x20\nC> *\nS> a BAD called off\nC> b NOOP\nS> b OK done\n"),
        honest("a session that needs no login",
               "S> * PREAUTH [CAPABILITY IMAP4rev1] welcome back\nC> a LIST \"\" *\nS> * LIST (\\\\Noselect) \"/\" foo\nS> a OK done\n"),
        honest("a server that sends away", "S> * BYE full\nS.\nC.\n"),
        honest("a server that hangs up on an idle client", selected + "S> * BYE Disconnected for inactivity.\nS.\nC> c NOOP\nC.\n"),
        honest("tags of all sorts", greeted + "C> . NOOP\nS> . OK done\nC> A]1=~ noop\nS> A]1=~ OK done\nC> . NOOP\nS> . BAD no\n"),
        honest(
            "quotas, rights, threads, threads of threads",
            selected +
                "C> 1 GETQUOTAROOT inbox\nS> * QUOTAROOT inbox \"\"\nS> * QUOTA \"\" (STORAGE 10 512)\nS> 1 OK done\nC> 2 UID THREAD REFERENCES "
                "UTF-8 ALL\nS> * THREAD (1 (2 3)(4))(5)\nS> 2 OK done\nC> 3 UID SEARCH RETURN (ALL) UNSEEN\nS> * ESEARCH (TAG \"3\") UID ALL "
                "1:3\nS> 3 OK done\n"),
    });
}

TEST_CASE("imap: TLS behind its start is clean, without a word in clear about a login") {
    const auto encrypted = [](const Script& handshake) {
        Script s(greeted + "C> a STARTTLS\nS> a OK go\n");
        return s += handshake;
    };
    expect_clean({
        {"TLS 1.3", encrypted(tls::talk_13({.server_name = "mail.example"})), "imap"},
        {"TLS 1.2, with what the rule pins", encrypted(tls::talk_12({.client{.versions = {}, .server_name = "mail.example"}})), "imap",
         "pin = { server_name = \"mail.example\", tls = \"1.2\" }"},
    });
    expect_found({
        {{"a server that answers the handshake in clear",
          encrypted(Script().say(Side::client, tls::handshake(1, tls::client_hello({})))) += Script("S: \\^no\\r\\n\n"), "imap"},
         Reason::starttls_injection},
    });
}

TEST_CASE("imap hostile: not IMAP at all") {
    using enum Reason;
    expect_found({
        hostile("a client that speaks first", "C: \\^a NOOP\\r\\n\n", early_talker),
        hostile("a client that speaks into the greeting", "S: * OK re\nC: \\^a NOOP\\r\\n\n", early_talker),
        hostile("a command whose tag is half of another's line",
                selected + "C> c IDLE\nS> + idling\nC> DONE\nC: d \nS> c OK done\nC: CO\\^MPRESS NOOP\\r\\n\n"),
        hostile("a command within the reply to a challenge",
                greeted + "C> a AUTHENTICATE PLAIN\nS> + \nC: AAA\nS> a NO x\nC: XSHELL\\^ NOOP\\r\\n\n"),
        hostile("a list behind a mailbox that was not opened and a login that was refused",
                greeted + "C> a LOGIN amy wrong\nC> b SELECT inbox\nS> a NO no\nS> b NO no\nC: c LIST\\^ \"\" *\\r\\n\n"),
        hostile("SMTP", "S: \\^220 mail.example ESMTP\\r\\n\n"),
        hostile("ManageSieve", "S: \\^\"IMPLEMENTATION\" \"Dovecot\"\\r\\n\"SIEVE\" \"fileinto\"\\r\\nOK \"ready\"\\r\\n\n"),
        hostile("SSH", "S: \\^SSH-2.0-OpenSSH_9.2\\r\\n\n"),
        hostile("HTTP", greeted + "C: GET \\^/ HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n\n"),
        hostile("TLS where clear text begins", greeted + "C: \\^\\x16\\x03\\x01\\x02\\0\n"),
        hostile("a shell", greeted + "C: id\\^\\n\n"),
        hostile("octets that are no text", "S: * OK \\^\\x01\\x02\\r\\n\n"),
        hostile("a greeting that bears a tag", "S: \\^a OK ready\\r\\n\n"),
        hostile("a greeting that is data", "S: * \\^5 EXISTS\\r\\n\n"),
        hostile("a greeting that is no state of a session", "S: * NO\\^ go away\\r\\n\n"),
        hostile("a second greeting", greeted + "S: * PREAUTH\\^ welcome\\r\\n\n"),
        hostile("a greeting without an end", "S: * OK ready\nS.\\^\n"),
        hostile("a client that says nothing", greeted + "C.\\^\n", client_silent),
        hostile("a client that breaks off", greeted + "C!\\^\n", client_reset),
    });
}

TEST_CASE("imap hostile: logins in clear and words around STARTTLS") {
    using enum Reason;
    const std::string starts = greeted + "C> a STARTTLS\n";
    expect_found({
        strict("LOGIN", greeted + "C: a LOGIN\\^ amy secret\\r\\n\n", cleartext_login),
        strict("LOGIN in small letters", greeted + "C: a login\\^ amy secret\\r\\n\n", cleartext_login),
        strict("AUTHENTICATE", greeted + "C: a AUTHENTICATE\\^ CRAM-MD5\\r\\n\n", cleartext_login),
        strict("a session that needs no login", "S: * PREAUTH \\^welcome\\r\\n\n", cleartext_login),
        strict("a command in one piece with STARTTLS", starts + "C: \\^b LOGIN amy secret\\r\\n\nS> a OK go\n", starttls_injection),
        strict("a handshake that does not wait", starts + "C: \\^\\x16\\x03\\x01\n", starttls_injection),
        strict("a command behind STARTTLS", starts + "S> a OK go\nC: \\^b LOGIN amy secret\\r\\n\n", starttls_injection),
        strict("a response in one piece with the answer", starts + "S: a OK go\\r\\n\\^* BYE\\r\\n\n", starttls_injection),
        strict("the server's handshake before the client's", starts + "S> a OK go\nS: \\^\\x16\\x03\\x03\n", starttls_injection),
        strict("STARTTLS while a command waits", greeted + "C> a NOOP\nC: b STARTTLS\\^\\r\\n\n", not_speaking),
        strict("STARTTLS with arguments", greeted + "C: a STARTTLS\\^ now\\r\\n\n", not_speaking),
        hostile("STARTTLS behind a login", logged_in + "C: b STARTTLS\\^\\r\\n\n"),
        hostile("a login behind a login", logged_in + "C: b LOGIN\\^ bob secret\\r\\n\n"),
    });
}

TEST_CASE("imap hostile: commands") {
    const std::string nest(65, '(');
    expect_found({
        hostile("what would make the rest unreadable", logged_in + "C: b CO\\^MPRESS DEFLATE\\r\\n\n"),
        hostile("no command", greeted + "C: a X\\^ATTACK\\r\\n\n"),
        hostile("a mailbox before the login", greeted + "C: a SELECT\\^ inbox\\r\\n\n"),
        hostile("mail before a mailbox", logged_in + "C: b FETCH\\^ 1 FLAGS\\r\\n\n"),
        hostile("a mailbox whose opening failed", logged_in + "C> b SELECT a\nS> b NO no\nC: c FETCH\\^ 1 FLAGS\\r\\n\n"),
        hostile("mail behind CLOSE", selected + "C> c CLOSE\nS> c OK done\nC: d FETCH\\^ 1 FLAGS\\r\\n\n"),
        hostile("UID of what has none", selected + "C: c UID \\^NOOP\\r\\n\n"),
        hostile("a tag that waits already", greeted + "C> a NOOP\nC: a\\^ NOOP\\r\\n\n"),
        hostile("a tag with a plus", greeted + "C: a\\^+ NOOP\\r\\n\n"),
        hostile("no tag", greeted + "C: \\^ NOOP\\r\\n\n"),
        hostile("two blanks", greeted + "C: a \\^ NOOP\\r\\n\n"),
        hostile("arguments where there are none", greeted + "C: a NOOP\\^ 1\\r\\n\n"),
        hostile("no arguments where there are some", logged_in + "C: b SELECT\\^\\r\\n\n"),
        hostile("a bare LF", greeted + "C: a NOOP\\^\\n\n"),
        hostile("a bare CR", greeted + "C: a NOOP\\r\\^b NOOP\\r\\n\n"),
        hostile("a line that ends within a list", logged_in + "C: b STATUS a (MESSAGES\\^\\r\\n\n"),
        hostile("a list that ends before it begins", logged_in + "C: b STATUS a \\^)\\r\\n\n"),
        hostile("a bracket that ends a list", logged_in + "C: b STATUS a (x[y\\^)\\r\\n\n"),
        hostile("a string over two lines", logged_in + "C: b SELECT \"a\\^\\r\\nb\"\\r\\n\n"),
        hostile("an escape that is none", logged_in + "C: b SELECT \"\\\\\\^n\"\\r\\n\n"),
        hostile("octets beyond ASCII in an atom", logged_in + "C: b SELECT \\^\\xff\\r\\n\n"),
        hostile("lists without end", logged_in + "C: b STATUS a " + nest.substr(1) + "\\^(\n"),
        hostile("a command behind LOGOUT", logged_in + "C> b LOGOUT\nC: \\^c NOOP\\r\\n\n"),
        hostile("the end within a command", greeted + "C: a NO\nC.\\^\n"),
        hostile("33 commands at once",
                [] {
                    std::string text = logged_in;
                    for (int i = 0; i < 32; ++i) text += fmt::format("C> t{} NOOP\n", i);
                    return text + "C: u\\^ NOOP\\r\\n\n";
                }()),
    });
}

TEST_CASE("imap hostile: literals") {
    expect_found({
        hostile("octets before the server asked for them", logged_in + "C> b SELECT {5}\nC: \\^inbox\\r\\n\n"),
        hostile("one that waits for nobody where none was offered", logged_in + "C: b SELECT {5+}\\r\\^\\ninbox\\r\\n\n"),
        hostile("a long one where short ones were offered", "S> * OK [CAPABILITY IMAP4rev2] ready\nC: a LOGIN {4097+}\\r\\^\\n\n"),
        hostile(
            "an offer that was taken back",
            "S> * OK [CAPABILITY LITERAL+] ready\nC> a CAPABILITY\nS> * CAPABILITY IMAP4rev1\nS> a OK done\nC: b LOGIN {3+}\\r\\^\\n\n"),
        hostile("a size that is no number", logged_in + "C: b SELECT {\\^x}\\r\\n\n"),
        hostile("a size that is missing", logged_in + "C: b SELECT {\\^}\\r\\n\n"),
        hostile("a size of eleven digits", logged_in + "C: b SELECT {1234567890\\^1}\\r\\n\n"),
        hostile("something behind the size", logged_in + "C: b SELECT {5}\\^ \\r\\n\n"),
        hostile("NUL", selected + "C> c FETCH 1 BODY[]\nS> * 1 FETCH (BODY[] {3}\nS: a\\^\\0b)\\r\\n\n"),
        hostile("a server's literal that is longer than it says",
                selected + "C> c FETCH 1 BODY[]\nS> * 1 FETCH (BODY[] {3}\nS: abc\\^d)\\r\\n\n"),
        hostile("an end within one", selected + "C> c FETCH 1 BODY[]\nS> * 1 FETCH (BODY[] {30}\nS: abc\nS.\\^\n"),
    });
}

TEST_CASE("imap hostile: responses") {
    expect_found({
        hostile("the outcome of no command", greeted + "S: a\\^ OK done\\r\\n\n"),
        hostile("two outcomes of one", greeted + "C> a NOOP\nS> a OK done\nS: a\\^ OK done\\r\\n\n"),
        hostile("an outcome that is none", greeted + "C> a NOOP\nS: a B\\^YE\\r\\n\n"),
        hostile("a request to go on that nobody waits for", greeted + "S: \\^+ go on\\r\\n\n"),
        hostile("mail before a login", greeted + "S: * \\^1 EXISTS\\r\\n\n"),
        hostile("flags before a login", greeted + "S: * FLAGS\\^ ()\\r\\n\n"),
        hostile("an unknown response", logged_in + "S: * E\\^VIL 1\\r\\n\n"),
        hostile("an unknown response about a message", logged_in + "S: * 1 EX\\^ECUTE\\r\\n\n"),
        hostile("a number without end", logged_in + "S: * 1234567890\\^1 EXISTS\\r\\n\n"),
        hostile("a response with a control octet", logged_in + "S: * OK \\^\\x1b[31m\\r\\n\n"),
        hostile("a response that ends with LF", logged_in + "S: * 1 EXISTS\\^\\n\n"),
        hostile("a response that no one opened", logged_in + "S: * LIST (a)\\^) b\\r\\n\n"),
        hostile("capabilities without a bracket", logged_in + "S: * OK [CAPABILITY IMAP4rev1\\^\\r\\n\n"),
    });
}

TEST_CASE("imap hostile: IDLE and AUTHENTICATE") {
    expect_found({
        hostile("DONE before the server idles", selected + "C> c IDLE\nC: \\^DONE\\r\\n\n"),
        hostile("a command while idling", selected + "C> c IDLE\nS> + idling\nC: d\\^ NOOP\\r\\n\n"),
        hostile("more than DONE", selected + "C> c IDLE\nS> + idling\nC: DONE\\^ d NOOP\\r\\n\n"),
        hostile("a reply before the challenge", greeted + "C> a AUTHENTICATE PLAIN\nC: \\^AGFteQBzZWNyZXQ=\\r\\n\n"),
        hostile("a reply that is no base64", greeted + "C> a AUTHENTICATE PLAIN\nS> +\nC: AGF\\^ \\r\\n\n"),
        hostile("an asterisk and more", greeted + "C> a AUTHENTICATE PLAIN\nS> +\nC: *\\^a\\r\\n\n"),
    });
}

}  // namespace sw::craft
