#include "collector/daemon/options.hpp"

#include <getopt.h>

#include "tests/support/catch.hpp"

namespace sw::test {
namespace {

Result<CollectorOptions> parse(std::vector<std::string> words) {
    words.insert(words.begin(), "span-collector");
    std::vector<char*> argv;
    for (std::string& w : words) argv.push_back(w.data());
    argv.push_back(nullptr);
    optind = 0;
    return parse_collector_options(static_cast<int>(words.size()), argv.data());
}

std::vector<std::string> with(std::vector<std::string> more) {
    std::vector<std::string> words{"--spool", "a", "--db", "s.db", "--alarms", "al"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

}  // namespace

TEST_CASE("collector options: several spools and what is asked of the store") {
    const auto o = parse(with({"--spool", "b", "--retain-days", "7", "--sample-budget", "3", "--user", "nobody", "--unconfined"}));
    REQUIRE(o);
    CHECK(o->spools == std::vector<std::string>{"a", "b"});
    CHECK(o->db == "s.db");
    CHECK(o->alarms == "al");
    CHECK(o->retain == std::chrono::hours{7 * 24});
    CHECK(o->sample_octets == 3u << 20);
    CHECK(o->user == "nobody");
    CHECK(o->unconfined);
}

TEST_CASE("collector options: what is not said has a default") {
    const auto o = parse(with({}));
    REQUIRE(o);
    CHECK(o->retain == std::chrono::hours{400 * 24});
    CHECK(o->sample_octets == 256u << 20);
    CHECK(o->user.empty());
    CHECK_FALSE(o->unconfined);
}

TEST_CASE("collector options: an error names the option and what it takes") {
    using Case = std::pair<std::vector<std::string>, const char*>;
    const Case cases[] = {
        {{"--db", "s", "--alarms", "a"}, "--spool is missing (--help lists the options)"},
        {{"--spool", "s", "--alarms", "a"}, "--db is missing (--help lists the options)"},
        {{"--spool", "s", "--db", "d"}, "--alarms is missing (--help lists the options)"},
        {with({"--retain-days", "0"}), "--retain-days 0: takes a whole number from 1 to 36500"},
        {with({"--sample-budget", "1x"}), "--sample-budget 1x: takes a whole number from 1 to 1048576"},
        {with({"--spool", "a"}), "--spool a: is named twice; name each spool once"},
        {with({"more"}), "more: takes options only (--help lists them)"},
        {with({"--frobnicate"}), "--frobnicate: no such option, or its value is missing (--help lists them)"},
    };
    for (const auto& [words, text] : cases) {
        const auto o = parse(words);
        REQUIRE_FALSE(o);
        CHECK(o.error().text == text);
        CHECK(o.error().code == ExitCode::input);
    }
}

}  // namespace sw::test
