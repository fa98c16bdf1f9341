#include "sensor/daemon/stretch.hpp"

#include "tests/support/catch.hpp"

namespace sw {
namespace {

using namespace std::chrono_literals;

LiveCounters counters(std::optional<std::uint64_t> kernel, std::optional<std::uint64_t> interface) {
    LiveCounters c;
    c.kernel_drops = kernel;
    c.interface_drops = interface;
    return c;
}

}  // namespace

TEST_CASE("stretch: its drops are what the counters grew by, and the next stretch begins where it ends") {
    Stretch stretch(Timestamp{100}, counters(10, 3));
    CHECK(stretch.lost_since(counters(15, 4)) == 6);
    CoverageRecord record;
    record.frames = 1;
    stretch.complete(record, Timestamp{200}, counters(15, 4));
    CHECK(record.kernel_drops == 5u);
    CHECK(record.interface_drops == 1u);
    CHECK(record.error.empty());
    CoverageRecord next;
    next.frames = 1;
    stretch.complete(next, Timestamp{300}, counters(15, 9));
    CHECK(next.kernel_drops == 0u);
    CHECK(next.interface_drops == 5u);
}

TEST_CASE("stretch: it covers the time before its first frame and behind its last one, too") {
    Stretch stretch(Timestamp{100}, {});
    CoverageRecord record;
    record.frames = 2;
    record.from = Timestamp{150};
    record.to = Timestamp{160};
    stretch.complete(record, Timestamp{200}, {});
    CHECK((record.from == Timestamp{100} && record.to == Timestamp{200}));
    // What a frame says of its time counts, where it is beyond.
    CoverageRecord next;
    next.frames = 1;
    next.from = next.to = Timestamp{350};
    stretch.complete(next, Timestamp{300}, {});
    CHECK((next.from == Timestamp{200} && next.to == Timestamp{350}));
}

TEST_CASE("stretch: a counter that nobody can read is unknown, never 0") {
    Stretch stretch(Timestamp{100}, counters(10, {}));
    CoverageRecord record;
    stretch.complete(record, Timestamp{200}, counters({}, 7));
    CHECK_FALSE(record.kernel_drops);
    CHECK_FALSE(record.interface_drops);
    CHECK_FALSE(Stretch::lost(counters({}, {})));
    CHECK(Stretch::lost(counters({}, 7)) == 7u);
}

TEST_CASE("stretch: without a frame it covers the time that passed, and says how long there was no link") {
    Stretch stretch(Timestamp{100}, {});
    stretch.no_link(1s);
    stretch.no_link(2s);
    stretch.clock_stepped();
    CoverageRecord record;
    stretch.complete(record, Timestamp{900}, {});
    CHECK(record.from == Timestamp{100});
    CHECK(record.to == Timestamp{900});
    CHECK(record.error == "no link for 3 s");
    CHECK(record.clock_steps == 1);
    CoverageRecord next;
    stretch.complete(next, Timestamp{1000}, {});
    CHECK(next.from == Timestamp{900});
    CHECK(next.error.empty());
    CHECK(next.clock_steps == 0);
}

TEST_CASE("stretch: why the sensor ended is told beside a link that was away") {
    Stretch stretch(Timestamp{100}, {});
    stretch.note("span0 is gone");
    stretch.no_link(1s);
    CoverageRecord record;
    stretch.complete(record, Timestamp{900}, {});
    CHECK(record.error == "no link for 1 s; span0 is gone");
}

TEST_CASE("stretch: its record says whether the sensor's alarms about it are on the disk") {
    Stretch stretch(Timestamp{100}, {});
    CoverageRecord record;
    stretch.untold();
    stretch.complete(record, Timestamp{900}, {});
    CHECK_FALSE(record.told);
    CoverageRecord next;
    stretch.complete(next, Timestamp{1000}, {});
    CHECK(next.told);
}

TEST_CASE("stretch: coverage is of the time that was watched, and of frames whose own time lies outside of it") {
    Stretch stretch(Timestamp{100}, {});
    CoverageRecord record;
    record.frames = 2;
    record.from = Timestamp{150};
    record.to = Timestamp{160};
    stretch.complete(record, Timestamp{900}, {});
    CHECK(record.from == Timestamp{100});
    CHECK(record.to == Timestamp{900});
    CoverageRecord late;
    late.frames = 1;
    late.from = Timestamp{850};
    late.to = Timestamp{1200};
    stretch.complete(late, Timestamp{1000}, {});
    CHECK(late.from == Timestamp{850});
    CHECK(late.to == Timestamp{1200});
}

}  // namespace sw
