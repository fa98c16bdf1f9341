/// What the intruder does on the enclave's day; none of it may pass, and none of it may be needed to find it.
#include "tests/support/dialogue.hpp"
#include "tests/support/enclave_day.hpp"
#include "tests/support/enclave_talk.hpp"
#include "tests/support/messages.hpp"

namespace sw::craft {
namespace {

using namespace tcp_flag;

constexpr auto data = static_cast<std::uint8_t>(ack | psh);
constexpr TcpSetup modern_stack{.scale = 7, .timestamps = true, .sack = true};

/// Forty ports of the mail host, each refused.
Frames port_scan() {
    Frames frames;
    Timestamp now = clock(3, 12);
    for (const int port : {21,  23,  53,  79,  80,  81,  88,  106, 110, 111, 113, 119, 135,  139,  143,  179,  199,  389,  427,  443,
                           444, 445, 465, 513, 514, 515, 543, 548, 587, 631, 993, 995, 1025, 1433, 1723, 2049, 3128, 3306, 5432, 8080}) {
        TcpDialogue probe(v4(scanner, 54321), v4(mail, static_cast<std::uint16_t>(port)), now);
        for (const CraftedFrame& f : probe.syn().rst(Side::server).frames()) frames.push_back(f);
        now = now + 50ms;
    }
    return frames;
}

Frames calls_home() {
    TcpDialogue d(v4(mail, 51000), v4(other_outside, 4444), clock(4, 30, 7));
    d.handshake().say(Side::client, "uid=0(root) gid=0(root)\n").say(Side::server, "cat /etc/shadow\n");
    return d.frames();
}

Frames fragments() {
    const CraftedFrame whole = tcp(v4(scanner, 40001), v4(mail, 25), {}, std::string(40, 'f'));
    CraftedFrame tiny = whole, later = whole;
    tiny.cut(tcp4_at + 8).set16(ip_at + 2, 28).set16(ip_at + 6, 0x2000).fix_ip().at(clock(10, 21, 1));
    later.erase(tcp4_at, 8).set16(ip_at + 2, 72).set16(ip_at + 6, 1).fix_ip().at(clock(10, 21, 2));
    return {tiny.pad(), later};
}

Frames tunnels() {
    const Octets inner = tcp(v4(scanner, 40002), v4(mail, 22)).packet();
    const Octets inner6 = tcp(v6(scanner, 40002), v6(mail, 22)).packet();
    const Octets ethernet_inside = tcp(v4(scanner, 40002), v4(mail, 22)).bytes;
    return {ip(v4(mail), v4(other_outside), 47, Octets{0, 0, 8, 0} + inner).at(clock(13, 3, 1)),
            ip(v4(scanner), v4(mail), 41, inner6).at(clock(13, 3, 9)),
            udp(v4(mail, 4789), v4(other_outside, 4789), Octets{8, 0, 0, 0, 0, 0, 42, 0} + ethernet_inside).at(clock(13, 3, 20))};
}

/// Fits the rule for incoming mail in every field, but nobody saw it opened.
Frames midstream() {
    return {
        tcp(v4(other_outside, 41000), v4(mail, 25), {data, 77'000, 88'000, 501, {}}, "DATA\r\n").at(clock(15, 45)),
        tcp(v4(mail, 25), v4(other_outside, 41000), {data, 88'000, 77'006, 501, {}}, "503 5.5.1 Bad sequence\r\n").at(clock(15, 45, 1))};
}

CraftedFrame bpf_blind() { return tcp(v4(scanner, 40003), v4(mail, 25)).pad().set8(ip_at, 0x4f).set16(ip_at + 2, 46).at(clock(8, 8, 8)); }

Frames vlan_hop() {
    return {tcp(v4(scanner, 40004), v4(mail, 25)).tag(10).pad(64).at(clock(11, 11)),
            tcp(v4(scanner, 40004), v4(mail, 25)).tag(10).tag(1).pad(68).at(clock(11, 11, 1))};
}

/// What follows the first frames of a conversation is the act.
PlannedAct in_conversation(std::string title, Reason reason, const TcpDialogue& d, std::size_t lead) {
    const auto begin = d.frames().begin(), turn = begin + static_cast<std::ptrdiff_t>(lead);
    return {std::move(title), reason, {turn, d.frames().end()}, {begin, turn}};
}

/// The mail host calls out on the port of mail, but it is no mail server that answers.
PlannedAct tunnel_on_25() {
    TcpDialogue d = TcpDialogue(v4(mail, 51025), v4(other_outside, 25), clock(3, 33), modern_stack).handshake();
    const std::size_t lead = d.frames().size();
    d.say(Side::server, "SSH-2.0-OpenSSH_9.2\r\n").say(Side::client, "SSH-2.0-OpenSSH_9.2\r\n").say(Side::client, noise(33, 600));
    return in_conversation("hides ssh behind the port of mail", Reason::not_speaking,
                           d.say(Side::server, noise(34, 500)).close(Side::client), lead);
}

/// A second mail within the first, for a server that takes LF alone for the end of a line.
PlannedAct smuggled_mail() {
    TcpDialogue d = begin_mail(TcpDialogue(v4(scanner, 40025), v4(mail, 25), clock(4, 44), modern_stack), "relay.example.org",
                               "mail.example", {"writer@example.org", "amy@mail.example", "", ""});
    const std::size_t lead = d.frames().size();
    d.say(Side::client,
          "Subject: one\r\n\r\nharmless\n.\nMAIL FROM:<amy@mail.example>\r\nRCPT TO:<bob@mail.example>\r\nDATA\r\nnot harmless\r\n.\r\n");
    return in_conversation("smuggles a mail in another one", Reason::smtp_bare_lf,
                           d.say(Side::server, "250 2.0.0 Ok: queued\r\n").close(Side::client), lead);
}

}  // namespace

std::vector<PlannedAct> intruder_acts() {
    using enum Reason;
    const Endpoint thief{std::string(mac::intruder), std::string(mail.v4)};
    const CraftedFrame live = tcp(v4(mail, 25), v4(other_outside, 40000), {data, 1, 1, 501, {}}, "220 mail.example\r\n");
    return {
        {"scans forty ports of the mail host", no_rule, port_scan()},
        {"lets the mail host call home", no_rule, calls_home()},
        {"speaks SMTP from inside", no_rule, TcpDialogue(v4(insider, 40000), v4(mail, 25), clock(5, 20)).syn().rst(Side::server).frames()},
        {"comes from port 25 to the mail host's ssh", wrong_direction, {tcp(v4(scanner, 25), v4(mail, 22)).at(clock(7, 1))}},
        {"sends a frame that a filter and its negation both miss", ip_header_length, {bpf_blind()}},
        {"sends fragments", fragment, fragments()},
        {"hops VLANs", vlan_unexpected, vlan_hop()},
        {"digs tunnels", tunnel, tunnels()},
        {"makes the watcher speak", self_traffic, {arp_request(v4(watcher), firewall.v4).pad().at(clock(14, 14))}},
        {"asks the mail host for its management tables",
         no_rule,
         {udp(v4(scanner, 40005), v4(mail, 161), octets("\x30\x26\x02\x01\x01public")).at(clock(15, 1))}},
        {"redirects the mail host's traffic", icmp_forbidden, {icmp_error(v4(firewall), v4(mail), 5, 1, live).at(clock(15, 30))}},
        {"slips into the middle of a connection", not_open, midstream()},
        {"claims the mail host's address", no_rule, {arp_gratuitous(thief).pad().at(clock(19, 0))}},
        {"answers in the mail host's name",
         arp_mac_mismatch,
         {arp_reply(v4(mail), v4(firewall)).overwrite(6, mac_octets(mac::intruder)).pad().at(clock(19, 0, 2))}},
        tunnel_on_25(),
        smuggled_mail(),
        {"opens ssh from the mail host", forbidden, {tcp(v4(mail, 51022), v4(other_outside, 22)).at(clock(22, 48))}},
    };
}

}  // namespace sw::craft
