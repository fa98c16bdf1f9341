#include "tests/support/enclave_day.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tests/support/enclave_talk.hpp"

namespace sw::craft {
namespace {

constexpr Side client = Side::client, server = Side::server;
constexpr Host relay{mac::firewall, "198.51.100.25", "2001:db8:f::25"}, list_server{mac::firewall, "203.0.113.40", "2001:db8:f::40"},
    partner{mac::firewall, "203.0.113.25", "2001:db8:f:2::25"};

/// Hands out ports and initial sequence numbers, and collects what was said.
class Timetable {
public:
    std::uint16_t port() { return ++port_; }
    std::uint16_t dns_id() { return static_cast<std::uint16_t>(0x2026 + port_ * 7); }
    TcpSetup stack(TcpSetup s = {}) {
        isn_ = isn_ * 1664525u + 1013904223u;
        s.client_isn = isn_;
        s.server_isn = isn_ ^ 0x5a5a'5a5a;
        return s;
    }
    void add(Frames f) { parts_.push_back(std::move(f)); }
    void add(const TcpDialogue& d) { parts_.push_back(d.frames()); }
    std::vector<Frames> take() { return std::move(parts_); }

private:
    std::uint16_t port_ = 40000;
    std::uint32_t isn_ = 1993;
    std::vector<Frames> parts_;
};

constexpr TcpSetup modern{.scale = 7, .timestamps = true, .sack = true};
constexpr TcpSetup marked{.scale = 7, .timestamps = true, .sack = true, .ecn = true};
constexpr TcpSetup wired{.padded = true};

Mail letter(int n) {
    std::string lines = "Good day,\r\n\r\n";
    for (int i = 0; i < 8 + n % 5 * 6; ++i) lines += fmt::format("line {} of letter {}, as plain as a letter should be.\r\n", i + 1, n);
    return {fmt::format("writer{}@example.org", n), "amy@mail.example", fmt::format("letter {}", n), lines + "\r\nYours\r\n"};
}

/// So many octets of a mail's text.
std::string letter_of(std::size_t octets) {
    std::string lines;
    while (lines.size() < octets) lines += fmt::format("line {} of a letter that is too long for a narrow path.\r\n", lines.size() / 50);
    lines.resize(octets);
    return lines;
}

void neighbourhood(Timetable& t) {
    for (const Host& virtual_host : {firewall, vpn_users, vpn_admin}) t.add({arp_gratuitous(v4(virtual_host)).pad().at(clock(0, 0, 5))});
    const Endpoint mail_local{std::string(mac::mail), "fe80::19"}, wall_local{std::string(mac::firewall), "fe80::1"};
    for (int hour = 0; hour < 24; ++hour) {
        const Timestamp when = clock(hour, 7, hour);
        const bool padded = hour % 2 == 0;  // the firewall's card pads, the mail host's virtual one does not
        CraftedFrame reply = arp_reply(v4(firewall), v4(mail)).at(when + 200us);
        t.add({arp_request(v4(mail), firewall.v4).at(when), padded ? reply.pad() : reply});
        t.add({neighbour_solicit(v6(firewall), mail.v6).at(when + 2s), neighbour_advert(v6(mail), v6(firewall)).at(when + 2s + 200us)});
        if (hour % 3 == 0)
            t.add({arp_request(v4(resolver), mail.v4).pad().at(when + 4s), arp_reply(v4(mail), v4(resolver)).at(when + 4s + 90us)});
        if (hour % 4 == 1)
            t.add({neighbour_solicit(mail_local, wall_local.ip).at(when + 5s),
                   neighbour_advert(wall_local, mail_local).at(when + 5s + 100us)});
        if (hour % 6 == 2)
            t.add({arp_request(v4(vpn_users), mail.v4).pad().at(when + 6s), arp_reply(v4(mail), v4(vpn_users)).at(when + 6s + 80us)});
    }
}

void log_lines(Timetable& t) {
    for (int minute = 3; minute < 24 * 60; minute += 20) {
        const Timestamp when = clock(minute / 60, minute % 60, minute % 47);
        t.add({log_line(v4(mail), when, 22, "mail",
                        fmt::format("smtpd[{}]: statistics: connections {}, refused 0", 400 + minute, minute / 20))});
        t.add({log_line(v4(firewall), when + 7s, 134, "fw",
                        fmt::format("pf: states {}, searches {}, blocked 0", 10 + minute % 9, minute * 31))});
    }
    t.add({log_line(v4(mail), clock(0, 0, 1), 46, "mail", "syslogd: restart").pad()});
}

/// A relay outside brings a mail; the mail host looks up its name first, and logs afterwards.
void mail_comes_in(Timetable& t, int n, Timestamp when) {
    const bool six = n % 3 == 1;
    const Host& peer = n % 2 == 0 ? relay : list_server;
    const Endpoint from = six ? v6(peer, t.port()) : v4(peer, t.port()), to = six ? v6(mail, 25) : v4(mail, 25);
    const TcpSetup kind = n % 4 == 0 ? modern : n % 4 == 1 ? marked : n % 4 == 2 ? wired : TcpSetup{};
    const DnsQuestion who{t.dns_id(), six ? "5.2.0.0.f.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa" : "25.100.51.198.in-addr.arpa", dns_type::ptr,
                          n % 2 == 0};
    t.add(look_up(v4(mail, t.port()), v4(resolver, 53), who, dns_name("relay.example.org"), when + 25ms));
    const TcpDialogue d(from, to, when, t.stack(kind));
    t.add(n % 3 == 2 ? deliver_encrypted(d, "relay.example.org", "mail.example", 1800, 100u + static_cast<std::uint32_t>(n) * 50)
                     : deliver(d, "relay.example.org", "mail.example", letter(n)));
    t.add({log_line(v4(mail), when + 1s, 22, "mail",
                    fmt::format("smtpd[{}]: {}: client=relay.example.org[{}]", 900 + n, 5000 + n, from.ip))});
}

/// The mail host delivers outside: MX, address, then the mail.
void mail_goes_out(Timetable& t, int n, Timestamp when) {
    const bool six = n % 2 == 1;
    const Endpoint asks = six ? v6(mail, t.port()) : v4(mail, t.port()), answers = six ? v6(resolver, 53) : v4(resolver, 53);
    const DnsQuestion mx{t.dns_id(), "partner.example.net", dns_type::mx, true};
    t.add(look_up(asks, answers, mx, be16(10) + dns_name("mx.partner.example.net"), when));
    const Endpoint asks_again{asks.mac, asks.ip, t.port()};
    const DnsQuestion address{t.dns_id(), "mx.partner.example.net", six ? dns_type::aaaa : dns_type::a, true};
    t.add(look_up(asks_again, answers, address, ip_octets(six ? partner.v6 : partner.v4), when + 10ms));
    const Endpoint from = six ? v6(mail, t.port()) : v4(mail, t.port()), to = six ? v6(partner, 25) : v4(partner, 25);
    const Mail reply{"amy@mail.example", fmt::format("friend{}@partner.example.net", n), "your letter", "Thank you.\r\n"};
    t.add(deliver(TcpDialogue(from, to, when + 40ms, t.stack(modern)), "mail.example", "mx.partner.example.net", reply));
}

void people(Timetable& t) {
    for (int n = 0; n < 12; ++n) {
        const TcpDialogue d(v4(vpn_users, t.port()), v4(mail, 993), clock(7 + n, 31, n * 4), t.stack(n % 2 == 0 ? modern : TcpSetup{}));
        t.add(read_mailbox(d, 4 + n % 4, 10'000u + static_cast<std::uint32_t>(n) * 200));
    }
    for (const int hour : {9, 16}) {
        const TcpDialogue d(v4(vpn_admin, t.port()), v4(mail, 22), clock(hour, 2, 11), t.stack(modern));
        t.add(administer(d, 20, 20'000u + static_cast<std::uint32_t>(hour) * 300));
    }
}

/// What the network does to honest conversations.
void mishaps(Timetable& t) {
    auto lossy = TcpDialogue(v4(relay, t.port()), v4(mail, 25), clock(2, 15), t.stack()).handshake();
    lossy.say(server, "220 mail.example ESMTP\r\n").send(client, "EHLO relay.example.org\r\n").wait(300ms).again().ack(server);
    t.add(lossy.say(server, "250 mail.example\r\n").say(client, "QUIT\r\n").say(server, "221 2.0.0 Bye\r\n").close(client));

    auto half = TcpDialogue(v4(mail, t.port()), v4(partner, 25), clock(6, 40), t.stack()).handshake();
    half.say(server, "220 mx.partner.example.net\r\n").say(client, "QUIT\r\n").fin(client).ack(server);
    t.add(half.say(server, "221 see you\r\n").fin(server).ack(client));

    auto idle = open_mailbox(TcpDialogue(v4(vpn_users, t.port()), v4(mail, 993), clock(12, 5), t.stack(modern)), 7);
    for (int i = 0; i < 3; ++i) idle.wait(75s * 60).put(idle.segment(client, tcp_flag::ack, -1)).ack(server);
    t.add(idle.rst(client));

    for (int n = 0; n < 3; ++n)
        t.add(TcpDialogue(v6(mail, t.port()), v6(partner, 25), clock(14, 10 + n), t.stack(modern)).syn().rst(server));

    const std::string lines = letter_of(1460);
    auto narrow = begin_mail(TcpDialogue(v4(mail, t.port()), v4(partner, 25), clock(17, 50), t.stack()), "mail.example",
                             "mx.partner.example.net", {"amy@mail.example", "friend@partner.example.net", "", ""});
    narrow.send(client, lines);
    const CraftedFrame too_big = narrow.frames().back();
    narrow.put(icmp_error(v4(firewall), v4(mail), 3, 4, too_big, 8, 1400));
    narrow.put(narrow.segment(client, tcp_flag::ack, -1460, lines.substr(0, 1360)))
        .put(narrow.segment(client, tcp_flag::ack, -100, lines.substr(1360)));
    t.add(narrow.ack(server).rst(server));

    const DnsQuestion large{t.dns_id(), "_25._tcp.mx.partner.example.net", 52, true};
    t.add(look_up_large(v4(mail, t.port()), v4(resolver, 53), large, octets(noise(52, 900)), clock(18, 20)));
}

}  // namespace

std::vector<Frames> honest_traffic() {
    Timetable t;
    neighbourhood(t);
    log_lines(t);
    for (int n = 0; n < 18; ++n) mail_comes_in(t, n, clock(n + n / 3, 11 + n * 2, n));
    for (int n = 0; n < 9; ++n) mail_goes_out(t, n, clock(8 + n, 52, n * 3));
    people(t);
    mishaps(t);
    return t.take();
}

EnclaveDay enclave_day() {
    constexpr std::size_t nobody = SIZE_MAX;
    std::vector<std::pair<std::size_t, CraftedFrame>> all;
    for (Frames& part : honest_traffic())
        for (CraftedFrame& f : part) all.emplace_back(nobody, std::move(f));
    EnclaveDay day;
    for (PlannedAct& act : intruder_acts()) {
        for (CraftedFrame& f : act.lead) all.emplace_back(nobody, std::move(f));
        for (CraftedFrame& f : act.frames) all.emplace_back(day.acts.size(), std::move(f));
        day.acts.push_back({std::move(act.title), act.reason, {}});
    }
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.second.ts < b.second.ts; });
    for (auto& [act, frame] : all) {
        if (act != nobody) day.acts[act].frames.push_back(day.frames.size());
        day.frames.push_back(std::move(frame));
    }
    return day;
}

}  // namespace sw::craft
