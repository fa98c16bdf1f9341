/// What honest machines do is allowed, all of it.
#include <fmt/format.h>

#include "tests/replay/legitimate.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/judge.hpp"

namespace sw::craft {
namespace {

/// A policy without MAC addresses, which most links do not have.
const std::string any_link_policy = R"(
enclave = "mail.example"
home = ["192.0.2.0/24", "2001:db8:1::/64"]

[[allow]]
name = "smtp-in"
filter = "tcp and dst port 25 and not src net $home"
)";

/// The first frame that rings; "" if none does.
std::string complaint(const std::string& policy, const Legitimate& l) {
    const Judged judged = judge(policy, l.frames);
    for (std::size_t i = 0; i < l.frames.size(); ++i)
        if (judged.judgements[i].verdict != Verdict::allow)
            return fmt::format("{}: frame {} of {}: {}", l.name, i + 1, l.frames.size(), describe(judged.judgements[i]));
    return {};
}

void expect_allowed(const std::string& policy, const Legitimate& l) {
    const std::string wrong = complaint(policy, l);
    if (!wrong.empty()) FAIL_CHECK(wrong);
}

void expect_all_allowed(const std::vector<Legitimate>& lives) {
    for (const Legitimate& l : lives) expect_allowed(stock_policy, l);
}

const Endpoint client4 = v4(outside, 40000), server4 = v4(mail, 25), client6 = v6(outside, 40000), server6 = v6(mail, 25);

/// The first octets of a frame on each link, before an IPv4 and an IPv6 packet.
struct Link {
    const char* name;
    std::uint16_t linktype;
    Octets header4, header6;
};

std::vector<Link> links() {
    const Octets cooked = Octets{0, 0, 0, 1, 0, 6} + mac_octets(mac::firewall) + be16(0);
    const Octets cooked2 = be16(0) + be32(2) + Octets{0, 1, 0, 6} + mac_octets(mac::firewall) + be16(0);
    return {
        {"NULL", linktype::null, {2, 0, 0, 0}, {24, 0, 0, 0}},
        {"LOOP", linktype::loop, {0, 0, 0, 2}, {0, 0, 0, 24}},
        {"RAW", linktype::raw, {}, {}},
        {"LINUX_SLL", linktype::linux_sll, cooked + be16(0x0800), cooked + be16(0x86dd)},
        {"LINUX_SLL2", linktype::linux_sll2, be16(0x0800) + cooked2, be16(0x86dd) + cooked2},
        {"IPV4", linktype::ipv4, {}, {}},
        {"IPV6", linktype::ipv6, {}, {}},
    };
}

}  // namespace

TEST_CASE("legitimate: connections live") {
    expect_all_allowed(tcp_lives(client4, server4));
    expect_all_allowed(tcp_lives(client6, server6));
}

TEST_CASE("legitimate: connections have their troubles") {
    expect_all_allowed(tcp_troubles(client4, server4));
    expect_all_allowed(tcp_troubles(client6, server6));
}

TEST_CASE("legitimate: connections end in many ways") {
    expect_all_allowed(tcp_endings(client4, server4));
    expect_all_allowed(tcp_endings(client6, server6));
}

TEST_CASE("legitimate: ICMP errors belong to live conversations") {
    expect_all_allowed(icmp_errors(client4, server4, v4(firewall)));
    expect_all_allowed(icmp_errors(client6, server6, v6(firewall)));
}

TEST_CASE("legitimate: questions are asked and answered") {
    expect_all_allowed(dns_lives(v4(mail, 49152), v4(resolver, 53)));
    expect_all_allowed(dns_lives(v6(mail, 49152), v6(resolver, 53)));
}

TEST_CASE("legitimate: housekeeping and pings") { expect_all_allowed(housekeeping_lives()); }

TEST_CASE("legitimate: the mail host's own connections live as well") {
    expect_all_allowed(tcp_lives(v4(mail, 40000), v4(other_outside, 25)));
    expect_all_allowed(tcp_endings(v6(mail, 40000), v6(other_outside, 25)));
}

TEST_CASE("legitimate: a conversation is judged alike on every kind of link") {
    for (const Link& link : links()) {
        const TcpDialogue four = smtp().say(Side::server, "220 mail.example\r\n").close(Side::client);
        const TcpDialogue six = smtp6().say(Side::server, "220 mail.example\r\n").close(Side::client);
        Frames frames;
        for (CraftedFrame f : four.frames())
            if (link.linktype != linktype::ipv6) frames.push_back(f.relink(link.linktype, link.header4));
        for (CraftedFrame f : six.frames())
            if (link.linktype != linktype::ipv4) frames.push_back(f.relink(link.linktype, link.header6));
        expect_allowed(any_link_policy, {link.name, frames});
    }
}

TEST_CASE("legitimate: all of it at once, interleaved") {
    std::vector<Frames> parts;
    for (std::uint16_t port = 42000; port < 42016; ++port) {
        int turn = 0;  // one port's dialogues follow each other
        for (Legitimate& l : tcp_lives(v4(outside, port), server4)) {
            if (l.name.find("go back") != std::string::npos || l.name.find("night") != std::string::npos) continue;
            for (CraftedFrame& f : l.frames) f.later(std::chrono::minutes(turn));
            turn += 10;
            parts.push_back(std::move(l.frames));
        }
    }
    expect_allowed(stock_policy, {"interleaved", merged(std::move(parts))});
}

TEST_CASE("legitimate: a dialogue in which one frame is not allowed is complained of") {
    const TcpDialogue d = smtp();
    CHECK_FALSE(complaint(stock_policy, {"no opening", {d.segment(Side::client, tcp_flag::ack)}}).empty());
    CHECK_FALSE(complaint(stock_policy, {"a bad last frame", then(d.frames(), smtp_syn().flip(tcp4_at, 1))}).empty());
}

TEST_CASE("legitimate: the dialogues are many") {
    const std::size_t connections = tcp_lives(client4, server4).size() + tcp_troubles(client4, server4).size() +
                                    tcp_endings(client4, server4).size() + icmp_errors(client4, server4, v4(firewall)).size();
    const std::size_t questions = dns_lives(v4(mail, 49152), v4(resolver, 53)).size();
    CHECK(2 * (connections + questions) + housekeeping_lives().size() >= 140);
}

}  // namespace sw::craft
