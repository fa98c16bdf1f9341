#include "tests/support/catch.hpp"
#include "tests/unit/syslog/message.hpp"

using namespace sw;

TEST_CASE("rfc 3164: every field of a whole message") {
    const auto m = read("<34>Nov 22 11:59:58 mail postfix/smtpd[1234]: connect from unknown[203.0.113.9]");
    CHECK(m.format == SyslogFormat::rfc3164);
    CHECK(m.facility == 4);
    CHECK(m.severity == 2);
    CHECK(claimed(m) == "2026-11-22T11:59:58.000000000Z");
    CHECK_FALSE(m.claimed_zone);
    CHECK(m.host == "mail");
    CHECK(m.app_name == "postfix/smtpd");
    CHECK(m.proc_id == "1234");
    CHECK(m.text == "connect from unknown[203.0.113.9]");
    CHECK(odd(m).empty());
}

TEST_CASE("rfc 3164: the year is the one nearest to the time of receipt") {
    const Timestamp new_year{std::int64_t{1'798'761'600} * 1'000'000'000};  // 2027-01-01T00:00:00Z
    CHECK(claimed(read("<13>Dec 31 23:59:59 h a: x", new_year)) == "2026-12-31T23:59:59.000000000Z");
    CHECK(claimed(read("<13>Jan  1 00:00:01 h a: x", new_year + Duration{-2'000'000'000})) == "2027-01-01T00:00:01.000000000Z");
    // Half a year away, the nearest may lie ahead: 23 May is 181 days on and 183 back, 25 May the other way round.
    CHECK(claimed(read("<13>May 23 00:00:00 h a: x", noon)) == "2027-05-23T00:00:00.000000000Z");
    CHECK(claimed(read("<13>May 25 00:00:00 h a: x", noon)) == "2026-05-25T00:00:00.000000000Z");
}

TEST_CASE("rfc 3164: 29 February takes the nearest leap year or is no time") {
    const Timestamp in_2027{std::int64_t{1'803'859'200} * 1'000'000'000};  // 2027-03-01T00:00:00Z
    CHECK(claimed(read("<13>Feb 29 12:00:00 h a: x", in_2027)) == "2028-02-29T12:00:00.000000000Z");
    const auto m = read("<13>Feb 29 12:00:00 h a: x", {std::int64_t{1'772'323'200} * 1'000'000'000});  // 2026-03-01
    CHECK_FALSE(m.claimed);
    CHECK(odd(m) == "stamp-invalid");
}

TEST_CASE("rfc 3164: stamps as they are really sent") {
    const auto is = [](std::string_view stamp, std::string_view time) {
        INFO(stamp);
        const auto m = read("<13>" + std::string(stamp) + " mail a[1]: x");
        CHECK(claimed(m) == time);
        CHECK(m.host == "mail");
        CHECK(m.app_name == "a");
        CHECK(odd(m).empty());
    };
    is("Nov  3 17:46:12", "2026-11-03T17:46:12.000000000Z");
    is("Nov 3 17:46:12", "2026-11-03T17:46:12.000000000Z");
    is("NOV 22 00:00:33", "2026-11-22T00:00:33.000000000Z");
    is("Nov 22 00:00:33:", "2026-11-22T00:00:33.000000000Z");
    is("Apr 29 2016 13:58:40", "2016-04-29T13:58:40.000000000Z");
    is("Apr 29 13:58:40 2016", "2016-04-29T13:58:40.000000000Z");
    is("Apr 29 2016 13:58:40.411:", "2016-04-29T13:58:40.411000000Z");
    is(".Apr 15 2007 21:28:13:", "2007-04-15T21:28:13.000000000Z");
    is("*Apr 15 2007 21:28:13", "2007-04-15T21:28:13.000000000Z");
    is("2026-11-10T10:43:21.156+02:00", "2026-11-10T08:43:21.156000000Z");
    is("2026-11-10 10:43:21,156", "2026-11-10T10:43:21.156000000Z");
    is("2026-11-10T10:43:21.12345678901234567890Z", "2026-11-10T10:43:21.123456789Z");
    is("2026-11-10T23:59:60Z", "2026-11-11T00:00:00.000000000Z");
}

TEST_CASE("rfc 3164: what is missing is missing, and never taken from the text") {
    const auto parts = [](std::string_view octets) {
        const auto m = read(octets);
        return std::string(m.host) + "|" + std::string(m.app_name) + "|" + std::string(m.proc_id) + "|" + std::string(m.text) + "|" +
               odd(m);
    };
    CHECK(parts("<13>Nov 22 11:59:58 sshd[7]: hello") == "|sshd|7|hello|no-host");
    CHECK(parts("<13>Nov 22 11:59:58 mail last message repeated 2 times") == "mail|||last message repeated 2 times|no-tag");
    CHECK(parts("<13>sshd[7]: hello") == "|sshd|7|hello|no-stamp no-host");
    CHECK(parts("<13> sshd[7]: hello") == "|sshd|7|hello|no-stamp no-host");
    CHECK(parts("<13>hello world") == "|||hello world|no-stamp no-host no-tag");
    CHECK(parts("<13>  indented: no") == "|indented||no|no-stamp no-host");
    CHECK(parts("<13>  two words") == "|||  two words|no-stamp no-host no-tag");
    CHECK(parts("hello") == "|||hello|no-pri no-stamp no-host no-tag");
    CHECK(parts("<13>Nov 22 11:59:58") == "||||no-host no-tag");
    CHECK(parts("<13>Nov 22 11:59:58 hello") == "|||hello|no-host no-tag");
    CHECK(parts("<13>") == "||||no-stamp no-host no-tag");
    CHECK(parts("") == "||||no-pri no-stamp no-host no-tag");
}

TEST_CASE("rfc 3164: tags of every kind") {
    const auto tag = [](std::string_view octets) {
        const auto m = read("<13>Nov 22 11:59:58 mail " + std::string(octets));
        return std::string(m.app_name) + "|" + std::string(m.proc_id) + "|" + std::string(m.text);
    };
    CHECK(tag("dovecot: imap-login: Login") == "dovecot||imap-login: Login");
    CHECK(tag("CRON[12]: (root) CMD (x)") == "CRON|12|(root) CMD (x)");
    CHECK(tag("/bsd: panic") == "/bsd||panic");
    CHECK(tag("(sd-pam)[12]: x") == "(sd-pam)|12|x");
    CHECK(tag("%PIX-6-302014: Teardown") == "%PIX-6-302014||Teardown");
    CHECK(tag("docker/6befb258da22[6128]: x") == "docker/6befb258da22|6128|x");
    CHECK(tag("su[12] hello") == "su|12|hello");
    CHECK(tag("tag:no space") == "tag||no space");
    CHECK(tag("tag:  two") == "tag|| two");
    CHECK(tag("tag:") == "tag||");
    CHECK(tag("tag[") == "||tag[");
    CHECK(tag("tag[]: x") == "||tag[]: x");
    CHECK(tag("tag[a b]: x") == "||tag[a b]: x");
    CHECK(tag("tag[1]x: y") == "||tag[1]x: y");
    CHECK(tag("{\"json\": 1}") == "||{\"json\": 1}");
    CHECK(tag("key=value: x") == "||key=value: x");
    CHECK(tag(": x") == "||: x");
    CHECK(tag(std::string(257, 'a') + ": x") == "||" + std::string(257, 'a') + ": x");
}

TEST_CASE("rfc 3164: an address may be a host, a tag may not") {
    const auto host = [](std::string_view word) { return std::string(read("<13>Nov 22 11:59:58 " + std::string(word) + " a: x").host); };
    CHECK(host("192.0.2.25") == "192.0.2.25");
    CHECK(host("2001:db8::25") == "2001:db8::25");
    CHECK(host("2001:db8::") == "2001:db8::");
    CHECK(host("0000:BABA:BA00:DAB:BABA:BABA:BABA:BAB0") == "0000:BABA:BA00:DAB:BABA:BABA:BABA:BAB0");
    CHECK(host("192.168.33.8-1") == "192.168.33.8-1");
    CHECK(host("abc:").empty());
    CHECK(host("a:b:").empty());
    CHECK(host("%host").empty());
    CHECK(host("ho[st").empty());
}

TEST_CASE("priority: 0 to 191, and what is none") {
    const auto pri = [](std::string_view octets) {
        const auto m = read(std::string(octets) + "Nov 22 11:59:58 h a: x");
        return std::to_string(m.facility) + "." + std::to_string(m.severity) + " " + odd(m);
    };
    CHECK(pri("<0>") == "0.0 ");
    CHECK(pri("<191>") == "23.7 ");
    CHECK(pri("<192>") == "1.5 pri-invalid");
    CHECK(pri("<999>") == "1.5 pri-invalid");
    CHECK(pri("<013>") == "1.5 pri-invalid");
    CHECK(pri("<00>") == "0.0 pri-invalid");
    CHECK(pri("<13><0>") == "1.5 pri-twice");
    CHECK(pri("<0><13>") == "0.0 pri-twice");
}

TEST_CASE("priority: where it is broken, everything is text") {
    for (const char* octets : {"<189 Feb  3 12:34:56 host program[pid]: message", "<>x", "<1234>x", "<-1>x", "<1x>x", "<", "<13"}) {
        INFO(octets);
        const auto m = read(octets);
        CHECK(m.text == octets);
        CHECK(m.app_name.empty());
        CHECK(m.facility == 1);
        CHECK(odd(m) == "pri-invalid");
    }
}
