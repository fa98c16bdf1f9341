#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "rules/policy/policy.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/policy/policy_helpers.hpp"

using namespace sw;
using sw::test::parse;

namespace {

const std::string whole_policy = R"(enclave = "mail.example"
home = ["192.0.2.0/24", "2001:DB8:1::/64"]
mode = "packet"

[names]
mail = ["192.0.2.25", "2001:DB8:1::25"]
ports = [25, "587", "1024-65535"]
mac = "02:00:00:00:00:19"
net = "fe80::/10"

[[forbid]]
name = "mail-opens-ssh"
filter = "tcp and src host $mail and dst port 22"

[[allow]]
name = "smtp-in"
filter = "tcp and dst host $mail and dst port 25 and not src net $home"
speaks = "smtp"
owner = "amy"
reason = "it is a mail server"
until = 2027-06-30
accept = ["ip-options"]

[[housekeeping]]
name = "arp"
filter = "arp and ether host $mac"
until = 2027-06-30T02:00:00.5+02:00

[wire]
vlans = [10, 20]
mirror = "none"
watcher = ["02:00:00:00:00:66", "192.0.2.66"]
ignore = ["bad-checksum"]
)";

}  // namespace

TEST_CASE("policy: every key of the language is read") {
    const PolicyLoad load = parse(whole_policy);
    REQUIRE(test::places(load.diagnostics).empty());
    REQUIRE(load.policy);
    const Policy& p = *load.policy;
    CHECK(p.path == "test.toml");
    CHECK(p.text == whole_policy);
    CHECK(load.text == whole_policy);
    CHECK(p.enclave == "mail.example");
    CHECK(p.mode == Mode::packet);
    REQUIRE(p.home.size() == 2);
    CHECK(p.is_home(*parse_address("192.0.2.255")));
    CHECK(p.is_home(*parse_address("2001:db8:1::9")));
    CHECK_FALSE(p.is_home(*parse_address("192.0.3.1")));
    const Names names{{"home", {"192.0.2.0/24", "2001:db8:1::/64"}},
                      {"mail", {"192.0.2.25", "2001:db8:1::25"}},
                      {"ports", {"25", "587", "1024-65535"}},
                      {"mac", {"02:00:00:00:00:19"}},
                      {"net", {"fe80::/10"}}};
    CHECK(p.names == names);
    CHECK(p.name_of(*parse_address("2001:db8:1:0::25")) == "mail");
    CHECK(p.name_of(*parse_address("192.0.2.26")).empty());
    CHECK_FALSE(p.wire.vlans.untagged);
    CHECK(p.wire.vlans.tags == std::vector<std::uint16_t>{10, 20});
    CHECK(p.wire.watcher_macs == std::vector<MacAddress>{*parse_mac("02:00:00:00:00:66")});
    CHECK(p.wire.watcher_addresses == std::vector<Address>{*parse_address("192.0.2.66")});
    CHECK(p.wire.ignore == ReasonSet(Reason::bad_checksum));
}

TEST_CASE("policy: rules of all kinds stand in the order of the file, with the place of their filter") {
    const PolicyLoad load = parse(whole_policy);
    REQUIRE(load.policy);
    const std::vector<Rule>& rules = load.policy->rules;
    REQUIRE(rules.size() == 3);
    CHECK(rules[0].kind == RuleKind::forbid);
    CHECK(rules[0].line == 13);
    CHECK(rules[0].column == 11);
    CHECK(rules[1].kind == RuleKind::allow);
    CHECK(rules[1].name == "smtp-in");
    CHECK(rules[1].speaks == "smtp");
    CHECK(rules[1].owner == "amy");
    CHECK(rules[1].reason == "it is a mail server");
    CHECK(rules[1].accept == ReasonSet(Reason::ip_options));
    CHECK(rules[1].filter.expanded ==
          "tcp and dst host (192.0.2.25 or 2001:db8:1::25) and dst port 25 and not src net (192.0.2.0/24 or 2001:db8:1::/64)");
    CHECK(rules[2].kind == RuleKind::housekeeping);
}

TEST_CASE("policy: a date is its first instant in UTC, a date-time the instant it names") {
    const PolicyLoad load = parse(whole_policy);
    REQUIRE(load.policy);
    REQUIRE(load.policy->rules[1].until);
    CHECK(to_rfc3339(*load.policy->rules[1].until) == "2027-06-30T00:00:00.000000000Z");
    REQUIRE(load.policy->rules[2].until);
    CHECK(to_rfc3339(*load.policy->rules[2].until) == "2027-06-30T00:00:00.500000000Z");
}

TEST_CASE("policy: its SHA-256 is that of its text") {
    // of the empty message, as in FIPS 180-4's examples
    const PolicyLoad load = parse("");
    REQUIRE(load.policy);
    CHECK(load.policy->sha256 == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("policy: each mistake is named with its place") {
    const std::string rule = "[[allow]]\nname = \"a\"\n";
    const std::vector<std::pair<std::string, std::string>> cases{
        {"enclav = \"x\"", "1:1+6 unknown-key"},
        {"[[alow]]", "1:3+4 unknown-key"},
        {"[wire]\nvlan = \"none\"", "2:1+4 unknown-key"},
        {rule + "filter = \"tcp\"\nfilters = 1", "4:1+7 unknown-key"},
        {"enclave = 1", "1:11+1 type"},
        {"enclave = \"a\\u0007\"", "1:11+9 control-byte"},
        {"home = 5", "1:8+1 type"},
        {"home = []", "1:8+2 empty-list"},
        {"home = \"192.0.2.1/24\"", "1:8+14 host-bits"},
        {"home = \"mail.example\"", "1:8+14 bad-value"},
        {"mode = \"flows\"", "1:8+7 unknown-mode"},
        {"mode = 1", "1:8+1 type"},
        {"names = 1", "1:9+1 type"},
        {"[names]\na = []", "2:5+2 empty-list"},
        {"[names]\na = [\"x\"]", "2:6+3 bad-value"},
        {"[names]\na = [1, 65536]", "2:9+5 bad-value"},
        {"[names]\na = 0", "2:5+1 bad-value"},
        {"[names]\na = \"9-3\"", "2:5+5 bad-value"},
        {"[names]\na = true", "2:5+4 type"},
        {"[names]\na = [25, \"192.0.2.1\"]", "2:10+11 mixed-name"},
        {"[names]\na = \"2001:db8::1/64\"", "2:5+16 host-bits"},
        {"[names]\nhome = \"192.0.2.1\"", "2:1+4 reserved-name"},
        {"[names]\n\"a b\" = \"192.0.2.1\"", "2:1+5 bad-name"},
        {"[names]\n\"a.b\" = \"192.0.2.1\"", "2:1+5 bad-name"},
        {"[allow]\nname = \"a\"", "1:2+5 type"},
        {"allow = 1", "1:9+1 type"},
        {"allow = [1]", "1:10+1 type"},
        {"[[allow]]\nfilter = \"tcp\"", "1:1+9 missing-key"},
        {"[[allow]]\nname = \"a\"", "1:1+9 missing-key"},
        {"[[allow]]\nname = \"a/b\"\nfilter = \"tcp\"", "2:8+5 bad-name"},
        {"[[allow]]\nname = 1\nfilter = \"tcp\"", "2:8+1 type"},
        {rule + "filter = 1", "3:10+1 type"},
        {rule + "filter = \"tcp\\u0000\"", "3:10+11 control-byte"},
        {rule + "filter = \"tcp\"\n[[forbid]]\nname = \"a\"\nfilter = \"udp\"", "5:8+3 duplicate-rule"},
        {rule + "filter = \"tcp\"\nspeaks = \"smpt\"", "4:10+6 unknown-protocol"},
        {rule + "filter = \"tcp\"\nowner = 1", "4:9+1 type"},
        {rule + "filter = \"tcp\"\nreason = [1]", "4:10+3 type"},
        {rule + "filter = \"tcp\"\nuntil = \"2027-01-01\"", "4:9+12 type"},
        {rule + "filter = \"tcp\"\nuntil = 2027-01-01T00:00:00", "4:9+19 type"},
        {rule + "filter = \"tcp\"\nuntil = 9999-01-01", "4:9+10 bad-value"},
        {rule + "filter = \"tcp\"\naccept = \"fragment\"", "4:10+10 type"},
        {rule + "filter = \"tcp\"\naccept = [1]", "4:11+1 type"},
        {rule + "filter = \"tcp\"\naccept = [\"fragmint\"]", "4:11+10 unknown-anomaly"},
        {rule + "filter = \"tcp\"\naccept = [\"no-rule\"]", "4:11+9 state-reason"},
        {"[[forbid]]\nname = \"a\"\nfilter = \"tcp\"\naccept = [\"fragment\"]", "4:1+6 accept-forbid"},
        {"wire = 1", "1:8+1 type"},
        {"[wire]\nvlans = \"some\"", "2:9+6 type"},
        {"[wire]\nvlans = []", "2:9+2 empty-list"},
        {"[wire]\nvlans = [1, 4095]", "2:13+4 bad-value"},
        {"[wire]\nvlans = [\"1\"]", "2:10+3 bad-value"},
        {"[wire]\nvlans = [1.5]", "2:10+3 type"},
        {"[wire]\nvlans = [[10]]", "2:10+4 bad-value"},
        {"[wire]\nvlans = [[10, 0]]", "2:15+1 bad-value"},
        {"[wire]\npriority_tags = 1", "2:17+1 type"},
        {"[wire]\nvlans = [10]\npriority_tags = true", "1:1+6 priority-tags"},
        {"[wire]\nmirror = \"erspan2\"", "2:10+9 type"},
        {"[wire]\nmirror = { outer = \"udp\" }", "2:10+17 missing-key"},
        {"[wire]\nmirror = { kind = \"erspan\", outer = \"udp\" }", "2:19+8 bad-value"},
        {"[wire]\nmirror = { kind = \"erspan2\" }", "2:10+20 missing-key"},
        {"[wire]\nmirror = { kind = \"vlan\" }", "2:10+17 missing-key"},
        {"[wire]\nmirror = { kind = \"erspan2\", outer = \"src host $x\" }", "2:48+2 unknown-name"},
        {"[wire]\nmirror = { kind = \"erspan2\", outer = \"udp\", session = 1024 }", "2:55+4 bad-value"},
        {"[wire]\nmirror = { kind = \"erspan2\", outer = \"udp\", vni = 7 }", "2:45+3 mirror"},
        {"[wire]\nmirror = { kind = \"vxlan\", outer = \"udp\", vni = 16777216 }", "2:49+8 bad-value"},
        {"[wire]\nmirror = { kind = \"vxlan\", outer = \"udp\", port = 0 }", "2:50+1 bad-value"},
        {"[wire]\nmirror = { kind = \"vlan\", vlan = 0 }", "2:34+1 bad-value"},
        {"[wire]\nmirror = { kind = \"gre\", outer = \"ip\", fcs = true }", "2:40+3 mirror"},
        {"[wire]\nmirror = { kind = \"teb\", outer = \"ip\", sesion = 1 }", "2:40+6 unknown-key"},
        {"[wire]\nwatcher = \"192.0.2.66\"", "2:11+12 type"},
        {"[wire]\nwatcher = [\"192.0.2.0/24\"]", "2:12+14 bad-value"},
        {"[wire]\nignore = [\"not-open\"]", "2:11+10 state-reason"},
        {"[wire]\nignore = [\"bad-cheksum\"]", "2:11+13 unknown-anomaly"},
        {"a = \"x\nb = 1", "1:7+1 toml"},
        {"enclave = \"a\"\nenclave = \"b\"", "2:11+1 toml"},
        {"a" + std::string(3, 'b') + ".c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r = 1", "1:35+1 toml"},
    };
    for (const auto& [text, place] : cases) {
        INFO(text);
        const PolicyLoad load = parse(text);
        CHECK_FALSE(load.policy);
        std::vector<Diagnostic> errors;
        for (const Diagnostic& d : load.diagnostics)
            if (d.level == Diagnostic::Level::error) errors.push_back(d);
        REQUIRE_FALSE(errors.empty());
        CHECK(test::places({errors.front()}).front() == place);
    }
}

TEST_CASE("policy: VLANs are a set: untagged frames, tags, stacks of two, priority tags as untagged") {
    const auto vlans = [](const std::string& text) {
        return parse("[[allow]]\nname='a'\nfilter='tcp'\n[wire]\n" + text).policy.value().wire.vlans;
    };
    CHECK(vlans("").none());
    CHECK(vlans("vlans = 'none'").none());
    CHECK(vlans("vlans = ['none']").none());
    const VlanSet trunk = vlans("vlans = [20, 'none', [100, 20], 10, 20, [100, 10]]\npriority_tags = true");
    CHECK(trunk.untagged);
    CHECK(trunk.priority);
    CHECK(trunk.tags == std::vector<std::uint16_t>{10, 20});
    CHECK(trunk.stacks == std::vector<std::pair<std::uint16_t, std::uint16_t>>{{100, 10}, {100, 20}});
    CHECK_FALSE(vlans("vlans = [10]").untagged);
    CHECK_FALSE(vlans("vlans = 'none'\npriority_tags = true").none());
}

TEST_CASE("policy: a mirror says how its frames are wrapped, and by whom") {
    const auto mirror = [](const std::string& text) {
        const PolicyLoad load = parse("[wire]\nmirror = " + text + "\n[names]\nswitch = '192.0.2.1'\n[[allow]]\nname='a'\nfilter='tcp'");
        for (const Diagnostic& d : load.diagnostics) UNSCOPED_INFO(d.message);
        return load.policy.value().wire.mirror;
    };
    CHECK_FALSE(mirror("'none'").wraps());
    const Mirror erspan = mirror("{ kind = 'erspan2', outer = 'src host $switch', session = 10, vlan = 7, fcs = true }");
    CHECK(erspan.outer.expanded == "src host 192.0.2.1");
    CHECK(erspan.line == 2);
    CHECK(erspan.format == MirrorFormat{Encapsulation::erspan2, 10, 7, std::nullopt, 0, true});
    CHECK(mirror("{ kind = 'vxlan', outer = 'udp' }").format.port == 4789);
    CHECK(mirror("{ kind = 'vxlan', outer = 'udp', vni = 7, port = 8472 }").format ==
          MirrorFormat{Encapsulation::vxlan, std::nullopt, std::nullopt, 7, 8472, false});
    CHECK(mirror("{ kind = 'tzsp', outer = 'udp' }").format.port == 37008);
    CHECK(mirror("{ kind = 'gre', outer = 'ip', key = 4294967295 }").format.key == 4294967295u);
    CHECK(mirror("{ kind = 'vlan', vlan = 999 }").format.vlan == 999);
}

TEST_CASE("policy: a mistake inside a filter is placed inside the filter") {
    const std::string names = "[names]\nmail = \"192.0.2.25\"\n[[allow]]\nname = \"a\"\n";
    SECTION("in a basic string") {
        CHECK(test::places({parse(names + "filter = \"tcp and src host $mial\"").diagnostics.front()}).front() == "5:28+5 unknown-name");
    }
    SECTION("in a literal string behind a tab") {
        CHECK(test::places({parse(names + "\tfilter = 'src host mail.example.org'").diagnostics.front()}).front() == "5:21+16 host-name");
    }
    SECTION("behind characters of two octets") {
        CHECK(
            test::places({parse("allow = [{name = \"a\", owner = \"\xc3\xa9\", filter = \"src host $x\"}]").diagnostics.front()}).front() ==
            "1:56+2 unknown-name");
    }
    SECTION("in a string of several lines") {
        CHECK(test::places({parse(names + "filter = \"\"\"\ntcp\nand dst host $nope\"\"\"").diagnostics.front()}).front() ==
              "7:14+5 unknown-name");
    }
    SECTION("at the opening quote, where escapes hide the place") {
        CHECK(test::places({parse(names + "filter = \"tcp\\tand src host $mial\"").diagnostics.front()}).front() == "5:10+1 unknown-name");
    }
}

TEST_CASE("policy: all mistakes are reported at once, in the order of the file") {
    const PolicyLoad load = parse("home = \"x\"\n[wire]\nvlans = [0]\n[[allow]]\nname = \"a\"\nfilter = \"$x\"\n[names]\nb = \"y\"\n");
    CHECK_FALSE(load.policy);
    CHECK(test::places(load.diagnostics) ==
          std::vector<std::string>{"1:8+3 bad-value", "3:10+1 bad-value", "6:11+2 unknown-name", "8:5+3 bad-value"});
}

TEST_CASE("policy: mistakes come with the fix") {
    CHECK(parse("home = \"192.0.2.1/24\"").diagnostics.front().fix == "write 192.0.2.0/24");
    CHECK(parse("home = \"2001:db8:1::25/47\"").diagnostics.front().fix == "write 2001:db8::/47");
    CHECK(parse("[wir]").diagnostics.front().fix == "write wire");
    CHECK(parse("[wire]\nignore = [\"bad-cheksum\"]").diagnostics.front().fix == "write bad-checksum");
    CHECK(parse("mode = \"flo\"").diagnostics.front().fix == "write flow");
    CHECK(parse("mode = \"x\"").diagnostics.front().fix == "one of flow, packet, tcpdump");
}

TEST_CASE("policy: a doubtful policy is accepted with a warning") {
    SECTION("fragments ignored, which no frame may be for that alone") {
        const PolicyLoad load = parse("[[allow]]\nname = \"a\"\nfilter = \"udp\"\n[wire]\nignore = [\"fragment\"]");
        REQUIRE(load.policy);
        CHECK(test::places(load.diagnostics) == std::vector<std::string>{"5:1+6 ignore-fragment"});
    }
    SECTION("an empty filter") {
        const PolicyLoad load = parse("[[allow]]\nname = \"a\"\nfilter = \"\"");
        REQUIRE(load.policy);
        CHECK(test::places(load.diagnostics) == std::vector<std::string>{"3:10+2 any-to-any"});
    }
    SECTION("no allow rule at all") {
        const PolicyLoad load = parse("enclave = \"x\"");
        REQUIRE(load.policy);
        CHECK(test::places(load.diagnostics) == std::vector<std::string>{"0:0+1 no-allow"});
    }
    SECTION("speaks where no conversation is followed") {
        const PolicyLoad load =
            parse("[[allow]]\nname = \"a\"\nfilter = \"udp\"\n[[forbid]]\nname = \"b\"\nfilter = \"tcp\"\nspeaks = \"ssh\"");
        REQUIRE(load.policy);
        CHECK(test::places(load.diagnostics) == std::vector<std::string>{"7:1+6 speaks-ignored"});
    }
}

TEST_CASE("policy: limits are errors, not surprises") {
    SECTION("file") { CHECK(parse(std::string((std::size_t{4} << 20) + 1, '\n')).diagnostics.front().code == "limit"); }
    SECTION("rules") {
        std::string text;
        for (int i = 0; i < 10'001; ++i) text += "[[allow]]\nname=\"r" + std::to_string(i) + "\"\nfilter=\"tcp\"\n";
        const PolicyLoad load = parse(text);
        CHECK(test::places(load.diagnostics) == std::vector<std::string>{"30001:1+9 limit"});
    }
    SECTION("names") {
        std::string text = "[names]\n";
        for (int i = 0; i < 4'097; ++i) text += "n" + std::to_string(i) + " = 25\n";
        CHECK(test::places(parse(text).diagnostics).front() == "1:1+7 limit");
    }
    SECTION("values of a name") {
        std::string text = "[names]\nn = [";
        for (int i = 0; i < 4'097; ++i) text += "25,";
        CHECK(test::find(parse(text + "]").diagnostics, "limit") != nullptr);
    }
    SECTION("the length of a name") {
        CHECK(parse("[names]\n" + std::string(64, 'n') + " = 25").policy);
        CHECK(parse("[names]\n" + std::string(65, 'n') + " = 25").diagnostics.front().code == "bad-name");
    }
}

TEST_CASE("policy: keys of a million dots and arrays of a million brackets are errors, not a stack overflow") {
    std::string dots = "a";
    std::string tables = "x = ";
    for (int i = 0; i < 1'000'000; ++i) dots += ".a";
    CHECK(parse(dots + " = 1").diagnostics.front().code == "toml");
    CHECK(parse("[" + dots + "]").diagnostics.front().code == "toml");
    CHECK(parse("x = { y = '''b'''', " + dots + " = 1 }").diagnostics.front().code == "toml");
    CHECK(parse("x = " + std::string(1'000'000, '[')).diagnostics.front().code == "toml");
    for (int i = 0; i < 100; ++i) tables += "{ a.a.a.a.a.a.a.a.a.a = ";
    CHECK(parse(tables).diagnostics.front().code == "toml");
}

TEST_CASE("policy: letters outside ASCII are fine inside strings and comments, and errors elsewhere") {
    CHECK(test::places(parse("caf\xc3\xa9 = 1").diagnostics) == std::vector<std::string>{"1:4+1 toml"});
    CHECK(test::places(parse("enclave = \xc9\x8d").diagnostics) == std::vector<std::string>{"1:11+1 toml"});
    const PolicyLoad load = parse("enclave = \"\"\"caf\\\n  \xc3\xa9\"\"\"  # \xc3\xa9");
    REQUIRE(load.policy);
    CHECK(load.policy->enclave == "caf\xc3\xa9");
}

TEST_CASE("policy: a file is read, and one that cannot be is an error in one line") {
    const std::string path = "policy_load_test." + std::to_string(::getpid()) + ".toml";
    std::ofstream(path) << whole_policy;
    const Result<PolicyLoad> load = load_policy(path);
    std::remove(path.c_str());
    REQUIRE(load);
    REQUIRE(load->policy);
    CHECK(load->policy->path == path);
    const Result<PolicyLoad> missing = load_policy("no-such-policy.toml");
    REQUIRE_FALSE(missing);
    CHECK(missing.error().code == ExitCode::input);
    CHECK(missing.error().text == "cannot read the policy no-such-policy.toml: No such file or directory");
    CHECK_FALSE(load_policy("."));
}
