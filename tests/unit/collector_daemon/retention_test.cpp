#include "collector/daemon/retention.hpp"

#include "tests/unit/store/store_room.hpp"

namespace sw::test {
namespace {

constexpr auto day = std::chrono::hours{24};

/// Two findings, charts and flows of the first and of the tenth day.
struct TenDays : Room {
    TenDays() {
        for (const Timestamp at : {record_start, record_start + 10 * day}) {
            for (std::uint32_t who = 1; who <= 2; ++who) {
                ingest.finding(finding_record(who, who));
                packets(who, 1, at);
            }
            ChartRecord c;
            c.start = at;
            c.rule = "smtp-in";
            c.initiator = record_host(1);
            c.responder = record_host(25);
            c.packets = 1;
            ingest.chart(c);
            FlowRecord f;
            f.rule = "smtp-in";
            f.tuple.src = record_host(1);
            f.tuple.dst = record_host(25);
            f.first = f.last = at;
            ingest.flow(f);
        }
        commit(1);
    }
    /// One that lives and one that is over, of the first day.
    void sessions() {
        for (const bool live : {true, false}) {
            FlowRecord f;
            f.rule = "admin";
            f.tuple = {record_host(1), record_host(25), static_cast<std::uint16_t>(live ? 1000 : 1001), 22, 6};
            f.ledger = true;
            f.live = live;
            f.opened = f.first = f.last = record_start;
            ingest.flow(f);
        }
        commit(2);
    }
    std::int64_t retain(Timestamp before) {
        std::int64_t sum = 0;
        for (;;) {
            const auto gone = retain_step(store, before);
            REQUIRE(gone);
            if (*gone == 0) return sum;
            sum += *gone;
        }
    }
    std::string left() {
        return rows(
            "SELECT (SELECT count(*) FROM flow) || ' ' || (SELECT count(*) FROM chart) || ' ' || (SELECT count(*) FROM finding_count)");
    }
};

}  // namespace

TEST_CASE("retention: old flows and charts go and those of undecided findings stay") {
    TenDays ten;
    REQUIRE(ten.left() == "2 2 4");
    CHECK(ten.retain(record_start + 5 * day) == 2);
    CHECK(ten.left() == "1 1 4");
    CHECK(ten.rows("SELECT first FROM flow") == std::to_string((record_start + 10 * day).ns));
    CHECK(ten.rows("SELECT count(*) FROM finding WHERE count = 2") == "2");
}

TEST_CASE("retention: old sessions of the ledger go once they are over") {
    TenDays ten;
    ten.sessions();
    ten.retain(record_start + 5 * day);
    CHECK(ten.rows("SELECT state FROM session") == "live");
}

TEST_CASE("retention: when the packets of a decided finding came goes and the finding stays") {
    for (const std::string state : {"open", "taken", "escalated", "allowed", "dismissed"}) {
        INFO(state);
        TenDays ten;
        REQUIRE(ten.store.db().execute("UPDATE finding SET state = '" + state + "' WHERE id = 1"));
        ten.retain(record_start + 5 * day);
        const bool decided = state == "allowed" || state == "dismissed";
        CHECK(ten.left() == (decided ? "1 1 3" : "1 1 4"));
        CHECK(ten.rows("SELECT count FROM finding WHERE id = 1") == "2");
        CHECK(ten.rows("SELECT count(*) FROM sample WHERE finding = 1") == "2");
    }
}

TEST_CASE("retention: what is young enough stays") {
    TenDays ten;
    CHECK(ten.retain(record_start) == 0);
    CHECK(ten.left() == "2 2 4");
}

}  // namespace sw::test
