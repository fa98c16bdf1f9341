// What somebody sends who wants more than to log (CWE-117, CWE-150).
#include "tests/support/catch.hpp"
#include "tests/unit/syslog/message.hpp"

using namespace sw;

namespace {

std::string with(std::string_view text) { return "<13>Nov 22 11:59:58 mail a: " + std::string(text); }

}  // namespace

TEST_CASE("hostile message: a line break inside is one message, whole, and said") {
    const std::string forged = with("evil\n<0>1 - mail sshd - - - Accepted publickey for root");
    const auto m = read(forged);
    CHECK(m.text == "evil\n<0>1 - mail sshd - - - Accepted publickey for root");
    CHECK(odd(m) == "newline");
    CHECK(m.odd_offset == forged.find('\n'));
    CHECK(m.odd.has_control());
    CHECK(read(with("a\rb")).odd.has(SyslogOddity::newline));
}

TEST_CASE("hostile message: the end of a line, CR LF or NUL, is no part of it and not odd") {
    for (const std::string& end : {std::string("\n"), std::string("\r\n"), std::string(1, '\0'), std::string("\n\0", 2)}) {
        const auto m = read(with("x") + end);
        CHECK(m.text == "x");
        CHECK(odd(m).empty());
    }
    CHECK(odd(read(with("x\n\n"))) == "newline");
}

TEST_CASE("hostile message: NUL, ESC, backspace, DEL and C1 in either encoding are control octets") {
    for (const std::string& bad :
         {std::string("a\0b", 3), std::string("\x1b[31m"), std::string("a\bb"), std::string("\x7f"), std::string("\xc2\x9b")}) {
        const auto m = read(with(bad));
        CHECK(m.text == bad);
        CHECK(odd(m) == "control-octets");
        CHECK(m.odd.has_control());
    }
    // A lone 0x9b is C1 to a terminal that is not in UTF-8, and no UTF-8 to any other.
    CHECK(odd(read(with("\x9b"))) == "text-not-utf8");
    CHECK(odd(read(with("a\tb"))).empty());
}

TEST_CASE("hostile message: control octets are found in the header, too") {
    CHECK(odd(read("<34>1 - ho\x1bst a - - - x")) == "control-octets");
    CHECK(odd(read("<34>1 - h a - - [a b=\"\x1b\"] x")) == "control-octets");
    CHECK(odd(read(std::string_view("<34>1 - h\0 a - - - x", 20))) == "control-octets");
}

TEST_CASE("hostile message: bidirectional controls and hidden characters") {
    CHECK(odd(read(with("\xe2\x80\xaetxt"))) == "bidi-octets");  // U+202E
    CHECK(odd(read(with("\xe2\x81\xa6x"))) == "bidi-octets");    // U+2066
    CHECK(odd(read(with("\xe2\x80\x8bx"))) == "bidi-octets");    // U+200B
    CHECK(read(with("\xe2\x80\xaetxt")).odd.has_control());
}

TEST_CASE("hostile message: overlong and broken UTF-8 stays as it is, and is said") {
    for (const char* bad : {"\xff", "\xc0\x8a", "\xe0\x80\x8a", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xc3"}) {
        const auto m = read(with(bad));
        CHECK(m.text == bad);
        CHECK(odd(m) == "text-not-utf8");
    }
}

TEST_CASE("hostile message: 64 KiB are read, one octet more is cut and said") {
    const std::string front = with("");
    const std::string all = front + std::string(65'535 - front.size(), 'a');
    CHECK(odd(read(all)).empty());
    CHECK(read(all).text.size() == 65'535 - front.size());
    const auto m = read(all + "b");
    CHECK(odd(m) == "too-long");
    CHECK(m.odd_offset == 65'535);
    CHECK(m.text.size() == 65'535 - front.size());
}

TEST_CASE("hostile message: a forged date is data, the claimed time is what was claimed") {
    CHECK(claimed(read("<13>1970-01-01T00:00:00Z mail a: x")) == "1970-01-01T00:00:00.000000000Z");
    CHECK(claimed(read("<13>9999-12-31T23:59:59Z mail a: x")) == "none");
    CHECK(odd(read("<13>9999-12-31T23:59:59Z mail a: x")) == "stamp-invalid");
    CHECK(claimed(read("<13>2026-11-22T12:00:00+99:99 mail a: x")) == "none");
}

TEST_CASE("hostile message: a sender cannot make itself the kernel by what follows its priority") {
    const auto m = read("<13><0>Nov 22 11:59:58 mail kernel: [    0.000000] Linux version 6.1");
    CHECK(m.facility == 1);
    CHECK(odd(m) == "pri-twice");
}

TEST_CASE("hostile message: any octets at all are read, and every view lies within them") {
    // All strings of up to three of the octets that the grammar cares about, in front of and behind a header.
    const std::string alphabet = "<>13 [:]-\"\\=\x00\x1b\xef\xff\nNT.Z";
    const auto within = [](std::string_view view, std::string_view all) {
        return view.empty() || (view.data() >= all.data() && view.data() + view.size() <= all.data() + all.size());
    };
    std::size_t read_count = 0;
    const auto check = [&](const std::string& s) {
        const auto m = parse_syslog(s, noon);
        for (std::string_view v : {m.stamp, m.host, m.app_name, m.proc_id, m.msg_id, m.structured_data, m.text})
            if (!within(v, s)) FAIL("a view outside of " << s);
        if (!m.odd.empty() && m.odd_offset > s.size()) FAIL("an offset outside of " << s);
        ++read_count;
    };
    for (const char* front : {"", "<13>", "<13>1 ", "<13>1 - h a - - ", "<13>Nov 22 11:59:58 ", "<13>Nov 22 11:59:58 mail a"})
        for (char a : alphabet)
            for (char b : alphabet)
                for (char c : alphabet) check(std::string(front) + a + b + c);
    CHECK(read_count == 6 * alphabet.size() * alphabet.size() * alphabet.size());
}
