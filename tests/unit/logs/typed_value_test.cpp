#include <arpa/inet.h>

#include <random>

#include "rules/logs/typed_value.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/logs/lines.hpp"

using namespace sw;

namespace {

/// The kind of a text that is one value, or "none".
std::string kind_of(std::string_view text) {
    const TypedValue v = typed_value(text, word_at(text, 0));
    return v && v.octets == text.size() ? std::string(info(v.kind).word) : "none";
}

bool is_v6(const std::string& s) {
    in6_addr a;
    return inet_pton(AF_INET6, s.c_str(), &a) == 1;
}

}  // namespace

TEST_CASE("typed value: each kind by its examples") {
    const std::vector<std::pair<const char*, std::vector<const char*>>> table{
        {"integer", {"0", "7", "-5", "+5", "00123", "12345678901234567890"}},
        {"number", {"0.25", "-1.5", "3.14159"}},
        {"hex", {"0x0", "0xFFFFFFFF81000000", "3f2a91c0", "DEADBEEF00"}},
        {"duration", {"1s", "15ms", "1.5s", "2min", "06:55:46", "0:07:01", "12:34:56.789", "12:34:56,789"}},
        {"size", {"64kB", "2014108K", "45%", "1.5GB", "1Gbps", "100Mbit"}},
        {"address",
         {"192.0.2.1", "0.0.0.0", "255.255.255.255", "2001:db8::1", "fe80::1%eth0", "1:2:3:4:5:6:7:8", "::ffff:192.0.2.1",
          "2001:db8::", "a:b::c", "64:ff9b::198.51.100.7"}},
        {"mac", {"02:00:00:00:00:19", "de-ad-be-ef-00-01", "02:00:00:00:00:19:02:00:00:00:00:01:08:00"}},
        {"uuid", {"01234567-89ab-cdef-0123-456789abcdef", "ABCDEF01-89ab-cdef-0123-456789abcdef"}},
        {"stamp",
         {"2026-11-22", "2026-11-22T11:00:00Z", "2026-11-22 11:00:00", "2026-11-22T11:00:00.123456+01:00", "2026/11/22 11:00:00",
          "2026/11/22", "09/Jun/2005:06:07:04 +0000"}},
        {"none",
         {"a",
          "abc",
          "deadbeef",
          "1.2",
          "x1",
          "1x",
          "12a",
          "1.2.3",
          "256.0.0.1",
          "01.2.3.4",
          "1:2",
          "1::2::3",
          "12:3:4",
          "1:2:3:4:5:6:7",
          "0xx",
          "123456789012345678901",
          "2026-1-2",
          "2026-11-22T",
          "02:00:00:00:00",
          "02:00:00:00:00:1",
          "01234567-89ab-cdef-0123-456789abcde",
          "-",
          "1.",
          ""}},
    };
    for (const auto& [kind, texts] : table)
        for (const char* text : texts) {
            INFO(text);
            if (std::string_view(text) == "1.2") {
                CHECK(kind_of(text) == "number");
            } else {
                CHECK(kind_of(text) == (std::string_view(text).empty() ? "none" : kind));
            }
        }
}

TEST_CASE("typed value: stamps with names of months and days") {
    for (const char* s : {"Jun  9 06:07:04", "Jun 19 06:07:04", "Nov 22 11:00:00 2026", "Thu Jun 09 06:07:04 2005", "Sun Nov 22 11:00:00"})
        CHECK(stamp_octets(s) == std::string_view(s).size());
    for (const char* s : {"Jun", "Jun 9", "June 19 06:07:04", "Jun 19 06:07", "Thu Jun", "Foo 19 06:07:04", "may I ask you"})
        CHECK(stamp_octets(s) == 0);
    CHECK(stamp_octets("Jun  9 06:07:04 4711") == 15);  // no year
}

TEST_CASE("typed value: an address ends where it ends") {
    CHECK(ipv4_octets("192.0.2.1: text") == 9);
    CHECK(ipv4_octets("192.0.2.1.") == 9);
    CHECK(ipv4_octets("192.0.2.1.5") == 0);
    CHECK(ipv4_octets("192.0.2.1x") == 0);
    CHECK(ipv6_octets("2001:db8::1: text") == 11);
    CHECK(ipv6_octets("2001:db8::1]:25") == 11);
    CHECK(ipv6_octets("2001:db8::1:zz") == 11);
    CHECK(ipv6_octets("2001:db8::1x") == 0);
    CHECK(ipv6_octets("::") == 0);  // two colons are often just that
}

TEST_CASE("typed value: an IPv6 address is what inet_pton says it is") {
    std::mt19937 random(27);
    const std::vector<std::string> parts{"0", "1", "ab", "ffff", "12345", "", "", "192.0.2.1", "g"};
    int both = 0;
    for (int i = 0; i < 200'000; ++i) {
        std::string s;
        for (std::size_t n = 1 + random() % 9; n > 0; --n) s += parts[random() % parts.size()] + (n > 1 ? ":" : "");
        const bool ours = ipv6_octets(s) == s.size() && !s.empty();
        const bool theirs = is_v6(s) && s != "::";
        if (ours != theirs) FAIL_CHECK(s << ": ours " << ours << ", theirs " << theirs);
        both += ours && theirs;
    }
    CHECK(both > 100);
}
