#include <string>

#include "rules/packet/address.hpp"
#include "tests/support/catch.hpp"

using namespace sw;

namespace {

/// Parsed and printed again; "refused" where it does not parse.
std::string address(std::string_view text) {
    const auto a = parse_address(text);
    return a ? to_string(*a) : "refused";
}
std::string prefix(std::string_view text) {
    const auto p = parse_prefix(text);
    return p ? to_string(*p) : "refused";
}
std::string mac(std::string_view text) {
    const auto m = parse_mac(text);
    return m ? to_string(*m) : "refused";
}

}  // namespace

TEST_CASE("address: IPv4 is four decimal octets and nothing else") {
    CHECK(address("192.0.2.25") == "192.0.2.25");
    CHECK(address("0.0.0.0") == "0.0.0.0");
    CHECK(address("255.255.255.255") == "255.255.255.255");
    for (const char* bad : {"", " ", "192.0.2", "192.0.2.256", "192.0.2.25.1", "192.0.2.025", "0xc0.0.2.25", "3221225985", "192.0.2.25 ",
                            " 192.0.2.25", "192.0.2.-1", "192.0.2.25/32", "mail.example"})
        CHECK(address(bad) == "refused");
}

TEST_CASE("address: IPv6 prints as RFC 5952 wants it") {
    CHECK(address("2001:DB8:1:0:0:0:0:25") == "2001:db8:1::25");
    CHECK(address("::") == "::");
    CHECK(address("::1") == "::1");
    CHECK(address("2001:db8::1:0:0:1") == "2001:db8::1:0:0:1");  // the first of two runs is the shorter
    CHECK(address("fe80:0:0:0:0:0:0:0") == "fe80::");
    CHECK(address("::ffff:192.0.2.25") == "::ffff:192.0.2.25");
    for (const char* bad : {":", ":::", "1::2::3", "2001:db8", "2001:db8::12345", "fe80::1%eth0", "[::1]", "1:2:3:4:5:6:7:8:9", "::g"})
        CHECK(address(bad) == "refused");
}

TEST_CASE("address: a NUL hides nothing behind it") {
    CHECK(address(std::string_view("192.0.2.25\0.evil", 16)) == "refused");
    CHECK(address(std::string_view("::1\0", 4)) == "refused");
}

TEST_CASE("prefix: bits behind the length are a mistake, not a decoration") {
    CHECK(prefix("192.0.2.0/24") == "192.0.2.0/24");
    CHECK(prefix("192.0.2.1/24") == "refused");
    CHECK(prefix("192.0.2.129/25") == "refused");
    CHECK(prefix("192.0.2.128/25") == "192.0.2.128/25");
    CHECK(prefix("0.0.0.0/0") == "0.0.0.0/0");
    CHECK(prefix("128.0.0.0/0") == "refused");
    CHECK(prefix("2001:db8:1::/64") == "2001:db8:1::/64");
    CHECK(prefix("2001:db8:1::1/64") == "refused");
    CHECK(prefix("::/0") == "::/0");
    CHECK(prefix("::1/127") == "refused");
}

TEST_CASE("prefix: a bare address is a prefix of full length") {
    CHECK(prefix("192.0.2.25") == "192.0.2.25/32");
    CHECK(prefix("2001:db8::1") == "2001:db8::1/128");
}

TEST_CASE("prefix: lengths that do not exist are refused") {
    for (const char* bad : {"192.0.2.0/33", "192.0.2.0/", "192.0.2.0/-1", "192.0.2.0/ 24", "192.0.2.0/24 ", "192.0.2.0/0x18",
                            "192.0.2.0/+24", "192.0.2.0/24/24", "192.0.2.0/99999999999", "/24", "::/129", "192.0.2.0/255.255.255.0"})
        CHECK(prefix(bad) == "refused");
}

TEST_CASE("prefix: contains what shares its bits, of its own family") {
    const auto holds = [](std::string_view p, std::string_view a) { return parse_prefix(p)->contains(*parse_address(a)); };
    CHECK(holds("192.0.2.0/24", "192.0.2.0"));
    CHECK(holds("192.0.2.0/24", "192.0.2.255"));
    CHECK_FALSE(holds("192.0.2.0/24", "192.0.3.0"));
    CHECK(holds("192.0.2.128/26", "192.0.2.191"));
    CHECK_FALSE(holds("192.0.2.128/26", "192.0.2.192"));
    CHECK(holds("0.0.0.0/0", "203.0.113.9"));
    CHECK_FALSE(holds("0.0.0.0/0", "2001:db8::1"));
    CHECK_FALSE(holds("::/0", "203.0.113.9"));
    CHECK(holds("2001:db8:1::/61", "2001:db8:1:7:ffff::"));
    CHECK_FALSE(holds("2001:db8:1::/61", "2001:db8:1:8::"));
    CHECK(holds("192.0.2.25", "192.0.2.25"));
    CHECK_FALSE(holds("192.0.2.25", "192.0.2.24"));
    CHECK_FALSE(parse_prefix("0.0.0.0/0")->contains(Address{}));
    CHECK_FALSE(Prefix{}.contains(Address{}));
}

TEST_CASE("MAC address: six hexadecimal octets between colons") {
    CHECK(mac("02:00:00:00:00:19") == "02:00:00:00:00:19");
    CHECK(mac("2:0:0:0:0:A9") == "02:00:00:00:00:a9");
    CHECK(mac("ff:ff:ff:ff:ff:ff") == "ff:ff:ff:ff:ff:ff");
    for (const char* bad : {"", "02:00:00:00:00", "02:00:00:00:00:19:20", "02:00:00:00:00:", ":02:00:00:00:00:19", "02-00-00-00-00-19",
                            "0200.0000.0019", "020000000019", "02:00:00:00:00:1g", "02:00:00:00:00:119", "02:00:00:00:00:+1",
                            "02:00:00:00:00:19 ", "02::00:00:00:19", "02:00:00:00:0x:19"})
        CHECK(mac(bad) == "refused");
}

TEST_CASE("five-tuple: swapped twice is itself") {
    const FiveTuple t{*parse_address("192.0.2.25"), *parse_address("198.51.100.7"), 25, 40000, 6};
    CHECK(t.swapped().src == t.dst);
    CHECK(t.swapped().sport == t.dport);
    CHECK(t.swapped().swapped() == t);
}

TEST_CASE("protocol names: a protocol without a name keeps its number") {
    CHECK(protocol_name(6) == "tcp");
    CHECK(protocol_name(58) == "icmp6");
    CHECK(protocol_name(253) == "ip-proto-253");
}
