#include <fstream>
#include <regex>
#include <sstream>

#include "rules/confine/confine.hpp"
#include "rules/packet/encapsulation.hpp"
#include "rules/policy/policy.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/policy/policy_helpers.hpp"

using namespace sw;

namespace {

std::string read(const std::string& path) {
    std::ifstream in(SPAN_SOURCE_DIR "/" + path);
    REQUIRE(in);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

/// The words of a man page: macros' names, escapes and line breaks gone.
std::string words_of(const std::string& page) {
    std::string out;
    std::istringstream lines(page);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with('.')) line = line.substr(std::min(line.find(' '), line.size()));
        std::istringstream words(line);
        for (std::string word; words >> word;) out += word + " ";
    }
    return out;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
    return text;
}

/// What stands in its literal displays, as a reader would write it into a file of his own: mdoc's escapes gone, the home network, the
/// names and one rule of the whole policy at its end put before what is a part only; the last is that whole one.
std::vector<std::string> examples() {
    const std::string page = read("docs/man/span-watcher-policy.5");
    std::vector<std::string> blocks;
    for (std::size_t at = page.find(".Bd -literal"); at != std::string::npos; at = page.find(".Bd -literal", at + 1)) {
        const std::size_t body = page.find('\n', at) + 1;
        blocks.push_back(replaced(page.substr(body, page.find(".Ed", body) - body), "\\e", "\\"));
    }
    REQUIRE(blocks.size() > 1);
    const std::string whole = blocks.back();
    blocks.pop_back();
    const std::string front = whole.substr(0, whole.find("[[allow]]"));
    std::vector<std::string> out;
    for (const std::string& block : blocks) {
        if (block.starts_with("enclave")) {
            out.push_back(block + "[[allow]]\nname = 'a'\nfilter = 'tcp and src net $home'\n");
            continue;
        }
        const bool has_rule = block.find("[[allow]]") != std::string::npos;
        const bool asks_dns = block.find("[[dns_pin]]") != std::string::npos;
        const std::string rule =
            std::string("[[allow]]\nname = 'a'\nfilter = 'tcp and src net $home'\n") + (asks_dns ? "speaks = 'dns'\n" : "");
        // One policy has one mirror: each table of it is an example of its own.
        for (std::size_t at = 0; at < block.size();) {
            const std::size_t next = std::min(block.find("[wire.mirror]", at + 1), block.size());
            out.push_back(front + (has_rule ? "" : rule) + block.substr(at, next - at));
            at = next;
        }
    }
    out.push_back(whole);
    return out;
}

}  // namespace

TEST_CASE("profiles: both load without a word, and lint has nothing to say") {
    mark_unconfined();
    for (const std::string name : {"mail-enclave", "calendar-enclave"}) {
        INFO(name);
        const Result<PolicyLoad> load = load_policy(SPAN_SOURCE_DIR "/rules/profiles/" + name + ".toml");
        REQUIRE(load);
        CHECK(test::places(load->diagnostics).empty());
        REQUIRE(load->policy);
        CHECK(test::places(lint(*load->policy, Timestamp{})).empty());
        const PolicyLoad again = test::parse(show(*load->policy));
        REQUIRE(again.policy);
        CHECK(show(*again.policy) == show(*load->policy));
    }
}

TEST_CASE("profiles: the log sink is never the watcher's own address") {
    for (const std::string name : {"mail-enclave", "calendar-enclave"}) {
        const Result<PolicyLoad> load = load_policy(SPAN_SOURCE_DIR "/rules/profiles/" + name + ".toml");
        REQUIRE(load);
        REQUIRE(load->policy);
        REQUIRE_FALSE(load->policy->wire.watcher_addresses.empty());
        for (const Address& own : load->policy->wire.watcher_addresses) CHECK(load->policy->name_of(own).empty());
    }
}

TEST_CASE("span-watcher-policy(5): every reason stands in it with its sentence") {
    const std::string words = words_of(read("docs/man/span-watcher-policy.5"));
    for (std::size_t i = 0; i < reason_count; ++i) {
        const ReasonInfo& row = info(static_cast<Reason>(i));
        INFO(row.slug);
        const std::string kind = row.kind == ReasonKind::state ? "state" : "anomaly";
        const std::string critical = row.severity == Severity::critical ? ", critical" : "";
        CHECK(words.find(std::string(row.slug) + " Ta " + kind + critical + " Ta " + std::string(row.sentence) + " ") != std::string::npos);
    }
}

TEST_CASE("span-watcher-policy(5): every example in it is a policy that rules check accepts without a word") {
    mark_unconfined();
    const std::vector<std::string> all = examples();
    CHECK(all.size() > 15);
    for (const std::string& text : all) {
        INFO(text);
        const PolicyLoad load = test::parse(text);
        CHECK(test::places(load.diagnostics).empty());
        REQUIRE(load.policy);
        for (const Diagnostic& d : lint(*load.policy, Timestamp{})) {
            INFO(d.message);
            CHECK(d.line == 0);
        }
        CHECK(show(*test::parse(show(*load.policy)).policy) == show(*load.policy));
    }
    CHECK(test::parse(all.back()).policy->rules.size() == 5);
}

TEST_CASE("README: its policy is one that rules check accepts without a word") {
    mark_unconfined();
    const std::string page = read("README.md");
    const std::size_t body = page.find("```toml\n") + 8;
    REQUIRE(body > 8);
    const PolicyLoad load = test::parse(page.substr(body, page.find("```", body) - body));
    CHECK(test::places(load.diagnostics).empty());
    REQUIRE(load.policy);
    CHECK(test::places(lint(*load.policy, Timestamp{})).empty());
    CHECK(load.policy->rules.size() == 5);
}

TEST_CASE("span-watcher-policy(5): each key that it documents stands in an example, and each kind of mirror") {
    const std::string page = read("docs/man/span-watcher-policy.5");
    std::string text;
    for (const std::string& example : examples()) text += example;
    const std::size_t end = page.find(".Sh VERDICT"), logs = page.find(".Ss Logs");
    REQUIRE((logs < end && end != std::string::npos));
    std::istringstream lines(page.substr(0, logs));
    std::size_t keys = 0;
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with(".It Ic ") && !line.starts_with(".It Cm ")) continue;
        std::istringstream words(line.substr(7));
        for (std::string key; words >> key;) {
            if (key == ",") continue;
            INFO(key);
            CHECK(std::regex_search(text, std::regex("(^|[\\n{,] *)" + key + " *= |[.]" + key + "\\]")));
            ++keys;
        }
    }
    CHECK(keys > 40);
    for (const std::string_view kind : encapsulation_words()) {
        INFO(kind);
        CHECK(std::regex_search(text, std::regex("kind *= \"" + std::string(kind) + "\"")));
    }
}
