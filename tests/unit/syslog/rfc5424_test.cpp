#include "tests/support/catch.hpp"
#include "tests/unit/syslog/message.hpp"

using namespace sw;

TEST_CASE("rfc 5424: every field of a whole message") {
    const auto m = read(
        "<165>1 2026-10-11T22:14:15.003Z mx.example evntslog 8710 ID47 [ex@32473 iut=\"3\"][meta sequenceId=\"29\"] \xef\xbb\xbfIt begins");
    CHECK(m.format == SyslogFormat::rfc5424);
    CHECK(m.facility == 20);
    CHECK(m.severity == 5);
    CHECK(claimed(m) == "2026-10-11T22:14:15.003000000Z");
    CHECK(m.claimed_zone);
    CHECK(m.host == "mx.example");
    CHECK(m.app_name == "evntslog");
    CHECK(m.proc_id == "8710");
    CHECK(m.msg_id == "ID47");
    CHECK(m.structured_data == "[ex@32473 iut=\"3\"][meta sequenceId=\"29\"]");
    CHECK(m.sequence_id == 29);
    CHECK(m.text == "It begins");
    CHECK(odd(m).empty());
}

TEST_CASE("rfc 5424: nil fields are empty, and a message may have no text") {
    const auto m = read("<0>1 - - - - - -");
    CHECK(m.format == SyslogFormat::rfc5424);
    CHECK(m.facility == 0);
    CHECK_FALSE(m.claimed);
    CHECK(m.host.empty());
    CHECK(m.app_name.empty());
    CHECK(m.structured_data.empty());
    CHECK(m.text.empty());
    CHECK(odd(m).empty());
}

TEST_CASE("rfc 5424: an offset is taken off, west and east") {
    CHECK(claimed(read("<34>1 1987-01-01T12:00:27.000087+00:20 h a - - - x")) == "1987-01-01T11:40:27.000087000Z");
    CHECK(claimed(read("<34>1 2003-08-24T05:14:15.000003-07:00 h a - - - x")) == "2003-08-24T12:14:15.000003000Z");
}

TEST_CASE("rfc 5424: a stamp without a zone is read in the zone that was supposed") {
    const auto m = parse_syslog("<34>1 2026-11-22T12:00:00 h a - - - x", noon, std::chrono::hours{1});
    CHECK(claimed(m) == "2026-11-22T11:00:00.000000000Z");
    CHECK_FALSE(m.claimed_zone);
}

TEST_CASE("rfc 5424: an impossible time is odd, and the rest of the header is read on") {
    for (const char* stamp : {"2026-02-30T12:00:00Z", "2026-13-01T12:00:00Z", "2026-01-01T24:00:00Z", "0001-01-01T00:00:00Z"}) {
        const auto m = read("<34>1 " + std::string(stamp) + " h a - - - x");
        CHECK_FALSE(m.claimed);
        CHECK(odd(m) == "stamp-invalid");
    }
}

TEST_CASE("rfc 5424: what only looks like a version is RFC 3164's text") {
    const auto m = read("<13>1 apple a day");
    CHECK(m.format == SyslogFormat::rfc3164);
    CHECK(m.text == "1 apple a day");
    CHECK(read("<13>2 2026-10-11T22:14:15Z h a - - - x").format == SyslogFormat::rfc3164);
}

TEST_CASE("rfc 5424: a long field is kept whole, and said") {
    const std::string host(300, 'a');
    const auto m = read("<34>1 - " + host + " a - - - x");
    CHECK(m.host == host);
    CHECK(odd(m) == "field-too-long");
    CHECK(m.odd_offset == 8);
}

TEST_CASE("rfc 5424: structured data that breaks the grammar is text, to its last octet") {
    for (const char* sd : {"[", "[]", "[a", "[a b]", "[a b=]", "[a b=\"]", "[a b=\"c\"", "[a b=\"c]d\"]", "[a b=c]", "[a b=\"c\"]x", "x",
                           "]", "[a  b=\"c\"]", "[a=b]", "--"}) {
        INFO(sd);
        const auto m = read("<34>1 - h a - - " + std::string(sd) + " text");
        CHECK(odd(m) == "sd-invalid");
        CHECK(m.structured_data.empty());
        CHECK(m.text == std::string(sd) + " text");
    }
    CHECK(odd(read("<34>1 - h a - -")) == "sd-invalid");
}

TEST_CASE("rfc 5424: parameters are walked as they were sent") {
    StructuredWalk walk("[a b=\"c\" d=\"\\]\\\"\\\\\"][empty][e@1.2 f=\"\"]");
    std::string seen;
    while (const auto p = walk.next()) seen.append(p->id).append(" ").append(p->name).append("=").append(p->value).append("|");
    CHECK(seen == "a b=c|a d=\\]\\\"\\\\|empty =|e@1.2 f=|");
}

TEST_CASE("rfc 5424: a sequence id that is no number is none") {
    CHECK(read("<34>1 - h a - - [meta sequenceId=\"1\"]").sequence_id == 1);
    CHECK_FALSE(read("<34>1 - h a - - [meta sequenceId=\"1x\"]").sequence_id);
    CHECK(read("<34>1 - h a - - [meta sequenceId=\"2147483647\"]").sequence_id == 2'147'483'647);
    CHECK_FALSE(read("<34>1 - h a - - [meta sequenceId=\"2147483648\"]").sequence_id);  // RFC 5424 7.3.1
    CHECK_FALSE(read("<34>1 - h a - - [meta sequenceId=\"99999999999999999999\"]").sequence_id);
    CHECK_FALSE(read("<34>1 - h a - - [other sequenceId=\"1\"]").sequence_id);
}

TEST_CASE("rfc 5424: text that a byte order mark promises to be UTF-8, and is not") {
    CHECK(odd(read("<34>1 - h a - - - \xef\xbb\xbf\xff")) == "utf8-invalid text-not-utf8");
    CHECK(odd(read("<34>1 - h a - - - \xff")) == "text-not-utf8");
    CHECK(odd(read("<34>1 - h a - - - \xef\xbb\xbfgr\xc3\xbc\xc3\x9f")).empty());
}
