#include "tests/replay/hostile.hpp"

namespace sw::craft {
namespace {

using namespace tcp_flag;

constexpr auto data = static_cast<std::uint8_t>(ack | psh);
constexpr auto syn_ack = static_cast<std::uint8_t>(syn | ack);
constexpr auto reset = static_cast<std::uint8_t>(rst | ack);
constexpr auto finish = static_cast<std::uint8_t>(fin | ack);

CraftedFrame first(std::uint8_t flags, std::string_view text = {}) {
    return tcp(v4(outside, 40000), v4(mail, 25), {flags, 5000, 6000, 512, {}}, text);
}

TcpDialogue opening() { return TcpDialogue(v4(outside, 40000), v4(mail, 25)).syn(); }

Frames after(const TcpDialogue& d, CraftedFrame last, Duration pause = 0ms) {
    last.at(d.now() + pause);
    Frames frames = d.frames();
    frames.push_back(std::move(last));
    return frames;
}

/// Segments far outside the window: eight are tolerated, the ninth is not.
Frames strays(Side from, std::int64_t shift) {
    TcpDialogue d = smtp();
    for (int i = 0; i < 9; ++i) d.put(d.segment(from, data, shift + i * 100, "stray"));
    return d.frames();
}

}  // namespace

std::vector<Hostile> hostile_strangers() {
    using enum Reason;
    const CraftedFrame answer = udp(v4(resolver, 53), v4(mail, 49152), dns_answer({7, "example.net", dns_type::mx}, {}));
    return {
        one("a SYN-ACK first", not_open, first(syn_ack)),
        one("an ACK first", not_open, first(ack)),
        one("data first", not_open, first(data, "MAIL FROM:<>\r\n")),
        one("a FIN first", not_open, first(finish)),
        one("a RST first", not_open, first(reset)),
        one("a bare RST first", not_open, first(rst)),
        one("data over IPv6 first", not_open, tcp(v6(outside, 40000), v6(mail, 25), {data, 1, 1, 512, {}}, "x")),
        one("a SYN-ACK from port 25 that nobody asked for", not_open,
            tcp(v4(other_outside, 25), v4(mail, 40000), {syn_ack, 1, 1, 512, {}})),
        one("source port 25 to the mail host's ssh", wrong_direction, tcp(v4(scanner, 25), v4(mail, 22))),
        one("source port 53 to the mail host's ssh", wrong_direction, tcp(v4(resolver, 53), v4(mail, 22))),
        one("source port 20 to the mail host", no_rule, tcp(v4(scanner, 20), v4(mail, 3306))),
        one("UDP from source port 53 of a stranger", no_rule, udp(v4(scanner, 53), v4(mail, 49152), dns_answer({7, "example.net"}, {}))),
        one("UDP from source port 53 to the mail host's SNMP", no_rule, udp(v4(scanner, 53), v4(mail, 161), "public")),
        one("the mail host's port 25 opens outwards", wrong_direction, tcp(v4(mail, 25), v4(outside, 40000))),
        one("the mail host's port 25 opens outwards over IPv6", wrong_direction, tcp(v6(mail, 25), v6(outside, 40000))),
        one("the mail host's IMAP port opens towards the VPN", wrong_direction, tcp(v4(mail, 993), v4(vpn_users, 40000))),
        one("a DNS answer to no question", not_open, answer),
        one("SMTP from inside", no_rule, tcp(v4(insider, 40000), v4(mail, 25))),
        one("IMAP from outside", no_rule, tcp(v4(outside, 40000), v4(mail, 993))),
        one("ssh from outside", no_rule, tcp(v4(outside, 40000), v4(mail, 22))),
        one("ssh from the users' VPN", no_rule, tcp(v4(vpn_users, 40000), v4(mail, 22))),
        one("IMAP from the administrators' VPN", no_rule, tcp(v4(vpn_admin, 40000), v4(mail, 993))),
        one("the mail host opens to port 4444", no_rule, tcp(v4(mail, 40000), v4(other_outside, 4444))),
        one("the mail host fetches a page", no_rule, tcp(v4(mail, 40000), v4(other_outside, 80))),
        one("the mail host asks another resolver", no_rule, udp(v4(mail, 49152), v4(other_outside, 53), dns_query({7, "example.org"}))),
        one("the mail host tells the time", no_rule, udp(v4(mail, 123), v4(other_outside, 123), std::string(48, '\x23'))),
        one("the mail host opens ssh, which is forbidden", forbidden, tcp(v4(mail, 40000), v4(outside, 22))),
        one("a rule that has expired", rule_expired, tcp(v4(outside, 40000), v4(mail, 110))),
        one("SNMP", no_rule, udp(v4(scanner, 40000), v4(mail, 161), "public")),
        one("DHCP", no_rule, udp(v4(insider, 68), {std::string(mac::broadcast), "255.255.255.255", 67}, Octets(240))),
        one("multicast DNS", no_rule, udp(v4(mail, 5353), {"01:00:5e:00:00:fb", "224.0.0.251", 5353}, dns_query({0, "printer.local"}))),
        one("another host's conversation", no_rule, tcp(v4(outside, 40000), v4(insider, 25))),
    };
}

std::vector<Hostile> hostile_connections() {
    using enum Reason;
    const TcpDialogue asked = opening(), answered = opening().syn_ack(), open = smtp();
    const TcpDialogue talked = smtp().say(Side::server, "220 mail.example ESMTP\r\n").say(Side::client, "EHLO relay.example.org\r\n");
    const TcpDialogue saying = TcpDialogue(talked).send(Side::client, "N");
    return {
        {"a SYN-ACK with a wrong acknowledgement", tcp_handshake, after(asked, asked.segment(Side::server, syn_ack, 0, {}, 1))},
        {"a SYN-ACK that acknowledges nothing", tcp_handshake, after(asked, asked.segment(Side::server, syn_ack, 0, {}, -1))},
        {"data before the SYN-ACK", tcp_handshake, after(asked, asked.segment(Side::client, data, 0, "EHLO\r\n"))},
        {"an ACK before the SYN-ACK", tcp_handshake, after(asked, asked.segment(Side::client, ack))},
        {"data from the responder before its SYN-ACK", tcp_handshake, after(asked, asked.segment(Side::server, data, 0, "220\r\n"))},
        {"a SYN-ACK from the initiator", tcp_handshake, after(asked, asked.segment(Side::client, syn_ack))},
        {"a bare SYN from the responder: simultaneous opening", tcp_handshake, after(asked, asked.segment(Side::server, syn))},
        {"a FIN from the responder before its SYN-ACK", tcp_handshake, after(asked, asked.segment(Side::server, finish))},
        {"a handshake's ACK of another SYN-ACK", tcp_handshake, after(answered, answered.segment(Side::client, ack, 0, {}, 5000))},
        {"a second SYN-ACK with another number", tcp_syn_midstream, after(open, open.segment(Side::server, syn_ack, 31337))},
        {"a SYN in midstream", tcp_syn_midstream, after(open, open.segment(Side::client, syn, 70000))},
        {"a SYN in the window", tcp_syn_midstream, after(talked, talked.segment(Side::client, syn, 100))},
        {"a SYN from the responder in midstream", tcp_syn_midstream, after(open, open.segment(Side::server, syn, 100))},
        {"a RST far out of the window", tcp_rst_window, after(open, open.segment(Side::client, reset, 0x2000'0000))},
        {"a RST far behind the window", tcp_rst_window, after(open, open.segment(Side::client, reset, -0x2000'0000))},
        {"a blind RST from the responder", tcp_rst_window, after(talked, talked.segment(Side::server, rst, 0x1000'0000))},
        {"a RST that refuses another SYN", tcp_rst_window, after(asked, asked.segment(Side::server, reset, 0, {}, 999))},
        {"other octets under old numbers", inconsistent_retransmit,
         after(talked, talked.segment(Side::client, data, -24, "EHLO intruder.example.\r\n"))},
        {"other octets from the responder", inconsistent_retransmit,
         after(talked, talked.segment(Side::server, data, -24, "221 goodbye, goodbye...\r"))},
        {"an overlap that differs", inconsistent_retransmit, after(talked, talked.segment(Side::client, data, -4, "rx\r\nRSET\r\n"))},
        {"a FIN under the number of an octet", inconsistent_retransmit, after(talked, talked.segment(Side::client, finish, -1))},
        {"a FIN under the number of the SYN", inconsistent_retransmit, after(open, open.segment(Side::client, finish, -1))},
        {"a FIN far behind what was sent", inconsistent_retransmit, after(talked, talked.segment(Side::client, finish, -20))},
        {"a FIN again, before the first", inconsistent_retransmit,
         after(TcpDialogue(talked).fin(Side::client), TcpDialogue(talked).fin(Side::client).segment(Side::client, finish, -2))},
        {"another octet that looks like a keep-alive, of one that is not acknowledged", inconsistent_retransmit,
         after(saying, saying.segment(Side::client, data, -1, "X"))},
        {"the ninth segment beyond the window", tcp_window, strays(Side::client, 0x2000'0000)},
        {"the ninth segment beyond the responder's window", tcp_window, strays(Side::server, 0x2000'0000)},
        {"the ninth segment far behind the window", tcp_window, strays(Side::client, -0x2000'0000)},
    };
}

std::vector<Hostile> hostile_late() {
    using enum Reason;
    const TcpDialogue closed = smtp().close(Side::client), reset_by_client = smtp().rst(Side::client), open = smtp();
    const TcpDialogue half = smtp().fin(Side::client).ack(Side::server), refused = opening().rst(Side::server);
    const CraftedFrame ask = dns_ask();
    const CraftedFrame answer = udp(v4(resolver, 53), v4(mail, 49152), dns_answer({7, "example.net", dns_type::mx}, {}));
    const CraftedFrame other_port = udp(v4(resolver, 53), v4(mail, 49153), dns_answer({7, "example.net", dns_type::mx}, {}));
    const CraftedFrame spoofed = udp(v4(scanner, 53), v4(mail, 49152), dns_answer({7, "example.net", dns_type::mx}, {}));
    return {
        {"data after both FINs", tcp_after_close, after(closed, closed.segment(Side::client, data, 0, "NOOP\r\n"))},
        {"the responder's data after both FINs", tcp_after_close, after(closed, closed.segment(Side::server, data, 0, "250\r\n"))},
        {"data after a RST", tcp_after_close, after(reset_by_client, reset_by_client.segment(Side::client, data, 0, "NOOP\r\n"))},
        {"data after one's own FIN", tcp_after_close, after(half, half.segment(Side::client, data, 0, "NOOP\r\n"))},
        {"data after a refusal", tcp_after_close, after(refused, refused.segment(Side::client, data, 0, "EHLO\r\n"))},
        {"a lower SYN on a closed connection", tcp_after_close, after(closed, closed.segment(Side::client, syn, -100000))},
        {"data on a closed connection that was forgotten", not_open,
         after(closed, closed.segment(Side::client, data, 0, "NOOP\r\n"), 121s)},
        {"a SYN-ACK after a minute", not_open, after(opening(), opening().segment(Side::server, syn_ack), 61s)},
        {"data on a connection idle for more than a day", not_open, after(open, open.segment(Side::client, data, 0, "NOOP\r\n"), 24h + 1s)},
        {"a DNS answer after half a minute", not_open, {ask, CraftedFrame(answer).later(31s)}},
        {"a DNS answer to another port", not_open, {ask, CraftedFrame(other_port).later(1ms)}},
        {"a DNS answer from another host", no_rule, {ask, CraftedFrame(spoofed).later(1ms)}},
        {"an answer from the log sink", syslog_answered, {log_line(), udp(v4(sink, 514), v4(mail, 514), "<0>who?").later(1ms)}},
        {"an answer from the log sink over IPv6", syslog_answered, {log_line6(), udp(v6(sink, 514), v6(mail, 514), "").later(29s)}},
        {"an error from the log sink: port unreachable",
         sink_reply,
         {log_line(), icmp_error(v4(sink), v4(mail), 3, 3, log_line()).later(1ms)}},
        {"the log sink speaks from another port", no_rule, {log_line(), udp(v4(sink, 515), v4(mail, 515), "x").later(1ms)}},
        {"a DNS answer over TCP to a question over UDP",
         not_open,
         {ask, tcp(v4(resolver, 53), v4(mail, 49152), {data, 1, 1, 512, {}}, "x").later(1ms)}},
    };
}

}  // namespace sw::craft
