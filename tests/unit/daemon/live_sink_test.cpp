#include "sensor/daemon/live_sink.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/alarm/records.hpp"

namespace sw::test {
namespace {

/// A journal on a disk that may be full.
struct Journal final : AlarmWriter {
    std::vector<AlarmRecord> alarms;
    std::string id;
    bool full = false;

    bool alarm(AlarmRecord record) override {
        id = "0123abcd:" + std::to_string(alarms.size() + 1);
        alarms.push_back(std::move(record));
        return !full;
    }
    const std::string& last_id() const override { return id; }
    bool heartbeat(const AlarmHeartbeat&) override { return !full; }
};

FindingRecord finding(Severity severity, Reason reason) {
    FindingRecord f;
    f.finding = 1;
    f.severity = severity;
    f.shape.reasons = reason;
    f.sentence = "192.0.2.25 (mail) tried to open tcp.";
    return f;
}

}  // namespace

TEST_CASE("live sink: a critical finding rings before its record is written and the record names the alarm") {
    Journal journal;
    Bell bell(journal, "span0");
    CHECK(rung(finding(Severity::critical, Reason::forbidden), bell).alarm == "0123abcd:1");
    CHECK(rung(finding(Severity::critical, Reason::self_traffic), bell).alarm == "0123abcd:2");
    REQUIRE(journal.alarms.size() == 2);
    CHECK(journal.alarms[0].kind == "finding");
    CHECK(journal.alarms[1].kind == "self-traffic");
    CHECK(journal.alarms[0].severity == Severity::critical);
    CHECK(journal.alarms[0].sentence == "span0: 192.0.2.25 (mail) tried to open tcp.");
}

TEST_CASE("live sink: other findings are left to the collector") {
    Journal journal;
    Bell bell(journal, "span0");
    for (const Severity severity : {Severity::notice, Severity::high}) CHECK(rung(finding(severity, Reason::no_rule), bell).alarm.empty());
    CHECK(journal.alarms.empty());
}

TEST_CASE("live sink: an alarm that is not on the disk is not named, so that the collector rings too") {
    Journal journal;
    journal.full = true;
    Bell bell(journal, "span0");
    CHECK(rung(finding(Severity::critical, Reason::forbidden), bell).alarm.empty());
    CHECK(journal.alarms.size() == 1);
}

}  // namespace sw::test
