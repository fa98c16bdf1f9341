#include <fstream>
#include <sstream>

#include "rules/confine/confine.hpp"
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

TEST_CASE("span-watcher-policy(5): its example is a policy that loads") {
    const std::string page = read("docs/man/span-watcher-policy.5");
    const std::size_t begin = page.find(".Bd -literal\nenclave");
    REQUIRE(begin != std::string::npos);
    const std::size_t body = page.find('\n', begin) + 1;
    const PolicyLoad load = test::parse(page.substr(body, page.find(".Ed", body) - body));
    CHECK(test::places(load.diagnostics).empty());
    REQUIRE(load.policy);
    CHECK(load.policy->rules.size() == 5);
}
