#include <arpa/inet.h>

#include <chrono>
#include <string>
#include <vector>

#include "rules/confine/confine.hpp"
#include "rules/policy/nearest.hpp"
#include "rules/policy/rule_judge.hpp"
#include "tests/support/catch.hpp"

namespace {

using Octets = std::vector<std::uint8_t>;

// The policy of the manual, and a rule a test that it has no example for.
constexpr const char* policy_text = R"(
enclave = "mail.example"
home = ["192.0.2.0/24", "2001:db8:1::/64"]

[names]
mail = ["192.0.2.25", "2001:db8:1::25"]
resolver = "192.0.2.53"
vpn_admin = "192.0.2.130"
mail_ports = ["25", "587"]

[[allow]]
name = "dns"
filter = "src host $mail and dst host $resolver and dst port 53"

[[allow]]
name = "smtp-in"
filter = "tcp and dst host $mail and dst port 25 and not src net $home"

[[allow]]
name = "admin"
filter = "tcp and src host $vpn_admin and dst host $mail and dst port 22"

[[forbid]]
name = "mail-opens-ssh"
filter = "tcp and src host $mail and dst port 22"

[[housekeeping]]
name = "arp"
filter = "arp and ether host 02:00:00:00:00:19"
)";

void put16(Octets& out, unsigned value) {
    out.push_back(static_cast<std::uint8_t>(value >> 8));
    out.push_back(static_cast<std::uint8_t>(value));
}

Octets ethernet(unsigned ethertype) {
    Octets out{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2};
    put16(out, ethertype);
    return out;
}

void append(Octets& out, const Octets& more) { out.insert(out.end(), more.begin(), more.end()); }

Octets address(const std::string& text) {
    const bool v6 = text.find(':') != std::string::npos;
    Octets out(v6 ? 16 : 4);
    REQUIRE(inet_pton(v6 ? AF_INET6 : AF_INET, text.c_str(), out.data()) == 1);
    return out;
}

Octets transport(unsigned proto, unsigned sport, unsigned dport) {
    Octets out;
    if (proto == 1 || proto == 58) return {static_cast<std::uint8_t>(sport), 0, 0, 0, 0, 1, 0, 1};
    put16(out, sport);
    put16(out, dport);
    if (proto == 17) append(out, {0, 8, 0, 0});
    if (proto == 6) append(out, {0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 0xff, 0xff, 0, 0, 0, 0});
    return out;
}

// sport is the type of ICMP
Octets ip(unsigned proto, const std::string& src, unsigned sport, const std::string& dst, unsigned dport) {
    const Octets body = transport(proto, sport, dport), from = address(src), to = address(dst);
    const bool v6 = from.size() == 16;
    Octets out = ethernet(v6 ? 0x86dd : 0x0800);
    if (v6) {
        append(out, {0x60, 0, 0, 0});
        put16(out, static_cast<unsigned>(body.size()));
        append(out, {static_cast<std::uint8_t>(proto), 255});
    } else {
        append(out, {0x45, 0});
        put16(out, static_cast<unsigned>(20 + body.size()));
        append(out, {0, 1, 0, 0, 64, static_cast<std::uint8_t>(proto), 0, 0});
    }
    append(out, from);
    append(out, to);
    append(out, body);
    return out;
}

Octets tagged(Octets frame) {
    const Octets tag{0x81, 0x00, 0x00, 0x0a};
    frame.insert(frame.begin() + 12, tag.begin(), tag.end());
    return frame;
}

Octets arp_request(const std::string& sender, const std::string& target) {
    Octets out = ethernet(0x0806);
    append(out, {0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 2});
    append(out, address(sender));
    append(out, {0, 0, 0, 0, 0, 0});
    append(out, address(target));
    return out;
}

constexpr unsigned tcp = 6, udp = 17, icmp = 1, icmp6 = 58;

class Explained {
public:
    explicit Explained(const char* text) {
        sw::mark_unconfined();
        auto load = sw::parse_policy("test.toml", text);
        for (const auto& d : load.diagnostics) UNSCOPED_INFO(d.message);
        REQUIRE(load.policy);
        policy_ = std::move(*load.policy);
        auto compiler = sw::FilterCompiler::make({});
        REQUIRE(compiler);
        auto made = sw::NearestRules::make(policy_, {}, *compiler);
        REQUIRE(made);
        rules_.push_back(std::move(*made));
    }
    Explained(const Explained&) = delete;
    Explained& operator=(const Explained&) = delete;

    // "rule: phrase; phrase"
    std::string of(const Octets& frame) const {
        sw::Packet packet;
        sw::decode(frame.data(), static_cast<std::uint32_t>(frame.size()), static_cast<std::uint32_t>(frame.size()), {}, packet);
        const sw::Nearest nearest = rules().nearest(packet);
        CHECK(rules().nearest_rule(packet) == nearest.rule);
        if (nearest.rule < 0) return nearest.why.empty() ? "none" : "none, and yet reasons";
        std::string out = policy_.rules[static_cast<std::size_t>(nearest.rule)].name + ":";
        for (const std::string& why : nearest.why) out += (out.back() == ':' ? " " : "; ") + why;
        return out;
    }
    const sw::NearestRules& rules() const { return rules_.front(); }

private:
    sw::Policy policy_;
    std::vector<sw::NearestRules> rules_;
};

std::string one_rule(const std::string& filter) {
    return "enclave = \"e\"\nhome = [\"192.0.2.0/24\"]\n[names]\nmail = \"192.0.2.25\"\nmail_ports = [\"25\", \"587\"]\n[[allow]]\nname = \"r\"\nfilter = \"" +
           filter + "\"\n";
}

std::string explain(const std::string& filter, const Octets& frame) {
    const std::string text = one_rule(filter);
    return Explained(text.c_str()).of(frame);
}

}  // namespace

TEST_CASE("nearest: the sentence names the one thing that is wrong") {
    const Explained e(policy_text);
    CHECK(e.of(ip(tcp, "198.51.100.7", 40000, "192.0.2.25", 465)) == "smtp-in: dst port 465 is not 25");
    CHECK(e.of(ip(udp, "198.51.100.7", 40000, "192.0.2.25", 25)) == "smtp-in: udp is not tcp");
    CHECK(e.of(ip(tcp, "192.0.2.9", 40000, "192.0.2.25", 25)) == "smtp-in: src 192.0.2.9 is in $home");
    CHECK(e.of(ip(tcp, "198.51.100.7", 40000, "192.0.2.26", 25)) == "smtp-in: dst 192.0.2.26 is not $mail");
    CHECK(e.of(ip(udp, "192.0.2.25", 40000, "8.8.8.8", 53)) == "dns: dst 8.8.8.8 is not $resolver");
    CHECK(e.of(ip(udp, "192.0.2.25", 40000, "192.0.2.53", 123)) == "dns: dst port 123 is not 53");
    CHECK(e.of(ip(udp, "192.0.2.26", 40000, "192.0.2.53", 53)) == "dns: src 192.0.2.26 is not $mail");
}

TEST_CASE("nearest: of equally near rules, the one whose service it is") {
    const Explained e(policy_text);
    CHECK(e.of(ip(tcp, "198.51.100.7", 40000, "192.0.2.25", 22)) == "admin: src 198.51.100.7 is not $vpn_admin");
    CHECK(e.of(ip(tcp, "192.0.2.130", 40000, "192.0.2.25", 23)) == "admin: dst port 23 is not 22");
    CHECK(e.of(ip(tcp, "192.0.2.130", 40000, "192.0.2.25", 25)) == "smtp-in: src 192.0.2.130 is in $home");
}

TEST_CASE("nearest: IPv6 reads like IPv4") {
    const Explained e(policy_text);
    CHECK(e.of(ip(tcp, "2001:db8:9::1", 40000, "2001:db8:1::25", 465)) == "smtp-in: dst port 465 is not 25");
    CHECK(e.of(ip(tcp, "2001:db8:1::9", 40000, "2001:db8:1::25", 25)) == "smtp-in: src 2001:db8:1::9 is in $home");
}

TEST_CASE("nearest: what has no ports, no IP or no kin") {
    const Explained e(policy_text);
    CHECK(e.of(ip(icmp, "192.0.2.25", 8, "192.0.2.53", 0)) == "dns: not: dst port 53");
    CHECK(e.of(ip(icmp, "198.51.100.7", 8, "192.0.2.25", 0)) == "smtp-in: icmp is not tcp; not: dst port 25");
    CHECK(e.of(arp_request("192.0.2.25", "192.0.2.9")) ==
          "arp: neither ether src 02:00:00:00:00:02 nor dst 02:00:00:00:00:01 is 02:00:00:00:00:19");
    CHECK(e.of(ethernet(0x88cc)) == "none");
    CHECK(e.of(ip(udp, "198.51.100.7", 1, "198.51.100.8", 2)) == "none");
    CHECK(e.of({}) == "none");
}

TEST_CASE("nearest: housekeeping competes for ARP, neighbour discovery and what is not IP, and for nothing else") {
    const char* text = R"(
enclave = "e"
home = ["192.0.2.0/24"]
[[allow]]
name = "far"
filter = "tcp and dst host 192.0.2.25 and dst port 25"
[[housekeeping]]
name = "nd"
filter = "icmp6 and src host fe80::1"
[[housekeeping]]
name = "all-tcp"
filter = "tcp and src host 192.0.2.99"
)";
    const Explained e(text);
    CHECK(e.of(ip(icmp6, "fe80::2", 135, "ff02::1", 0)) == "nd: src fe80::2 is not fe80::1");
    CHECK(e.of(ip(tcp, "192.0.2.9", 1, "192.0.2.9", 2)) == "far: dst 192.0.2.9 is not 192.0.2.25; dst port 2 is not 25");
}

TEST_CASE("nearest: each kind of predicate has its phrase") {
    const Octets submission = ip(tcp, "198.51.100.7", 40000, "192.0.2.25", 465);
    CHECK(explain("tcp and dst port $mail_ports", submission) == "r: dst port 465 is not $mail_ports");
    CHECK(explain("tcp and port (25 or 587)", submission) == "r: neither src port 40000 nor dst port 465 is 25");
    CHECK(explain("dst host $mail and udp dst port 465", submission) == "r: tcp is not udp");
    CHECK(explain("tcp and not dst host $mail", submission) == "r: dst 192.0.2.25 is $mail");
    CHECK(explain("tcp and not dst port 465", submission) == "r: dst port 465 is 465");
    CHECK(explain("dst host $mail and not tcp", submission) == "r: is tcp");
    CHECK(explain("tcp and src and dst net 192.0.2.0/24", submission) ==
          "r: src 198.51.100.7 and dst 192.0.2.25 are not both in 192.0.2.0/24");
    CHECK(explain("tcp and dst net not 192.0.2.0/24", submission) == "r: dst 192.0.2.25 is in 192.0.2.0/24");
    CHECK(explain("dst host $mail and tcp[13] & 1 != 0", submission) == "r: not: tcp[13] & 1 != 0");
    CHECK(explain("dst host $mail and not tcp[13] & 2 != 0", submission) == "r: holds: tcp[13] & 2 != 0");
    CHECK(explain("dst host $mail and ip6", submission) == "r: ip is not ip6");
    CHECK(explain("tcp and not (dst host $mail or dst port 465)", submission) == "r: dst 192.0.2.25 is $mail; dst port 465 is 465");
    CHECK(explain("tcp and not (dst host $mail and dst port 465)", submission) == "r: dst 192.0.2.25 is $mail");
}

TEST_CASE("nearest: a program that does not see what we see is quoted, not contradicted") {
    CHECK(explain("ether dst 02:00:00:00:00:01 and tcp dst port 25", tagged(ip(tcp, "198.51.100.7", 40000, "192.0.2.25", 25))) ==
          "r: not: tcp dst port 25");
    CHECK(explain("ether dst 02:00:00:00:00:01 and tcp", tagged(ip(tcp, "198.51.100.7", 40000, "192.0.2.25", 25))) == "r: not: tcp");
    CHECK(explain("ether dst 02:00:00:00:00:01 and dst host $mail", tagged(ip(tcp, "198.51.100.7", 40000, "192.0.2.25", 25))) ==
          "r: not: dst host $mail");
    CHECK(explain("ether dst 02:00:00:00:00:01 and tcp", ethernet(0x88cc)) == "r: not tcp");
}

TEST_CASE("nearest: leaves of the same text share one program, listed for each kind of rule that has it") {
    const Explained e(policy_text);
    CHECK(e.rules().programs(sw::RuleKind::allow).size() == 9);
    CHECK(e.rules().programs(sw::RuleKind::housekeeping).size() == 2);
    CHECK(e.rules().programs(sw::RuleKind::forbid).empty());
}

TEST_CASE("nearest: asked at another time, it leaves what the rules answer alone") {
    sw::mark_unconfined();
    const auto load = sw::parse_policy("test.toml", R"(
enclave = "e"
home = ["192.0.2.0/24"]
[[allow]]
name = "for-a-while"
filter = "tcp and dst host 192.0.2.25 and dst port 25"
until = 2027-06-30
)");
    REQUIRE(load.policy);
    auto judge = sw::RuleJudge::make(*load.policy, {}, sw::Mode::flow);
    REQUIRE(judge);
    const sw::Timestamp before{}, after = *load.policy->rules[0].until;
    const auto decoded = [](const Octets& frame) {
        sw::Packet packet;
        sw::decode(frame.data(), static_cast<std::uint32_t>(frame.size()), static_cast<std::uint32_t>(frame.size()), {}, packet);
        return packet;
    };
    const Octets mail = ip(tcp, "198.51.100.7", 40000, "192.0.2.25", 25), other = ip(tcp, "198.51.100.7", 40000, "192.0.2.25", 110);
    const sw::Packet about_mail = decoded(mail), about_other = decoded(other);
    CHECK(judge->opening(about_other, {}, after).expired == -1);
    CHECK(judge->nearest_rule(about_mail, false) == 0);  // as it was at the beginning of time
    CHECK(judge->opening(about_mail, {}, after).expired == 0);
    CHECK(judge->opening(about_mail, {}, after).rule == -1);
    CHECK(judge->opening(about_mail, {}, before).rule == 0);
}

TEST_CASE("nearest: a leaf costs tens of nanoseconds") {
    std::string text = "enclave = \"e\"\nhome = [\"192.0.2.0/24\"]\n";
    for (int i = 0; i < 500; ++i)
        text += "[[allow]]\nname = \"r" + std::to_string(i) + "\"\nfilter = \"tcp and src host 10.0." + std::to_string(i / 250) + "." +
                std::to_string(i % 250) + " and dst host 192.0.2.25 and dst port " + std::to_string(1000 + i) + "\"\n";
    const Explained e(text.c_str());
    const Octets frame = ip(tcp, "198.51.100.7", 40000, "192.0.2.25", 465);
    sw::Packet packet;
    sw::decode(frame.data(), static_cast<std::uint32_t>(frame.size()), static_cast<std::uint32_t>(frame.size()), {}, packet);
    constexpr int rounds = 200;
    int found = 0;
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < rounds; ++i) found += e.rules().nearest_rule(packet) == 0;
    const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - begin).count() / rounds;
    CHECK(found == rounds);
    WARN("nearest of 500 rules, 2,000 leaves: " << ns / 1000 << " us, " << ns / 2000 << " ns a leaf");
}
