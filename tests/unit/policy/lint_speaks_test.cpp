#include "rules/confine/confine.hpp"
#include "rules/policy/policy.hpp"
#include "rules/policy/spoken.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/policy/policy_helpers.hpp"

using namespace sw;

namespace {

/// What lint says of the transport of one rule's protocol; its filter starts at line 5, column 11.
std::vector<Diagnostic> lint_speaks(const std::string& speaks, const std::string& filter, const std::string& kind = "allow",
                                    const std::string& more = {}) {
    mark_unconfined();
    const PolicyLoad load =
        test::parse("home = '192.0.2.0/24'\n[[" + kind + "]]\nname = 'a'\nspeaks = '" + speaks + "'\nfilter = '" + filter + "'\n" + more);
    REQUIRE(load.policy);
    std::vector<Diagnostic> out;
    for (const Diagnostic& d : lint(*load.policy, Timestamp{}))
        if (d.code == "speaks-transport") out.push_back(d);
    return out;
}

std::string said(const std::string& speaks, const std::string& filter) {
    const auto list = lint_speaks(speaks, filter);
    return list.empty() ? "" : list.at(0).message;
}

}  // namespace

TEST_CASE("speaks-transport: each protocol over what carries it is no matter for a warning") {
    for (const std::string_view word : spoken_protocols()) {
        const std::string speaks(word);
        INFO(speaks);
        for (const std::string carrier : {"tcp", "udp"}) {
            const bool right = carrier_of(word) == Carrier::both || carrier_of(word) == (carrier == "tcp" ? Carrier::tcp : Carrier::udp);
            CHECK(said(speaks, carrier + " and dst host 192.0.2.25 and dst port 25").empty() == right);
        }
        const bool both = carrier_of(word) == Carrier::both;
        CHECK(said(speaks, "(tcp or udp) and dst host 192.0.2.25 and dst port 25").empty() == both);
        CHECK_FALSE(said(speaks, "icmp and dst host 192.0.2.25").empty());
        CHECK_FALSE(said(speaks, "dst host 192.0.2.25").empty());  // a ping fits as well
    }
}

TEST_CASE("speaks-transport: the packet that the rule accepts and its protocol cannot is shown") {
    CHECK(said("smtp", "dst host 192.0.2.25 and dst port 25") ==
          "\"a\" accepts udp 198.51.100.7:40000 > 192.0.2.25:25, but smtp runs over TCP: such a conversation is grey");
    CHECK(said("ntp", "dst host 2001:db8::1 and dst port 123") ==
          "\"a\" accepts tcp [2001:db8:ffff::7]:40000 > [2001:db8::1]:123, but ntp runs over UDP: such a conversation is grey");
    CHECK(said("dns", "dst host 192.0.2.53") ==
          "\"a\" accepts icmp 198.51.100.7 > 192.0.2.53, but dns runs over TCP or UDP: such a conversation is grey");
    CHECK(said("smtp", "udp and dst host 192.0.2.25 and dst port 25") ==
          "\"a\" accepts nothing that could speak smtp, which runs over TCP");
    const auto list = lint_speaks("smtp", "dst host 192.0.2.25 and dst port 25");
    REQUIRE(list.size() == 1);
    CHECK((list[0].level == Diagnostic::Level::warning && list[0].line == 5 && list[0].column == 11 && list[0].fix == "tcp and ..."));
}

TEST_CASE("speaks-transport: it is the program that is asked, not its words") {
    CHECK(said("smtp", "ip[9] = 6 and dst host 192.0.2.25").empty());
    CHECK(said("smtp", "ip[9] = 17 and dst host 192.0.2.25").find("accepts udp ") != std::string::npos);
    CHECK(said("smtp", "ip proto 6 and dst host 192.0.2.25 and dst port 25").empty());
    CHECK(said("smtp", "dst host 192.0.2.25 and dst port 25 and not udp").empty());
    CHECK(said("smtp", "tcp[tcpflags] & tcp-syn != 0 and dst host 192.0.2.25").empty());
    CHECK(said("dns", "dst host 192.0.2.53 and dst port 53").empty());
    CHECK(said("dns", "dst host 192.0.2.53 and not icmp").empty());
}

TEST_CASE("speaks-transport: rules that speak nothing, follow nothing or expired are not asked") {
    mark_unconfined();
    CHECK(lint_speaks("smtp", "udp and dst port 25", "forbid").empty());
    CHECK(lint_speaks("smtp", "udp and dst port 25", "housekeeping").empty());
    CHECK(lint_speaks("smtp", "udp and dst port 25", "allow", "until = 1969-01-01").empty());
    const PolicyLoad load = test::parse("[[allow]]\nname = 'a'\nfilter = 'dst host 192.0.2.25'\n");
    REQUIRE(load.policy);
    for (const Diagnostic& d : lint(*load.policy, Timestamp{})) CHECK(d.code != "speaks-transport");
}
