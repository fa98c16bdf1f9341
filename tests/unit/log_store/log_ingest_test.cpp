/// Lines into the store: what is kept of them, what is odd about who sent them, and that all of it is there exactly once.
#include "tests/unit/log_store/log_room.hpp"

namespace sw::test {
namespace {

using namespace std::string_literals;

const std::string octets = "<13>1 - mail app 7 ID [meta sequenceId=\"5\"] a\0b\x1b[31m\xff\nend"s;

std::string stamped(const std::string& stamp, const std::string& text) { return "<30>" + stamp + " mail app: " + text; }

}  // namespace

TEST_CASE("log ingest: a line is kept octet for octet, with what it says of itself") {
    LogRoom room;
    room.message(octets, "192.0.2.25", LogVia::tls);
    room.commit();
    CHECK(room.rows("SELECT quote(raw) FROM log_event") == room.rows("SELECT quote(x'3c31333e312d') ").substr(0, 0) + [] {
        std::string hex = "X'";
        for (const char c : octets) hex += "0123456789ABCDEF"[static_cast<unsigned char>(c) >> 4], hex += "0123456789ABCDEF"[c & 15];
        return hex + "'";
    }());
    CHECK(room.rows("SELECT host || ' ' || app || ' ' || proc_id || ' ' || msg_id || ' ' || facility || ' ' || severity FROM log_event") ==
          "mail app 7 ID 1 5");
    CHECK(room.rows("SELECT via || ' ' || host || ' ' || lines || ' ' || octets || ' ' || sequence FROM log_source") ==
          "tls mail 1 " + std::to_string(octets.size()) + " 5");
    CHECK(room.rows("SELECT quote(octets) FROM sample WHERE kind = 'log'").find(room.rows("SELECT quote(raw) FROM log_event")) == 0);
}

TEST_CASE("log ingest: rows and positions are in the store together, or not at all") {
    LogRoom room;
    const LogPosition at{"lines:a", 3, 700, "mark", false};
    room.say("app: first 1");
    room.commit(std::span(&at, 1));
    CHECK(room.rows("SELECT segment || ' ' || offset || ' ' || mark FROM journal_offset WHERE journal = 'lines:a'") == "3 700 mark");

    room.say("app: second 2");
    room.say("app: third 3");
    const LogPosition beyond{"lines:a", 4, 1, "", false};
    REQUIRE(room.store.db().execute(
        "CREATE TRIGGER full BEFORE INSERT ON log_event WHEN CAST(NEW.raw AS TEXT) LIKE '%third%' BEGIN SELECT RAISE(ABORT, 'disk full'); END"));
    const auto refused = room.ingest->commit(std::span(&beyond, 1), room.now);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().text.find("disk full") != std::string::npos);
    CHECK(room.rows("SELECT count(*) FROM log_event") == "1");
    CHECK(room.rows("SELECT segment || ' ' || offset FROM journal_offset WHERE journal = 'lines:a'") == "3 700");
    CHECK(room.rows("SELECT sum(count) FROM finding") == "1");
    CHECK_FALSE(room.ingest->commit({}, room.now));  // until recover()

    REQUIRE(room.store.db().execute("DROP TRIGGER full"));
    REQUIRE(room.ingest->recover());
    room.say("app: second 2");
    room.say("app: third 3");
    room.commit(std::span(&beyond, 1));
    CHECK(room.rows("SELECT count(*) FROM log_event") == "3");
    CHECK(room.rows("SELECT sum(count) FROM finding") == "3");
    CHECK(room.rows("SELECT lines FROM log_source") == "3");
    CHECK(room.ingest->totals().lines == 3);
    CHECK((*room.ingest->position("lines:a")).segment == 4);
    CHECK((*room.ingest->position("lines:b")).offset == 0);
}

TEST_CASE("log ingest: what is new of a host is a finding that counts its lines, across runs") {
    LogRoom room;
    for (int i = 0; i < 3; ++i) room.say("postfix/smtpd: connect from mx.example[198.51.100." + std::to_string(i) + "]");
    room.commit();
    room.reopen();
    room.say("postfix/smtpd: connect from mx.example[198.51.100.9]");
    room.say("sshd: Server listening on 0.0.0.0 port 22.");
    room.commit();
    CHECK(room.findings() == "log-new-template mail 4\nlog-new-template mail 1");
    CHECK(room.rows("SELECT DISTINCT kind || ' ' || state || ' ' || black || ' ' || severity FROM finding") == "log open 0 1");
    CHECK(room.rows("SELECT count(*) FROM log_event WHERE finding = (SELECT min(id) FROM finding)") == "4");
}

TEST_CASE("log ingest: a name that is not the sender's is a finding, its own names are none") {
    LogRoom room("[[log.allow]]\nname = \"ready\"\npattern = '^ready$'\n");
    for (const char* name : {"mail", "MAIL", "mail.example.net", "192.0.2.25", "-"}) room.message("<30>1 - "s + name + " app - - - ready");
    room.commit();
    CHECK(room.findings().empty());
    room.message("<30>1 - firewall app - - - ready");
    room.message("<30>1 - mailer app - - - ready");
    room.message("<30>1 - \x1b[2J app - - - ready");
    room.commit();
    CHECK(room.rows("SELECT json_extract(shape, '$.claimed') FROM finding WHERE reasons LIKE '%mismatch%' ORDER BY id") ==
          "firewall\nmailer\n\\x1b[2J");
}

TEST_CASE("log ingest: numbers that are missing in a source's sequence are counted, late ones and a new beginning are not") {
    LogRoom room("[[log.allow]]\nname = \"ready\"\npattern = '^ready$'\n");
    const auto number = [&](const std::string& n) { room.message("<30>1 - - app - - [meta sequenceId=\"" + n + "\"] ready"); };
    for (const char* n : {"7", "8", "10", "9", "11"}) number(n);
    room.commit();
    CHECK(room.findings() == "log-gap mail 1");  // 9 came late: nobody could know
    for (const char* n : {"12", "1", "2", "3"}) number(n);
    room.commit();
    CHECK(room.findings() == "log-gap mail 1");
    number("104");
    room.commit();
    CHECK(room.findings() == "log-gap mail 101");
    CHECK(room.rows("SELECT missing || ' ' || sequence FROM log_source") == "101 104");
    room.reopen();
    number("106");
    room.commit();
    CHECK(room.rows("SELECT missing || ' ' || sequence FROM log_source") == "102 106");
}

TEST_CASE("log ingest: clocks that are centuries off, and made-up sequence numbers, are findings and no more") {
    LogRoom room;
    for (const std::string stamp : {"1678-01-01T00:00:00Z", "2261-12-31T23:59:60Z", "1678-01-01T00:00:00Z", "9999-12-31T23:59:59Z"})
        room.message("<13>1 " + stamp + " mail app - - - hello");
    for (const std::string id : {"1", "18446744073709551615", "2147483647", "5"})
        room.message("<13>1 - mail app - - [meta sequenceId=\"" + id + "\"] hello");
    room.commit();
    CHECK(room.rows("SELECT count FROM finding WHERE reasons LIKE '%clock-skew%'") == "3");
    CHECK(room.rows("SELECT missing FROM log_source") == "2147483645");
    CHECK(room.rows("SELECT count(*) FROM finding WHERE count < 0") == "0");
}

TEST_CASE("log ingest: a clock that goes on and on from line to line is wrong, and in no zone") {
    LogRoom room;
    for (int day = 24; day < 29; ++day) room.message("<13>2026-11-" + std::to_string(day) + "T00:00:00 mail app: hello");
    room.commit();
    CHECK(room.rows("SELECT abs(coalesce(zone, 0)) < 54000 FROM log_source") == "1");
    CHECK(room.rows("SELECT count(*) FROM finding WHERE reasons LIKE '%clock-skew%'") == "1");
}

TEST_CASE("log ingest: a stamp without a zone tells the zone, and a clock that is wrong is a finding") {
    LogRoom room("[[log.allow]]\nname = \"ready\"\npattern = '^ready$'\n");  // it is noon, UTC
    room.message(stamped("Nov 22 13:00:04", "ready"));
    room.commit();
    CHECK(room.findings().empty());
    CHECK(room.rows("SELECT zone FROM log_source") == "3600");
    room.message(stamped("Nov 22 12:00:05", "ready"));  // an hour behind what it was: the zone has changed
    room.commit();
    CHECK(room.findings().empty());
    room.message("<30>1 2026-11-22T12:07:00Z - app - - - ready");
    room.commit();
    CHECK(room.findings() == "log-clock-skew mail 1");
    CHECK(room.rows("SELECT detail FROM finding") == "418 s ahead");
}

TEST_CASE("log ingest: a line break, NUL and an escape sequence are a finding, what is no message is another") {
    LogRoom room;
    room.say("app: one\ntwo");
    room.message("no priority at all");
    room.commit();
    CHECK(room.findings().find("log-malformed mail 1") != std::string::npos);
    CHECK(room.rows("SELECT count(*) FROM log_event WHERE odd <> 0") == "2");
}

TEST_CASE("log ingest: what a spool holds in place of a message is kept and found") {
    LogRoom room;
    room.ingest->line({.via = LogVia::udp,
                       .source = {},
                       .mac = {},
                       .received = noon,
                       .octets = {reinterpret_cast<const std::uint8_t*>("{torn"), 5},
                       .broken = "not JSON"});
    room.commit();
    CHECK(room.findings() == "log-malformed unknown 1");
    CHECK(room.rows("SELECT sentence FROM finding") == "The log spool holds a line that cannot be read: not JSON.");
    CHECK(room.rows("SELECT CAST(raw AS TEXT) FROM log_event") == "{torn");
}

TEST_CASE("log ingest: a host that says nothing for too long is told once, until it speaks again") {
    LogRoom room("[log]\nsilent_minutes = 10\n[[log.allow]]\nname = \"ready\"\npattern = '^ready$'\n", {.live = true});
    room.say("app: ready");
    room.commit();
    const auto later = [&](int minutes) {
        room.now = room.now + std::chrono::minutes{minutes};
        room.commit();
        return room.findings();
    };
    CHECK(later(9).empty());
    CHECK(later(2) == "log-silent mail 1");
    CHECK(later(60) == "log-silent mail 1");
    room.say("app: ready");
    room.commit();
    CHECK(room.findings() == "log-silent mail 1");
    room.reopen();
    CHECK(later(11) == "log-silent mail 2");
}

TEST_CASE("log ingest: a host that is heard on one of its ways is not silent") {
    LogRoom room("[log]\nsilent_minutes = 10\n[[log.allow]]\nname = \"ready\"\npattern = '^ready$'\n", {.live = true});
    room.message("<30>1 - - app - - - ready", "192.0.2.25", LogVia::mirror);
    for (int i = 0; i < 3; ++i) {
        room.now = room.now + std::chrono::minutes{9};
        room.message("<30>1 - - app - - - ready", "192.0.2.25", LogVia::tcp);
        room.commit();
    }
    CHECK(room.findings().empty());
}

TEST_CASE("log ingest: black lines are critical, and nobody allows or learns them") {
    LogRoom room("[[log.allow]]\nname = \"all\"\npattern = '^.*$'\n", {.learn = true});
    room.message("<2>1 - - kernel - - - Kernel panic - not syncing: Fatal exception");
    room.message(
        "<4>1 - - kernel - - - drop IN=eth0 OUT= MAC= SRC=198.51.100.7 DST=192.0.2.25 LEN=60 TTL=64 PROTO=TCP SPT=40000 DPT=23 SYN");
    room.message(
        "<4>1 - - kernel - - - drop IN=eth0 OUT= MAC= SRC=198.51.100.7 DST=192.0.2.25 LEN=60 TTL=64 PROTO=TCP SPT=40001 DPT=23 SYN");
    room.commit();
    CHECK(room.findings() == "log-black mail 1\nlog-black mail 2");  // by who tried to reach whom
    CHECK(room.rows("SELECT DISTINCT black || ' ' || severity FROM finding WHERE reasons LIKE '%black%'") == "1 2");
}

TEST_CASE("log ingest: a drop on a host whose work it is to drop is no finding") {
    LogRoom room("[log]\nfilters = [\"firewall\"]\n");
    const std::string drop =
        "<4>1 - - kernel - - - drop IN=eth0 OUT= MAC= SRC=198.51.100.7 DST=192.0.2.25 LEN=60 TTL=64 PROTO=TCP SPT=40000 DPT=23 SYN";
    room.message(drop, "192.0.2.1");
    room.commit();
    CHECK(room.findings().empty());
    CHECK(room.rows("SELECT verdict FROM log_event") == "1");
    room.message(drop, "192.0.2.25");
    room.commit();
    CHECK(room.findings() == "log-black mail 1");
}

TEST_CASE("log ingest: lines of a file are of the host that they name, or of the one that the analyst names") {
    LogRoom room;
    room.message("Nov 22 12:00:00 web app: hello", "", LogVia::file);
    room.message("Nov 22 12:00:00 other app: hello", "", LogVia::file);
    room.message("no header", "", LogVia::file);  // of the host before it
    room.commit();
    CHECK(room.rows("SELECT host FROM log_source ORDER BY id") == "web\nother");
    room.options.host = "mail";
    room.reopen();
    room.message("Nov 22 12:00:00 web app: hello", "", LogVia::file);
    room.commit();
    CHECK(room.rows("SELECT host FROM log_source ORDER BY id DESC LIMIT 1") == "mail");
}

TEST_CASE("log ingest: losses are summed by hour and origin") {
    LogRoom room;
    room.ingest->lost("socket udp", noon, 3);
    room.ingest->lost("socket udp", noon + std::chrono::minutes{59}, 4);
    room.commit();
    room.ingest->lost("socket udp", noon + std::chrono::minutes{1}, 1);
    room.ingest->lost("socket udp", noon + std::chrono::minutes{60}, 2);
    room.commit();
    CHECK(room.rows("SELECT lost FROM log_loss ORDER BY hour") == "8\n2");
}

TEST_CASE("log ingest: rules that are read again hold from the next line on") {
    LogRoom room;
    room.say("app: ready");
    room.commit();
    CHECK(room.findings() == "log-new-template mail 1");
    room.ingest->set_rules(rules_of("[[log.allow]]\nname = \"ready\"\npattern = '^ready$'\n"));
    room.say("app: ready");
    room.commit();
    room.say("app: ready");
    room.commit();
    CHECK(room.findings() == "log-new-template mail 1");
    CHECK(room.rows("SELECT group_concat(verdict) FROM log_event") == "3,1,1");
}

}  // namespace sw::test
