#include "rules/policy/budget.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/policy/policy_helpers.hpp"

using namespace sw;
using namespace std::chrono_literals;

namespace {

constexpr Timestamp midnight{1'795'132'800'000'000'000};  // 2026-11-20T00:00:00Z

bool open_at(const char* hours, Duration since_midnight, int offset = 0) {
    return within(parse_hours(hours).value(), midnight + since_midnight, offset);
}

}  // namespace

TEST_CASE("budget: hours begin with their first minute and end before their last") {
    CHECK_FALSE(open_at("07:00-20:00", 6h + 59min + 59s + 999ms));
    CHECK(open_at("07:00-20:00", 7h));
    CHECK(open_at("07:00-20:00", 19h + 59min + 59s + 999ms));
    CHECK_FALSE(open_at("07:00-20:00", 20h));
    CHECK(open_at("00:00-24:00", 0s));
    CHECK(open_at("00:00-24:00", 24h - 1ns));
}

TEST_CASE("budget: hours may go over midnight") {
    CHECK(open_at("22:00-06:00", 23h));
    CHECK(open_at("22:00-06:00", 0s));
    CHECK(open_at("22:00-06:00", 5h + 59min));
    CHECK_FALSE(open_at("22:00-06:00", 6h));
    CHECK_FALSE(open_at("22:00-06:00", 21h + 59min));
    CHECK(open_at("22:00-00:00", 23h));
    CHECK_FALSE(open_at("22:00-00:00", 0s));
}

TEST_CASE("budget: local time is ahead of UTC by the offset, on the days around midnight and before 1970 too") {
    CHECK(open_at("07:00-20:00", 5h, 120));
    CHECK_FALSE(open_at("07:00-20:00", 18h, 120));
    CHECK(open_at("22:00-23:00", 1h + 30min, -180));
    CHECK(open_at("00:00-01:00", 23h, 60));
    CHECK(time_of_day(midnight + 23h, 60) == "00:00");
    CHECK(time_of_day(Timestamp{-1}, 0) == "23:59");
    CHECK(time_of_day(Timestamp{-60'000'000'000}, 0) == "23:59");
    CHECK(time_of_day(Timestamp{-60'000'000'001}, 0) == "23:58");
    CHECK(time_of_day(Timestamp{0}, -330) == "18:30");
}

TEST_CASE("budget: hours, durations and offsets are read strictly and shown as they are written") {
    for (const char* good : {"00:00-24:00", "07:05-20:00", "22:00-06:00", "22:00-00:00"})
        CHECK(to_string(parse_hours(good).value()) == good);
    for (const char* bad :
         {"", "7:00-20:00", "07:00 - 20:00", "07:00-24:01", "24:00-07:00", "07:60-08:00", "07:00-07:00", "25:00-26:00", "-7:00-20:00"})
        CHECK_FALSE(parse_hours(bad));
    for (const char* good : {"1s", "90s", "30min", "8h", "2d", "365d"}) CHECK(to_string(parse_duration(good).value()) == good);
    CHECK(to_string(parse_duration("120s").value()) == "2min");
    CHECK(to_string(parse_duration("48h").value()) == "2d");
    for (const char* bad : {"", "8", "h", "0s", "-1h", "1.5h", "366d", "8 h", "8m", "99999999999999999999s", "+8h"})
        CHECK_FALSE(parse_duration(bad));
    for (const auto& [text, minutes] : {std::pair("Z", 0), {"+02:00", 120}, {"-05:30", -330}, {"+14:00", 840}}) {
        CHECK(parse_offset(text) == minutes);
        CHECK(offset_text(minutes) == text);
    }
    for (const char* bad : {"", "02:00", "+2:00", "+15:00", "CET", "+02:60"}) CHECK_FALSE(parse_offset(bad));
}

TEST_CASE("budget: a rule's keys are read, and canonical again") {
    const std::string rule = "[[allow]]\nname = \"a\"\nfilter = \"tcp\"\n";
    const PolicyLoad load =
        test::parse("timezone_offset = '+02:00'\n" + rule +
                    "ledger = true\nhours = '07:00-20:00'\nmax_flows_per_hour = 200\nmax_duration = '480min'\nmax_bytes = 50_000_000\n");
    REQUIRE(load.policy);
    const Rule& r = load.policy->rules[0];
    CHECK(load.policy->timezone_offset == 120);
    CHECK(r.budget == Budget{50'000'000, Duration(8h), 200, DayHours{420, 1200}});
    CHECK(r.ledger);
    CHECK(show(*load.policy).find("timezone_offset = \"+02:00\"\n") != std::string::npos);
    CHECK(show(*load.policy)
              .find("max_bytes = 50000000\nmax_duration = \"8h\"\nmax_flows_per_hour = 200\nhours = \"07:00-20:00\"\nledger = true\n") !=
          std::string::npos);
}

TEST_CASE("budget: what is no budget is an error with its place") {
    const std::string rule = "[[allow]]\nname = 'a'\nfilter = 'tcp'\n";
    const auto error = [](const std::string& text) { return test::places(test::parse(text).diagnostics).front(); };
    CHECK(error(rule + "max_bytes = 0") == "4:13+1 bad-value");
    CHECK(error(rule + "max_bytes = '5 MB'") == "4:13+6 type");
    CHECK(error(rule + "max_duration = 8") == "4:16+1 type");
    CHECK(error(rule + "max_duration = '8 hours'") == "4:16+9 bad-value");
    CHECK(error(rule + "max_flows_per_hour = 100001") == "4:22+6 bad-value");
    CHECK(error(rule + "hours = '7-20'") == "4:9+6 bad-value");
    CHECK(error(rule + "ledger = 'yes'") == "4:10+5 type");
    CHECK(error("timezone_offset = 'CET'\n" + rule) == "1:19+5 bad-value");
    for (const char* key : {"max_bytes = 1", "hours = '07:00-20:00'", "ledger = true"}) {
        CHECK(error("[[forbid]]\nname = 'a'\nfilter = 'tcp'\n" + std::string(key)).find("no-conversation") != std::string::npos);
        CHECK(error("[[housekeeping]]\nname = 'a'\nfilter = 'arp'\n" + std::string(key)).find("no-conversation") != std::string::npos);
    }
}

TEST_CASE("policy: a rule accepts no fragment that is wrong in itself, nor the watcher's own traffic") {
    for (const char* slug : {"fragment-tiny", "fragment-overlong", "fragment-df", "fragment-atomic", "self-traffic"}) {
        const PolicyLoad load = test::parse("[[allow]]\nname = 'a'\nfilter = 'tcp'\naccept = ['fragment', '" + std::string(slug) + "']");
        CHECK_FALSE(load.policy);
        CHECK(test::find(load.diagnostics, "accept-never") != nullptr);
    }
    CHECK(test::parse("[[allow]]\nname = 'a'\nfilter = 'tcp'\naccept = ['fragment']").diagnostics.empty());
    CHECK(test::find(test::parse("[[allow]]\nname = 'a'\nfilter = 'tcp'\n[wire]\nignore = ['fragment-df']").diagnostics,
                     "ignore-fragment") != nullptr);
}
