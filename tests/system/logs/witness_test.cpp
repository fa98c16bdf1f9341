/// Two witnesses on a real wire: sshd and dovecot log by syslog-ng to an address that nobody owns, and what they say is held against what
/// the sensor saw.
#include <poll.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/catch.hpp"
#include "tests/system/enclave/appliance.hpp"

namespace sw::test {
namespace {

namespace fs = std::filesystem;

const std::string home = "/run/witness/";

bool skipped() {
    std::string why = world_unavailable();
    for (const char* tool : {"syslog-ng", "sshd", "ssh-keygen", "dovecot"})
        if (why.empty() && std::system((std::string("PATH=$PATH:/usr/sbin command -v ") + tool + " >/dev/null 2>&1").c_str()) != 0)
            why = std::string("no ") + tool;
    if (!why.empty()) std::printf("skipped: %s\n", why.c_str());
    return !why.empty();
}

void put(const std::string& name, const std::string& text) { std::ofstream(home + name) << text; }

/// The mail enclave's policy with short windows, a second user of the users' VPN, and every line allowed, so that what is found is of the
/// two witnesses.
void write_policy() {
    std::string text = text_of(SPAN_SOURCE_DIR "/rules/profiles/mail-enclave.toml");
    const auto change = [&](const std::string& from, const std::string& to) {
        INFO(from);
        REQUIRE(text.find(from) != std::string::npos);
        text.replace(text.find(from), from.size(), to);
    };
    change("vpn_users = \"192.0.2.129\"", "vpn_users = [\"192.0.2.129\", \"192.0.2.131\"]");
    change("[log]\n", "[log]\nwitness_line_seconds = 2\nwitness_flow_seconds = 4\n");
    std::ofstream("/etc/span-watcher/policy.toml") << text << "[[log.allow]]\nname = \"everything\"\npattern = '^.*$'\n";
}

/// A /dev of mail's own, with a /dev/log in it; a key and a certificate; amy's account.
void lay_out() {
    fs::create_directories(home);
    fs::create_directories("/run/sshd");
    fs::create_directories("/run/dev/pts");
    shell("", "cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty /run/dev/ && ln -sfn /proc/self/fd /run/dev/fd");
    shell("",
          "cd " + home +
              " && rm -f id host id.pub host.pub && ssh-keygen -q -t ed25519 -N '' -f id && ssh-keygen -q -t ed25519 -N '' -f host"
              " && openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=mail.example -days 2 -keyout key.pem -out cert.pem 2>/run/openssl"
              " && mkdir -p mail && chown mail:mail mail && cp id.pub authorized");
    shell(
        "",
        "grep -q '^amy:' /etc/passwd || useradd --no-create-home --home-dir /run/login --shell /bin/sh amy; usermod -p '*' amy; mkdir -p /run/login");
    shell("firewall", "ip address replace 192.0.2.131/32 dev eth1");
    put("syslog-ng.conf",
        "@version: 3.38\n"
        "options { use-dns(no); dns-cache(no); stats-freq(0); };\n"
        "source s { unix-dgram(\"/run/dev/log\"); };\n"
        "rewrite r { set(\"mail\" value(\"HOST\")); };\n"
        "destination d { network(\"192.0.2.67\" transport(\"udp\") port(514)); };\n"
        "log { source(s); rewrite(r); destination(d); };\n");
    for (const char* level : {"INFO", "QUIET"})
        put(std::string("sshd-") + level, "ListenAddress 192.0.2.25\nHostKey " + home + "host\nAuthorizedKeysFile " + home +
                                              "authorized\nPidFile none\nUsePAM no\nStrictModes no\nLogLevel " + level + "\n");
    for (const char* way : {"syslog", "/dev/null"})
        put(std::string("dovecot-") + (way[0] == '/' ? "quiet" : "syslog"),
            "base_dir = " + home + "dovecot-" + (way[0] == '/' ? "quiet" : "syslog") +
                ".run\nprotocols = imap\nlisten = 192.0.2.25\nlog_path = " + way + "\nssl = yes\nssl_cert = <" + home +
                "cert.pem\nssl_key = <" + home + "key.pem\nmail_location = maildir:" + home +
                "mail\nfirst_valid_uid = 1\npassdb {\n  driver = static\n  args = password=secret\n}\nuserdb {\n  driver = static\n"
                "  args = uid=mail gid=mail home=" +
                home + "mail\n}\nservice imap-login {\n  inet_listener imaps {\n    port = 0\n  }\n}\n");
}

/// A program on mail, whose syslog(3) finds mail's own /dev/log.
std::unique_ptr<Process> on_mail(const std::string& command) {
    return std::make_unique<Process>(
        "mail",
        std::vector<std::string>{"unshare", "-m", "sh", "-c",
                                 "mount --bind /run/dev /dev && PATH=$PATH:/usr/sbin exec $(command -v " +
                                     command.substr(0, command.find(' ')) + ")" + command.substr(command.find(' '))},
        "/run/witness/said");
}

void listens(const Host& host, int port) {
    until(host + " listens on " + std::to_string(port) + ": " + text_of("/run/witness/said"),
          [&] { return !output_of(host, "ss -Hltn 'sport = :" + std::to_string(port) + "'").empty(); });
}

void ends(Process& process, int port) {
    process.signal(SIGTERM);
    process.wait();
    until("nobody listens on " + std::to_string(port),
          [&] { return output_of("mail", "ss -Hltn 'sport = :" + std::to_string(port) + "'").empty(); });
}

void log_in() {
    const std::string command = "ssh -F none -b 192.0.2.130 -i " + home +
                                "id -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o IdentitiesOnly=yes"
                                " -o LogLevel=ERROR amy@192.0.2.25 true";
    const int code = run_in("firewall", command);
    INFO(text_of("/run/said") << text_of("/run/witness/said"));
    REQUIRE(code == 0);
}

void read_mailbox(const std::string& from) {
    const int code =
        run_in("firewall", "curl -sk -m 20 --ssl-reqd --interface " + from + " -u amy:secret imap://192.0.2.25/ | grep -q INBOX");
    INFO(text_of("/run/witness/said"));
    REQUIRE(code == 0);
}

void deliver(const std::string& how, const std::string& to) {
    REQUIRE(run_in("outside", "curl -s -m 20 " + how + " --mail-from a@example.net --mail-rcpt b@mail.example -T " + home +
                                  "hello smtp://" + to) == 0);
}

/// util-linux's logger, past mail's own syslog.
void say(const std::string& tag, const std::string& text) {
    shell("mail", "logger -n 192.0.2.67 -P 514 -d --rfc5424=nohost -t " + tag + " '" + text + "'");
}

/// The firewall's clock is 90 s ahead.
void firewall_drops(const std::string& packet) {
    shell("firewall", "printf '<4>%s firewall kernel: DROP IN=eth0 OUT=eth1 " + packet +
                          "' \"$(date -u -d '+90 seconds' '+%b %e %H:%M:%S')\" | socat -u - UDP4-SENDTO:192.0.2.67:514");
}

nlohmann::json status_json() { return nlohmann::json::parse(output_of("", SPAN_WATCHER " --db " + store_file + " --json status; true")); }

std::string status() { return output_of("", "COLUMNS=300 " SPAN_WATCHER " --db " + store_file + " status 2>&1; true"); }

nlohmann::json witness(const nlohmann::json& status, const std::string& host, const std::string& service) {
    for (const auto& w : status.at("logs").at("witnesses"))
        if (w.at("host") == host && w.at("service") == service) return w;
    return {};
}

/// The findings: reason, host, service, whom it is about, count.
std::vector<std::string> found(const Appliance& a) {
    std::vector<std::string> list;
    std::string line;
    std::istringstream rows(
        a.rows("SELECT json_extract(reasons, '$[0]') || ' ' || host || ' ' || coalesce(json_extract(shape, '$.service'), '') || ' ' ||"
               " coalesce(json_extract(shape, '$.peer'), json_extract(shape, '$.source')) || ' ' || count FROM"
               " (SELECT reasons, shape, count, coalesce(json_extract(shape, '$.host'), '') AS host FROM finding) ORDER BY 1"));
    while (std::getline(rows, line)) list.push_back(line);
    return list;
}

}  // namespace

TEST_CASE("witness: real logins, forged lines, suppressed lines and a firewall that lies, over the mirror port") {
    if (skipped()) return;
    Appliance appliance;
    write_policy();
    lay_out();
    put("hello", "From: <a@example.net>\r\nTo: <b@mail.example>\r\nSubject: hello\r\n\r\nGood morning.\r\n");
    auto sshd = on_mail("sshd -D -f " + home + "sshd-INFO");
    auto dovecot = on_mail("dovecot -F -c " + home + "dovecot-syslog");
    Process smtp("mail",
                 {"socat", "TCP6-LISTEN:25,reuseaddr,fork,ipv6only=0", "EXEC:sh " SPAN_SOURCE_DIR "/tests/system/enclave/smtp_server.sh"},
                 "/run/witness/said");
    for (const int port : {22, 143, 25}) listens("mail", port);
    shell("switch",
          "tc qdisc add dev p1 clsact; tc filter add dev p1 ingress protocol all bpf bytecode"
          " '6,40 0 0 12,21 0 3 2048,32 0 0 30,21 0 1 3221226051,6 0 0 4294967295,6 0 0 0' action mirred egress mirror dev mirror");
    appliance.start();

    // Nobody logs yet: a conversation alone says nothing, and status says why.
    log_in();
    until("the conversation", [&] { return appliance.number("SELECT count(*) FROM witness WHERE service = 'ssh'") == 1; });
    CHECK(status().find("mail ssh: 0 agreed, 0 alone; off: its log has no line of this service yet") != std::string::npos);
    CHECK(witness(status_json(), "mail", "ssh").at("state") == "off: its log has no line of this service yet");

    Process syslog(
        "mail",
        {"syslog-ng", "-F", "-f", home + "syslog-ng.conf", "-R", home + "persist", "-p", home + "pid", "-c", home + "ctl", "--no-caps"},
        "/run/witness/said");
    until("mail's /dev/log", [] { return fs::exists("/run/dev/log"); });
    // cron goes on and on: the log has not stopped.
    Process cron("mail", {"sh", "-c", "while :; do logger -n 192.0.2.67 -P 514 -d --rfc5424=nohost -t CRON tick; sleep 0.3; done"},
                 "/run/witness/said");
    until("its lines", [&] { return appliance.number("SELECT count(*) FROM log_event WHERE app = 'CRON'") > 0; });

    // Both: by sshd and dovecot themselves, and for SMTP by a line like postfix's.
    log_in();
    read_mailbox("192.0.2.129");
    deliver("--local-port 40025", "192.0.2.25");
    say("postfix/smtpd", "connect from unknown[203.0.113.9]");
    // A firewall that says it dropped what came through, and one packet that it did drop.
    firewall_drops("SRC=203.0.113.9 DST=192.0.2.25 LEN=60 PROTO=TCP SPT=40025 DPT=25");
    firewall_drops("SRC=203.0.113.9 DST=192.0.2.25 LEN=60 PROTO=TCP SPT=40026 DPT=23");
    // Lines alone.
    say("sshd", "Accepted publickey for root from 192.0.2.130 port 4444 ssh2: ED25519 SHA256:abc");
    say("dovecot", "imap-login: Login: user=<amy>, method=PLAIN, rip=192.0.2.200, lip=192.0.2.25, mpid=1, TLS, session=<abc>");
    say("postfix/smtpd", "connect from unknown[203.0.113.99]");
    // Conversations alone: sshd and dovecot say nothing any more.
    ends(*sshd, 22);
    ends(*dovecot, 143);
    sshd = on_mail("sshd -D -f " + home + "sshd-QUIET");
    dovecot = on_mail("dovecot -F -c " + home + "dovecot-quiet");
    for (const int port : {22, 143}) listens("mail", port);
    log_in();
    read_mailbox("192.0.2.131");
    deliver("", "[2001:db8:1::25]");

    const std::vector<std::string> expected{"flow-without-log mail imap 192.0.2.131 1", "flow-without-log mail smtp 2001:db8:9::9 1",
                                            "flow-without-log mail ssh 192.0.2.130 1",  "log-drop-passed firewall  203.0.113.9 1",
                                            "log-without-flow mail imap 192.0.2.200 1", "log-without-flow mail smtp 203.0.113.99 1",
                                            "log-without-flow mail ssh 192.0.2.130 1"};
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{40};
    while (found(appliance).size() < expected.size() && std::chrono::steady_clock::now() < end) ::poll(nullptr, 0, 100);
    INFO(status() << appliance.rows("SELECT sentence FROM finding")
                  << appliance.rows(
                         "SELECT service || ' ' || hex(initiator) || ' ' || coalesce(sport, '') || ' ' || settled FROM witness_line"));
    CHECK(found(appliance) == expected);
    for (const char* service : {"ssh", "imap", "smtp"}) {
        const auto w = witness(status_json(), "mail", service);
        INFO(w.dump());
        CHECK(w.at("state") == "on");
        CHECK(w.at("alone") == 2);
        CHECK(w.at("agreed").get<int>() >= 1);
    }
    CHECK(witness(status_json(), "firewall", "drop").at("agreed") == 1);
    // Both sides are shown.
    for (const char* reason : {"log-without-flow", "flow-without-log", "log-drop-passed"}) {
        const std::string id = appliance.rows(std::string("SELECT id FROM finding WHERE reasons LIKE '%") + reason + "%' LIMIT 1");
        const std::string shown = output_of("", SPAN_WATCHER " --db " + store_file + " queue show " + id + " 2>&1; true");
        INFO(shown);
        CHECK(shown.find("the log: ") != std::string::npos);
        CHECK(shown.find("the wire: ") != std::string::npos);
    }
    // The firewall's clock is off, and its drops were compared all the same.
    const nlohmann::json told = status_json();
    for (const auto& source : told.at("logs").at("sources"))
        if (source.at("host") == "firewall") CHECK(std::abs(source.at("clock_ahead_ns").get<double>() / 1e9 - 90) < 3);
    CHECK(status().find("firewall (192.0.2.1) by mirror: 2 lines") != std::string::npos);
    CHECK(status().find("s ahead") != std::string::npos);
    CHECK(appliance.rows("SELECT sentence FROM finding WHERE kind = 'packet'") == "");
    shell("switch", "tc qdisc del dev p1 clsact");
    appliance.stop();
}

}  // namespace sw::test
