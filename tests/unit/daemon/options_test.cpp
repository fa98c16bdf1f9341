#include "sensor/daemon/options.hpp"

#include <getopt.h>

#include <vector>

#include "tests/support/catch.hpp"

namespace sw {
namespace {

Result<SensorOptions> parse(std::vector<std::string> words) {
    words.insert(words.begin(), "span-sensor");
    std::vector<char*> argv;
    for (std::string& w : words) argv.push_back(w.data());
    argv.push_back(nullptr);
    optind = 1;
    return parse_sensor_options(static_cast<int>(words.size()), argv.data());
}

const std::vector<std::string> needed = {"--interface", "span0", "--policy", "p.toml", "--spool", "s", "--alarms", "a"};

std::vector<std::string> with(std::vector<std::string> more) {
    more.insert(more.begin(), needed.begin(), needed.end());
    return more;
}

}  // namespace

TEST_CASE("sensor options: what must be named, and what the rest is without being named") {
    const auto o = parse(needed);
    REQUIRE(o);
    CHECK(o->live.interface == "span0");
    CHECK(o->policy == "p.toml");
    CHECK(o->spool == "s");
    CHECK(o->alarms == "a");
    CHECK(o->live.ring_octets == 64u << 20);
    CHECK(o->live.hold == std::chrono::milliseconds(100));
    CHECK(o->grace == std::chrono::minutes(1));
    CHECK(o->threads == 1);
    CHECK_FALSE(o->unconfined);
    for (std::size_t missing = 0; missing < needed.size(); missing += 2) {
        auto words = needed;
        words.erase(words.begin() + static_cast<std::ptrdiff_t>(missing), words.begin() + static_cast<std::ptrdiff_t>(missing) + 2);
        const auto without = parse(words);
        REQUIRE_FALSE(without);
        CHECK(without.error().text.starts_with(needed[missing] + " is missing"));
    }
}

TEST_CASE("sensor options: numbers are taken in their units") {
    const auto o = parse(
        with({"--ring", "8", "--hold", "0", "--budget", "100", "--grace", "5", "--user", "nobody", "--threads", "3", "--unconfined"}));
    REQUIRE(o);
    CHECK(o->live.ring_octets == 8u << 20);
    CHECK(o->live.hold == Duration{0});
    CHECK(o->limits.total_octets == 100u << 20);
    CHECK(o->grace == std::chrono::seconds(5));
    CHECK(o->user == "nobody");
    CHECK(o->threads == 3);
    CHECK(o->unconfined);
}

TEST_CASE("sensor options: a value out of range, an unknown option and a stray word are named in one line") {
    for (const auto& [words, said] : std::vector<std::pair<std::vector<std::string>, std::string>>{
             {{"--ring", "0"}, "--ring 0: takes a whole number from 1 to 1024"},
             {{"--ring", "2048"}, "--ring 2048: takes"},
             {{"--hold", "5s"}, "--hold 5s: takes a whole number from 0 to 1000"},
             {{"--grace", "-1"}, "--grace -1: takes"},
             {{"--threads", "17"}, "--threads 17: takes a whole number from 1 to 16"},
             {{"--snaplen", "5"}, "--snaplen: no such option"},
             {{"--user"}, "--user: no such option, or its value is missing"},
             {{"span1"}, "span1: takes options only"}}) {
        const auto o = parse(with(words));
        INFO(said);
        REQUIRE_FALSE(o);
        CHECK(o.error().text.starts_with(said));
        CHECK(o.error().code == ExitCode::input);
        CHECK(o.error().text.find('\n') == std::string::npos);
    }
}

}  // namespace sw
