#include "collector/daemon/finding_alarms.hpp"

#include <filesystem>

#include "collector/store/schema.hpp"
#include "tests/unit/alarm/records.hpp"
#include "tests/unit/store/store_room.hpp"

namespace sw::test {
namespace {

/// A spool's ingest, and what tells of it on a connection of its own.
struct Post {
    Room room;
    Store store;
    std::unique_ptr<AlarmWriter> journal;
    std::optional<FindingAlarms> alarms;
    std::uint64_t offset = 0;

    explicit Post(const std::string& name = "spool:aa") : store(open_store(room.path(), Store::Access::review)) {
        std::filesystem::create_directory(folder());
        room.begin(name);
        begin();
    }
    std::string folder() const { return room.folder.at("alarms"); }
    void begin() {
        journal = writer_of(folder());
        alarms.emplace(store, *journal);
    }
    /// As after a kill between alarm and note.
    void begin_anew() {
        alarms.reset();
        journal.reset();
        begin();
        REQUIRE(alarms->recall(folder()));
    }
    void seen(std::uint64_t packets, Severity severity = Severity::high, std::uint32_t who = 1, const std::string& rung_by_sensor = "") {
        FindingRecord f = finding_record(who, who);
        f.severity = severity;
        f.alarm = rung_by_sensor;
        room.ingest.finding(f);
        room.packets(who, packets);
        room.commit(++offset);
    }
    void tell() { REQUIRE(alarms->tell(100)); }
    std::string rung() const {
        std::string text;
        for (const AlarmRecord& a : all_of(folder()).alarms)
            text +=
                a.kind + " " + std::string(to_string(a.severity)) + " " + std::to_string(a.finding) + " " + std::to_string(a.count) + "\n";
        return text;
    }
    std::string due() { return room.rows("SELECT count(*) FROM alarm_due"); }
};

}  // namespace

TEST_CASE("finding alarms: a new finding rings at once and again when its count has one digit more") {
    Post post;
    std::string expected = "finding high 1 1\n";
    post.seen(1);
    post.tell();
    CHECK(post.rung() == expected);
    post.seen(8);
    post.tell();
    CHECK(post.rung() == expected);
    post.seen(1);
    post.tell();
    CHECK(post.rung() == (expected += "recurrence notice 1 10\n"));
    post.seen(89);
    post.tell();
    CHECK(post.rung() == expected);
    post.seen(2000);
    post.tell();
    CHECK(post.rung() == (expected += "recurrence notice 1 2099\n"));
    CHECK(post.due() == "0");
}

TEST_CASE("finding alarms: a finding that comes with many packets at once rings once") {
    Post post;
    post.seen(5000, Severity::critical);
    post.tell();
    post.tell();
    CHECK(post.rung() == "finding critical 1 5000\n");
}

TEST_CASE("finding alarms: what its sensor has rung is not rung a second time but told again when it recurs") {
    Post post;
    post.seen(1, Severity::critical, 1, "0123abcd:7");
    post.tell();
    CHECK(post.rung().empty());
    CHECK(post.due() == "0");
    post.seen(9, Severity::critical, 1, "0123abcd:7");
    post.tell();
    CHECK(post.rung() == "recurrence notice 1 10\n");
    post.seen(250, Severity::critical, 2, "0123abcd:8");
    post.tell();
    CHECK(post.rung() == "recurrence notice 1 10\nrecurrence notice 2 250\n");
}

TEST_CASE("finding alarms: a critical finding whose sensor could not ring is rung here") {
    Post post;
    post.seen(1, Severity::critical, 1, "");
    post.tell();
    CHECK(post.rung() == "finding critical 1 1\n");
}

TEST_CASE("finding alarms: what somebody decided on rings no more unless it is critical") {
    Post post;
    post.seen(1, Severity::high, 1);
    post.seen(1, Severity::critical, 2);
    post.tell();
    REQUIRE(post.room.store.db().execute("UPDATE finding SET state = 'dismissed'"));
    post.seen(20, Severity::high, 1);
    post.seen(20, Severity::critical, 2);
    post.tell();
    CHECK(post.rung() == "finding high 1 1\nfinding critical 2 1\nrecurrence notice 2 21\n");
    CHECK(post.due() == "0");
}

TEST_CASE("finding alarms: a store of version 1 is brought to the version that notes what is due and keeps silent about what it has") {
    const cli::Folder folder;
    {
        auto db = Database::open(folder.at("old.db"), Database::Access::create);
        REQUIRE(db);
        REQUIRE(migrate(*db, migrations().first(1)));
        REQUIRE(db->execute(
            "INSERT INTO policy VALUES ('aa', 'p', x'', 0);"
            "INSERT INTO finding (key, shape, severity, black, folded, reasons, sentence, why, detail, direction, proto, count, first, last,"
            " policy_sha256) VALUES (x'00', '{}', 2, 0, 0, '[]', 's', '[]', '', 'inbound', 'tcp', 500, 0, 0, 'aa')"));
    }
    Store store = open_store(folder.at("old.db"));
    CHECK(*store.db().value("PRAGMA user_version") == Store::version);
    CHECK(*store.db().value("SELECT count(*) FROM finding") == 1);
    CHECK(*store.db().value("SELECT count(*) FROM alarm_due") == 0);
}

TEST_CASE("finding alarms: a capture file that is replayed into the store rings nothing") {
    Post post("capture:aa");
    post.seen(100);
    post.tell();
    CHECK(post.rung().empty());
}

TEST_CASE("finding alarms: what was committed but not rung when the process died rings at the next start") {
    Post post;
    post.seen(3);
    post.begin_anew();
    CHECK(post.due() == "1");
    post.tell();
    CHECK(post.rung() == "finding high 1 3\n");
}

TEST_CASE("finding alarms: what was rung when the process died but still noted as due is not rung again") {
    Post post;
    post.seen(3);
    REQUIRE(post.room.store.db().execute("CREATE TABLE kept AS SELECT * FROM alarm_due"));
    post.tell();
    REQUIRE(post.room.store.db().execute("INSERT INTO alarm_due SELECT * FROM kept"));
    post.begin_anew();
    CHECK(post.due() == "0");
    post.tell();
    CHECK(post.rung() == "finding high 1 3\n");
}

TEST_CASE("finding alarms: an old alarm of another store does not silence a finding of the same number") {
    Post post;
    AlarmRecord old;
    old.at = {1};
    old.severity = Severity::high;
    old.kind = "finding";
    old.sentence = finding_record(1, 1).sentence;
    old.finding = 1;
    old.count = 3;
    REQUIRE(post.journal->alarm(old));
    post.seen(3);
    post.begin_anew();
    CHECK(post.due() == "1");
}

TEST_CASE("finding alarms: many that are due are told in steps") {
    Post post;
    for (std::uint32_t who = 1; who <= 7; ++who) post.seen(1, Severity::high, who);
    CHECK(*post.alarms->tell(3) == 3);
    CHECK(*post.alarms->tell(3) == 3);
    CHECK(*post.alarms->tell(3) == 1);
    CHECK(*post.alarms->tell(3) == 0);
    CHECK(post.alarms->told() == 7);
}

}  // namespace sw::test
