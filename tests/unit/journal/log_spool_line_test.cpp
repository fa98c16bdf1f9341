/// Lines of a log spool: what syslog-ng writes by our template, and everything else.
#include "sensor/journal/log_spool_line.hpp"

#include "tests/support/catch.hpp"

namespace sw {
namespace {

using namespace std::string_literals;

const std::string good = R"({"v":1,"recv":"1795132800.123456","src":"192.0.2.25","via":"udp","raw":"PDM0PmhlbGxv"})";

std::string refusal(const std::string& line) {
    LogSpoolReader reader;
    LogSpoolLine out;
    return reader.read(line, out);
}

std::string replaced(std::string_view what, std::string_view with) {
    std::string line = good;
    return line.replace(line.find(what), what.size(), with);
}

}  // namespace

TEST_CASE("log spool line: time, sender, way and octets are what the daemon wrote") {
    LogSpoolReader reader;
    LogSpoolLine out;
    REQUIRE(reader.read(good, out).empty());
    CHECK(out.received.ns == 1'795'132'800'123'456'000);
    CHECK(to_string(out.source) == "192.0.2.25");
    CHECK(out.via == "udp");
    CHECK(out.message == "<34>hello");
    REQUIRE(reader.read(R"({"v":1,"recv":"0","src":"::1","via":"tls","raw":"AP8K","more":[1]})", out).empty());
    CHECK(out.message == "\0\xff\n"s);
    CHECK(out.source.family == 6);
    REQUIRE(reader.read(R"({"v":1,"recv":"1.5","src":"","via":"self","raw":""})", out).empty());
    CHECK(out.source.family == 0);
    CHECK(out.message.empty());
    CHECK(out.received.ns == 1'500'000'000);
}

TEST_CASE("log spool line: every octet survives base64") {
    const auto encoded = [](std::string_view octets) {
        constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        std::string out;
        for (std::size_t i = 0; i < octets.size(); i += 3) {
            unsigned all = 0;
            for (std::size_t j = 0; j < 3; ++j) all = all << 8 | (i + j < octets.size() ? static_cast<unsigned char>(octets[i + j]) : 0u);
            for (std::size_t j = 0; j < 4; ++j) out += i + j > octets.size() ? '=' : digits[all >> (18 - 6 * j) & 63];
        }
        return out;
    };
    LogSpoolReader reader;
    LogSpoolLine out;
    std::string octets;
    for (int c = 0; c < 256; ++c) {
        octets += static_cast<char>(c);
        REQUIRE(reader.read(R"({"v":1,"recv":"1","src":"::1","via":"tls","raw":")" + encoded(octets) + "\"}", out).empty());
        CHECK(out.message == octets);
    }
}

TEST_CASE("log spool line: what is wrong with a line is said") {
    CHECK(refusal("").find("it is no JSON") == 0);
    CHECK(refusal("hello").find("it is no JSON") == 0);
    CHECK(refusal("[]") == "it is no line of our template");
    CHECK(refusal(R"({"message":"x"})") == "it is no line of our template");
    CHECK(refusal(replaced("\"v\":1", "\"v\":2")) == "it is of version 2 of the template, and only 1 is known");
    for (const char* time : {"x", "", "-1", "1.", "1.-5", "1.1234567891", "1.5x", "99999999999"})
        CHECK(refusal(replaced("1795132800.123456", time)) == "its field recv is no time");
    CHECK(refusal(replaced("\"1795132800.123456\"", "1795132800")) == "its field recv is no time");
    CHECK(refusal(replaced("192.0.2.25", "mail")) == "its field src is no address");
    CHECK(refusal(replaced("\"src\"", "\"from\"")) == "it has no field src");
    CHECK(refusal(replaced("\"via\"", "\"by\"")) == "it has no field via");
    for (const char* raw : {"A", "AA", "AAA", "A===", "====", "AA=A", "AAAA====", "AB==", "AAB=", "A!==", "AA\\u0000A", "AAAAA"})
        CHECK(refusal(replaced("PDM0PmhlbGxv", raw)) == "its field raw is no base64");
}

TEST_CASE("log spool line: a line that begins anew behind a torn one is read") {
    LogSpoolReader reader;
    LogSpoolLine out;
    for (const std::size_t cut : {std::size_t{1}, std::size_t{8}, good.size() / 2, good.size() - 1}) {
        REQUIRE(reader.read(good.substr(0, cut) + good, out).empty());
        CHECK(out.message == "<34>hello");
        CHECK(reader.torn_octets() == cut);
    }
    REQUIRE(reader.read(good, out).empty());
    CHECK(reader.torn_octets() == 0);
    CHECK_FALSE(reader.read(good.substr(0, 20) + good.substr(0, 20), out).empty());
}

}  // namespace sw
