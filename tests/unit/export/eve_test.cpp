/// EVE lines: Suricata's names and types, whatever the packet holds.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "collector/export/export.hpp"
#include "rules/packet/community_id.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/messages.hpp"
#include "tests/support/stock.hpp"

namespace {

using Json = nlohmann::json;
using namespace sw;

QueuedFinding finding() {
    QueuedFinding f;
    f.id = 12;
    f.sentence = "198.51.100.7 asks 192.0.2.25 for tcp/465; no rule allows it.";
    f.reasons = Reason::no_rule;
    f.nearest = "smtp-in";
    f.why = {"dst port 465 is not 25"};
    f.policy_sha256 = "ab12";
    f.count = 138;
    f.first = {1};
    f.last = {2};
    return f;
}

Sample sample_of(const craft::CraftedFrame& frame) {
    Sample s;
    s.ordinal = 1;
    s.ts = {1763767200'123456789};
    s.octets = frame.bytes;
    s.len = static_cast<std::uint32_t>(frame.bytes.size());
    s.link = {frame.linktype, false};
    s.verdict = "grey";
    s.source = "capture:cd34";
    s.policy_sha256 = "ab12";
    s.number = 17;
    s.reasons = Reason::no_rule;
    return s;
}

Json parsed(const Sample& s, const QueuedFinding& f = finding()) {
    const std::string line = eve_line(f, s);
    CHECK(line.find('\n') == std::string::npos);
    Json o = Json::parse(line, nullptr, false);
    REQUIRE(o.is_object());
    return o;
}

}  // namespace

TEST_CASE("eve: a TCP packet bears the names and types that EVE's readers ask for") {
    const Sample s = sample_of(craft::smtp_syn());
    const Json o = parsed(s);
    CHECK(o["timestamp"] == "2025-11-21T23:20:00.123456+0000");
    CHECK(o["event_type"] == "alert");
    CHECK(o["pcap_cnt"] == 17);
    CHECK(o["src_ip"].is_string());
    CHECK(o["src_port"].is_number_unsigned());
    CHECK(o["dest_ip"].is_string());
    CHECK(o["dest_port"] == 25);
    CHECK(o["proto"] == "TCP");
    CHECK(o["ether"]["src_mac"].get<std::string>().size() == 17);
    const Json& alert = o["alert"];
    CHECK(alert["action"] == "allowed");
    CHECK(alert["gid"] == 32473);
    CHECK(alert["signature_id"] == 12);
    CHECK(alert["rev"].is_number_unsigned());
    CHECK(alert["signature"] == finding().sentence);
    CHECK(alert["category"] == "Not allowed by policy");
    CHECK(alert["severity"] == 2);
    CHECK(o["packet_info"]["linktype"] == 1);
}

TEST_CASE("eve: what is ours stands under span") {
    const Json o = parsed(sample_of(craft::smtp_syn()))["span"];
    CHECK(o["finding"] == 12);
    CHECK(o["state"] == "open");
    CHECK(o["verdict"] == "grey");
    CHECK(o["reasons"] == Json{"no-rule"});
    CHECK(o["rule"].is_null());
    CHECK(o["nearest"] == "smtp-in");
    CHECK(o["why"] == Json{"dst port 465 is not 25"});
    CHECK(o["count"] == 138);
    CHECK(o["source"] == "capture:cd34");
    CHECK(o["policy_sha256"] == "ab12");
}

TEST_CASE("eve: the Community ID is the decoder's, for each protocol") {
    for (const craft::CraftedFrame& frame :
         {craft::smtp_syn(), craft::smtp_syn6(), craft::dns_ask(), craft::dns_ask6(), craft::ping(), craft::ping6()}) {
        const Sample s = sample_of(frame);
        Packet p;
        decode(s.octets.data(), static_cast<std::uint32_t>(s.octets.size()), s.len, s.link, p);
        const Json o = parsed(s);
        CHECK(o["community_id"] == community_id(p));
        CHECK(o["src_ip"] == to_string(p.src()));
        CHECK(o["dest_ip"] == to_string(p.dst()));
    }
}

TEST_CASE("eve: protocols bear Suricata's names") {
    CHECK(parsed(sample_of(craft::dns_ask()))["proto"] == "UDP");
    const Json echo = parsed(sample_of(craft::ping()));
    CHECK(echo["proto"] == "ICMP");
    CHECK(echo["icmp_type"] == 8);
    CHECK_FALSE(echo.contains("src_port"));
    CHECK(parsed(sample_of(craft::ping6()))["proto"] == "IPv6-ICMP");
}

TEST_CASE("eve: severity is 1 for critical, 2 for high and 3 for notice, and forbidden is said") {
    QueuedFinding f = finding();
    const Sample s = sample_of(craft::smtp_syn());
    f.severity = Severity::critical;
    f.black = true;
    CHECK(parsed(s, f)["alert"]["severity"] == 1);
    CHECK(parsed(s, f)["alert"]["category"] == "Forbidden by policy");
    f.severity = Severity::notice;
    CHECK(parsed(s, f)["alert"]["severity"] == 3);
}

TEST_CASE("eve: the direction follows from who the finding says asked") {
    const Sample s = sample_of(craft::smtp_syn());
    Packet p;
    decode(s.octets.data(), static_cast<std::uint32_t>(s.octets.size()), s.len, s.link, p);
    QueuedFinding f = finding();
    CHECK_FALSE(parsed(s, f).contains("direction"));
    f.initiator = p.src();
    f.responder = p.dst();
    CHECK(parsed(s, f)["direction"] == "to_server");
    std::swap(f.initiator, f.responder);
    CHECK(parsed(s, f)["direction"] == "to_client");
}

TEST_CASE("eve: the packet comes back octet for octet") {
    Sample s = sample_of(craft::smtp_syn());
    s.octets = {0x00, 0xff, 0x10, 0x83};
    CHECK(parsed(s)["packet"] == "AP8Qgw==");
    s.octets.clear();
    CHECK(parsed(s)["packet"] == "");
}

TEST_CASE("eve: a frame without IP has no addresses, and none are made up") {
    const Json o = parsed(sample_of(craft::arp_request(craft::v4(craft::firewall), "192.0.2.25")));
    for (const char* name : {"src_ip", "dest_ip", "src_port", "dest_port", "proto", "community_id"}) CHECK_FALSE(o.contains(name));
    CHECK(o["ether"]["dest_mac"] == "ff:ff:ff:ff:ff:ff");
}

TEST_CASE("eve: tags of a VLAN are listed, outermost first") { CHECK(parsed(sample_of(craft::smtp_syn().tag(12)))["vlan"] == Json{12}); }

TEST_CASE("eve: hostile octets in any field leave one clean line of ASCII") {
    std::string hostile;
    for (int octet = 0; octet < 256; ++octet) hostile += static_cast<char>(octet);
    hostile += "\xe2\x80\xae\xc0\xaf\xf4\x90\x80\x80";
    QueuedFinding f = finding();
    f.sentence = f.nearest = f.rule = hostile;
    f.why = {hostile};
    Sample s = sample_of(craft::smtp_syn());
    s.source = s.verdict = hostile;
    s.octets.assign(hostile.begin(), hostile.end());
    const std::string line = eve_line(f, s);
    CHECK(std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c <= '~'; }));
    CHECK(Json::parse(line, nullptr, false).is_object());
}

TEST_CASE("eve: frames cut anywhere decode to something or nothing, never to a crash") {
    const craft::CraftedFrame whole = craft::smtp_syn6();
    for (std::size_t n = 0; n <= whole.bytes.size(); ++n) {
        Sample s = sample_of(whole);
        s.octets.resize(n);
        CHECK(parsed(s)["packet_info"]["linktype"] == 1);
    }
}
