#include "rules/confine/confine.hpp"
#include "rules/policy/policy.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/policy/policy_helpers.hpp"

using namespace sw;

namespace {

const std::string names = R"(home = "192.0.2.0/24"
[names]
mail = ["192.0.2.25", "2001:db8:1::25"]
mac = "02:00:00:00:00:19"
)";

Timestamp on(const std::string& day) { return *test::parse("[[allow]]\nname='a'\nfilter='tcp'\nuntil=" + day).policy->rules[0].until; }

std::vector<Diagnostic> lint_text(const std::string& text, const std::string& day = "2026-11-22") {
    mark_unconfined();
    const PolicyLoad load = test::parse(text);
    for (const Diagnostic& d : load.diagnostics) UNSCOPED_INFO(d.message);
    REQUIRE(load.policy);
    return lint(*load.policy, on(day));
}

/// One allow rule; its filter starts at line 7, column 11.
std::vector<std::string> lint_allow(const std::string& filter) {
    return test::places(lint_text(names + "[[allow]]\nname = 'a'\nfilter = '" + filter + "'"));
}

using Places = std::vector<std::string>;

}  // namespace

TEST_CASE("lint: a rule that says protocol, both ends and port has no warnings") {
    CHECK(lint_allow("tcp and src net $home and dst host $mail and dst port 25").empty());
    CHECK(lint_allow("(udp or tcp) and src net $home and dst port 53").empty());
    CHECK(lint_allow("src net $home and tcp dst port 25").empty());
    CHECK(lint_allow("icmp and src net $home").empty());
    CHECK(lint_allow("udp and src port 123 and dst host $mail and dst port 123").empty());
    CHECK(lint_allow("tcp and src portrange 1024-65535 and dst host $mail").empty());
}

TEST_CASE("lint: direction-blind names each leaf that matches either end") {
    CHECK(lint_allow("tcp and dst host $mail and port 25") == Places{"7:43+2 direction-blind"});
    CHECK(lint_allow("tcp and host $mail and dst port 25") == Places{"7:24+5 direction-blind"});
    CHECK(lint_allow("tcp and net $home and dst port 25") == Places{"7:23+5 direction-blind"});
    CHECK(lint_allow("tcp and not host 192.0.2.9 and dst host $mail and dst port 25").empty());
    CHECK(lint_allow("tcp and src or dst host $mail and dst port 25").empty());
    const auto list = lint_text(names + "[[allow]]\nname = 'a'\nfilter = 'dst host $mail and tcp port 25'");
    REQUIRE(list.size() == 1);
    CHECK(list[0].fix == "tcp dst port 25");
    CHECK(list[0].level == Diagnostic::Level::warning);
}

TEST_CASE("lint: direction-blind stays silent where direction does not matter") {
    const auto forbid =
        lint_text(names + "[[forbid]]\nname = 'a'\nfilter = 'tcp port 23'\n[[housekeeping]]\nname = 'b'\nfilter = 'arp and host $mail'");
    CHECK(forbid.empty());
}

TEST_CASE("lint: a reply rule is not needed") {
    const auto list = lint_text(names + "[[allow]]\nname = 'a'\nfilter = 'tcp and src host $mail and src port 25'");
    CHECK(test::places(list) == Places{"7:47+2 direction-blind"});
    CHECK(list.at(0).message.find("reply rules are not needed") != std::string::npos);
}

TEST_CASE("lint: no-protocol where a port is of any protocol") {
    CHECK(lint_allow("dst host $mail and dst port 25") == Places{"7:39+2 no-protocol"});
    CHECK(lint_allow("dst host $mail and (tcp or dst port 53)") == Places{"7:47+2 no-protocol"});
    CHECK(lint_allow("dst host $mail and ip proto 6 and dst port 25").empty());
}

TEST_CASE("lint: any-to-any where neither end is bound") {
    CHECK(lint_allow("tcp and dst port 25") == Places{"7:11+19 any-to-any"});
    CHECK(lint_allow("tcp and dst port 25 and not src net $home") == Places{"7:11+41 any-to-any"});
    CHECK(lint_allow("tcp and dst port 25 and (src host $mail or tcp)") == Places{"7:11+47 any-to-any"});
    CHECK(lint_allow("ip[16:4] = 0xc0000219 and tcp dst port 25").empty());
    CHECK(test::places(lint_text(names + "[[housekeeping]]\nname = 'a'\nfilter = 'arp'")) == Places{"7:11+3 any-to-any"});
    CHECK(lint_text(names + "[[forbid]]\nname = 'a'\nfilter = 'tcp dst port 23'").empty());
}

TEST_CASE("lint: never-matches where libpcap proves it") {
    CHECK(lint_allow("tcp and udp and src host $mail") == Places{"7:11+30 never-matches"});
    CHECK(lint_allow("src host 10.0.0.1 and src host 10.0.0.2") == Places{"7:11+39 never-matches"});
}

TEST_CASE("lint: never-matches where the same words forbid") {
    const std::string rules =
        "[[allow]]\nname = 'a'\nfilter = 'tcp and src host 192.0.2.77 and dst port 22'\n[[forbid]]\nname = 'f'\nfilter = 'tcp and src host 192.0.2.77 and dst port 22'\n";
    CHECK(test::places(lint_text(names + rules)) == Places{"7:11+43 never-matches"});
    CHECK(lint_text(names + rules + "until = 2026-11-22").size() == 1);  // expired: only that
    CHECK(test::find(lint_text(names + rules + "until = 2026-11-22"), "expired") != nullptr);
}

TEST_CASE("lint: a filter that does not compile is an error in libpcap's words") {
    const auto list = lint_text(names + "[[allow]]\nname = 'a'\nfilter = 'src host $mail and ip[0:7] = 1'");
    CHECK(test::places(list) == Places{"7:11+30 compile"});
    CHECK(list.at(0).level == Diagnostic::Level::error);
    CHECK(list.at(0).message == "this filter cannot be compiled for EN10MB: data size must be 1, 2, or 4");
}

TEST_CASE("lint: until is announced 14 days before, and named when it has passed") {
    const std::string text = names + "[[allow]]\nname = 'a'\nfilter = 'tcp and src host $mail'\nuntil = 2027-06-30";
    CHECK(lint_text(text, "2027-06-15T23:59:59Z").empty());
    CHECK(test::places(lint_text(text, "2027-06-16")) == Places{"7:11+22 expires-soon"});
    CHECK(test::places(lint_text(text, "2027-06-29T23:59:59Z")) == Places{"7:11+22 expires-soon"});
    CHECK(test::places(lint_text(text, "2027-06-30")) == Places{"7:11+22 expired"});
}

TEST_CASE("lint: literal-address where [names] has a name for it, in any spelling") {
    CHECK(lint_allow("tcp and src host 192.0.2.25 and dst port 25") == Places{"7:28+10 literal-address"});
    CHECK(lint_allow("tcp and src host 2001:DB8:1:0::25 and dst port 25") == Places{"7:28+16 literal-address"});
    CHECK(lint_allow("tcp and not src net 192.0.2.0/24 and dst host $mail") == Places{"7:31+12 literal-address"});
    CHECK(lint_allow("ether src 2:0:0:0:0:19 and tcp") == Places{"7:21+12 literal-address"});
    CHECK(lint_allow("tcp and src host 192.0.2.26 and dst port 25").empty());
    const auto list = lint_text(names + "[[allow]]\nname = 'a'\nfilter = 'tcp and src net 192.0.2.0/24'");
    CHECK(list.at(0).fix == "write $home");
}

TEST_CASE("lint: a mirror's filter binds sender and receiver, or anybody could pass frames off as mirrored") {
    const auto mirror = [](const std::string& table) {
        return test::places(
            lint_text("[[allow]]\nname = 'a'\nfilter = 'tcp and dst host 192.0.2.25 and dst port 25'\n[wire]\nmirror = " + table));
    };
    CHECK(mirror("{ kind = 'erspan2', outer = 'src host 192.0.2.1 and dst host 192.0.2.66' }").empty());
    CHECK(mirror("{ kind = 'erspan2', outer = '(src host 192.0.2.1 or src host 192.0.2.2) and dst host 192.0.2.66' }").empty());
    CHECK(mirror("{ kind = 'erspan2', outer = 'src host 192.0.2.1' }") == Places{"5:39+18 mirror-unbound"});
    CHECK(mirror("{ kind = 'erspan2', outer = 'host 192.0.2.1 and host 192.0.2.66' }") == Places{"5:39+34 mirror-unbound"});
    CHECK(mirror("{ kind = 'vlan', vlan = 999 }").empty());
    CHECK(mirror("{ kind = 'tzsp', outer = 'src host 192.0.2.1 and dst host 192.0.2.66 and udp and tcp' }") ==
          Places{"5:36+58 never-matches"});
    CHECK(mirror("{ kind = 'tzsp', outer = 'src host 192.0.2.1 and dst host 192.0.2.66 and ip[0:3] = 1' }") == Places{"5:36+58 compile"});
}

TEST_CASE("lint: rules about Ethernet do not compile where the mirror wraps bare IP") {
    const std::string mirror = "[wire]\nmirror = { kind = 'gre', outer = 'src host 192.0.2.1 and dst host 192.0.2.66' }\n";
    CHECK(lint_text(mirror + "[[allow]]\nname = 'a'\nfilter = 'tcp and dst host 192.0.2.25 and dst port 25'").empty());
    const auto list = test::places(lint_text(mirror + "[[housekeeping]]\nname = 'a'\nfilter = 'arp and host 192.0.2.25'"));
    CHECK(std::find(list.begin(), list.end(), "5:11+23 compile") != list.end());
}
