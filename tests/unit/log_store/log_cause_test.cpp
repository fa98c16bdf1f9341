/// What a finding of lines is known by.
#include "collector/logs/log_cause.hpp"

#include "rules/logs/black_lines.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/logs/lines.hpp"

namespace sw::test {

TEST_CASE("log cause: it comes back from its shape, whatever its parts hold") {
    for (const std::string_view part : {"plain", "quote\" back\\slash", "\x1b[31m", "\xff\xfe", "a\nb"}) {
        LogCause cause(LogReason::new_value, std::string("host ") + std::string(part));
        cause.with("program", part).with("template", "user <user>").with(value_part(0), part);
        const auto again = cause_from_shape(cause.finding("x").shape);
        REQUIRE(again);
        CHECK(again->key() != LogCause(LogReason::new_value, "host").key());
        CHECK(again->host() == cause.host());
        CHECK(again->part("program") == cause.part("program"));
        CHECK(again->part(value_part(0)) == cause.part(value_part(0)));
        CHECK(again->finding("x").shape == cause.finding("x").shape);
    }
}

TEST_CASE("log cause: parts cannot be made to look like one another") {
    LogCause one(LogReason::new_value, "mail"), other(LogReason::new_value, "mail");
    one.with("program", std::string_view("a\0template=b", 12));
    other.with("program", "a").with("template", "b");
    CHECK(one.key() != other.key());
}

TEST_CASE("log cause: a shape of packets, of nobody and of an unknown reason is none") {
    for (const char* shape :
         {"", "{}", "[1]", R"({"kind":"packet","host":"a","reason":"log-gap"})", R"({"kind":"log","host":"a","reason":"no-rule"})",
          R"({"kind":"log","host":7,"reason":"log-gap"})", R"({"kind":"log","reason":"log-gap"})"})
        CHECK_FALSE(cause_from_shape(shape));
    CHECK(cause_from_shape(R"({"kind":"log","host":"a","reason":"log-gap"})"));
}

TEST_CASE("log cause: a fold keeps what its members have in common") {
    LogCause cause(LogReason::new_value, "mail");
    cause.with("program", "sshd").with("template", "Accepted <user>").with(value_part(0), "eve");
    const LogCause fold = fold_of(cause);
    CHECK(fold.is_folded());
    CHECK(fold.part("template") == "Accepted <user>");
    CHECK(fold.part(value_part(0)).empty());
    LogCause fresh(LogReason::new_template, "mail");
    fresh.with("program", "sshd").with("template", "x");
    CHECK(fold_of(fresh).part("template").empty());
    CHECK(fold_of(fresh).part("program") == "sshd");
    CHECK(fold.key() != cause.key());
}

TEST_CASE("log cause: drops are told apart by who tried to reach whom, not by the port the system picked") {
    const auto key = [](const char* source, const char* sport, const char* dport) {
        const std::string text = std::string("drop IN=eth0 OUT= MAC= SRC=") + source +
                                 " DST=192.0.2.25 LEN=60 TTL=64 PROTO=TCP SPT=" + sport + " DPT=" + dport + " SYN";
        LogVerdict v;
        const LogLine l = kernel(text);
        v.kind = LogVerdict::Kind::black;
        v.reason = LogReason::black;
        v.black = black_line(l);
        REQUIRE(v.black);
        return cause_of(v, l).key();
    };
    CHECK(key("198.51.100.7", "40000", "23") == key("198.51.100.7", "40001", "23"));
    CHECK(key("198.51.100.7", "40000", "23") != key("198.51.100.7", "40000", "25"));
    CHECK(key("198.51.100.7", "40000", "23") != key("198.51.100.8", "40000", "23"));
}

}  // namespace sw::test
