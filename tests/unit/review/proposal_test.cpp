#include "tests/support/catch.hpp"
#include "tests/support/stock.hpp"
#include "tests/unit/review/reviewed.hpp"

using namespace sw;
using namespace sw::craft;
using sw::test::Reviewed;

namespace {

std::string filter_for(const Frames& frames, RuleKind kind = RuleKind::allow) {
    Reviewed r(stock_policy, frames);
    const Proposal p = r.proposal(r.findings().front());
    CHECK(p.kind == kind);
    return p.filter;
}

Endpoint mail_port(std::uint16_t port) { return v4(mail, port); }

}  // namespace

TEST_CASE("a rule for TCP names both hosts and the responder's port, and names of both families only with the family") {
    CHECK(filter_for({tcp(v4(outside, 40000), mail_port(465))}) ==
          "ip and tcp and src host 198.51.100.7 and dst host $mail and dst port 465");
    CHECK(filter_for({tcp(v6(outside, 40000), v6(mail, 465))}) ==
          "ip6 and tcp and src host 2001:db8:f::7 and dst host $mail and dst port 465");
    CHECK(filter_for({tcp(v4(outside, 40000), v4(insider, 80))}) ==
          "tcp and src host 198.51.100.7 and dst host 192.0.2.77 and dst port 80");
}

TEST_CASE("a rule for UDP goes from who asks to who answers, whichever packet was seen first") {
    CHECK(filter_for({udp(v4(outside, 40000), v4(insider, 123), "x")}) ==
          "udp and src host 198.51.100.7 and dst host 192.0.2.77 and dst port 123");
    CHECK(filter_for({udp(v4(insider, 123), v4(outside, 40000), "x")}) ==
          "udp and src host 198.51.100.7 and dst host 192.0.2.77 and dst port 123");
}

TEST_CASE("a rule for echo names the request's type") {
    CHECK(filter_for({echo_request(v4(outside), v4(insider), 7)}) ==
          "icmp and icmp[icmptype] == 8 and src host 198.51.100.7 and dst host 192.0.2.77");
    CHECK(filter_for({echo_request(v6(outside), v6(insider), 7)}) ==
          "icmp6 and icmp6[icmp6type] == 128 and src host 2001:db8:f::7 and dst host 2001:db8:1::77");
}

TEST_CASE("rules for ARP and neighbour discovery are housekeeping and pin the sender's MAC address") {
    CHECK(filter_for({arp_request(v4(insider), "192.0.2.25")}, RuleKind::housekeeping) ==
          "ether src 02:00:00:00:00:4d and arp and src host 192.0.2.77 and dst host $mail");
    CHECK(
        filter_for({neighbour_solicit(v6(outside), "2001:db8:1::25")}, RuleKind::housekeeping)
            .starts_with(
                "ether src 02:00:00:00:00:01 and icmp6 and icmp6[icmp6type] == 135 and src host 2001:db8:f::7 and dst host ff02::1:ff00:25"));
}

TEST_CASE("rules for other IP protocols and other frames are housekeeping") {
    CHECK(filter_for({ip(v4(outside), v4(insider), 132, octets("0123456789ab"))}, RuleKind::housekeeping) ==
          "ether src 02:00:00:00:00:01 and ip proto 132 and src host 198.51.100.7 and dst host 192.0.2.77");
    CHECK(filter_for({ethernet(mac::broadcast, mac::intruder, 0x88cc, Octets(46, 1))}, RuleKind::housekeeping) ==
          "ether src 02:00:00:00:00:4d and ether dst ff:ff:ff:ff:ff:ff and ether proto 0x88cc");
}

TEST_CASE("a MAC address with a name is written by that name") {
    std::string policy = stock_policy;
    policy.insert(policy.find("[names]") + 7, "\nguest_mac = \"02:00:00:00:00:4d\"");
    Reviewed r(policy, {arp_request(v4(insider), "192.0.2.99")});
    CHECK(r.proposal(r.only()).filter == "ether src $guest_mac and arp and src host 192.0.2.77 and dst host 192.0.2.99");
}

TEST_CASE("an address that two names give, or a list gives with others, is written as it is") {
    std::string policy = stock_policy;
    policy.insert(policy.find("[names]") + 7, "\none = \"192.0.2.77\"\nother = \"192.0.2.77\"\nboth = [\"192.0.2.78\", \"192.0.2.79\"]");
    Reviewed r(policy, {tcp(v4(insider, 4000), {std::string(mac::intruder), "192.0.2.78", 80})});
    CHECK(r.proposal(r.only()).filter == "tcp and src host 192.0.2.77 and dst host 192.0.2.78 and dst port 80");
}

TEST_CASE("what a person typed as reason comes back from the policy, controls escaped") {
    Reviewed r(stock_policy, {tcp(v4(outside, 40000), v4(insider, 80))});
    for (const auto& [typed, kept] :
         std::vector<std::pair<std::string, std::string>>{{"quotes \" and ''' and \\ and \"\"\"", "quotes \" and ''' and \\ and \"\"\""},
                                                          {"ends\"\nfilter = \"\"\n[[allow]]", "ends\"\\x0afilter = \"\"\\x0a[[allow]]"},
                                                          {"bell \a and \x1b[31m and \x7f", "bell \\x07 and \\x1b[31m and \\x7f"},
                                                          {"not \xc0\x80 UTF-8", "not \\xc0\\x80 UTF-8"},
                                                          {"für Grüße", "für Grüße"}}) {
        const auto p = r.propose(r.only(), typed);
        REQUIRE(p);
        const auto edit = with_rule(r.policy(), *p, test::today);
        REQUIRE(edit);
        const PolicyLoad load = parse_policy("test.toml", edit->text);
        REQUIRE(load.policy);
        bool found = false;
        for (const Rule& rule : load.policy->rules)
            if (rule.name == p->name) {
                found = true;
                CHECK(rule.reason == kept);
                CHECK(rule.owner == "ada");
            }
        CHECK(found);
    }
}

TEST_CASE("a rule's name is the finding's number, and a number more where that is taken") {
    std::string policy = stock_policy;
    Reviewed first(policy, {tcp(v4(outside, 40000), v4(insider, 80))});
    CHECK(first.proposal(first.only()).name == "finding-1");
    policy.insert(policy.find("[[allow]]"), "[[allow]]\nname = \"finding-1\"\nfilter = \"tcp and dst port 9999\"\n");
    Reviewed second(policy, {tcp(v4(outside, 40000), v4(insider, 80))});
    CHECK(second.proposal(second.only()).name == "finding-1-2");
}

TEST_CASE("a proposed table holds kind, name, filter, owner, reason and until") {
    Reviewed r(stock_policy, {tcp(v4(outside, 40000), v4(insider, 80))});
    CHECK(r.proposal(r.only()).toml ==
          "[[allow]]\nname   = \"finding-1\"\nfilter = \"tcp and src host 198.51.100.7 and dst host 192.0.2.77 and dst port 80\"\n"
          "owner  = \"ada\"\nreason = \"agreed\"\nuntil  = 2027-02-20\n");
    CHECK(default_until(test::today) == "2027-02-20");
}
