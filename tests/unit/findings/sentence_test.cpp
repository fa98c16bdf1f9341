// The sentence of a finding is what a tired person reads first.
#include <string>

#include "tests/support/catch.hpp"
#include "tests/unit/findings/causes.hpp"

using namespace sw;
using namespace sw::test;

namespace {

Finding finding(const Cause& c, std::string detail = {}, std::vector<std::string> why = {}) {
    Finding f;
    f.cause = c;
    f.detail = std::move(detail);
    f.why = std::move(why);
    return f;
}

std::string said(const Finding& f) { return sentence(f, small_policy()); }

Cause near(Cause c, int rule = 0) {
    c.nearest = rule;
    return c;
}

/// Begins with someone, ends with a full stop, and has no words glued together or missing.
void check_reads(const std::string& text) {
    CAPTURE(text);
    CHECK(text.size() > 20);
    CHECK(text.back() == '.');
    CHECK(text[text.size() - 2] != '.');
    CHECK(text.find("  ") == std::string::npos);
    CHECK(text.find(" ,") == std::string::npos);
    CHECK(text.find(": .") == std::string::npos);
    CHECK(text.find("( ") == std::string::npos);
    CHECK(text.find("()") == std::string::npos);
    for (const char c : text) CHECK(static_cast<unsigned char>(c) >= 0x20);
}

}  // namespace

TEST_CASE("sentence: a SYN that no rule allows, and the nearest rule") {
    CHECK(said(finding(near(tcp_cause(9, 25, 465)), "SYN", {"dst port 465 is not 25"})) ==
          "10.0.0.9 tried to open tcp to 10.0.0.25 (mail) port 465: no rule allows it; nearest is smtp-in, but dst port 465 is not 25.");
    CHECK(said(finding(near(tcp_cause(9, 25, 465)), "SYN", {"one thing", "another"})) ==
          "10.0.0.9 tried to open tcp to 10.0.0.25 (mail) port 465: no rule allows it; nearest is smtp-in, but one thing and another.");
    CHECK(said(finding(tcp_cause(9, 25, 465), "SYN")) ==
          "10.0.0.9 tried to open tcp to 10.0.0.25 (mail) port 465: no rule allows anything like it.");
}

TEST_CASE("sentence: what the judge objects to is told with the rule it fits") {
    const auto why = [](Reason r) { return said(finding(near(tcp_cause(9, 25, 25, r)), "ACK")); };
    const std::string who = "10.0.0.9 sent tcp to 10.0.0.25 (mail) port 25 (ACK): ";
    CHECK(why(Reason::not_open) == who + "it fits smtp-in, but its opening was never seen.");
    CHECK(why(Reason::wrong_direction) == who + "it fits smtp-in only with initiator and responder swapped.");
    CHECK(why(Reason::rule_expired) == who + "only smtp-in allows it, and that has expired.");
    CHECK(why(Reason::tcp_after_close) == who + "it comes after its connection was closed.");
}

TEST_CASE("sentence: a forbidden act names the rule that forbids it") {
    Cause c = tcp_cause(25, 9, 22, Reason::forbidden);
    c.forbid = 1;
    CHECK(said(finding(c, "SYN")) == "10.0.0.25 (mail) tried to open tcp to 10.0.0.9 port 22: rule mail-opens-ssh forbids it.");
}

TEST_CASE("sentence: several reasons are one sentence") {
    Cause c = tcp_cause(9, 25, 25, Reason::ip_options);
    c.reasons.add(Reason::trailer);
    CHECK(said(finding(c, "ACK")) ==
          "10.0.0.9 sent tcp to 10.0.0.25 (mail) port 25 (ACK): it carries IP options, and it has octets behind its packet that no padding "
          "explains.");
}

TEST_CASE("sentence: scans and floods are told as such") {
    Cause ports = near(tcp_cause(9, 25, 0));
    ports.any_port = true;
    CHECK(said(finding(ports, "SYN", {"dst port 1 is not 25"})) ==
          "10.0.0.9 tried to open tcp to 10.0.0.25 (mail) many ports: no rule allows it; nearest is smtp-in.");
    Cause clients = tcp_cause(0, 25, 23);
    clients.any_initiator = true;
    clients.initiator = {};
    CHECK(said(finding(clients, "SYN")) ==
          "many hosts outside tried to open tcp to 10.0.0.25 (mail) port 23: no rule allows anything like it.");
    Cause all = clients;
    all.any_responder = all.any_port = true;
    all.responder = {};
    all.direction = Direction::inside;
    CHECK(said(finding(all, "SYN")) == "many hosts tried to open tcp to many hosts many ports: no rule allows anything like it.");
}

TEST_CASE("sentence: frames without IP are told by what they have") {
    Cause c;
    c.reasons = Reason::no_rule;
    c.ethertype = 0x88cc;
    Finding f = finding(c);
    f.has_mac = true;
    f.first_mac = *parse_mac("02:00:00:00:00:4d");
    CHECK(said(f) == "a host with MAC 02:00:00:00:00:4d sent a frame of type 0x88cc: no rule allows anything like it.");
    c.ethertype = 0;
    c.reasons = Reason::truncated;
    CHECK(said(finding(c)) == "an unknown host sent a frame that is not IP: it was captured only in part, so nobody can say what it was.");
    Cause arp = tcp_cause(9, 25, 0, Reason::arp_opcode);
    arp.network = Network::arp;
    arp.proto = 0;
    CHECK(said(finding(arp)) == "10.0.0.9 spoke ARP about 10.0.0.25 (mail): it is an ARP message that is neither request nor reply.");
}

TEST_CASE("sentence: protocols without ports show their detail") {
    Cause c = tcp_cause(9, 25, 5, Reason::icmp_forbidden);
    c.proto = 1;
    const std::string text = said(finding(c, "type 5 code 0"));
    CHECK(text.substr(0, text.find(':')) == "10.0.0.9 sent icmp (type 5 code 0) to 10.0.0.25 (mail)");
}

TEST_CASE("sentence: the rest beyond the last finding has words of its own") {
    Cause rest;
    rest.rest = true;
    CHECK(said(finding(rest)) == "Too many different causes to tell apart: the rest is counted here.");
    rest.reasons = Reason::forbidden;
    CHECK(said(finding(rest)) == "Too many different critical causes to tell apart: the rest of them is counted here.");
}

TEST_CASE("sentence: reads as one for every reason, network, direction and fold") {
    for (std::size_t i = 0; i < reason_count; ++i) {
        for (const Network network : {Network::none, Network::arp, Network::ipv4, Network::ipv6}) {
            for (int shape = 0; shape < 32; ++shape) {
                Cause c = tcp_cause(9, 25, static_cast<std::uint16_t>(shape & 1 ? 0 : 25), static_cast<Reason>(i));
                c.network = network;
                c.direction = static_cast<Direction>(shape % 5);
                c.any_initiator = (shape & 2) != 0;
                c.any_port = (shape & 4) != 0;
                c.any_responder = (shape & 8) != 0;
                c.nearest = shape & 16 ? 0 : -1;
                c.forbid = 1;
                if (network == Network::none) c.initiator = c.responder = {};
                check_reads(said(finding(c, shape % 3 ? "SYN" : "")));
            }
        }
    }
}

TEST_CASE("sentence: neither a rule's name nor a host's, nor what was compared, can speak to the terminal") {
    const std::string evil =
        "x\x1b]0;owned\x07\n\xc2\x9b"
        "31m\u202e\x80";
    Policy policy = small_policy();
    policy.names = {{evil, {"10.0.0.25"}}};
    policy.rules[0].name = policy.rules[1].name = evil;
    for (const Reason r : {Reason::no_rule, Reason::forbidden, Reason::not_open, Reason::wrong_direction, Reason::rule_expired}) {
        Cause c = near(tcp_cause(9, 25, 25, r));
        c.forbid = 1;
        const std::string text = sentence(finding(c, "a detail" + evil, {"why" + evil}), policy);
        check_reads(text);
        CHECK(text.find("\xc2\x9b") == std::string::npos);
        CHECK(text.find("\u202e") == std::string::npos);
        CHECK(text.find("\x80"
                        ".") == std::string::npos);
        CHECK(text.find("\\x1b") != std::string::npos);
    }
}

TEST_CASE("directions have names") {
    CHECK(to_string(Direction::inbound) == "inbound");
    CHECK(to_string(Direction::unknown) == "unknown");
}
