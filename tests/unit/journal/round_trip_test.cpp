// What goes into a journal comes out of it, record by record.
#include "tests/unit/journal/journal_fixture.hpp"

using namespace sw;

namespace {

/// Writes through f and gives what is read.
template <class F>
RecordLog round_trip(F f) {
    const cli::Folder folder;
    const auto writer = writer_in(folder);
    f(*writer);
    REQUIRE(writer->flush(false));
    return read_all(folder);
}

const CoverageRecord a_coverage{.from = {-5},
                                .to = {9},
                                .file = "a b.pcap",
                                .frames = 10,
                                .octets = 1000,
                                .allowed = 5,
                                .greylisted = 3,
                                .blacklisted = 2,
                                .flows = 1,
                                .clock_steps = 4,
                                .kernel_drops = {},
                                .interface_drops = 0,
                                .samples_dropped = 0,
                                .logs = 6,
                                .logs_dropped = 0,
                                .error = "stopped at frame 17",
                                .told = true};

}  // namespace

TEST_CASE("journal: a run and a finding are read as written") {
    const RecordLog log = round_trip([](JournalWriter& w) {
        w.run(a_run());
        w.finding(a_finding(4'000'000'000));
    });
    CHECK(log.told == std::vector<std::string>{to_json(a_run()), to_json(a_finding(4'000'000'000))});
    CHECK(to_json(a_run()).find("\"mode\":\"packet\"") != std::string::npos);
    CHECK(log.lines.empty());
}

TEST_CASE("journal: a packet is read with its octets, times, link, number, verdict and comment") {
    const std::string x = "x", nothing;
    std::string every;
    for (int i = 0; i < 256; ++i) every += static_cast<char>(i);
    PacketRecord plain = a_packet(1, every, 0xfedcba9876543210), before_1970 = a_packet(1, x), empty = a_packet(1, nothing);
    plain.verdict = Verdict::black;
    plain.reasons = ReasonSet(Reason::forbidden).with(Reason::no_rule);
    plain.comment = "\x01\xff \"quoted\"";
    plain.frame.len = 100'000;
    before_1970.frame.ts = {-1};
    before_1970.frame.link = {linktype::null, true};
    empty.comment = "";
    empty.frame.ts = {INT64_MAX};
    const RecordLog log = round_trip([&](JournalWriter& w) {
        w.run(a_run());
        w.finding(a_finding(1));
        for (const PacketRecord* p : {&plain, &before_1970, &empty, &plain}) w.packet(*p);
    });
    CHECK(log.lines == std::vector<std::string>{RecordLog::packet_line(plain), RecordLog::packet_line(before_1970),
                                                RecordLog::packet_line(empty), RecordLog::packet_line(plain)});
}

TEST_CASE("journal: the largest frame that a capture may hold comes back whole") {
    const std::string large(16u << 20, 'x');
    const RecordLog log = round_trip([&](JournalWriter& w) {
        w.run(a_run());
        w.finding(a_finding(1));
        w.packet(a_packet(1, large));
    });
    REQUIRE(log.lines.size() == 1);
    CHECK((log.lines[0] == RecordLog::packet_line(a_packet(1, large))));
}

TEST_CASE("journal: counts, flows, charts, coverage and heartbeats are read as written") {
    const CountRecord count{1, UINT64_MAX, 5, {-7}, {INT64_MAX}};
    FlowRecord flow{.rule = "smtp-in",
                    .tuple = {*parse_address("192.0.2.1"), *parse_address("192.0.2.2"), 1, 2, 6},
                    .packets = {3, 4},
                    .octets = {5, 6},
                    .first = {1},
                    .last = {2},
                    .provisional = true,
                    .complete = true};
    const ChartRecord chart{{300}, "dns", *parse_address("::1"), {}, 17, 53, 1, 2, 3};
    const HeartbeatRecord beat{{1}, 2, 3};
    const RecordLog log = round_trip([&](JournalWriter& w) {
        w.run(a_run());
        w.finding(a_finding(1));
        w.flow(flow);
        w.chart(chart);
        w.heartbeat(beat);
        w.count(count);
        w.coverage(a_coverage);
    });
    CHECK(log.lines == std::vector<std::string>{to_json(flow), to_json(chart), to_json(beat), to_json(count), to_json(a_coverage)});
    CHECK(to_json(a_coverage).find("kernel_drops") == std::string::npos);  // unknown is not 0
    CHECK(to_json(a_coverage).find("\"interface_drops\":0") != std::string::npos);
    CHECK(log.packets.at(1) == UINT64_MAX);
}

TEST_CASE("journal: openings and syslog datagrams are read as written, whatever octets those hold") {
    const OpeningRecord opening{.rule = "admin",
                                .service = "ssh",
                                .tuple = {*parse_address("192.0.2.130"), *parse_address("192.0.2.25"), 40000, 22, 6},
                                .first = {-1},
                                .answered = {INT64_MAX},
                                .number = UINT64_MAX,
                                .provisional = true};
    std::string every, text = "<34>1 - h\xc3\xa9 - - - - NUL: ";
    for (int i = 0; i < 256; ++i) every += static_cast<char>(i);
    text += '\0';
    LogRecord log{.rule = "syslog",
                  .tuple = {*parse_address("2001:db8::1"), *parse_address("2001:db8::67"), 514, 514, 17},
                  .mac = "02:00:00:00:00:19",
                  .ts = {7},
                  .number = 3,
                  .octets = {}};
    std::vector<std::string> expected{to_json(opening)};
    const RecordLog read = round_trip([&](JournalWriter& w) {
        w.run(a_run());
        w.opening(opening);
        for (const std::string& octets : {std::string(), text, every, std::string(65'527, '\xff')}) {
            log.octets = {reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size()};
            expected.push_back(to_json(log));
            w.log(log);
        }
    });
    CHECK((read.lines == expected));
    RecordJson json;
    for (const std::string& octets : {text, every}) {
        log.octets = {reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size()};
        REQUIRE(json.read(to_json(log)).why.empty());
        CHECK(std::string(json.log.octets.begin(), json.log.octets.end()) == octets);
    }
    CHECK(json.read(R"({"type":"log","octets":"3c3"})").why.find("octets") != std::string::npos);
    CHECK(json.read(R"({"type":"log","octets":"3g"})").why.find("octets") != std::string::npos);
}

TEST_CASE("journal: counts of one finding are summed up until they are written") {
    const RecordLog log = round_trip([](JournalWriter& w) {
        w.run(a_run());
        w.finding(a_finding(1));
        w.count({1, 2, 100, {50}, {60}});
        w.count({1, 3, 200, {40}, {55}});
    });
    CHECK(log.lines == std::vector<std::string>{to_json(CountRecord{1, 5, 300, {40}, {60}})});
}

TEST_CASE("journal: text that is not UTF-8 stays readable JSON") {
    RunRecord run = a_run();
    run.source = "eth\xff\n\x01";
    const RecordLog log = round_trip([&](JournalWriter& w) { w.run(run); });
    run.source = "eth\xef\xbf\xbd\n\x01";
    CHECK(log.told == std::vector<std::string>{to_json(run)});
}

TEST_CASE("journal: findings of a second run have numbers of their own") {
    const RecordLog log = round_trip([](JournalWriter& w) {
        for (int i = 0; i < 2; ++i) {
            w.run(a_run());
            w.finding(a_finding(1));
            w.packet(a_packet(1, "x"));
        }
    });
    CHECK(log.told.size() == 4);
    CHECK(log.lines.size() == 2);
}

TEST_CASE("journal: the words of every enumerator are read again") {
    for (int i = 0; i < 5; ++i) {
        FindingRecord f = a_finding(1);
        f.severity = static_cast<Severity>(i % 3);
        f.shape.direction = static_cast<Direction>(i);
        f.shape.network = static_cast<Network>(i % 4);
        RecordJson json;
        REQUIRE(json.read(to_json(f)).why.empty());
        CHECK(json.finding.shape == f.shape);
        CHECK(json.finding.severity == f.severity);
        RunRecord run = a_run();
        run.mode = static_cast<Mode>(i % 3);
        REQUIRE(json.read(to_json(run)).why.empty());
        CHECK(json.run.mode == run.mode);
    }
}

TEST_CASE("journal: records and fields of later versions are skipped, wrong ones are errors that name the field") {
    RecordJson json;
    CHECK(json.read(R"({"type":"weather","rain":[1,{"a":null}]})").kind == RecordJson::Kind::unknown);
    CHECK(json.read(R"({"type":"weather"})").why.empty());
    CHECK(json.read(R"({"type":"count","finding":1,"packets":2,"colour":"red"})").why.empty());
    CHECK(json.count.packets == 2);
    for (const auto& [text, word] :
         std::vector<std::pair<std::string, std::string>>{{R"({"type":"count","packets":2})", "finding"},
                                                          {R"({"type":"count","finding":4294967296})", "finding"},
                                                          {R"({"type":"count","finding":1,"packets":-1})", "packets"},
                                                          {R"({"type":"chart","port":65536})", "port"},
                                                          {R"({"type":"flow","initiator":"192.0.2.256"})", "initiator"},
                                                          {R"({"type":"finding","finding":1,"why":[1]})", "why"},
                                                          {R"({"type":"finding","finding":1,"network":"ipx"})", "network"},
                                                          {R"({"type":"run","mode":"loud"})", "mode"},
                                                          {R"({"kind":"count"})", "type"},
                                                          {R"([1])", "object"},
                                                          {R"({"type":)", "JSON"},
                                                          {std::string(5000, '['), "JSON"}}) {
        INFO(text.substr(0, 80));
        CHECK(json.read(text).why.find(word) != std::string::npos);
    }
}
