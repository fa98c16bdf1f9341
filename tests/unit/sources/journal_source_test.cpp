/// Lines out of a sensor's spool: those off the mirror, and the conversations that ought to leave one.
#include "collector/sources/journal_source.hpp"

#include "sensor/journal/journal_writer.hpp"
#include "tests/unit/sources/sourced.hpp"

namespace sw::test {
namespace {

struct Mirror : Sourced {
    cli::Folder spool;
    std::unique_ptr<JournalWriter> writer;
    JournalSource source{spool.path(), LogVia::mirror, trouble()};
    std::uint64_t number = 0;

    void write(const JournalLimits& limits = {}) {
        auto made = JournalWriter::open(spool.path(), limits);
        if (!made) FAIL(made.error().text);
        writer = std::move(*made);
        writer->run(run_record());
    }
    void log(const std::string& text) {
        const std::string octets = "<30>app: " + text;
        writer->log({.rule = "syslog",
                     .tuple = {*parse_address("192.0.2.25"), *parse_address("192.0.2.67"), 514, 514, 17},
                     .mac = "02:00:00:00:00:19",
                     .ts = noon + std::chrono::seconds{static_cast<long>(number)},
                     .number = number + 1,
                     .octets = {reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size()}});
        ++number;
    }
    std::size_t take() {
        REQUIRE(writer->flush(true));
        const std::size_t n = read(source);
        commit_of(source);
        return n;
    }
    void restart() {
        reopen();
        source = JournalSource(spool.path(), LogVia::mirror, trouble());
    }
};

}  // namespace

TEST_CASE("journal source: lines off the mirror come with packet time, sender and MAC address, each once") {
    Mirror m;
    m.write();
    m.log("one");
    m.log("two");
    m.take();
    m.restart();
    m.log("three");
    m.take();
    CHECK(m.lines() == "one\ntwo\nthree");
    CHECK(m.rows("SELECT via || ' ' || host || ' ' || mac || ' ' || lines FROM log_source") == "mirror mail 02:00:00:00:00:19 3");
    CHECK(m.rows("SELECT min(received) FROM log_event") == std::to_string(noon.ns));
}

TEST_CASE("journal source: what was not committed is given again, also behind a refusal of the store") {
    Mirror m;
    m.write();
    m.log("one");
    REQUIRE(m.writer->flush(true));
    m.read(m.source);
    m.restart();
    m.take();
    m.log("two");
    REQUIRE(m.writer->flush(true));
    m.read(m.source);
    REQUIRE(m.ingest->recover());
    m.source.rewind();
    // A journal that was just looked for is looked for again a second later.
    m.source = JournalSource(m.spool.path(), LogVia::mirror, m.trouble());
    m.take();
    CHECK(m.lines() == "one\ntwo");
}

TEST_CASE("journal source: it is read across segments, and says which ones it needs no more") {
    Mirror m;
    m.write({.segment_octets = 64u << 10, .total_octets = 64u << 20});
    for (int i = 0; i < 5000; ++i) m.log(std::to_string(i));
    m.take();
    CHECK(m.rows("SELECT count(DISTINCT raw) FROM log_event") == "5000");
    CHECK(m.source.read_to() > 2);
}

TEST_CASE("journal source: lines that found no room in the spool are a loss") {
    Mirror m;
    m.write({.segment_octets = 64u << 10, .total_octets = 256u << 10});
    for (int i = 0; i < 5000; ++i) m.log(std::to_string(i));
    const std::uint64_t dropped = m.writer->logs_dropped();
    REQUIRE(dropped > 0);
    m.writer->coverage(coverage_record("", 5000, ""));
    m.take();
    CHECK(m.rows("SELECT sum(lost) FROM log_loss") == std::to_string(dropped));
    CHECK(std::stoull(m.rows("SELECT count(*) FROM log_event")) + dropped == 5000);
    REQUIRE(m.troubles.size() == 1);
    CHECK(m.troubles.front().find("there was no room for them in its journal") != std::string::npos);
}

TEST_CASE("journal source: a spool that nobody has begun is waited for") {
    Mirror m;
    CHECK(m.read(m.source) == 0);
    CHECK_FALSE(m.source.is_open());
    m.write();
    m.log("one");
    m.restart();
    m.take();
    CHECK(m.lines() == "one");
    CHECK(m.source.is_open());
}

}  // namespace sw::test
