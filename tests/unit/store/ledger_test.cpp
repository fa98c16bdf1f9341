// The session ledger in the store: one row a conversation, however often it is told.
#include "collector/store/ledger.hpp"

#include "tests/unit/store/store_room.hpp"

using namespace sw;
using namespace sw::test;
using namespace std::chrono_literals;

namespace {

/// From host `who` to ssh, opened `at`.
FlowRecord session(std::uint32_t who, bool live, Timestamp at = record_start) {
    FlowRecord f;
    f.rule = "admin";
    f.tuple = {record_host(who), record_host(25), 40000, 22, 6};
    f.packets[0] = 3;
    f.octets[1] = 500;
    f.opened = f.first = at;
    f.last = at + 60s;
    f.ledger = true;
    f.live = live;
    return f;
}

struct Spooled : Room {
    RunRecord told = run_record();

    Spooled() { again(1); }
    /// The sensor's run that began then is read on.
    void again(std::int64_t began) {
        begin("spool:aa");
        told.began = {began};
        ingest.run(told);
    }
    std::vector<Session> all(const LedgerQuery& query = {}) {
        auto list = read_ledger(store, query);
        if (!list) FAIL(list.error().text);
        return std::move(*list);
    }
    std::string states() { return rows("SELECT group_concat(state, ' ') FROM (SELECT state FROM session ORDER BY id)"); }
};

}  // namespace

TEST_CASE("ledger: a session is one row, whose last telling stands, and only its end is a flow") {
    Spooled room;
    room.ingest.flow(session(1, true));
    room.commit(1);
    CHECK(room.rows("SELECT count(*) FROM flow") == "0");
    CHECK(room.all().at(0).state == "live");
    FlowRecord more = session(1, true);
    more.names = {{false, "hello-name", "mx.example"}, {true, "banner", "220 \\x1b ready"}};
    room.ingest.flow(more);
    more.live = false;
    more.complete = true;
    more.packets[0] = 9;
    more.last = record_start + 600s;
    room.ingest.flow(more);
    room.commit(2);
    const auto list = room.all();
    REQUIRE(list.size() == 1);
    const Session& s = list[0];
    CHECK((s.state == "complete" && s.rule == "admin" && s.journal == "spool:aa" && s.tuple == more.tuple && s.policy_sha256 == "aa"));
    CHECK((s.packets[0] == 9 && s.octets[1] == 500 && s.opened == record_start && s.last == record_start + 600s));
    REQUIRE(s.names.size() == 2);
    CHECK((s.names[0].by == "initiator" && s.names[0].what == "hello-name" && s.names[0].name == "mx.example"));
    CHECK((s.names[1].by == "responder" && s.names[1].name == "220 \\x1b ready"));
    CHECK(room.rows("SELECT count(*) FROM flow") == "1");
}

TEST_CASE("ledger: sessions that a dead sensor left alive are lost once another run begins, and those that were told to end are not") {
    Spooled room;
    room.ingest.flow(session(1, true));
    room.ingest.flow(session(2, true));
    room.ingest.flow(session(2, false));
    room.commit(1);
    room.again(1);  // another segment, or another collector: the same run
    room.commit(2);
    CHECK(room.states() == "live cut");
    room.again(2);
    room.ingest.flow(session(3, true));
    room.commit(3);
    CHECK(room.states() == "lost cut live");
    room.ingest.run([&] {
        RunRecord next = room.told;
        next.began = {3};
        return next;
    }());
    room.ingest.flow(session(4, true, record_start + 1h));
    room.commit(4);
    CHECK(room.states() == "lost cut lost live");
}

TEST_CASE("ledger: a session of captures is one, though it goes on in the next file, and though it is counted again") {
    Spooled room;
    room.begin("capture:one");
    room.ingest.flow(session(1, true));
    room.commit(1, true);
    room.begin("capture:two");
    room.ingest.flow(session(1, false));
    room.commit(1, true);
    CHECK(room.states() == "cut");
    room.begin("capture:one:2");
    room.ingest.flow(session(1, false));
    room.commit(1, true);
    CHECK(room.states() == "cut");
    CHECK(room.all().at(0).journal.empty());
}

TEST_CASE("ledger: rule, address, time and life choose, and the newest so many come, oldest first") {
    Spooled room;
    for (std::uint32_t who = 1; who <= 9; ++who) room.ingest.flow(session(who, who == 9, record_start + who * 1h));
    FlowRecord other = session(200, false, record_start);
    other.rule = "imap";
    room.ingest.flow(other);
    room.commit(1);
    const auto count = [&](const LedgerQuery& q) {
        const auto n = count_ledger(room.store, q);
        REQUIRE(n);
        CHECK(*n == room.all(q).size());
        return *n;
    };
    CHECK(count({}) == 10);
    CHECK(count({.rules = {"imap"}}) == 1);
    CHECK(count({.rules = {"imap", "admin"}}) == 10);
    CHECK(count({.addresses = {*parse_prefix("10.0.0.8/29")}}) == 2);
    CHECK(count({.addresses = {*parse_prefix("10.0.0.25")}}) == 10);
    CHECK(count({.since = record_start + 8h}) == 2);
    CHECK(count({.since = record_start + 100h}) == 1);  // it lives
    CHECK(count({.until = record_start + 3h}) == 4);
    CHECK(count({.live = true}) == 1);
    const auto newest = room.all({.limit = 2});
    REQUIRE(newest.size() == 2);
    CHECK((newest[0].tuple.src == record_host(8) && newest[1].tuple.src == record_host(9)));
}

TEST_CASE("ledger: a commit that fails leaves no session, and the next one has it") {
    Spooled room;
    room.ingest.flow(session(1, true));
    room.begin("spool:aa");
    CHECK(room.all().empty());
    room.ingest.flow(session(1, true));
    room.commit(1);
    CHECK(room.all().size() == 1);
}

TEST_CASE("mirror: a sample says what to take out of it, and coverage what the mirror lost") {
    Spooled room;
    room.ingest.finding(finding_record(1, 1));
    PacketRecord p = packet_record(1, room.octets);
    p.wrapping = {0, 14, 2};
    p.inner_link = {linktype::raw, false};
    room.ingest.packet(p);
    room.ingest.packet(packet_record(1, room.octets));
    CoverageRecord c = coverage_record("", 2, "");
    c.mirror_lost = 7;
    room.ingest.coverage(c);
    room.ingest.coverage(coverage_record("", 2, ""));
    room.commit(1);
    CHECK(room.rows("SELECT wrapped_from || ' ' || wrapped || ' ' || wrapped_tail || ' ' || inner_linktype FROM sample ORDER BY ordinal") ==
          "0 14 2 101\n0 0 0 1");
    CHECK(room.rows("SELECT coalesce(mirror_lost, 'unknown') FROM coverage ORDER BY id") == "7\nunknown");
    CHECK(room.rows("SELECT octets FROM finding") == std::to_string(60 - 16 + 60));
}
