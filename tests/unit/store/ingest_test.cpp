/// Records into the store: exactly once, merged over runs, bounded.
#include <limits>

#include "tests/unit/store/store_room.hpp"

namespace sw::test {
namespace {

/// Everything a journal holds: two findings, counts, a flow, a chart row, coverage.
void tell(Ingest& ingest, std::uint64_t from, std::uint64_t to, const std::vector<std::uint8_t>& octets) {
    for (std::uint64_t i = from; i < to; ++i) {
        const Timestamp ts = record_start + std::chrono::seconds(100 * i);
        const auto finding = static_cast<std::uint32_t>(1 + i % 2);
        switch (i % 5) {
            case 3:
                ingest.count({.finding = finding, .packets = 7, .octets = 700, .first = ts, .last = ts});
                ingest.flow({.rule = "smtp-in",
                             .tuple = {record_host(1), record_host(25), 4000, 25, 6},
                             .packets = {5, 4},
                             .octets = {500, 400},
                             .first = ts,
                             .last = ts,
                             .provisional = false,
                             .complete = true});
                break;
            case 4:
                ingest.chart({.start = record_start,
                              .rule = "smtp-in",
                              .initiator = record_host(1),
                              .responder = record_host(25),
                              .proto = 6,
                              .port = 25,
                              .packets = 9,
                              .octets = 900,
                              .flows = 1});
                break;
            default:
                ingest.packet(packet_record(finding, octets, ts, i));
        }
    }
}

constexpr std::uint64_t records = 40;

void describe_findings(Ingest& ingest) {
    ingest.finding(finding_record(1, 7));
    ingest.finding(finding_record(2, 8));
}

std::string whole_journal() {
    Room room;
    describe_findings(room.ingest);
    tell(room.ingest, 0, records, room.octets);
    room.commit(records, true);
    return dump(room.store);
}

}  // namespace

TEST_CASE("ingest: a finding is stored with its words, count, times and first packets") {
    Room room;
    room.ingest.finding(finding_record(1, 7));
    room.packets(1, 3);
    CHECK(room.rows("SELECT count(*) FROM finding") == "0");
    room.commit(3, true);
    CHECK(room.rows("SELECT sentence||'|'||why||'|'||detail||'|'||nearest||'|'||proto||'|'||port||'|'||direction FROM finding") ==
          R"(10.0.0.7 tried to open tcp.|["dst port is not 25"]|SYN|smtp-in|tcp|465|inbound)");
    CHECK(room.rows("SELECT count||','||octets||','||(last - first)||','||samples||','||state FROM finding") == "3,180,2000000000,3,open");
    CHECK(room.rows("SELECT hex(initiator) FROM finding") == "040A000007000000000000000000000000");
    CHECK(room.rows("SELECT ordinal||','||number||','||length(octets)||','||source||','||comment FROM sample") ==
          "1,1,60,capture:aa,GREY: no-rule\n2,2,60,capture:aa,GREY: no-rule\n3,3,60,capture:aa,GREY: no-rule");
    const Ingest::Totals& t = room.ingest.totals();
    CHECK(t.packets == 3);
    CHECK(t.findings_new == 1);
    CHECK(t.findings_known == 0);
    CHECK(t.samples == 3);
}

TEST_CASE("ingest: what was not committed is not in the store, and commit says how far a journal is") {
    Room room;
    CHECK_FALSE(room.begin("capture:bb").known);
    room.ingest.finding(finding_record(1, 7));
    room.packets(1, 2);
    room.commit(2);
    room.packets(1, 5);
    const Ingest::Progress again = room.begin("capture:bb");
    CHECK(again.known);
    CHECK_FALSE(again.complete);
    CHECK(again.position == JournalPosition{1, 2});
    CHECK(again.began.ns > record_start.ns - 1'000'000'000'000'000'000);
    room.commit(2, true);
    CHECK(room.rows("SELECT count FROM finding") == "2");
    CHECK(room.begin("capture:bb").complete);
}

TEST_CASE("ingest: a journal broken off and resumed at any record gives what the whole gives") {
    const std::string expected = whole_journal();
    for (std::uint64_t cut = 0; cut <= records; ++cut) {
        INFO("cut " << cut);
        Room room;
        describe_findings(room.ingest);
        tell(room.ingest, 0, cut, room.octets);
        room.commit(cut);
        tell(room.ingest, cut, records, room.octets);  // never committed: the process dies
        Ingest resumed(room.store);
        const auto progress = resumed.begin("capture:aa");
        REQUIRE(progress);
        CHECK(progress->position.offset == cut);
        resumed.run(run_record());
        describe_findings(resumed);
        tell(resumed, progress->position.offset, records, room.octets);
        REQUIRE(resumed.commit({1, records}, true));
        CHECK(dump(room.store) == expected);
    }
}

TEST_CASE("ingest: commits behind every record give what one commit gives") {
    Room room;
    describe_findings(room.ingest);
    for (std::uint64_t i = 0; i < records; ++i) {
        tell(room.ingest, i, i + 1, room.octets);
        room.commit(i + 1, i + 1 == records);
    }
    CHECK(dump(room.store) == whole_journal());
}

TEST_CASE("ingest: the same cause of another run, day and policy is the same row, with the newest policy's words") {
    Room room;
    room.ingest.finding(finding_record(1, 7));
    room.packets(1, 5);
    room.commit(5, true);
    room.begin("capture:bb", "bb");
    FindingRecord told = finding_record(9, 7);
    told.sentence = "told anew";
    told.nearest = "submission";
    room.ingest.finding(told);
    room.packets(9, 2, record_start + std::chrono::hours(-24));
    room.commit(2, true);
    CHECK(room.rows("SELECT count||','||octets||','||sentence||','||nearest||','||policy_sha256 FROM finding") ==
          "7,420,told anew,submission,bb");
    CHECK(room.rows("SELECT last - first FROM finding") ==
          std::to_string(std::chrono::nanoseconds(std::chrono::hours(24) + std::chrono::seconds(4)).count()));
    CHECK(room.rows("SELECT group_concat(packets) FROM (SELECT packets FROM finding_count ORDER BY start)") == "2,5");
    CHECK(room.rows("SELECT group_concat(ordinal||policy_sha256) FROM sample") == "1aa,2aa,3aa,4aa,5aa,6bb,7bb");
    CHECK(room.ingest.totals().findings_known == 0);
}

TEST_CASE("ingest: two processes that take turns on one store lose and repeat nothing") {
    Room room;
    Store other_store = open_store(room.path());
    Ingest other(other_store);
    REQUIRE(other.begin("capture:bb"));
    other.run(run_record());
    room.ingest.finding(finding_record(1, 7));
    other.finding(finding_record(4, 7));
    for (std::uint64_t turn = 1; turn <= 6; ++turn) {
        room.packets(1, 3);
        for (int i = 0; i < 2; ++i) other.packet(packet_record(4, room.octets));
        room.commit(turn * 3);
        REQUIRE(other.commit({1, turn * 2}));
    }
    CHECK(room.rows("SELECT count||','||samples FROM finding") == "30,16");
    CHECK(room.rows("SELECT count(*)||','||min(ordinal)||','||max(ordinal) FROM sample") == "16,1,16");
    CHECK(room.rows("SELECT sum(packets) FROM finding_count") == "30");
}

TEST_CASE("ingest: a decision is a person's: packets that come again only count up") {
    for (const std::string state : {"dismissed", "allowed", "escalated", "taken"}) {
        Room room;
        room.ingest.finding(finding_record(1, 7));
        room.packets(1, 1);
        room.commit(1);
        REQUIRE(room.store.db().execute("UPDATE finding SET analyst = 'amy', version = 1, state = '" + state + "'"));
        room.packets(1, 4);
        room.commit(5, true);
        CHECK(room.rows("SELECT state||','||analyst||','||version||','||count FROM finding") == state + ",amy,1,5");
    }
}

TEST_CASE("ingest: samples are the first sixteen, then the hundredth, the thousandth and so on, over runs and commits") {
    Room room;
    room.ingest.finding(finding_record(1, 7));
    std::uint64_t offset = 0;
    for (const std::uint64_t some : {10u, 30u, 59u, 1u, 900u, 9'500u}) {
        room.packets(1, some);
        room.commit(offset += some);
    }
    CHECK(room.rows("SELECT count||','||samples||','||samples_dropped FROM finding") == "10500,19,0");
    CHECK(room.rows("SELECT group_concat(ordinal) FROM sample") == "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,100,1000,10000");
}

TEST_CASE("ingest: beyond the octets for samples only a finding's first packet is kept, and what was not is counted") {
    Room room({.octets = 60 * 20});
    for (std::uint32_t f = 1; f <= 3; ++f) room.ingest.finding(finding_record(f, f));
    room.packets(1, 16);
    room.packets(2, 16);
    room.packets(3, 16);
    room.commit(48);
    CHECK(room.rows("SELECT group_concat(samples||'/'||samples_dropped) FROM finding") == "16/0,4/12,1/15");
    CHECK(room.rows("SELECT sum(length(octets)) FROM sample") == "1260");
    CHECK(room.rows("SELECT value FROM setting WHERE name = 'sample_octets'") == "1260");
    CHECK(room.ingest.totals().samples_dropped == 27);
    Ingest later(room.store, {.octets = 60 * 20});
    REQUIRE(later.begin("capture:bb"));
    later.run(run_record());
    for (std::uint32_t f = 100; f < 150; ++f) {
        later.finding(finding_record(f, f));
        later.packet(packet_record(f, room.octets));
    }
    REQUIRE(later.commit({1, 50}));
    CHECK(room.rows("SELECT sum(length(octets)) FROM sample") == "2400");
    CHECK(room.rows("SELECT sum(samples_dropped) FROM finding") == "58");
}

TEST_CASE("ingest: packets whose frames the journal dropped count, and are no samples") {
    Room room;
    room.ingest.finding(finding_record(1, 7));
    room.packets(1, 2);
    room.ingest.count(
        {.finding = 1, .packets = 200, .octets = 9000, .first = record_start, .last = record_start + std::chrono::seconds(9)});
    room.packets(1, 1);
    room.commit(4);
    CHECK(room.rows("SELECT count||','||octets||','||samples FROM finding") == "203,9180,2");
    CHECK(room.rows("SELECT sum(packets) FROM finding_count") == "203");
}

TEST_CASE("ingest: counts over time lie in intervals of five minutes, before 1970 too") {
    Room room;
    room.ingest.finding(finding_record(1, 7));
    for (const std::int64_t second : {0, 299, 300, 301, 100, -1, -300, -301})
        room.ingest.packet(packet_record(1, room.octets, {second * 1'000'000'000}));
    room.ingest.packet(packet_record(1, room.octets, {std::numeric_limits<std::int64_t>::min()}));
    room.ingest.packet(packet_record(1, room.octets, {std::numeric_limits<std::int64_t>::max()}));
    room.commit(10);
    CHECK(
        room.rows("SELECT (start / 1000000000) || ':' || packets FROM finding_count WHERE abs(start / 1000000000) < 1000 ORDER BY start") ==
        "-600:1\n-300:2\n0:3\n300:2");
    CHECK(room.rows("SELECT sum(packets) FROM finding_count") == "10");
}

TEST_CASE("ingest: frames of every octet come back as they were, and hostile texts are stored escaped") {
    Room room;
    std::string evil;
    for (int i = 0; i < 256; ++i) evil += static_cast<char>(i);
    evil += "\u202e\xc0\xaf";
    const std::vector<std::uint8_t> octets(evil.begin(), evil.end());
    FindingRecord f = finding_record(1, 7);
    f.sentence = f.detail = f.nearest = f.shape.forbid = evil;
    f.why = {evil};
    room.ingest.finding(f);
    PacketRecord p = packet_record(1, octets);
    p.comment = evil;
    room.ingest.packet(p);
    room.ingest.coverage(coverage_record(evil, 1, evil));
    room.commit(1);
    auto select = room.store.db().prepare("SELECT octets FROM sample");
    REQUIRE(select);
    REQUIRE(*select->step());
    CHECK(std::vector<std::uint8_t>(select->blob(0).begin(), select->blob(0).end()) == octets);
    for (const std::string column : {"sentence", "detail", "nearest", "rule", "why", "shape"}) {
        const std::string text = room.rows("SELECT " + column + " FROM finding");
        INFO(column);
        CHECK_FALSE(text.empty());
        for (const char c : text) CHECK((static_cast<unsigned char>(c) >= ' ' && c != 0x7f));
        CHECK(text.find("\u202e") == std::string::npos);
    }
    for (const std::string& text :
         {room.rows("SELECT comment FROM sample"), room.rows("SELECT file FROM coverage"), room.rows("SELECT error FROM coverage")}) {
        CHECK(text.find("\\x1b") != std::string::npos);
        CHECK(text.find('\x1b') == std::string::npos);
    }
}

TEST_CASE("ingest: text that is safe already is not escaped a second time") {
    Room room;
    FindingRecord f = finding_record(1, 7);
    f.sentence = "rule \\x1b and a back\\\\slash";
    room.ingest.finding(f);
    room.packets(1, 1);
    room.commit(1);
    CHECK(room.rows("SELECT sentence FROM finding") == f.sentence);
}

TEST_CASE("ingest: a capture file has one coverage row, which a later reading replaces") {
    Room room;
    room.ingest.coverage(coverage_record("a.pcap", 3, "stopped at frame 3"));
    room.commit(3);
    CHECK(room.begin("capture:aa").covered);
    room.ingest.coverage(coverage_record("a.pcap", 5, ""));
    room.commit(5, true);
    CHECK(room.rows("SELECT frames||coalesce(error, '-')||coalesce(kernel_drops, 'unknown') FROM coverage") == "5-unknown");
}

TEST_CASE("ingest: a journal that names what it never described is refused, and nothing of it since the last commit is kept") {
    for (const std::uint32_t number : {0u, 2u, 4'000'000'000u}) {
        Room room;
        room.ingest.finding(finding_record(1, 7));
        room.packets(1, 1);
        room.commit(1);
        room.packets(1, 1);
        room.ingest.packet(packet_record(number, room.octets));
        const auto done = room.ingest.commit({1, 3});
        REQUIRE_FALSE(done);
        CHECK(done.error().code == ExitCode::input);
        CHECK(done.error().text == "journal capture:aa: a packet of finding " + std::to_string(number) + ", which was never described");
        CHECK_FALSE(room.ingest.commit({1, 3}));
        CHECK(room.rows("SELECT count FROM finding") == "1");
        CHECK(room.begin("capture:aa").position.offset == 1);
        room.ingest.finding(finding_record(1, 7));
        room.packets(1, 1);
        room.commit(2);
        CHECK(room.rows("SELECT count FROM finding") == "2");
    }
}

TEST_CASE("ingest: records before any run are refused") {
    const cli::Folder folder;
    Store store = open_store(folder.at("a.db"));
    Ingest ingest(store);
    REQUIRE(ingest.begin("spool:1"));
    ingest.chart({});
    CHECK_FALSE(ingest.commit({1, 1}));
}

TEST_CASE("ingest: a caller that never commits is not let grow, and what it did not commit is gone") {
    Room room;
    for (std::uint32_t f = 1; f <= 30'000; ++f) {
        room.ingest.finding(finding_record(f, f));
        room.ingest.packet(packet_record(f, room.octets));
        REQUIRE(room.ingest.pending() <= 4 * Ingest::comfortable);
    }
    room.begin("capture:aa");
    CHECK(room.rows("SELECT count(*) FROM finding") == "0");
    room.ingest.finding(finding_record(1, 1));
    room.packets(1, 1);
    room.commit(1);
    CHECK(room.rows("SELECT count FROM finding") == "1");
}

}  // namespace sw::test
