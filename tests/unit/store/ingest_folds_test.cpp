/// Which row counts a finding: its own, a fold's, or the rest's.
#include "collector/store/finding_key.hpp"
#include "tests/unit/store/store_room.hpp"

namespace sw::test {
namespace {

FindingRecord with_shape(std::uint32_t number, const Shape& shape) {
    FindingRecord f = finding_record(number, 1);
    f.shape = shape;
    return f;
}

const Shape exact = finding_record(1, 7).shape;

/// A store that has the fold in this state; then the exact one comes.
std::string after_fold(const Shape& fold, const std::string& state) {
    Room room;
    room.ingest.finding(with_shape(1, fold));
    room.packets(1, 1);
    room.commit(1, true);
    REQUIRE(room.store.db().execute("UPDATE finding SET state = '" + state + "'"));
    room.begin("capture:bb");
    room.ingest.finding(with_shape(1, exact));
    room.packets(1, 2);
    room.commit(2, true);
    return room.rows("SELECT state||folded||':'||count FROM finding ORDER BY id");
}

}  // namespace

TEST_CASE("canonical: one text for one shape, whatever the order of reasons, and another for every field") {
    CHECK(canonical(exact) ==
          R"({"any":[],"direction":"inbound","ethertype":0,"forbid":"","initiator":"10.0.0.7","network":"ipv4","port":465,"proto":6,)"
          R"("reasons":["no-rule"],"responder":"10.0.0.25","rest":false})");
    std::vector<Shape> others(13, exact);
    others[0].reasons.add(Reason::fragment);
    others[1].forbid = "mail-opens-ssh";
    others[2].network = Network::ipv6;
    others[3].proto = 17;
    others[4].ethertype = 1;
    others[5].direction = Direction::outbound;
    others[6].initiator = record_host(8);
    others[7].responder = record_host(8);
    others[8].port = 466;
    others[9].any_initiator = true;
    others[10].any_responder = true;
    others[11].any_port = true;
    others[12].rest = true;
    for (std::size_t i = 0; i < others.size(); ++i)
        for (std::size_t j = 0; j < i; ++j) CHECK(key_of(canonical(others[i])) != key_of(canonical(others[j])));
    for (const Shape& other : others) CHECK(canonical(other) != canonical(exact));
}

TEST_CASE("folds: a port of a scanned pair, and an initiator of a scanned port, count where the scan does, whatever was decided") {
    for (const std::string state : {"open", "taken", "escalated", "allowed", "dismissed"}) {
        CHECK(after_fold(fold_ports(exact), state) == state + "1:3");
        CHECK(after_fold(fold_initiators(exact), state) == state + "1:3");
    }
}

TEST_CASE("folds: a fold of everything takes what is new while it is undecided, and hides nothing afterwards") {
    for (const std::string state : {"open", "taken", "escalated"}) CHECK(after_fold(fold_all(exact), state) == state + "1:3");
    for (const std::string state : {"allowed", "dismissed"}) CHECK(after_fold(fold_all(exact), state) == state + "1:1\nopen0:2");
}

TEST_CASE("folds: an exact finding that has a row keeps it, though a fold came later") {
    Room room;
    room.ingest.finding(with_shape(1, exact));
    room.ingest.finding(with_shape(2, fold_ports(exact)));
    room.packets(1, 1);
    room.packets(2, 1);
    room.commit(2, true);
    room.begin("capture:bb");
    room.ingest.finding(with_shape(1, exact));
    room.packets(1, 4);
    room.commit(4, true);
    CHECK(room.rows("SELECT folded||':'||count FROM finding ORDER BY id") == "0:5\n1:1");
}

TEST_CASE("folds: what another cause folded is no fold of this one") {
    Shape other = fold_ports(exact);
    other.reasons = Reason::fragment;
    CHECK(after_fold(other, "open") == "open1:1\nopen0:2");
}

TEST_CASE("folds: a scan of the same pair on thirty days makes its rows on the first") {
    Room room;
    for (std::uint32_t day = 0; day < 30; ++day) {
        room.begin("capture:day" + std::to_string(day));
        for (std::uint32_t port = 1; port <= 16; ++port) {
            Shape s = exact;
            s.port = static_cast<std::uint16_t>(day * 100 + port);
            room.ingest.finding(with_shape(port, s));
            room.packets(port, 1);
        }
        room.ingest.finding(with_shape(17, fold_ports(exact)));
        room.packets(17, 10);
        room.commit(26, true);
    }
    CHECK(room.rows("SELECT count(*)||','||sum(count) FROM finding") == "17,780");
}

TEST_CASE("rest: beyond the findings that a store may hold, one takes the rest, and critical ones have room of their own") {
    Room room({.findings = 5, .critical = 2});
    for (std::uint32_t f = 1; f <= 10; ++f) room.ingest.finding(finding_record(f, f));
    for (std::uint32_t f = 11; f <= 15; ++f) {
        FindingRecord black = finding_record(f, f);
        black.shape.forbid = "mail-opens-ssh";
        black.severity = Severity::critical;
        room.ingest.finding(black);
    }
    for (std::uint32_t f = 1; f <= 15; ++f) room.packets(f, f);
    room.commit(120);
    CHECK(room.rows("SELECT count(*)||','||sum(count) FROM finding") == "8,120");
    CHECK(room.rows("SELECT severity||':'||count||':'||sentence FROM finding WHERE shape LIKE '%\"rest\":true%' ORDER BY id") ==
          "1:40:Too many different causes to tell apart: the rest is counted here.\n"
          "2:54:Too many different critical causes to tell apart: the rest of them is counted here.");
    Ingest later(room.store, {.findings = 5, .critical = 2});
    REQUIRE(later.begin("capture:bb"));
    later.run(run_record());
    later.finding(finding_record(1, 99));
    later.packet(packet_record(1, room.octets));
    REQUIRE(later.commit({1, 1}));
    CHECK(room.rows("SELECT count(*)||','||sum(count) FROM finding") == "8,121");
}

}  // namespace sw::test
