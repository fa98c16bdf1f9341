#include "rules/policy/dns_policy.hpp"

#include <algorithm>

#include "rules/policy/policy.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/policy/policy_helpers.hpp"

using namespace sw;
using sw::test::parse;

namespace {

const std::string dns_rule = R"([[allow]]
name = "dns"
filter = "udp and dst host 192.0.2.53 and dst port 53"
speaks = "dns"
)";

std::string pin(const std::string& keys) { return dns_rule + "[[dns_pin]]\n" + keys; }

/// The values of the one pin that these keys make; nothing if they are wrong.
std::vector<std::string> values_of(const std::string& keys) {
    const PolicyLoad load = parse(pin(keys));
    return load.policy && load.policy->dns_pins.size() == 1 ? load.policy->dns_pins[0].values : std::vector<std::string>{};
}

/// Codes of the diagnostics, in the order of the file.
std::vector<std::string> codes(const std::string& text) {
    std::vector<std::string> out;
    for (const Diagnostic& d : parse(text).diagnostics) out.push_back(d.code);
    return out;
}

using Codes = std::vector<std::string>;

}  // namespace

TEST_CASE("dns policy: a rule without limits has none of its own, and one with some keeps the defaults for the rest") {
    CHECK_FALSE(parse(dns_rule).policy->rules[0].dns);
    const PolicyLoad load = parse(dns_rule + "[allow.dns]\ntypes = ['TXT', 'A', 'A']\nmax_labels = 40\n");
    REQUIRE(load.policy);
    const DnsLimits& limits = *load.policy->rules[0].dns;
    CHECK(limits.types == std::vector<std::uint16_t>{1, 16});
    CHECK(limits.max_labels == 40);
    CHECK(limits.max_name == DnsLimits{}.max_name);
    CHECK(limits.names_per_hour == DnsLimits{}.names_per_hour);
    CHECK(limits.txt_octets_per_hour == DnsLimits{}.txt_octets_per_hour);
}

TEST_CASE("dns policy: what is allowed by default is what mail needs, and no way to carry a payload at will") {
    const std::vector<std::uint16_t> types = DnsLimits::default_types();
    CHECK(std::is_sorted(types.begin(), types.end()));
    const auto has = [&](std::uint16_t type) { return std::binary_search(types.begin(), types.end(), type); };
    for (const std::string_view name :
         {"A", "AAAA", "MX", "TXT", "PTR", "SOA", "NS", "CNAME", "TLSA", "DNSKEY", "DS", "SRV", "HTTPS", "CAA"})
        CHECK(has(*dns_type_number(name)));
    for (const int type : {10 /* NULL */, 25 /* KEY */, 251 /* IXFR */, 252 /* AXFR */, 255 /* ANY */, 65399 /* private use */})
        CHECK_FALSE(has(static_cast<std::uint16_t>(type)));
}

TEST_CASE("dns policy: every type has one name and every name one number") {
    for (const std::string_view name : dns_type_names()) {
        REQUIRE(dns_type_number(name));
        CHECK(dns_type_name(*dns_type_number(name)) == name);
    }
    CHECK_FALSE(dns_type_number("NULL"));
    CHECK_FALSE(dns_type_number("ANY"));
    CHECK(dns_type_name(255).empty());
}

TEST_CASE("dns policy: mistakes in limits are named") {
    CHECK(codes(dns_rule + "dns = 5\n") == Codes{"type"});
    CHECK(codes(dns_rule + "dns.types = []\n") == Codes{"empty-list"});
    CHECK(codes(dns_rule + "dns.types = ['TXXT']\n") == Codes{"unknown-type"});
    CHECK(test::find(parse(dns_rule + "dns.types = ['TXXT']\n").diagnostics, "unknown-type")->fix == "write TXT");
    CHECK(codes(dns_rule + "dns.types = ['ANY', 'AXFR', 'IXFR', 3]\n") == Codes{"unknown-type", "unknown-type", "unknown-type", "type"});
    CHECK(codes(dns_rule + "dns.max_name = 0\ndns.max_labels = 128\n") == Codes{"bad-value", "bad-value"});
    CHECK(codes(dns_rule + "dns.names_per_hour = 100_001\ndns.txt_octets_per_hour = -1\n") == Codes{"bad-value", "bad-value"});
    CHECK(codes(dns_rule + "dns.max_name = '9'\n") == Codes{"type"});
    CHECK(codes(dns_rule + "dns.maxname = 9\n") == Codes{"unknown-key"});
}

TEST_CASE("dns policy: limits belong to a rule that speaks dns") {
    CHECK(codes("[[allow]]\nname = 'x'\nfilter = 'udp and dst host 192.0.2.53 and dst port 53'\ndns.max_name = 9\n") ==
          Codes{"dns-without-speaks"});
}

TEST_CASE("dns policy: pinned values are kept in one form, whatever they were written in") {
    using Values = std::vector<std::string>;
    CHECK(values_of("name = 'Mail.Example.'\ntype = 'MX'\nvalues = ['020 B.example', '10 a.Example.', '10 a.example']\n") ==
          Values{"10 a.example", "20 b.example"});
    CHECK(values_of("name = 'no-mail.example'\ntype = 'MX'\nvalues = ['0 .']\n") == Values{"0 ."});
    CHECK(values_of("name = 'a'\ntype = 'AAAA'\nvalues = ['2001:DB8:0::1']\n") == Values{"2001:db8::1"});
    CHECK(values_of("name = 'a'\ntype = 'SPF'\nvalues = ['v=spf1 MX -all']\n") == Values{"v=spf1 MX -all"});
    CHECK(values_of("name = 'k._domainkey.mail.example'\ntype = 'TXT'\nvalues = ['v=DKIM1; p=AbC']\n") == Values{"v=DKIM1; p=AbC"});
}

TEST_CASE("dns policy: a reverse name may be written as the address") {
    CHECK(parse(pin("name = '192.0.2.25'\ntype = 'PTR'\nvalues = ['mail.example']\n")).policy->dns_pins[0].name ==
          "25.2.0.192.in-addr.arpa");
    CHECK(parse(pin("type = 'PTR'\nvalues = ['mail.example']\nname = '2001:db8::25'\n")).policy->dns_pins[0].name ==
          "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
    CHECK(parse(pin("name = '192.0.2.25'\ntype = 'A'\nvalues = ['192.0.2.25']\n")).policy->dns_pins[0].name == "192.0.2.25");
}

TEST_CASE("dns policy: mistakes in pins are named") {
    CHECK(codes(pin("")) == Codes{"missing-key", "missing-key", "missing-key"});
    CHECK(codes(pin("name = 'a'\ntype = 'A'\nvalues = ['2001:db8::1', 'b', 7]\n")) == Codes{"bad-value", "bad-value", "type"});
    CHECK(codes(pin("name = 'a'\ntype = 'MX'\nvalues = ['mail.example', '65536 a', '1  a', '1 a b']\n")) ==
          Codes{"bad-value", "bad-value", "bad-value", "bad-value"});
    CHECK(codes(pin("name = 'a'\ntype = 'SPF'\nvalues = ['v=DKIM1']\n")) == Codes{"bad-value"});
    CHECK(codes(pin("name = 'a..b'\ntype = 'PTR'\nvalues = ['.']\n")) == Codes{"bad-value", "bad-value"});
    CHECK(codes(pin("name = 'a'\ntype = 'ptr'\nvalues = ['b']\n")) == Codes{"unknown-type"});
    CHECK(codes(pin("name = 'a'\ntype = 'A'\nvalues = []\n")) == Codes{"empty-list"});
    CHECK(codes(pin("name = 'a'\ntype = 'A'\nvalue = ['192.0.2.1']\n")) == Codes{"missing-key", "unknown-key"});
    CHECK(codes(pin("name = 'a'\ntype = 'TXT'\nvalues = [\"a\\u0007\"]\n")) == Codes{"control-byte"});
    CHECK(codes(dns_rule + "[dns_pin]\nname = 'a'\n") == Codes{"type"});
    const std::string one = "[[dns_pin]]\nname = 'a'\ntype = 'A'\nvalues = ['192.0.2.1']\n";
    CHECK(codes(dns_rule + one + "[[dns_pin]]\nname = 'A.'\ntype = 'A'\nvalues = ['192.0.2.2']\n") == Codes{"duplicate-pin"});
    CHECK(codes(dns_rule + one + "[[dns_pin]]\nname = 'a'\ntype = 'MX'\nvalues = ['1 a']\n").empty());
    CHECK(codes("[[allow]]\nname = 'x'\nfilter = 'udp and dst host 192.0.2.53 and dst port 53'\n" + one) == Codes{"pin-unused"});
}
