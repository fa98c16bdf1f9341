/// pin: what a rule's conversations must show.
#include <algorithm>

#include "tests/support/catch.hpp"
#include "tests/unit/policy/policy_helpers.hpp"

using namespace sw;
using sw::test::parse;

namespace {

using Places = std::vector<std::string>;

std::string rule(const std::string& speaks, const std::string& pin, const std::string& kind = "allow") {
    return "[[" + kind + "]]\nname = 'a'\nfilter = 'tcp and dst port 25'\n" + (speaks.empty() ? "\n" : "speaks = '" + speaks + "'\n") +
           "pin = " + pin + "\n";
}

}  // namespace

TEST_CASE("pins: every pin is read, and stands in the canonical form") {
    const std::string digest(64, 'a');
    const PolicyLoad load = parse(rule(
        "smtp",
        "{ tls = '1.2', certificate_name = ['Mail.Example'], certificate = ['AA:" + std::string(62, 'a') +
            "'], alpn = 'imap', "
            "server_name = 'mail.example', hello = ['MAIL.example', '[192.0.2.25]', 'mail.example'], banner = '220 mail\\.example .*' }"));
    REQUIRE(test::places(load.diagnostics) == Places{});
    const Pins& p = load.policy->rules.at(0).pins;
    CHECK(p.banner == "220 mail\\.example .*");
    CHECK(p.hello == Places{"mail.example", "[192.0.2.25]"});
    CHECK(p.server_name == Places{"mail.example"});
    CHECK(p.alpn == Places{"imap"});
    CHECK(p.certificate == Places{digest});
    CHECK(p.certificate_name == Places{"mail.example"});
    CHECK(p.tls == "1.2");
    CHECK(p.ident.empty());
    const std::string shown = show(*load.policy);
    CHECK(
        shown.find(
            "pin = { banner = \"220 mail\\\\.example .*\", hello = [\"mail.example\", \"[192.0.2.25]\"], server_name = [\"mail.example\"], alpn = [\"imap\"], "
            "certificate = [\"" +
            digest + "\"], certificate_name = [\"mail.example\"], tls = \"1.2\" }\n") != std::string::npos);
    const PolicyLoad again = parse(shown);
    REQUIRE(again.policy);
    CHECK(again.policy->rules.at(0).pins == p);
    CHECK(show(*again.policy) == shown);
}

TEST_CASE("pins: a table of its own says the same, and none is no pin") {
    const PolicyLoad load = parse("[[allow]]\nname = 'a'\nfilter = 'tcp'\nspeaks = 'ssh'\n[allow.pin]\nident = 'SSH-2\\.0-OpenSSH_9.*'\n");
    REQUIRE(load.policy);
    CHECK(load.policy->rules.at(0).pins.ident == "SSH-2\\.0-OpenSSH_9.*");
    const PolicyLoad none = parse(rule("smtp", "{}"));
    REQUIRE(none.policy);
    CHECK(none.policy->rules.at(0).pins.empty());
}

TEST_CASE("pins: what cannot be pinned is an error, with its place") {
    struct Case {
        std::string text, place;
    };
    const Case cases[] = {
        {rule("", "{ banner = 'x' }"), "5:1+3 pin-not-shown"},
        {rule("ssh", "{ banner = 'x' }"), "5:9+6 pin-not-shown"},
        {rule("tls", "{ hello = 'x' }"), "5:9+5 pin-not-shown"},
        {rule("smtp", "{ ident = 'x' }"), "5:9+5 pin-not-shown"},
        {rule("ssh", "{ tls = '1.2' }"), "5:9+3 pin-not-shown"},
        {rule("dns", "{ server_name = 'x' }"), "5:9+11 pin-not-shown"},
        {rule("smtp", "{ baner = 'x' }"), "5:9+5 unknown-key"},
        {rule("smtp", "'220'"), "5:7+5 type"},
        {rule("smtp", "{ banner = 1 }"), "5:18+1 type"},
        {rule("smtp", "{ banner = '(' }"), "5:18+3 bad-pattern"},
        {rule("smtp", "{ banner = '' }"), "5:18+2 bad-value"},
        {rule("smtp", "{ hello = [] }"), "5:17+2 empty-list"},
        {rule("smtp", "{ hello = ['a b'] }"), "5:18+5 bad-value"},
        {rule("smtp", "{ hello = [1] }"), "5:18+1 type"},
        {rule("tls", "{ tls = '1.4' }"), "5:15+5 bad-value"},
        {rule("tls", "{ tls = 1.2 }"), "5:15+3 type"},
        {rule("tls", "{ certificate = 'aa:bb' }"), "5:23+7 bad-value"},
        {rule("tls", "{ certificate_name = '*.example' }"), "5:28+11 bad-value"},
        {rule("smtp", "{ banner = 'x' }", "forbid"), "5:1+3 pin-ignored"},
    };
    for (const Case& c : cases) {
        INFO(c.text);
        const PolicyLoad load = parse(c.text);
        CHECK_FALSE(load.policy);
        const Places places = test::places(load.diagnostics);
        CHECK(std::count(places.begin(), places.end(), c.place) == 1);
    }
}

TEST_CASE("pins: a certificate that TLS 1.3 hides is warned of") {
    const PolicyLoad load = parse(rule("tls", "{ tls = '1.3', certificate_name = 'mail.example' }"));
    REQUIRE(load.policy);
    CHECK(test::places(load.diagnostics) == Places{"5:1+3 pin-unseen"});
}
