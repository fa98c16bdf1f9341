/// Hostile text in every place of a store that reaches the screen: the output is clean.
#include "tests/cli/queue_desk.hpp"
#include "tests/support/catch.hpp"

namespace sw::cli {
namespace {

/// All octets but NUL, right-to-left override, overlong and cut UTF-8, C1 as UTF-8.
std::string hostile() {
    std::string text;
    for (int octet = 1; octet < 256; ++octet) text += static_cast<char>(octet);
    return text + "\xe2\x80\xae overridden \xc0\x9b[2J \xe0\x80\x9b \xf4\x90\x80\x80 \xc2\x9b 31m \xed\xa0\x80 \xe2\x80";
}

/// As an SQL expression of type TEXT.
std::string as_sql(const std::string& text, const std::string& around = "") {
    constexpr char digits[] = "0123456789abcdef";
    std::string hex;
    for (char c : around + text + around) {
        hex += digits[static_cast<unsigned char>(c) >> 4];
        hex += digits[c & 15];
    }
    return "CAST(x'" + hex + "' AS TEXT)";
}

void check_clean(const Ended& ended) {
    INFO(ended.out);
    INFO(ended.err);
    CHECK(is_clean(ended.out));
    CHECK(is_clean(ended.err));
    CHECK(ended.code <= 4);
}

void look_everywhere(const QueueDesk& desk) {
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{{"queue", "list", "--sort", "id"},
                                                                                       {"queue", "show", "1", "2"},
                                                                                       {"queue", "history"},
                                                                                       {"queue", "history", "--verify"},
                                                                                       {"queue", "take", "1", "--if-version", "77"}}) {
        check_clean(desk.watch(words));
        std::vector<std::string> json = words;
        json.insert(json.begin(), "--json");
        check_clean(desk.watch(json));
    }
}

}  // namespace

TEST_CASE("hostile: the check for clean output tells clean from unclean") {
    CHECK(is_clean("plain text\nand \xc3\xa4"));
    for (const char* text : {"\x1b[2J", "\x7f", "\xc2\x9b", "\xe2\x80\xae", "\xff", "\r", "\xc0\x9b"}) CHECK_FALSE(is_clean(text));
}

TEST_CASE("hostile: octets of every value in every text column of a finding and its samples") {
    for (const std::string column : {"sentence", "detail", "direction", "proto", "nearest", "rule", "analyst", "reasons", "why"}) {
        INFO(column);
        const QueueDesk desk;
        desk.sql("UPDATE finding SET " + column + " = " + as_sql(hostile()));
        look_everywhere(desk);
        if (column == "why") {
            desk.sql("UPDATE finding SET why = json_array(" + as_sql("\x1b[2J \xe2\x80\xae") + ")");
            look_everywhere(desk);
        }
    }
    for (const std::string column : {"comment", "source", "verdict", "reasons"}) {
        INFO(column);
        const QueueDesk desk;
        desk.sql("UPDATE sample SET " + column + " = " + as_sql(hostile()));
        look_everywhere(desk);
    }
}

TEST_CASE("hostile: samples whose octets are of every value are shown clean, dissected too") {
    const QueueDesk desk;
    std::string octets;
    for (int octet = 0; octet < 256; ++octet) octets += static_cast<char>(octet);
    constexpr char digits[] = "0123456789abcdef";
    std::string hex;
    for (char c : octets) (hex += digits[static_cast<unsigned char>(c) >> 4]) += digits[c & 15];
    for (const int linktype : {1, 113, 101, 0, 147}) {
        desk.sql("UPDATE sample SET len = 256, linktype = " + std::to_string(linktype) + ", octets = x'" + hex + "'");
        look_everywhere(desk);
    }
}

TEST_CASE("hostile: what an analyst types is kept as it is and shown escaped") {
    const QueueDesk desk;
    const std::string reason = hostile();
    check_clean(desk.watch({"queue", "note", "1", "-m", reason}));
    check_clean(desk.watch({"queue", "dismiss", "2", "-m", reason}));
    check_clean(desk.watch({"queue", "escalate", "2", "-m", "again"}));
    check_clean(desk.watch({"queue", "list", "--text", reason}));
    check_clean(desk.watch({"queue", "list", "--match", reason}));
    check_clean(desk.watch({"queue", "list", "--state", reason}));
    check_clean(desk.watch({"queue", reason}));
    check_clean(desk.watch({"queue", "take", "1", "--as", reason}));
    look_everywhere(desk);
    CHECK(desk.watch({"queue", "history", "--verify"}).code == 0);
}

TEST_CASE("hostile: a store whose name is hostile") {
    const QueueDesk desk;
    check_clean(run(desk, {"--db", "none\x1b[2J\xe2\x80\xae.db", "queue", "list"}));
    check_clean(run(desk, {"--db", "policy.toml", "queue", "list"}));
}

}  // namespace sw::cli
