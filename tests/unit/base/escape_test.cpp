// What a stranger sent must reach a terminal as text, never as an instruction to it.
#include <cctype>
#include <random>
#include <string>

#include "rules/base/text.hpp"
#include "tests/support/catch.hpp"

using namespace sw;

namespace {

std::string octet(unsigned value) { return std::string(1, static_cast<char>(value)); }

std::string hex_of(unsigned value) {
    constexpr char digits[] = "0123456789abcdef";
    return std::string("\\x") + digits[value >> 4] + digits[value & 15];
}

std::string utf8(unsigned c) {
    const auto tail = [&](unsigned shift) { return octet(0x80 | (c >> shift & 0x3f)); };
    if (c < 0x80) return octet(c);
    if (c < 0x800) return octet(0xc0 | c >> 6) + tail(0);
    if (c < 0x10000) return octet(0xe0 | c >> 12) + tail(6) + tail(0);
    return octet(0xf0 | c >> 18) + tail(12) + tail(6) + tail(0);
}

/// No C0, DEL, and no C1 hidden in UTF-8 (0xc2 0x80..0x9f).
bool harmless(const std::string& shown) {
    for (std::size_t i = 0; i < shown.size(); ++i) {
        const auto c = static_cast<unsigned char>(shown[i]);
        if (c < 0x20 || c == 0x7f) return false;
        if (c == 0xc2 && i + 1 < shown.size() && static_cast<unsigned char>(shown[i + 1]) < 0xa0) return false;
    }
    return true;
}

}  // namespace

TEST_CASE("escape: of the 256 octets alone, printable ASCII stays, a backslash doubles, the rest is hexadecimal") {
    for (unsigned c = 0; c < 256; ++c) {
        CAPTURE(c);
        const std::string want = c == '\\' ? "\\\\" : c >= 0x20 && c < 0x7f ? octet(c) : hex_of(c);
        CHECK(escape_for_display(octet(c)) == want);
    }
}

TEST_CASE("escape: every octet is escaped or kept by itself, whatever ASCII stands around it") {
    for (unsigned c = 0; c < 256; ++c) {
        CAPTURE(c);
        CHECK(escape_for_display("a" + octet(c) + "b") == "a" + escape_for_display(octet(c)) + "b");
    }
}

TEST_CASE("escape: text in other scripts stays as it is") {
    for (const char* text : {"", "plain", "Größe", "почта", "メール", "بريد", "✉ 📮", "ÿ", "\u00a0", "\U0010fffd"})
        CHECK(escape_for_display(text) == text);
}

TEST_CASE("escape: the C1 controls are escaped in both of their forms") {
    for (unsigned c = 0x80; c < 0xa0; ++c) {
        CHECK(escape_for_display(octet(c)) == hex_of(c));
        CHECK(escape_for_display(utf8(c)) == "\\u{00" + hex_of(c).substr(2) + "}");
    }
}

TEST_CASE("escape: characters that turn or hide what stands around them are spelled out") {
    CHECK(escape_for_display("user\u202etxt.exe") == "user\\u{202e}txt.exe");
    for (unsigned c : {0x061cu, 0x200bu, 0x200eu, 0x200fu, 0x2028u, 0x2029u, 0x202au, 0x202eu, 0x2066u, 0x2069u, 0xfeffu})
        CHECK(escape_for_display(utf8(c)).substr(0, 3) == "\\u{");
}

TEST_CASE("escape: overlong forms, surrogates and what lies beyond Unicode are octets, not characters") {
    CHECK(escape_for_display("\xc0\x8a") == "\\xc0\\x8a");  // a line feed in two octets
    CHECK(escape_for_display("\xc1\xbf") == "\\xc1\\xbf");
    CHECK(escape_for_display("\xe0\x80\x8a") == "\\xe0\\x80\\x8a");  // in three
    CHECK(escape_for_display("\xf0\x80\x80\x8a") == "\\xf0\\x80\\x80\\x8a");
    CHECK(escape_for_display("\xed\xa0\x80") == "\\xed\\xa0\\x80");  // U+D800
    CHECK(escape_for_display("\xed\xbf\xbf") == "\\xed\\xbf\\xbf");  // U+DFFF
    CHECK(escape_for_display("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");
    CHECK(escape_for_display("\xf5\x80\x80\x80") == "\\xf5\\x80\\x80\\x80");
    CHECK(escape_for_display("\xed\x9f\xbf") == "\xed\x9f\xbf");  // U+D7FF is a character
}

TEST_CASE("escape: a character cut off at the end is octets") {
    const std::string whole = utf8(0x1f4ee);
    for (std::size_t n = 1; n < whole.size(); ++n) {
        std::string want;
        for (std::size_t i = 0; i < n; ++i) want += hex_of(static_cast<unsigned char>(whole[i]));
        CHECK(escape_for_display(whole.substr(0, n)) == want);
        CHECK(escape_for_display(whole.substr(0, n) + "x") == want + "x");
    }
}

TEST_CASE("escape: a broken sequence does not swallow the control octet behind it") {
    CHECK(escape_for_display("\xe2\x82\x1b[2J") == "\\xe2\\x82\\x1b[2J");
    CHECK(escape_for_display("\xc3\n") == "\\xc3\\x0a");
}

TEST_CASE("escape: no random octets leave a control behind") {
    std::mt19937_64 random(20261121);
    for (int round = 0; round < 2000; ++round) {
        std::string text(random() % 200, '\0');
        for (char& c : text) c = static_cast<char>(random());
        const std::string shown = escape_for_display(text);
        CHECK(harmless(shown));
    }
}

TEST_CASE("escape: a NUL does not end the text") { CHECK(escape_for_display(std::string("a\0b", 3)) == "a\\x00b"); }

TEST_CASE("escape: what was escaped gives back the octets it was made of") {
    std::mt19937 random(7);
    std::string every;
    for (unsigned c = 0; c < 256; ++c) every += octet(c);
    std::vector<std::string> texts{"", "\\", "\\x41", "\\u{41}", every, utf8(0x202e) + utf8(0x85) + utf8(0x10ffff) + "plain"};
    for (int n = 0; n < 500; ++n) {
        std::string& text = texts.emplace_back();
        for (unsigned i = 0; i < 20; ++i)
            text += random() % 3 == 0 ? utf8(static_cast<unsigned>(random() % 0xd800)) : octet(static_cast<unsigned>(random() % 256));
    }
    for (const std::string& text : texts) {
        const auto back = unescape_display(escape_for_display(text));
        REQUIRE(back);
        CHECK(*back == text);
    }
}

TEST_CASE("escape: an escape that is none is refused") {
    for (const char* wrong : {"\\", "\\q", "\\x", "\\x4", "\\xg0", "\\u", "\\u{", "\\u{}", "\\u{110000}", "\\u{123456789}", "\\u{20"}) {
        INFO(wrong);
        CHECK_FALSE(unescape_display(wrong));
    }
}
