// Lines of real programs, and the templates that they have.
#include "tests/support/catch.hpp"
#include "tests/unit/logs/lines.hpp"

using namespace sw;

namespace {

void has(std::string_view program, std::string_view text, std::string_view expected) {
    INFO(program << ": " << text);
    CHECK(template_text(program, text) == expected);
}

}  // namespace

TEST_CASE("template: sshd keeps users, the addresses that they come from, and keys") {
    has("sshd", "Accepted publickey for amy from 192.0.2.130 port 51234 ssh2: ED25519 SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
        "Accepted publickey for {user} from {source} port {integer} ssh2: ED25519 SHA256:{fingerprint}");
    has("sshd", "Failed password for invalid user admin from 2001:db8::7 port 22 ssh2",
        "Failed password for invalid user {user} from {source} port {integer} ssh2");
    has("sshd", "Invalid user  0101 from 198.51.100.7", "Invalid user  {user} from {source}");
    has("sshd", "pam_unix(sshd:session): session opened for user root(uid=0) by (uid=0)",
        "pam_unix(sshd:session): session opened for user {user}(uid={user}) by (uid={user})");
    has("sshd", "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=198.51.100.7  user=root",
        "pam_unix(sshd:auth): authentication failure; logname= uid={user} euid={user} tty=ssh ruser= rhost={source}  user={user}");
    has("sshd", "Connection closed by 198.51.100.7 port 4711 [preauth]", "Connection closed by {address} port {integer} [preauth]");
    has("sshd", "Received disconnect from 198.51.100.7: 11: Bye Bye [preauth]",
        "Received disconnect from {address}: {integer}: Bye Bye [preauth]");
    has("sshd", "reverse mapping checking getaddrinfo for ns.example.net [198.51.100.7] failed - POSSIBLE BREAK-IN ATTEMPT!",
        "reverse mapping checking getaddrinfo for {host} [{address}] failed - POSSIBLE BREAK-IN ATTEMPT!");
}

TEST_CASE("template: an address in a line that says what listens is one to remember, and so is its port") {
    has("sshd", "Server listening on 192.0.2.25 port 22.", "Server listening on {source} port {port}.");
    has("named", "listening on IPv4 interface eth0, 192.0.2.25#53", "listening on IPv4 interface eth0, {source}#{integer}");
    has("nginx", "bind() to 0.0.0.0:443 failed", "bind() to {source}:{port} failed");
}

TEST_CASE("template: Postfix's lines are few, whatever mail passes") {
    has("postfix/smtpd", "connect from mx.example.net[198.51.100.7]", "connect from {host}[{address}]");
    has("postfix/smtpd", "4ABC12DE3: client=unknown[2001:db8::7], sasl_method=PLAIN, sasl_username=amy",
        "{queue-id}: client={host}[{source}], sasl_method=PLAIN, sasl_username={user}");
    has("postfix/qmgr", "4Bqf8r1Zz8z1: from=<amy@example.net>, size=1234, nrcpt=1 (queue active)",
        "{queue-id}: from=<{mail}>, size={integer}, nrcpt={integer} (queue active)");
    has("postfix/cleanup", "4ABC12DE3: message-id=<20261122.1@example.net>", "{queue-id}: message-id=<{message-id}>");
    has("postfix/smtp",
        "4ABC12DE3: to=<bob@example.org>, relay=mx.example.org[203.0.113.9]:25, delay=1.2, delays=0.1/0/0.5/0.6, dsn=2.0.0, "
        "status=sent (250 2.0.0 Ok: queued as (x) 12345)",
        "{queue-id}: to=<{mail}>, relay={host}[{address}]:{integer}, delay={number}, delays={number}, dsn=2.0.0, status=sent ({text})");
    has("postfix/anvil", "statistics: max connection rate 1/60s for (smtp:198.51.100.7) at Nov 22 11:00:00",
        "statistics: max connection rate {integer}/{duration} for (smtp:{address}) at {stamp}");
    has("postfix/smtpd",
        "NOQUEUE: reject: RCPT from unknown[198.51.100.7]: 454 4.7.1 <a@b.c>: Relay access denied; from=<a@b.c> to=<d@e.f> "
        "proto=ESMTP helo=<ylmf-pc>",
        "NOQUEUE: reject: RCPT from {host}[{address}]: {integer} 4.7.1 <{mail}>: Relay access denied; from=<{mail}> to=<{mail}> proto=ESMTP "
        "helo=<{token}>");
    has("postfix/smtpd", "warning: hello", "warning: hello");  // a word, no queue id
    has("postfix/bounce", "65AFB8B5: sender non-delivery notification: 1DF35917",
        "{queue-id}: sender non-delivery notification: {queue-id}");
}

TEST_CASE("template: Dovecot, sudo, su, cron") {
    has("dovecot",
        "imap-login: Login: user=<amy>, method=PLAIN, rip=192.0.2.129, lip=192.0.2.25, mpid=4711, TLS, session=<3650VvK5bdIaW-iK>",
        "imap-login: Login: user=<{user}>, method=PLAIN, rip={source}, lip={source}, mpid={integer}, TLS, session=<{token}>");
    has("dovecot", "imap(amy)<4711><3650VvK5bdIaW-iK>: Logged out in=77 out=1234",
        "imap({user})<{token}><{token}>: Logged out in={integer} out={integer}");
    has("dovecot", "imap-login: Disconnected (no auth attempts in 2 secs): user=<>, rip=198.51.100.7, lip=192.0.2.25",
        "imap-login: Disconnected (no auth attempts in {integer} secs): user=<>, rip={address}, lip={address}");
    has("sudo", "     amy : TTY=pts/0 ; PWD=/srv/amy ; USER=root ; COMMAND=/bin/cat /etc/shadow",
        "     {user} : TTY=pts/{integer} ; PWD={path} ; USER={user} ; COMMAND={command}");
    has("CRON", "(root) CMD (   cd / && run-parts --report /etc/cron.hourly)", "({user}) CMD ({command})");
    has("su", "(to root) amy on pts/1", "(to {user}) amy on pts/{integer}");
    has("systemd", "Started Session 42 of user amy.", "Started Session {integer} of user {user}.");
    has("systemd", "session-42.scope: Deactivated successfully.", "session-{integer}.scope: Deactivated successfully.");
    has("systemd", "Starting User Manager for UID 1000...", "Starting User Manager for UID {user}...");
    has("systemd", "Started evil@example.service.", "Started evil@example.service.");  // no mail address: a unit
}

TEST_CASE("template: the kernel's clock, numbers with units, devices") {
    has("kernel", "[    0.000000] Linux version 6.1.0-13-amd64", "{clock} Linux version 6.1.0-13-amd64");
    has("kernel", "[    1.234567] pci 0000:00:1f.2: [8086:2922] type 00 class 0x010601",
        "{clock} pci 0000:00:1f.2: [{integer}:{integer}] type {integer} class {hex}");
    has("kernel", "[    1.234567] Memory: 2014108K/2096620K available", "{clock} Memory: {size}/{size} available");
    has("kernel",
        "audit: type=1400 audit(1795348800.123:42): apparmor=\"DENIED\" operation=\"open\" profile=\"/usr/sbin/named\" name=\"/etc/x y\" comm=\"named\"",
        "audit: type={integer} audit({number}:{integer}): apparmor=\"DENIED\" operation=\"open\" profile=\"{path}\" name=\"{quoted}\" comm=\"{program}\"");
}

TEST_CASE("template: a number that says how something ended is kept") {
    has("systemd", "postfix.service: Main process exited, code=exited, status=1/FAILURE",
        "postfix.service: Main process exited, code=exited, status={status}/FAILURE");
    has("cron", "exit status 7", "exit status {status}");
    has("postfix/master", "warning: process /usr/lib/postfix/sbin/smtpd pid 4711 killed by signal 11",
        "warning: process {path} pid {integer} killed by signal {status}");
}

TEST_CASE("template: quotes around one word are no value of their own") {
    has("x", "a \"b\" c \"d\" e", "a \"b\" c \"d\" e");
    has("x", "a \"b c\" d \"e f\" g", "a \"{quoted}\" d \"{quoted}\" g");
    has("x", "name=\"4711\" next=\"/a/b\"", "name=\"{integer}\" next=\"{path}\"");
    has("x", "open \" and not closed", "open \" and not closed");
    has("x", "user 'toto' from: 192.0.2.1", "user '{user}' from: {source}");
    has("x", "it doesn't matter, it's 5", "it doesn't matter, it's {integer}");
}

TEST_CASE("template: what only looks like a value stays as it is") {
    for (const char* text : {"OpenSSH_8.4p1",
                             "6.1.0-13-amd64",
                             "dsn=2.0.0",
                             "TLSv1.3",
                             "eth0",
                             "sda1",
                             "1.2.3",
                             "1.2.3.4.5",
                             "256.1.1.1",
                             "a1b2",
                             "deadbeef",
                             "12:34",
                             "1.2.3.4x",
                             "x1.2.3.4",
                             "2001:db8:1",
                             "::",
                             "123456789012345678901",
                             "0x",
                             "0xg",
                             "-",
                             "+",
                             "-x",
                             "/",
                             "a / b",
                             "01:02:03:04:05",
                             "Nov 22",
                             "2026-13",
                             "user=",
                             "user=<>",
                             "uid="}) {
        INFO(text);
        const std::string t = template_text("x", text);
        CHECK(t.find("{address}") == std::string::npos);
        CHECK(t.find("{user}") == std::string::npos);
        CHECK(t.find("{hex}") == std::string::npos);
        CHECK(t.find("{stamp}") == std::string::npos);
        CHECK(t.find("{path}") == std::string::npos);
    }
    has("x", "1.2.3", "1.2.3");
    has("x", "12:34", "{integer}:{integer}");
    has("x", "256.1.1.1", "256.1.1.1");
}

TEST_CASE("template: braces and backslashes of a line are written so that the template can be read back") {
    has("x", "{\"a\": 5, \\n} 7", "\\{\"a\": {integer}, \\\\n} {integer}");
    has("x", "gr\xc3\xbc\xc3\x9f 5 \xff \xe2\x80\xae", "gr\xc3\xbc\xc3\x9f {integer} \\xff \\u{202e}");
}

TEST_CASE("template: its id is the same everywhere, and another for another host or program") {
    const TemplateId id = template_id("mail", "sshd", "a {integer}");
    CHECK(static_cast<std::uint64_t>(id) == 0x0u + static_cast<std::uint64_t>(template_id("mail", "sshd", "a {integer}")));
    CHECK(id != template_id("mail", "ssh", "da {integer}"));
    CHECK(id != template_id("mai", "lsshd", "a {integer}"));
    CHECK(id != template_id("mail", "sshd", "a {hex}"));
}

TEST_CASE("template: a line that is too long, too full, or has control octets has none") {
    CHECK(template_of(line("x", std::string(8192, 'a'))));
    CHECK_FALSE(template_of(line("x", std::string(8193, 'a'))));
    CHECK_FALSE(template_of(line(std::string(600, 'p'), "a")));
    std::string many;
    for (int i = 0; i < 64; ++i) many += "1 ";
    CHECK(template_of(line("x", many)));
    CHECK_FALSE(template_of(line("x", many + "1 ")));
    for (const std::string& bad : {std::string("a\0b", 3), std::string("a\x1b"), std::string("a\x7f"), std::string("a\nb")}) {
        CHECK_FALSE(template_of(line("x", bad)));
        CHECK_FALSE(template_of(line(bad, "x")));
    }
    CHECK(template_of(line("x", "a\tb")));
}
