#include <random>

#include "rules/policy/policy.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/policy/policy_helpers.hpp"

using namespace sw;

namespace {

/// Two policies say the same: all but path, text, sha256 and places.
void check_same(const Policy& a, const Policy& b) {
    CHECK(a.enclave == b.enclave);
    CHECK(a.mode == b.mode);
    CHECK(a.home == b.home);
    CHECK(a.names == b.names);
    REQUIRE(a.rules.size() == b.rules.size());
    for (std::size_t i = 0; i < a.rules.size(); ++i) {
        const Rule &x = a.rules[i], &y = b.rules[i];
        CHECK(x.kind == y.kind);
        CHECK(x.name == y.name);
        CHECK(x.filter.written == y.filter.written);
        CHECK(x.filter.expanded == y.filter.expanded);
        CHECK(x.speaks == y.speaks);
        CHECK(x.pins == y.pins);
        CHECK(x.owner == y.owner);
        CHECK(x.reason == y.reason);
        CHECK(x.until == y.until);
        CHECK(x.accept == y.accept);
        CHECK(x.dns == y.dns);
    }
    CHECK(a.wire.vlans == b.wire.vlans);
    CHECK(a.wire.mirror.format == b.wire.mirror.format);
    CHECK(a.wire.mirror.outer.written == b.wire.mirror.outer.written);
    CHECK(a.wire.mirror.outer.expanded == b.wire.mirror.outer.expanded);
    CHECK(a.wire.watcher_macs == b.wire.watcher_macs);
    CHECK(a.wire.watcher_addresses == b.wire.watcher_addresses);
    CHECK(a.wire.ignore == b.wire.ignore);
    CHECK(a.dns_pins == b.dns_pins);
    CHECK(a.log.learn == b.log.learn);
    CHECK(a.log.silent == b.log.silent);
    CHECK((a.log.line_waits == b.log.line_waits && a.log.flow_waits == b.log.flow_waits));
    CHECK(a.log.templates_a_host == b.log.templates_a_host);
    CHECK(a.log.values_a_hole == b.log.values_a_hole);
    CHECK(a.log.new_templates_a_host == b.log.new_templates_a_host);
    CHECK(a.log.import == b.log.import);
    REQUIRE(a.log.rules.size() == b.log.rules.size());
    for (std::size_t i = 0; i < a.log.rules.size(); ++i) {
        const LogRule &x = a.log.rules[i], &y = b.log.rules[i];
        CHECK(x.kind == y.kind);
        CHECK(x.name == y.name);
        CHECK(x.hosts == y.hosts);
        CHECK(x.app == y.app);
        CHECK(x.pattern == y.pattern);
        CHECK(x.owner == y.owner);
        CHECK(x.reason == y.reason);
        CHECK(x.until == y.until);
    }
}

/// Makes up policies that are valid, in odd but legal spellings.
class Inventor {
public:
    explicit Inventor(std::uint32_t seed) : random_(seed) {}

    std::string policy() {
        std::string out;
        if (coin()) out += "enclave = " + text() + "\n";
        if (coin()) out += "home = " + pick({"'192.0.2.0/24'", "[\"2001:DB8:0:0::/64\", '10.0.0.0/8']", "[ '192.0.2.1' ]"}) + "\n";
        if (coin()) out += "mode = " + pick({"'flow'", "\"packet\"", "\"\"\"tcpdump\"\"\""}) + "\n";
        const int rules = number(0, 6);
        for (int i = 0; i < rules; ++i) out += rule(i);
        if (coin()) out += "[wire]\n" + wire();
        out += pins();
        for (int i = number(0, 3); i > 0; --i) out += log_rule(i);
        if (coin()) out += "[log]\n" + log();
        out += "[names]\nhost = " + pick({"'192.0.2.25'", "[ \"2001:DB8::1\", '192.0.2.1' ]"}) +
               "\n'a-b' = [25, '26-30']\nm-1 = '2:0:0:0:0:19'\n";
        return out;
    }

private:
    int number(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
    bool coin() { return number(0, 1) == 1; }
    std::string pick(const std::vector<std::string>& list) {
        return list[static_cast<std::size_t>(number(0, static_cast<int>(list.size()) - 1))];
    }

    std::string text() {
        std::string out = "\"";
        for (int i = number(0, 8); i > 0; --i) out += pick({"a", "\\\"", "\\\\", "#", "'", "\xc3\xa9", "\\u202e", " ", "]", "="});
        return out + "\"";
    }

    std::string rule(int i) {
        const std::string kind = pick({"allow", "forbid", "housekeeping"});
        std::string out = "[[" + kind + "]]\nname = 'r." + std::to_string(i) + "'\n";
        out += "filter = " +
               pick({"'tcp and dst host $host'", "\"\"\"\nudp\n\tand dst port 53\"\"\"", "''", "\"tcp\\tand not src port 25\"",
                     "'ether src $m-1 and tcp[13] & 2 != 0'"}) +
               "\n";
        if (coin())
            out +=
                "until = " + pick({"2027-06-30", "2027-06-30T23:59:60Z", "2027-06-30T12:00:00.000000001-05:30", "1970-01-01T00:00:00Z"}) +
                "\n";
        if (coin()) out += "owner = " + text() + "\nreason = " + text() + "\n";
        if (coin() && kind == "allow")
            out += pick({"speaks = 'wireguard'\n", "speaks = 'dns'\n" + dns()});
        else if (coin() && kind == "allow")
            out += "speaks = 'smtp'\npin = " + pin() + "\n";
        if (coin() && kind != "forbid")
            out += "accept = " + pick({"[]", "['fragment']", "['udp-no-checksum', 'ip-options', 'ip-options']"}) + "\n";
        return out;
    }

    std::string pin() {
        return "{ " +
               pick({"banner = '220 .*\\\"'", "hello = ['a', 'B.c']", "tls = '1.1'", "certificate = '" + std::string(64, 'F') + "'"}) +
               pick({"", ", server_name = 'x.example'", ", alpn = ['smtp', \"\\u0041\"]"}) + " }";
    }

    std::string dns() {
        return pick({"", "dns.types = ['TXT', 'A', 'A']\n", "dns = {}\n", "dns = { max_name = 253, max_labels = 1 }\n",
                     "dns.names_per_hour = 1\ndns.txt_octets_per_hour = 1_000\n"});
    }

    std::string pins() {
        return pick({"", "[[dns_pin]]\ntype = 'PTR'\nvalues = ['Mail.Example.', 'b']\nname = '192.0.2.25'\n",
                     "[[dns_pin]]\nname = 'Mail.Example.'\ntype = 'MX'\nvalues = ['010 Mx.', '0 .', '0 .']\n[[dns_pin]]\nname = "
                     "'mail.example'\ntype = 'SPF'\nvalues = [\"v=spf1 \\\"x\\\" -all\"]\n"});
    }

    std::string log_rule(int i) {
        std::string out = "[[log." + pick({"allow", "forbid"}) +
                          "]]\npattern = " + pick({"'^a \"b\" \\d+$'", "\"^\\u00e9 \\\\. .*$\"", "'^(?i)x|y$'"}) + "\n";
        if (coin()) out += "name = 'l." + std::to_string(i) + "'\n";
        if (coin()) out += "host = " + pick({"'host'", "['host', 'host']"}) + "\n";
        if (coin()) out += "app = " + text() + "\n";
        if (coin()) out += "owner = " + text() + "\nuntil = 2027-06-30\n";
        return out;
    }

    std::string log() {
        return "learn_minutes = " + std::to_string(number(1, 1440)) + "\nmax_values = " + std::to_string(number(1, 4096)) +
               "\nimport = " + pick({"[]", "['/a', '/b c', '/a']"}) + "\n";
    }

    std::string wire() {
        return "vlans = " + pick({"'none'", "[1, 'none']", "[20, 10, 20, 'none']", "[[100, 20], 'none', [100, 10]]", "['none']"}) +
               (coin() ? "\npriority_tags = true" : "") + (coin() ? "\nmirror = " + mirror() : "") +
               "\nwatcher = " + pick({"[]", "['192.0.2.66', '2:0:0:0:0:66', 'fe80::1']"}) +
               "\nignore = " + pick({"[]", "['trailer', 'bad-checksum']"}) + "\n";
    }

    std::string mirror() {
        return pick({"'none'", "{ kind = 'vlan', vlan = 999 }", "{ kind = 'vlan', vlan = 999, outer = 'vlan 999 and ether host $m-1' }",
                     "{ outer = 'src host $host', kind = 'erspan1', fcs = false }",
                     "{ kind = 'erspan3', outer = \"ip\\nproto 47\", session = 0, vlan = 4094, fcs = true }",
                     "{ kind = 'gre', outer = '', key = 0 }", "{ kind = 'teb', outer = 'src host $host', key = 4294967295 }",
                     "{ kind = 'vxlan', outer = 'udp port 8472', vni = 0, port = 8472 }", "{ kind = 'tzsp', outer = 'udp' }"});
    }

    std::mt19937 random_;
};

}  // namespace

TEST_CASE("show: a policy has one canonical form") {
    const PolicyLoad load = test::parse(R"([wire]
watcher = ['192.0.2.66', '02:0:0:0:0:66']
[[forbid]]
filter = '''src host "x' or $a'''
name = 'f'
)");
    CHECK_FALSE(load.policy);  // the filter is nonsense: only what loads can be shown
    const PolicyLoad good = test::parse(R"([wire]
watcher = ['192.0.2.66', '02:0:0:0:0:66']
ignore = ['trailer', 'bad-checksum']
[[housekeeping]]
until = 2027-06-30T12:00:00Z
filter = '''
arp and
ether host $m'''
name = 'arp'
[names]
p_q = ['25']
m = '2:0:0:0:0:19'
[[allow]]
accept = ['ip-options']
reason = "say \"why\" \\"
filter = 'tcp dst port $p_q'
name = 'a'
until = 2027-06-30
)");
    REQUIRE(good.policy);
    CHECK(show(*good.policy) == R"(mode = "flow"

[names]
p_q = 25
m = "02:00:00:00:00:19"

[[housekeeping]]
name = "arp"
filter = "arp and\nether host $m"
until = 2027-06-30T12:00:00Z

[[allow]]
name = "a"
filter = "tcp dst port $p_q"
reason = "say \"why\" \\"
until = 2027-06-30
accept = ["ip-options"]

[wire]
vlans = "none"
mirror = "none"
watcher = ["02:00:00:00:00:66", "192.0.2.66"]
ignore = ["bad-checksum", "trailer"]

[log]
learn_minutes = 30
silent_minutes = 60
witness_line_seconds = 60
witness_flow_seconds = 180
max_templates = 10000
max_values = 64
max_new = 1000
filters = []
import = []
)");
}

TEST_CASE("show: VLANs and mirrors have one canonical form") {
    const auto wire = [](const std::string& text) {
        const PolicyLoad load = test::parse("[[allow]]\nname='a'\nfilter='tcp'\n[wire]\n" + text);
        REQUIRE(load.policy);
        const std::string shown = show(*load.policy);
        const std::size_t from = shown.find("[wire]");
        return shown.substr(from, shown.find("\n[log]") - from);
    };
    CHECK(wire("vlans = [20, [100, 10], 'none', 10]\npriority_tags = true\nmirror = { vni = 7, outer = 'udp', kind = 'vxlan' }") ==
          "[wire]\nvlans = [\"none\", 10, 20, [100, 10]]\npriority_tags = true\n"
          "mirror = { kind = \"vxlan\", outer = \"udp\", vni = 7, port = 4789 }\nwatcher = []\nignore = []\n");
    CHECK(wire("vlans = ['none']\nmirror = { kind = 'vlan', vlan = 999 }") ==
          "[wire]\nvlans = \"none\"\nmirror = { kind = \"vlan\", vlan = 999 }\nwatcher = []\nignore = []\n");
}

TEST_CASE("show: what it prints re-parses to the same policy, for policies made up at random") {
    int shown = 0;
    for (std::uint32_t seed = 1; seed <= 500; ++seed) {
        const std::string text = Inventor(seed).policy();
        INFO("seed " << seed << "\n" << text);
        const PolicyLoad load = test::parse(text);
        if (!load.policy) {  // 23:59:60 is no time of toml++'s
            CHECK(text.find("23:59:60") != std::string::npos);
            continue;
        }
        ++shown;
        const std::string canonical = show(*load.policy);
        const PolicyLoad again = test::parse(canonical);
        INFO(canonical);
        REQUIRE(again.policy);
        check_same(*load.policy, *again.policy);
        CHECK(show(*again.policy) == canonical);
    }
    CHECK(shown > 250);
}
