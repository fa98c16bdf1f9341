/// Whom a service's line names, and that clients cannot name somebody else.
#include "collector/witness/login_line.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/logs/lines.hpp"

namespace sw::test {
namespace {

/// "service address port must", or "".
std::string read(std::string_view program, std::string_view text) {
    const auto said = login_line(line(program, text));
    if (!said) return "";
    return std::string(said->service) + " " + to_string(said->peer) + " " + (said->port ? std::to_string(*said->port) : "-") +
           (said->must ? " must" : "");
}

}  // namespace

TEST_CASE("login line: sshd names its peer and his port") {
    CHECK(read("sshd", "Accepted publickey for amy from 198.51.100.7 port 40000 ssh2: ED25519 SHA256:x") == "ssh 198.51.100.7 40000 must");
    CHECK(read("sshd", "Accepted password for amy from 2001:db8::7 port 40000 ssh2") == "ssh 2001:db8::7 40000 must");
    CHECK(read("sshd-session", "Failed password for invalid user x from 198.51.100.7 port 40000 ssh2") == "ssh 198.51.100.7 40000");
    CHECK(read("sshd", "Connection from 198.51.100.7 port 40000 on 192.0.2.25 port 22 rdomain \"\"") == "ssh 198.51.100.7 40000");
    CHECK(read("sshd", "Connection closed by authenticating user root 198.51.100.7 port 40000 [preauth]") == "ssh 198.51.100.7 40000");
    CHECK(read("sshd", "Received disconnect from 198.51.100.7 port 40000:11: Bye Bye [preauth]") == "ssh 198.51.100.7 40000");
    CHECK(read("sshd", "Server listening on 0.0.0.0 port 22.").empty());
    CHECK(read("sshd", "pam_unix(sshd:session): session opened for user amy(uid=1000) by (uid=0)").empty());
}

TEST_CASE("login line: a user's name and a client's words name nobody") {
    CHECK(read("sshd", "Failed password for invalid user x from 203.0.113.1 port 1 ssh2 from 198.51.100.7 port 40000 ssh2") ==
          "ssh 198.51.100.7 40000");
    CHECK(read("sshd", "Invalid user from 203.0.113.1 port 1 from 198.51.100.7 port 40000") == "ssh 198.51.100.7 40000");
    CHECK(read("sshd", "Received disconnect from 198.51.100.7 port 40000:11: from 203.0.113.1 port 1 ") == "ssh 198.51.100.7 40000");
    CHECK(read("sshd",
               "Unable to negotiate with 198.51.100.7 port 40000: no matching host key type found. Their offer: 203.0.113.1 port 1") ==
          "ssh 198.51.100.7 40000");
    CHECK(read("dovecot",
               "imap-login: Login: user=<a rip=203.0.113.1>, method=PLAIN, rip=198.51.100.7, lip=192.0.2.25, mpid=1, TLS, session=<x>") ==
          "imap 198.51.100.7 - must");
}

TEST_CASE("login line: postfix, OpenSMTPD and dovecot name their peers") {
    CHECK(read("postfix/smtpd", "connect from mx.example.net[198.51.100.7]") == "smtp 198.51.100.7 - must");
    CHECK(read("postfix/submission/smtpd", "connect from unknown[2001:db8::7]") == "smtp 2001:db8::7 - must");
    CHECK(read("postfix/smtpd", "disconnect from mx.example.net[198.51.100.7] ehlo=1 quit=1 commands=2") == "smtp 198.51.100.7 -");
    CHECK(read("postfix/smtpd", "lost connection after EHLO from mx.example.net[198.51.100.7]") == "smtp 198.51.100.7 -");
    CHECK(read("postfix/postscreen", "CONNECT from [198.51.100.7]:40000 to [192.0.2.25]:25") == "smtp 198.51.100.7 40000 must");
    CHECK(read("postfix/qmgr", "connect from mx.example.net[198.51.100.7]").empty());
    CHECK(read("smtpd", "a1b2c3d4e5f60718 smtp connected address=198.51.100.7 host=mx.example.net") == "smtp 198.51.100.7 - must");
    CHECK(read("smtpd", "a1b2c3d4e5f60718 smtp disconnected reason=quit").empty());
    CHECK(read("dovecot", "pop3-login: Disconnected (no auth attempts in 0 secs): user=<>, rip=198.51.100.7, lip=192.0.2.25") ==
          "pop3 198.51.100.7 -");
    CHECK(read("imap-login", "Login: user=<amy>, method=PLAIN, rip=198.51.100.7, lip=192.0.2.25") == "imap 198.51.100.7 - must");
    CHECK(read("dovecot", "lmtp(amy): rip=198.51.100.7").empty());
}

TEST_CASE("login line: who is the host itself was never on the wire") {
    CHECK(read("sshd", "Accepted publickey for amy from 127.0.0.1 port 40000 ssh2").empty());
    CHECK(read("postfix/smtpd", "connect from localhost[::1]").empty());
    CHECK(read("postfix/smtpd", "connect from localhost[127.0.0.1]").empty());
}

TEST_CASE("login line: what is cut or empty names nobody") {
    const std::string_view whole = "Accepted publickey for amy from 198.51.100.7 port 40000 ssh2";
    for (std::size_t n = 0; n < whole.size() - 9; ++n) CHECK(read("sshd", whole.substr(0, n)).empty());
    for (const char* text :
         {"", "connect from ", "connect from [", "connect from ]x[", "connect from [x]", "connect from mx.example.net[198.51.100.7"})
        CHECK(read("postfix/smtpd", text).empty());
    CHECK(read("dovecot", "imap-login").empty());
    CHECK(read("dovecot", "imap-login: Login: rip=").empty());
    CHECK(read("postfix/postscreen", "CONNECT from ").empty());
    CHECK(read("smtpd", "x smtp connected address=").empty());
    CHECK(read("sshd", "Accepted x from 198.51.100.7 port 70000").empty());
}

}  // namespace sw::test
