#include "rules/confine/confine.hpp"
#include "rules/policy/lint_hull.hpp"
#include "rules/policy/lint_witness.hpp"
#include "rules/policy/policy.hpp"
#include "rules/policy/program.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/policy/policy_helpers.hpp"

using namespace sw;

namespace {

std::vector<Diagnostic> overlaps_in(const std::string& text, Timestamp now = {}) {
    mark_unconfined();
    const PolicyLoad load = test::parse(text);
    REQUIRE(load.policy);
    std::vector<Diagnostic> out;
    for (const Diagnostic& d : lint(*load.policy, now))
        if (d.code == "overlap") out.push_back(d);
    return out;
}

/// What both filters accept, or "".
std::string overlap(const std::string& a, const std::string& b) {
    const auto list =
        overlaps_in("home = '192.0.2.0/24'\n[[allow]]\nname = 'a'\nfilter = '" + a + "'\n[[allow]]\nname = 'b'\nfilter = '" + b + "'\n");
    if (list.empty()) return {};
    const std::string before = "\"b\" and \"a\" (line 4) both accept ";
    REQUIRE(list.at(0).message.starts_with(before));
    CHECK(list.at(0).line == 7);
    return list.at(0).message.substr(before.size());
}

Hull hull(const std::string& filter) {
    std::vector<FilterError> errors;
    return hull_of(parse_filter(filter, {}, errors).root);
}

bool apart(const std::string& a, const std::string& b) {
    std::uint64_t steps = 0;
    return intersect(hull(a), hull(b), steps).empty();
}

}  // namespace

TEST_CASE("overlap: a packet that both rules accept is shown") {
    CHECK(overlap("tcp and dst port 25", "tcp and dst host 192.0.2.25") == "tcp 198.51.100.7:40000 > 192.0.2.25:25");
    CHECK(overlap("tcp and src net 10.0.0.0/8 and dst port 443", "src host 10.1.2.3 and dst host 192.0.2.80") ==
          "tcp 10.1.2.3:40000 > 192.0.2.80:443");
    CHECK(overlap("udp and src net 2001:db8::/32", "udp and dst host 2001:db8:1::53 and dst portrange 50-60") ==
          "udp [2001:db8::1]:40000 > [2001:db8:1::53]:50");
    CHECK(overlap("icmp and src host 10.0.0.1", "src host 10.0.0.1 and dst host 10.0.0.2 and icmp[icmptype] = icmp-echo") ==
          "icmp 10.0.0.1 > 10.0.0.2");
    CHECK(overlap("icmp6 and src host 2001:db8::1", "ip6 and dst host 2001:db8::2") == "icmp6 2001:db8::1 > 2001:db8::2");
    CHECK(overlap("tcp and ether src 02:00:00:00:00:19", "tcp and dst host 10.0.0.1") == "tcp 198.51.100.7:40000 > 10.0.0.1:9");
    CHECK(overlap("tcp[tcpflags] = tcp-syn and dst host 10.0.0.1", "tcp and dst port 25") == "tcp 198.51.100.7:40000 > 10.0.0.1:25");
    CHECK(overlap("tcp and port 25", "tcp and dst host 10.0.0.1") == "tcp 198.51.100.7:40000 > 10.0.0.1:25");
}

TEST_CASE("overlap: rules that differ in one field do not") {
    CHECK(overlap("tcp and dst host 192.0.2.25 and dst port 25", "tcp and dst host 192.0.2.25 and dst port 26").empty());
    CHECK(overlap("tcp and dst host 192.0.2.25", "udp and dst host 192.0.2.25").empty());
    CHECK(overlap("tcp and src net 10.0.0.0/9", "tcp and src net 10.128.0.0/9").empty());
    CHECK(overlap("tcp and dst port 25 and src net 192.0.2.0/24", "tcp and dst port 25 and not src net 192.0.2.0/24").empty());
    CHECK(overlap("tcp and src host 10.0.0.1", "tcp and src host 2001:db8::1").empty());
    CHECK(overlap("arp and src host 10.0.0.1", "src host 10.0.0.1 and tcp").empty());
}

TEST_CASE("overlap: only packets that open a conversation count") {
    CHECK(overlap("tcp[tcpflags] & tcp-ack != 0 and dst host 10.0.0.1", "tcp and dst port 25").empty());
    CHECK(overlap("icmp[icmptype] = icmp-unreach and dst host 10.0.0.1", "icmp").empty());
}

TEST_CASE("overlap: expired rules and rules of other kinds do not count") {
    const std::string first = "[[allow]]\nname = 'a'\nfilter = 'tcp and dst port 25'\n",
                      filter = "name = 'b'\nfilter = 'tcp and dst host 10.0.0.1'\n";
    CHECK(overlaps_in(first + "[[allow]]\n" + filter).size() == 1);
    CHECK(overlaps_in(first + "[[forbid]]\n" + filter).empty());
    CHECK(overlaps_in(first + "[[housekeeping]]\n" + filter).empty());
    CHECK(overlaps_in(first + "[[allow]]\nuntil = 1969-01-01\n" + filter).empty());
}

TEST_CASE("overlap: each rule is named once, with the first that it meets") {
    std::string text;
    for (const char* name : {"a", "b", "c", "d"}) text += std::string("[[allow]]\nname = '") + name + "'\nfilter = 'tcp and dst port 25'\n";
    const auto list = overlaps_in(text);
    REQUIRE(list.size() == 3);
    for (const Diagnostic& d : list) CHECK(d.message.find("and \"a\"") != std::string::npos);
}

TEST_CASE("overlap: a box holds every packet that its filter accepts") {
    CHECK(apart("tcp", "udp"));
    CHECK(apart("dst port 25", "icmp"));
    CHECK(apart("tcp dst portrange 10-20", "dst port 21"));
    CHECK_FALSE(apart("tcp dst portrange 10-20", "dst port 20"));
    CHECK_FALSE(apart("dst port smtp", "dst port 25"));  // only libpcap knows smtp
    CHECK_FALSE(apart("not tcp", "tcp"));
    CHECK_FALSE(apart("src host 10.0.0.1 or src host 10.0.0.2", "src host 10.0.0.2"));
    CHECK(apart("src host 10.0.0.1 or src host 10.0.0.2", "src host 10.0.0.3"));
    CHECK_FALSE(apart("host 10.0.0.1", "src host 10.0.0.3"));
    CHECK(apart("src and dst host 10.0.0.1", "src host 10.0.0.3"));
    CHECK_FALSE(apart("src host 10.0.0.1 or tcp", "src host 10.0.0.3"));
    CHECK(apart("(tcp and src host 10.0.0.1) or arp", "src host 10.0.0.3"));
}

TEST_CASE("overlap: libpcap reads the made-up packets as what they claim to be") {
    mark_unconfined();
    auto compiler = FilterCompiler::make(Datalink{});
    REQUIRE(compiler);
    const MacAddress one{{2, 0, 0, 0, 0, 1}}, two{{2, 0, 0, 0, 0, 2}};
    const auto a4 = *parse_address("10.0.0.1"), b4 = *parse_address("10.0.0.2"), a6 = *parse_address("2001:db8::1"),
               b6 = *parse_address("2001:db8::2");
    const std::vector<std::pair<FiveTuple, std::string>> cases{
        {{a4, b4, 7, 8, 6},
         "tcp and ip src 10.0.0.1 and dst 10.0.0.2 and src port 7 and dst port 8 and tcp[tcpflags] = tcp-syn and len = 60"},
        {{a6, b6, 7, 8, 6},
         "tcp and src 2001:db8::1 and dst 2001:db8::2 and src port 7 and dst port 8 and ip6[4:2] = 20 and ip6[53] = tcp-syn"},
        {{a4, b4, 7, 8, 17}, "udp and src port 7 and dst port 8 and udp[4:2] = 16 and ip[2:2] = 36 and ether src 02:00:00:00:00:01"},
        {{a6, b6, 7, 8, 17}, "udp and src port 7 and dst port 8 and ip6[44:2] = 16 and ether dst 02:00:00:00:00:02"},
        {{a4, b4, 0, 0, 1}, "icmp[icmptype] = icmp-echo"},
        {{a6, b6, 0, 0, 58}, "icmp6 and ip6[40] = 128"},
    };
    for (const auto& [tuple, filter] : cases) {
        INFO(filter);
        const WitnessFrame frame = frame_of({one, two, tuple});
        const auto program = compiler->compile(filter);
        REQUIRE(program);
        CHECK(program->matches(frame.octets.data(), frame.length, frame.length));
    }
}

TEST_CASE("overlap: where too many rules may overlap, lint says how far it looked") {
    const auto policy = [](int rules) {
        std::string text;
        for (int i = 0; i < rules; ++i)
            text += "[[allow]]\nname = 'r" + std::to_string(i) +
                    "'\nfilter = 'tcp and dst host 10.0.0.1 and tcp[20] = " + std::to_string(i % 256) +
                    " and ip[8] = " + std::to_string(i / 256) + "'\n";
        return text;
    };
    CHECK(overlaps_in(policy(500)).empty());
    const auto list = overlaps_in(policy(3'000));
    REQUIRE(list.size() == 1);
    CHECK(list.at(0).line == 0);
    CHECK(list.at(0).message.starts_with("too many rules to compare"));
}
