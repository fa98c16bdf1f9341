#include "rules/policy/diagnostic.hpp"
#include "tests/support/catch.hpp"

using namespace sw;

namespace {

Diagnostic at(std::uint32_t line, std::uint32_t column, std::uint32_t length) {
    return {Diagnostic::Level::error, line, column, length, "unknown-name", "unknown name $mial", "write $mail"};
}

}  // namespace

TEST_CASE("render: place, message, code, line, caret and fix") {
    CHECK(render(at(2, 16, 5), "p.toml", "a = 1\nfilter = \"host $mial\"\nb = 2\n") ==
          "p.toml:2:16: error: unknown name $mial [unknown-name]\n"
          "    2 | filter = \"host $mial\"\n"
          "      |                ^~~~~\n"
          "      fix: write $mail\n");
}

TEST_CASE("render: of the file as a whole, only the message") {
    Diagnostic d{Diagnostic::Level::warning, 0, 0, 1, "no-allow", "no allow rule", ""};
    CHECK(render(d, "p.toml", "x") == "p.toml: warning: no allow rule [no-allow]\n");
}

TEST_CASE("render: the caret stands under its word behind tabs and characters of several octets") {
    CHECK(render(at(1, 6, 1), "p", "\t\xc3\xa9 =x").find("    1 |  \xc3\xa9 =x\n      |     ^\n") != std::string::npos);
}

TEST_CASE("render: nothing from the file reaches the terminal raw") {
    Diagnostic d = at(1, 3, 1);
    d.message = "bad \x1b[31m";
    d.fix = "fix \x07";
    const std::string out = render(d, "p\x1b]0;x\x07", "\x1b[2J\xe2\x80\xae\xff x");
    for (const char c : out) CHECK((static_cast<unsigned char>(c) >= 0x20 || c == '\n'));
    CHECK(out.find("\xe2\x80\xae") == std::string::npos);
    CHECK(out.find("\xff") == std::string::npos);
}

TEST_CASE("render: of a long line only the surroundings are shown") {
    const std::string text = std::string(5000, 'a') + "$mial" + std::string(5000, 'b');
    const std::string out = render(at(1, 5001, 5), "p", text);
    CHECK(out.size() < 600);
    CHECK(out.find("a$mialb") != std::string::npos);
    CHECK(out.find("    1 | ...a") != std::string::npos);
    CHECK(out.find(" ^~~~~\n") != std::string::npos);
}

TEST_CASE("render: a place that is not in the file is no reason to fail") {
    for (const auto& d : {at(9, 1, 1), at(1, 900, 5), at(1, 1, 4'000'000'000U), at(1, 0, 1), at(4'000'000'000U, 4'000'000'000U, 1)})
        CHECK(render(d, "p", "ab\n").starts_with("p:"));
}

TEST_CASE("has_errors: warnings are none") {
    Diagnostic d = at(1, 1, 1);
    CHECK(has_errors({d}));
    d.level = Diagnostic::Level::warning;
    CHECK_FALSE(has_errors({d}));
    CHECK_FALSE(has_errors({}));
}
