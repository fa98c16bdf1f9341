#include "tests/support/stock.hpp"

#include <utility>

namespace sw::craft {

const std::string stock_policy = R"TOML(
enclave = "mail.example"
home = ["192.0.2.0/24", "2001:db8:1::/64"]

[names]
mail = ["192.0.2.25", "2001:db8:1::25"]
resolver = ["192.0.2.53", "2001:db8:1::53"]
log_sink = ["192.0.2.67", "2001:db8:1::67"]
vpn_users = ["192.0.2.129", "2001:db8:1::129"]
vpn_admin = ["192.0.2.130", "2001:db8:1::130"]

[[allow]]
name = "smtp-in"
filter = "tcp and dst host $mail and dst port 25 and not src net $home"

[[allow]]
name = "smtp-out"
filter = "tcp and src host $mail and dst port 25 and not dst net $home"

[[allow]]
name = "imaps"
filter = "tcp and src host $vpn_users and dst host $mail and dst port 993"

[[allow]]
name = "admin"
filter = "tcp and src host $vpn_admin and dst host $mail and dst port 22"

[[allow]]
name = "dns"
filter = "src host $mail and dst host $resolver and (udp or tcp) and dst port 53"

[[allow]]
name = "syslog"
filter = "udp and src host $mail and dst host $log_sink and dst port 514"
speaks = "syslog"

[[allow]]
name = "ping"
filter = "(icmp or icmp6) and src host $vpn_admin and dst host $mail"

[[allow]]
name = "cluster"
filter = "src host 198.51.100.200 and dst host $mail"

[[allow]]
name = "submission"
filter = "tcp and dst host $mail and dst port 587 and not src net $home"
speaks = "smtp"

[[allow]]
name = "relay"
filter = "tcp and dst host $mail and dst port 2525 and not src net $home"
speaks = "smtp"
pin = { banner = "220 mail\\.example .*" }

[[allow]]
name = "mailbox"
filter = "tcp and src host $vpn_users and dst host $mail and dst port 994"
speaks = "tls"
pin = { server_name = "mail.example", certificate_name = "mail.example", tls = "1.2" }

[[allow]]
name = "lookups"
filter = "udp and src host $mail and dst host $resolver and dst port 5300"
speaks = "dns"

[[allow]]
name = "web"
filter = "tcp and src host $vpn_users and dst host $mail and dst port 8080"
speaks = "http"

[[allow]]
name = "logs"
filter = "udp and src host $mail and dst host $resolver and dst port 5514"
speaks = "syslog"

[[dns_pin]]
name = "mail.example"
type = "MX"
values = ["10 mail.example"]

[[allow]]
name = "pop3"
filter = "tcp and dst host $mail and dst port 110"
until = 2026-11-19

[[forbid]]
name = "mail-opens-ssh"
filter = "tcp and src host $mail and dst port 22"

[[housekeeping]]
name = "arp"
filter = "arp and (ether src 02:00:00:00:00:19 or ether src 02:00:00:00:00:01 or ether src 02:00:00:00:00:35)"

[[housekeeping]]
name = "neighbours"
filter = "icmp6 and (icmp6[icmp6type] = icmp6-neighborsolicit or icmp6[icmp6type] = icmp6-neighboradvert) and (src net $home or src net fe80::/10)"

[wire]
watcher = ["02:00:00:00:00:66", "192.0.2.66"]
)TOML";

CraftedFrame smtp_syn() { return tcp(v4(outside, 40000), v4(mail, 25)); }
CraftedFrame smtp_syn6() { return tcp(v6(outside, 40000), v6(mail, 25)); }
CraftedFrame dns_ask() { return udp(v4(mail, 49152), v4(resolver, 53), dns_query({7, "example.net", dns_type::mx})); }
CraftedFrame dns_ask6() { return udp(v6(mail, 49152), v6(resolver, 53), dns_query({7, "example.net", dns_type::mx})); }
CraftedFrame log_line() { return udp(v4(mail, 514), v4(sink, 514), "<22>Nov 20 12:00:00 mail smtpd[9]: ready"); }
CraftedFrame log_line6() { return udp(v6(mail, 514), v6(sink, 514), "<22>Nov 20 12:00:00 mail smtpd[9]: ready"); }
CraftedFrame ping() { return echo_request(v4(vpn_admin), v4(mail), 77); }
CraftedFrame ping6() { return echo_request(v6(vpn_admin), v6(mail), 77); }

TcpDialogue smtp(TcpSetup setup) { return TcpDialogue(v4(outside, 40000), v4(mail, 25), noon, setup).handshake(); }
TcpDialogue smtp6(TcpSetup setup) { return TcpDialogue(v6(outside, 40000), v6(mail, 25), noon, setup).handshake(); }

Frames then(Frames frames, CraftedFrame last) {
    const Timestamp now = frames.back().ts + 10ms;
    frames.push_back(std::move(last.at(now)));
    return frames;
}

}  // namespace sw::craft
