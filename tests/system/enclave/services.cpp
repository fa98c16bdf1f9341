#include "tests/system/enclave/services.hpp"

#include <filesystem>
#include <fstream>

#include "tests/support/catch.hpp"

namespace sw::test {
namespace {

namespace fs = std::filesystem;

const std::string home = "/run/services/", scripts = SPAN_SOURCE_DIR "/tests/system/enclave/";

void put(const std::string& name, const std::string& text) { std::ofstream(home + name) << text; }

const char* const a_mail = "From: <a@example.net>\r\nTo: <b@mail.example>\r\nSubject: hello\r\n\r\nGood morning.\r\n";

std::string deliver(const std::string& to) {
    return "curl -s -m 20 --mail-from a@example.net --mail-rcpt b@mail.example -T " + home + "mail smtp://" + to;
}

}  // namespace

Services::Services() {
    enter_world();
    fs::create_directories(home);
    put("mail", a_mail);
    shell(
        "",
        "cd " + home +
            " && openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=mail.example -days 2 -keyout key.pem -out cert.pem 2>/run/openssl"
            " && cat key.pem cert.pem >both.pem && rm -f id host && ssh-keygen -q -t ed25519 -N '' -f id && dropbearkey -t ed25519 -f host"
            " >/dev/null 2>&1 && mkdir -p /run/login/.ssh && cp id.pub /run/login/.ssh/authorized_keys && chmod 700 /run/login /run/login/.ssh");
    // An account for logins, in this world's own table of users.
    shell("", "grep -q '^amy:' /etc/passwd || useradd --no-create-home --home-dir /run/login --shell /bin/sh amy");
    shell("", "chown -R amy /run/login");
    serve("mail", "socat TCP6-LISTEN:25,reuseaddr,fork,ipv6only=0 EXEC:'sh " + scripts + "smtp_server.sh'");
    serve("mail", "socat OPENSSL-LISTEN:993,reuseaddr,fork,verify=0,cert=" + home + "both.pem EXEC:'sh " + scripts + "imap_server.sh'");
    serve("mail", "dropbear -F -E -s -p 192.0.2.25:22 -P /run/dropbear.pid -r " + home + "host");
    serve("outside", "socat TCP6-LISTEN:25,reuseaddr,fork,ipv6only=0 EXEC:'sh " + scripts + "smtp_server.sh'");
    serve("outside", "socat TCP-LISTEN:80,reuseaddr,fork SYSTEM:'cat >/dev/null'");
    serve("resolver",
          "dnsmasq -k -C /dev/null --no-resolv --no-hosts --user=root --pid-file= --bind-interfaces --listen-address=192.0.2.53"
          " --address=/mx.example.net/203.0.113.9");
    for (const auto& [host, port] :
         {std::pair{"mail", 25}, {"mail", 993}, {"mail", 22}, {"outside", 25}, {"outside", 80}, {"resolver", 53}})
        until(std::string(host) + " listens on " + std::to_string(port),
              [&] { return !output_of(host, "ss -Hltn 'sport = :" + std::to_string(port) + "'").empty(); });
}

void Services::serve(const Host& host, const std::string& command) {
    servers_.push_back(std::make_unique<Process>(host, std::vector<std::string>{"sh", "-c", "exec " + command}, "/run/servers"));
}

std::vector<Services::Client> Services::ordinary_day() {
    return {{"mail comes in", "outside", deliver("192.0.2.25")},
            {"mail comes in by IPv6", "outside", deliver("[2001:db8:1::25]")},
            {"mail goes out", "mail", deliver("203.0.113.9")},
            {"a name is looked up", "mail", "dig +short +time=5 +tries=1 @192.0.2.53 mx.example.net | grep -qx 203.0.113.9"},
            {"a name is looked up by TCP", "mail", "dig +tcp +short +time=5 +tries=1 @192.0.2.53 mx.example.net | grep -qx 203.0.113.9"},
            {"a mailbox is read", "firewall", "curl -sk -m 20 --interface 192.0.2.129 -u b:secret imaps://192.0.2.25/ | grep -q INBOX"},
            {"amy administers", "firewall",
             "ssh -b 192.0.2.130 -i " + home +
                 "id -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR amy@192.0.2.25 true"},
            {"mail logs", "mail", "logger -n 192.0.2.67 -P 514 -d --rfc5424=nohost -t postfix/smtpd 'connect from unknown'"},
            {"the firewall logs", "firewall", "logger -n 192.0.2.67 -P 514 -d --rfc5424=nohost -t pf 'pass in on eth0'"}};
}

}  // namespace sw::test
