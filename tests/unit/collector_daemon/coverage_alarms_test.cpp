#include "collector/daemon/coverage_alarms.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/records.hpp"

namespace sw::test {
namespace {

struct Counted : RecordSink {
    std::size_t coverages = 0;
    void run(const RunRecord&) override {}
    void finding(const FindingRecord&) override {}
    void packet(const PacketRecord&) override {}
    void count(const CountRecord&) override {}
    void flow(const FlowRecord&) override {}
    void opening(const OpeningRecord&) override {}
    void log(const LogRecord&) override {}
    void chart(const ChartRecord&) override {}
    void coverage(const CoverageRecord&) override { ++coverages; }
    void heartbeat(const HeartbeatRecord&) override {}
};

struct Watched {
    Counted store;
    CoverageAlarms alarms{store, "spool"};
    std::int64_t stretch = 0;

    CoverageRecord next() {
        CoverageRecord c = coverage_record("", 100, "");
        c.from = c.to = record_start + std::chrono::seconds{10 * stretch++};
        return c;
    }
    std::vector<std::string> dropped(std::optional<std::uint64_t> frames) {
        CoverageRecord c = next();
        c.kernel_drops = frames;
        alarms.coverage(c);
        std::vector<std::string> sentences;
        for (const AlarmRecord& a : alarms.take()) sentences.push_back(a.sentence);
        return sentences;
    }
};

std::vector<std::string> drops(const std::string& sum) { return {"spool: " + sum + " frames were dropped by the kernel and never judged"}; }

}  // namespace

TEST_CASE("coverage alarms: a loss rings when it begins and again when its sum has one digit more") {
    Watched w;
    CHECK(w.dropped(4) == drops("4"));
    CHECK(w.dropped(5).empty());
    CHECK(w.dropped(1) == drops("10"));
    CHECK(w.dropped(80).empty());
    CHECK(w.dropped(10) == drops("100"));
    CHECK(w.store.coverages == 5);
}

TEST_CASE("coverage alarms: after a stretch that was whole a loss is new again") {
    Watched w;
    CHECK(w.dropped(4) == drops("4"));
    CHECK(w.dropped(0).empty());
    CHECK(w.dropped(2) == drops("2"));
}

TEST_CASE("coverage alarms: a number that nobody knows is no loss") {
    Watched w;
    CHECK(w.dropped(std::nullopt).empty());
}

TEST_CASE("coverage alarms: what the sensor tells itself is not told a second time") {
    Watched w;
    CoverageRecord c = w.next();
    c.kernel_drops = 5;
    c.samples_dropped = 7;
    c.clock_steps = 1;
    c.told = true;
    w.alarms.coverage(c);
    CHECK(w.alarms.take().empty());
    CHECK(w.store.coverages == 1);
    CHECK(w.dropped(4) == drops("4"));
}

TEST_CASE("coverage alarms: what a mirror lost on its way rings high, also where the sensor tells of all other losses itself") {
    Watched w;
    const auto lost = [&w](std::optional<std::uint64_t> packets, bool told) {
        CoverageRecord c = w.next();
        c.mirror_lost = packets;
        c.kernel_drops = told ? 9 : 0;
        c.told = told;
        w.alarms.coverage(c);
        return w.alarms.take();
    };
    CHECK(lost(std::nullopt, false).empty());
    CHECK(lost(0, false).empty());
    CHECK(lost(0, true).empty());
    for (const bool told : {false, true}) {
        const auto alarms = lost(7, told);
        REQUIRE(alarms.size() == 1);
        CHECK((alarms[0].severity == Severity::high && alarms[0].kind == "coverage" && alarms[0].count == 7));
        CHECK(alarms[0].sentence == "spool: 7 packets of the mirror did not arrive and were never judged");
        CHECK(lost(2, told).empty());      // 9 in all
        CHECK(lost(1, told).size() == 1);  // 10
        CHECK(lost(0, false).empty());     // whole again
    }
}

TEST_CASE("coverage alarms: packets not kept ring high and a clock that steps is a notice") {
    Watched w;
    CoverageRecord c = w.next();
    c.samples_dropped = 7;
    c.clock_steps = 2;
    w.alarms.coverage(c);
    const auto alarms = w.alarms.take();
    REQUIRE(alarms.size() == 2);
    CHECK(alarms[0].severity == Severity::high);
    CHECK(alarms[0].count == 7);
    CHECK(alarms[0].kind == "coverage");
    CHECK(alarms[1].severity == Severity::notice);
    CHECK(alarms[1].sentence == "spool: the clock stepped 2 times within a stretch");
}

TEST_CASE("coverage alarms: a stretch that is read twice because the store failed rings once") {
    Watched w;
    CoverageRecord c = w.next();
    c.interface_drops = 9;
    w.alarms.coverage(c);
    CHECK(w.alarms.take().size() == 1);
    w.alarms.coverage(c);
    CHECK(w.alarms.take().empty());
    CHECK(w.store.coverages == 2);
}

}  // namespace sw::test
