#include <string>
#include <vector>

#include "rules/policy/filter.hpp"
#include "tests/support/catch.hpp"

namespace {

using sw::FilterError;
using sw::FilterNode;
using sw::Names;

const Names names{{"mail", {"192.0.2.25", "2001:db8:1::25"}},
                  {"resolver", {"192.0.2.53"}},
                  {"home", {"192.0.2.0/24", "2001:db8:1::/64"}},
                  {"mail_ports", {"25", "587"}},
                  {"high", {"8000-8010"}},
                  {"switch", {"02:00:00:00:00:19"}},
                  {"by_name", {"mail.example.org"}}};

std::string show(const FilterNode& n) {
    if (n.kind == FilterNode::Kind::leaf) return n.text;
    std::string out = n.kind == FilterNode::Kind::all_of ? "all(" : n.kind == FilterNode::Kind::any_of ? "any(" : "none(";
    for (std::size_t i = 0; i < n.children.size(); ++i) out += (i == 0 ? "" : ", ") + show(n.children[i]);
    return out + ")";
}

std::string tree(std::string_view text) {
    std::vector<FilterError> errors;
    const sw::Filter f = sw::parse_filter(text, names, errors);
    return errors.empty() ? show(f.root) : "error: " + errors.front().message;
}

bool is_opaque(std::string_view text) {
    std::vector<FilterError> errors;
    const sw::Filter f = sw::parse_filter(text, names, errors);
    return errors.empty() && f.root.kind == FilterNode::Kind::leaf && f.root.predicate.subject == sw::Predicate::Subject::opaque &&
           f.root.text == text;
}

FilterError error_of(std::string_view text) {
    std::vector<FilterError> errors;
    sw::parse_filter(text, names, errors);
    return errors.empty() ? FilterError{} : errors.front();
}

FilterNode leaf(std::string_view text) {
    std::vector<FilterError> errors;
    return sw::parse_filter(text, names, errors).root;
}

}  // namespace

TEST_CASE("filter: and, or and not become a tree, bound as libpcap binds them: alike, from the left") {
    CHECK(tree("tcp and port 25") == "all(tcp, port 25)");
    CHECK(tree("tcp && port 25 || udp") == "any(all(tcp, port 25), udp)");
    CHECK(tree("udp or tcp and port 25") == "all(any(udp, tcp), port 25)");
    CHECK(tree("udp or (tcp and port 25)") == "any(udp, all(tcp, port 25))");
    CHECK(tree("not tcp and port 25") == "all(none(tcp), port 25)");
    CHECK(tree("! (tcp or udp)") == "none(any(tcp, udp))");
    CHECK(tree("a and b") == "a and b");
}

TEST_CASE("filter: nothing at all accepts everything") {
    CHECK(tree("") == "all()");
    CHECK(tree(" \n ") == "all()");
}

TEST_CASE("filter: a value alone inherits the qualifiers of the value before it") {
    CHECK(tree("port 25 or 26") == "any(port 25, port 26)");
    CHECK(tree("tcp dst port ftp or ftp-data or domain") == "any(tcp dst port ftp, tcp dst port ftp-data, tcp dst port domain)");
    CHECK(tree("udp port (53 or 123)") == "any(udp port 53, udp port 123)");
    CHECK(tree("port not 53 and not arp") == "all(none(port 53), none(arp))");
    CHECK(tree("host 192.0.2.1 and not 192.0.2.2") == "all(host 192.0.2.1, none(host 192.0.2.2))");
    CHECK(tree("host 192.0.2.1 and (port 25 or 26) and 192.0.2.2") == "all(host 192.0.2.1, any(port 25, port 26), host 192.0.2.2)");
}

TEST_CASE("filter: behind a protocol or a comparison nothing is left to inherit") {
    CHECK(is_opaque("port 25 or tcp or 26"));
    CHECK(is_opaque("port 25 or len > 100 or 26"));
    CHECK(is_opaque("(port 25) or 26"));
}

TEST_CASE("filter: a direction may name both ends") {
    using D = sw::Predicate::Direction;
    CHECK(leaf("src host 192.0.2.1").predicate.direction == D::src);
    CHECK(leaf("dst port 25").predicate.direction == D::dst);
    CHECK(leaf("src or dst port 25").predicate.direction == D::either);
    CHECK(leaf("dst and src net 10").predicate.direction == D::both);
    CHECK(leaf("port 25").predicate.direction == D::either);
}

TEST_CASE("filter: leaves say what they ask") {
    using S = sw::Predicate::Subject;
    CHECK(leaf("tcp").predicate.subject == S::protocol);
    CHECK(leaf("tcp").predicate.protocol == "tcp");
    CHECK(leaf("tcp dst port 25").predicate.protocol == "tcp");
    CHECK(leaf("host 192.0.2.1").predicate.subject == S::host);
    CHECK(leaf("src 2001:db8::1").predicate.subject == S::host);
    CHECK(leaf("net 192.0.2.0/24").predicate.subject == S::net);
    CHECK(leaf("net 192.0.2.0 mask 255.255.255.0").predicate.values == std::vector<std::string>{"192.0.2.0 mask 255.255.255.0"});
    CHECK(leaf("net 192.168").predicate.values == std::vector<std::string>{"192.168"});
    CHECK(leaf("net 10").predicate.subject == S::net);
    CHECK(leaf("portrange 1-1023").predicate.subject == S::port);
    CHECK(leaf("ether src 02:00:00:00:00:19").predicate.subject == S::ether_host);
    CHECK(leaf("ip proto 47").predicate.subject == S::opaque);
    CHECK(leaf("ether multicast").text == "ether multicast");
}

TEST_CASE("filter: comparisons are leaves, parentheses of arithmetic included") {
    CHECK(tree("tcp[tcpflags] & tcp-syn != 0 and len > 100") == "all(tcp[tcpflags] & tcp-syn != 0, len > 100)");
    CHECK(tree("(tcp[13] & 2) != 0 or (ip[6:2] & 0x1fff = 0)") == "any((tcp[13] & 2) != 0, ip[6:2] & 0x1fff = 0)");
    CHECK(tree("tcp[((tcp[12] & 0xf0) >> 2):4] = 0x47455420") == "tcp[((tcp[12] & 0xf0) >> 2):4] = 0x47455420");
    CHECK(tree("greater 100 and less 200") == "all(greater 100, less 200)");
    CHECK(tree("- 1 < 2") == "- 1 < 2");
}

TEST_CASE("filter: words of other links are leaves") {
    CHECK(tree("type mgt subtype beacon or wlan addr1 02:00:00:00:00:19") == "any(type mgt subtype beacon, wlan addr1 02:00:00:00:00:19)");
    CHECK(tree("action pass and on em0 and rnr 5") == "all(action pass, on em0, rnr 5)");
    CHECK(tree("llc rnr or llc ui or llc") == "any(llc rnr, llc ui, llc)");
}

TEST_CASE("filter: what moves the offsets to its right makes the whole filter opaque") {
    for (const char* text :
         {"vlan and port 25", "port 25 or vlan 10", "mpls 5 and tcp", "pppoes and ip", "geneve 0xb && ip", "vpi 5 and tcp"})
        CHECK(is_opaque(text));
}

TEST_CASE("filter: a name becomes its value, a list any of its values") {
    CHECK(leaf("src host $resolver").expanded == "src host 192.0.2.53");
    const FilterNode mail = leaf("src host $mail");
    CHECK(mail.text == "src host $mail");
    CHECK(mail.expanded == "src host (192.0.2.25 or 2001:db8:1::25)");
    CHECK(mail.predicate.name == "mail");
    CHECK(mail.predicate.values.size() == 2);
    CHECK(leaf("not src net $home").children.at(0).expanded == "src net (192.0.2.0/24 or 2001:db8:1::/64)");
    CHECK(leaf("net $mail").expanded == "net (192.0.2.25 or 2001:db8:1::25)");
    CHECK(leaf("tcp dst port $mail_ports").expanded == "tcp dst port (25 or 587)");
    CHECK(leaf("portrange $high").expanded == "portrange 8000-8010");
    CHECK(leaf("ether host $switch").expanded == "ether host 02:00:00:00:00:19");
    CHECK(tree("port 53 or $mail_ports") == "any(port 53, port $mail_ports)");
}

TEST_CASE("filter: an expanded value never joins its neighbours") {
    std::vector<FilterError> errors;
    CHECK(sw::parse_filter("vlan and host $mail$mail", names, errors).expanded ==
          "vlan and host (192.0.2.25 or 2001:db8:1::25) (192.0.2.25 or 2001:db8:1::25)");
    CHECK(sw::parse_filter("vlan and host$resolver", names, errors).expanded == "vlan and host 192.0.2.53");
    CHECK(sw::parse_filter("vlan and (host $resolver)", names, errors).expanded == "vlan and (host 192.0.2.53)");
}

TEST_CASE("filter: nodes know where they were written") {
    const std::string text = "tcp and  port 25 or\n 26";
    const FilterNode root = leaf(text);
    REQUIRE(root.children.size() == 2);
    CHECK(text.substr(root.children[1].offset, root.children[1].length) == "26");
    CHECK(text.substr(root.children[0].offset, root.children[0].length) == "tcp and  port 25");
    CHECK(root.length == text.size());
    CHECK(leaf("  tcp   dst\n port 25").text == "tcp dst port 25");
}

TEST_CASE("filter: an unknown name is an error that proposes the nearest") {
    const FilterError e = error_of("host $maill and port 25");
    CHECK(e.code == "unknown-name");
    CHECK(e.offset == 5);
    CHECK(e.length == 6);
    CHECK(e.fix == "did you mean $mail?");
    CHECK(error_of("host $").code == "unknown-name");
}

TEST_CASE("filter: a word that only a resolver knows is an error, wherever it stands") {
    for (const char* text : {"host mail.example.org", "src mail.example.org and port 25", "host 192.0.2.1 or other",
                             "host (192.0.2.1 or other)", "net localnet", "gateway fw", "ether host fw", "vlan and host fw",
                             "vlan and src fw", "host \\tcp", "host 192.0.2.1 and (port 25) and fw", "host $by_name", "not host not fw"})
        CHECK(error_of(text).code == "host-name");
    const FilterError e = error_of("tcp and host mail.example.org");
    CHECK(e.offset == 13);
    CHECK(e.length == 16);
    CHECK(e.fix == "add mail = \"<its address>\" under [names] and write $mail");
    CHECK(error_of("host resolver").fix == "write $resolver");
}

TEST_CASE("filter: services and protocols may have names") {
    for (const char* text : {"port smtp", "tcp dst port ftp or ftp-data or domain", "portrange smtp-domain", "ip proto ospf",
                             "proto \\icmp", "ether proto \\arp or loopback", "vlan and port smtp or domain"})
        CHECK(error_of(text).code == "");
}

TEST_CASE("filter: a misspelt word is an error that proposes the right one") {
    CHECK(error_of("tcpp and port 25").fix == "did you mean tcp?");
    CHECK(error_of("host 192.0.2.1 and portt 25").fix == "did you mean port?");
    CHECK(error_of("src hosst 192.0.2.1").fix == "did you mean host?");
}

TEST_CASE("filter: parentheses balance") {
    CHECK(error_of("(tcp and port 25").offset == 0);
    CHECK(error_of("tcp and port 25)").offset == 15);
    CHECK(error_of("tcp[13) = 2").code == "syntax");
    CHECK(error_of("host \"192.0.2.1\"").message == "a filter has no quotes");
    CHECK(error_of(std::string("tcp\0udp", 7)).code == "syntax");
}

TEST_CASE("filter: a name fits where it stands") {
    CHECK(error_of("host $home").fix == "write net $home");
    CHECK(error_of("src $home").code == "name-value");
    CHECK(error_of("port $mail").code == "name-value");
    const Names evil{{"x", {"192.0.2.1) or (tcp"}}, {"y", {"tcp"}}, {"z", {"$x"}}, {"none", {}}};
    std::vector<FilterError> errors;
    for (const char* text : {"host $x", "vlan and host $x", "host $y", "host $z"}) {
        sw::parse_filter(text, evil, errors);
        REQUIRE(errors.size() == 1);
        CHECK(errors[0].code == "name-value");
    }
    sw::parse_filter("host $none", evil, errors);
    CHECK(errors.at(0).code == "unknown-name");
}

TEST_CASE("filter: depth and size have limits, and what is below them does not hurt") {
    const auto repeat = [](std::string_view s, int n) {
        std::string out;
        for (int i = 0; i < n; ++i) out += s;
        return out;
    };
    CHECK(error_of(repeat("(", 64) + "tcp" + repeat(")", 64)).code == "");
    CHECK(error_of(repeat("(", 65) + "tcp" + repeat(")", 65)).code == "depth");
    CHECK(error_of(repeat("not ", 64) + "tcp").code == "");
    CHECK(error_of(repeat("not ", 65) + "tcp").code == "depth");
    CHECK(error_of("port " + repeat("not ", 10000) + "25").code == "depth");
    CHECK(error_of(repeat("(not ", 64) + "(tcp" + repeat(")", 65)).code == "depth");
    CHECK(error_of(repeat("- ", 20000) + "1 > 2").code == "");
    CHECK(error_of("tcp" + repeat(" or tcp", 4095)).code == "");
    CHECK(error_of("tcp" + repeat(" or tcp", 4096)).code == "depth");
    CHECK(error_of(repeat(" ", 65537)).code == "depth");
    CHECK(is_opaque("tcp" + repeat(" or tcp and tcp", 1000)));
    std::vector<std::string> many(20000, "2001:db8:1111:2222:3333:4444:5555:6666");
    std::vector<FilterError> errors;
    sw::parse_filter("host $many or host $many", {{"many", many}}, errors);
    CHECK(errors.at(0).code == "depth");
}
