// From verdicts to records: every packet is accounted for once, in whatever pieces the frames come.
#include "sensor/journal/recorder.hpp"

#include <algorithm>
#include <numeric>

#include "rules/confine/confine.hpp"
#include "sensor/journal/chart_table.hpp"
#include "tests/support/enclave_day.hpp"
#include "tests/support/mirror.hpp"
#include "tests/support/stock.hpp"
#include "tests/support/tls.hpp"
#include "tests/unit/journal/journal_fixture.hpp"

using namespace sw;
using namespace std::chrono_literals;

namespace {

/// Records as they are.
struct Kept : RecordSink {
    std::vector<FindingRecord> findings;
    std::map<std::uint32_t, std::uint64_t> packets, brought_up;  ///< of the finding; of its conversation, before it
    std::vector<std::string> comments;
    std::vector<FlowRecord> flows;
    std::vector<OpeningRecord> openings;
    std::vector<std::string> logs;
    std::vector<ChartRecord> charts;
    std::vector<CoverageRecord> coverages;

    void run(const RunRecord&) override {}
    void finding(const FindingRecord& r) override { findings.push_back(r); }
    void packet(const PacketRecord& r) override {
        if (r.earlier == 0)
            ++packets[r.finding];
        else
            ++brought_up[r.finding];
        comments.emplace_back(r.comment);
        CHECK(std::any_of(findings.begin(), findings.end(), [&](const FindingRecord& f) { return f.finding == r.finding; }));
    }
    void count(const CountRecord&) override { FAIL("a recorder counts nothing"); }
    void flow(const FlowRecord& r) override { flows.push_back(r); }
    void opening(const OpeningRecord& r) override { openings.push_back(r); }
    void log(const LogRecord& r) override { logs.push_back(to_json(r)); }
    void chart(const ChartRecord& r) override { charts.push_back(r); }
    void coverage(const CoverageRecord& r) override { coverages.push_back(r); }
    void heartbeat(const HeartbeatRecord&) override {}

    std::uint64_t charted() const {
        return std::accumulate(charts.begin(), charts.end(), std::uint64_t{0},
                               [](std::uint64_t n, const ChartRecord& r) { return n + r.packets; });
    }
    std::uint64_t opened() const {
        return std::accumulate(charts.begin(), charts.end(), std::uint64_t{0},
                               [](std::uint64_t n, const ChartRecord& r) { return n + r.flows; });
    }
    /// Flows as comparable lines, in no order.
    std::vector<std::string> flow_lines() const {
        std::vector<std::string> lines;
        for (const FlowRecord& f : flows) lines.push_back(to_json(f));
        std::sort(lines.begin(), lines.end());
        return lines;
    }
};

Policy policy_of(PolicyLoad load) {
    REQUIRE(load.policy);
    mark_unconfined();
    return std::move(*load.policy);
}

Policy mail_policy() {
    auto load = load_policy(std::string(SPAN_SOURCE_DIR) + "/rules/profiles/mail-enclave.toml");
    REQUIRE(load);
    return policy_of(std::move(*load));
}

/// An engine and its recorder, fed in pieces.
struct Feed {
    Policy policy;
    Engine engine;
    Kept kept;
    Recorder recorder{engine, kept};
    std::uint64_t number = 0;

    explicit Feed(Policy p) : policy(std::move(p)), engine(policy, traced()) {}
    static EngineOptions traced() {
        EngineOptions o;
        o.trace = true;
        return o;
    }
    void take(const craft::Frames& frames, std::size_t piece, std::size_t skip = 0) {
        std::vector<Frame> views;
        for (const craft::CraftedFrame& f : frames)
            views.push_back({f.bytes.data(), static_cast<std::uint32_t>(f.bytes.size()), f.len, f.ts, ++number, {f.linktype, false}});
        for (std::size_t at = 0; at < views.size(); at += piece) {
            const auto some = std::span(views).subspan(at, std::min(piece, views.size() - at));
            std::vector<Judgement> judgements(some.size());
            std::size_t judged = 0;
            REQUIRE(engine.judge(some, judgements, judged));
            recorder.judged(some, judgements, skip > at ? skip - at : 0);
        }
    }
};

}  // namespace

TEST_CASE("recorder: findings, packets, charts and flows of the enclave's day account for every frame") {
    const craft::Frames day = craft::enclave_day().frames;
    std::vector<std::string> flows;
    for (const std::size_t piece : {std::size_t{1}, std::size_t{37}, std::size_t{256}, day.size()}) {
        Feed f(mail_policy());
        f.take(day, piece);
        f.recorder.end_file("day.pcap", "");
        f.recorder.end();
        const EngineCounters& c = f.engine.counters();
        REQUIRE(c.allowed > 0);
        for (const Finding& finding : f.engine.findings().all()) {
            CHECK(f.kept.packets[finding.id] == finding.count);
            CHECK((f.kept.brought_up[finding.id] == 0 || finding.breach.has_value()));
        }
        CHECK(f.kept.findings.size() == f.engine.findings().all().size());
        CHECK(f.kept.charted() == c.allowed);
        CHECK(f.kept.opened() == c.flows);
        CHECK(f.kept.flows.size() == c.flows);
        if (flows.empty()) flows = f.kept.flow_lines();
        CHECK(f.kept.flow_lines() == flows);
        REQUIRE(f.kept.coverages.size() == 1);
        const CoverageRecord& cover = f.kept.coverages[0];
        CHECK(cover.frames == day.size());
        CHECK(cover.frames == cover.allowed + cover.greylisted + cover.blacklisted);
        CHECK(cover.octets ==
              std::accumulate(day.begin(), day.end(), std::uint64_t{0}, [](std::uint64_t n, const auto& g) { return n + g.len; }));
        CHECK((cover.from == day.front().ts && cover.to == day.back().ts && cover.file == "day.pcap" && !cover.kernel_drops));
    }
}

TEST_CASE("recorder: a closed connection is told with what each side sent, initiator first") {
    craft::TcpDialogue talk = craft::smtp();
    talk.say(craft::Side::server, "220 ready\r\n").say(craft::Side::client, "QUIT\r\n").close(craft::Side::client);
    Feed f(policy_of(parse_policy("stock", craft::stock_policy)));
    f.take(talk.frames(), 256);
    CHECK(f.kept.flows.empty());  // its tombstone stands: late copies would be its own
    f.recorder.end();
    REQUIRE(f.kept.flows.size() == 1);
    const FlowRecord& flow = f.kept.flows[0];
    CHECK((flow.complete && !flow.provisional && flow.tuple.dport == 25 && flow.tuple.proto == 6));
    CHECK(to_string(flow.tuple.src) == talk.endpoint(craft::Side::client).ip);
    CHECK(to_string(flow.tuple.dst) == talk.endpoint(craft::Side::server).ip);
    CHECK(flow.packets[0] + flow.packets[1] == talk.frames().size());
    std::uint64_t sent = 0;
    for (const auto& g : talk.frames())
        sent += craft::ip_octets(talk.endpoint(craft::Side::client).ip) == craft::Octets(g.bytes.begin() + 26, g.bytes.begin() + 30);
    CHECK(flow.packets[0] == sent);
    CHECK((flow.first == talk.frames().front().ts && flow.last == talk.frames().back().ts));
    REQUIRE(f.kept.charts.size() == 1);
    CHECK((f.kept.charts[0].port == 25 && f.kept.charts[0].flows == 1 && f.kept.charts[0].initiator == flow.tuple.src));
    CHECK(f.kept.charts[0].start.ns % chart_interval.count() == 0);
}

TEST_CASE("recorder: two connections of one tuple, in one batch, are two flows") {
    craft::TcpDialogue first = craft::smtp();
    first.close(craft::Side::client);
    craft::TcpSetup later;
    later.client_isn = 0x5000'0000;
    craft::TcpDialogue second(first.endpoint(craft::Side::client), first.endpoint(craft::Side::server), first.now() + Duration(1s), later);
    second.handshake().say(craft::Side::client, "x");
    craft::Frames frames = first.frames();
    frames.insert(frames.end(), second.frames().begin(), second.frames().end());
    Feed f(policy_of(parse_policy("stock", craft::stock_policy)));
    f.take(frames, 256);
    REQUIRE(f.engine.counters().allowed == frames.size());
    f.recorder.end();
    REQUIRE(f.kept.flows.size() == 2);
    CHECK((f.kept.flows[0].complete && !f.kept.flows[1].complete));
    CHECK(f.kept.flows[0].packets[0] + f.kept.flows[0].packets[1] == first.frames().size());
    CHECK(f.kept.flows[1].packets[0] + f.kept.flows[1].packets[1] == second.frames().size());
    CHECK(f.kept.opened() == 2);
}

TEST_CASE("recorder: a question is complete once it is idle, and cut off where the run ends") {
    Feed f(policy_of(parse_policy("stock", craft::stock_policy)));
    craft::CraftedFrame later = craft::ping(), last = craft::dns_ask();
    f.take({craft::dns_ask(), later.later(10min), last.later(20min)}, 256);
    REQUIRE(f.kept.flows.size() == 2);
    CHECK(f.kept.flows[0].complete);
    CHECK(f.kept.flows[1].complete);
    CHECK(f.kept.flows[0].tuple.proto + f.kept.flows[1].tuple.proto == 17 + 1);
    f.recorder.end();
    REQUIRE(f.kept.flows.size() == 3);
    CHECK(f.kept.flows[2].tuple.proto == 17);
    CHECK(!f.kept.flows[2].complete);
}

TEST_CASE("recorder: a new trace cuts off what was open") {
    Feed f(policy_of(parse_policy("stock", craft::stock_policy)));
    f.take({craft::dns_ask()}, 1);
    f.engine.begin_file();
    craft::CraftedFrame earlier = craft::dns_ask();
    f.take({earlier.later(-1h)}, 1);
    REQUIRE(f.kept.flows.size() == 1);
    CHECK((!f.kept.flows[0].complete && f.kept.flows[0].packets[0] == 1));
}

TEST_CASE("recorder: a run that was interrupted and resumed anywhere tells everything once") {
    const craft::Frames day = craft::enclave_day().frames;
    Feed whole(mail_policy());
    whole.take(day, 256);
    whole.recorder.end_file("day.pcap", "");
    whole.recorder.end();
    for (std::size_t at = 0; at <= day.size(); at += 1 + day.size() / 23) {
        INFO("interrupted behind frame " << at);
        Feed before(mail_policy()), after(mail_policy());
        before.take({day.begin(), day.begin() + static_cast<std::ptrdiff_t>(at)}, 256);
        before.recorder.checkpoint();
        after.take(day, 256, at);
        after.recorder.end_file("day.pcap", "");
        after.recorder.end();
        CHECK(before.kept.charted() + after.kept.charted() == whole.kept.charted());
        CHECK(before.kept.opened() + after.kept.opened() == whole.kept.opened());
        for (const auto& [finding, n] : whole.kept.packets) CHECK(before.kept.packets[finding] + after.kept.packets[finding] == n);
        auto flows = before.kept.flow_lines();
        for (const std::string& line : after.kept.flow_lines()) flows.push_back(line);
        std::sort(flows.begin(), flows.end());
        CHECK(flows == whole.kept.flow_lines());
        CHECK(to_json(after.kept.coverages.at(0)) == to_json(whole.kept.coverages.at(0)));
    }
}

TEST_CASE("recorder: a finding's record says what makes it the same in another run") {
    Feed f(policy_of(parse_policy("stock", craft::stock_policy)));
    f.take({craft::tcp(craft::v4(craft::outside, 40000), craft::v4(craft::mail, 465))}, 1);
    REQUIRE(f.kept.findings.size() == 1);
    const FindingRecord& r = f.kept.findings[0];
    CHECK((r.finding == 1 && r.shape.reasons == ReasonSet(Reason::no_rule) && r.shape.network == Network::ipv4 && r.shape.proto == 6));
    CHECK((to_string(r.shape.initiator) == "198.51.100.7" && to_string(r.shape.responder) == "192.0.2.25" && r.shape.port == 465));
    CHECK((r.shape.forbid.empty() && r.mac == craft::mac::firewall && r.detail == "SYN"));
    CHECK(r.sentence.find("465") != std::string::npos);
    REQUIRE(f.kept.comments.size() == 1);
    CHECK(f.kept.comments[0].starts_with("GREY #1: no-rule"));
}

TEST_CASE("recorder: every syslog datagram to the sink is told whole, with who sent it") {
    Feed f(policy_of(parse_policy("stock", craft::stock_policy)));
    const craft::CraftedFrame hostile =
        craft::udp(craft::v4(craft::mail, 9), craft::v4(craft::sink, 514), "<0>Nov 20 12:00:00 mail a: \xff\x1b");
    f.take({craft::log_line(), craft::log_line6(), hostile, craft::dns_ask()}, 2);
    f.recorder.end_file("day.pcap", "");
    REQUIRE(f.kept.logs.size() == 3);
    CHECK(f.kept.logs[0] == R"({"type":"log","ts":1795176000000000000,"rule":"syslog","proto":17,"source":"192.0.2.25","sport":514,)"
                            R"("sink":"192.0.2.67","dport":514,"mac":"02:00:00:00:00:19","frame":1,)"
                            R"("text":"<22>Nov 20 12:00:00 mail smtpd[9]: ready"})");
    CHECK(f.kept.logs[1].find(R"("source":"2001:db8:1::25")") != std::string::npos);
    CHECK(f.kept.logs[2].find(R"(3a20ff1b"})") != std::string::npos);
    CHECK(f.kept.coverages.at(0).logs == 3);
    CHECK(f.kept.coverages.at(0).logs_dropped == 0);
}

TEST_CASE("recorder: what is grey on its way to the log sink is told as a line all the same, once, and answers and broken frames are not") {
    const std::string whole = "<0>Nov 20 12:00:00 mail a: text";
    const std::vector<std::string> grey = {"",
                                           "rm -rf /",
                                           "<999>Nov 20 12:00:00 mail a: x",
                                           std::string("<0>NUL \0 behind", 15),
                                           "<0>Nov 20 12:00:00 mail a: \x1b[2J",
                                           "<13>1 - - - - - [x"};
    craft::Frames frames{craft::udp(craft::v4(craft::mail, 9), craft::v4(craft::sink, 514), whole)};
    for (const std::string& line : grey) frames.push_back(craft::udp(craft::v4(craft::mail, 9), craft::v4(craft::sink, 514), line));
    frames.push_back(craft::udp(craft::v4(craft::sink, 514), craft::v4(craft::mail, 9), "what?"));
    craft::CraftedFrame broken = craft::udp(craft::v4(craft::mail, 9), craft::v4(craft::sink, 514), "<0>Nov 20 12:00:00 mail a: cut");
    broken.bytes.back() ^= 1;  // its checksum is wrong: no receiver would take it
    frames.push_back(broken);
    frames.push_back(craft::udp(craft::v4(craft::mail, 9), craft::v4(craft::sink, 514), whole));
    for (const std::size_t piece : {std::size_t{1}, frames.size()}) {
        Feed f(policy_of(parse_policy("stock", craft::stock_policy)));
        f.take(frames, piece);
        f.recorder.end_file("day.pcap", "");
        CHECK(f.engine.counters().greylisted == grey.size() + 2);
        REQUIRE(f.kept.logs.size() == grey.size() + 2);
        for (std::size_t i = 0; i < f.kept.logs.size(); ++i)
            CHECK(f.kept.logs[i].find("\"frame\":" + std::to_string(i <= grey.size() ? i + 1 : frames.size()) + ",") != std::string::npos);
        CHECK(f.kept.logs[2].find("rm -rf /") != std::string::npos);
        CHECK(f.kept.coverages.at(0).logs == grey.size() + 2);
    }
}

TEST_CASE("recorder: lines beyond their rule's budget are lines still") {
    std::string policy = craft::stock_policy;
    const std::string rule = "port 514\"\nspeaks = \"syslog\"\n";
    policy.insert(policy.find(rule) + rule.size(), "max_bytes = 100\n");
    Feed f(policy_of(parse_policy("stock", policy)));
    f.take({craft::log_line(), craft::log_line(), craft::log_line()}, 1);
    CHECK(f.engine.counters().greylisted == 2);
    CHECK(f.kept.logs.size() == 3);
}

TEST_CASE("recorder: a log datagram with a VLAN tag or in an odd shape is told as far as it is allowed") {
    std::string tagged = craft::stock_policy;
    tagged.replace(tagged.find("[wire]\n"), 7, "[wire]\nvlans = [10]\n");
    Feed f(policy_of(parse_policy("stock", tagged)));
    craft::CraftedFrame frame = craft::log_line(),
                        padded = craft::udp(craft::v4(craft::mail, 514), craft::v4(craft::sink, 514), "<1>Nov 20 12:00:00 mail a");
    f.take({frame.tag(10), padded.pad().tag(10), craft::log_line().tag(11)}, 1);
    REQUIRE(f.kept.logs.size() == 2);
    CHECK(f.kept.logs[0].find("smtpd[9]: ready") != std::string::npos);
    CHECK(f.kept.logs[1].find(R"("text":"<1>Nov 20 12:00:00 mail a"})") != std::string::npos);
}

TEST_CASE("recorder: a conversation is told as opened once its responder has spoken, by the service that its rule speaks") {
    std::string speaking = craft::stock_policy;
    for (const auto& [rule, word] : {std::pair{"name = \"smtp-in\"", "smtp"}, std::pair{"name = \"imaps\"", "tls"}})
        speaking.insert(speaking.find(rule), std::string("speaks = \"") + word + "\"\n");
    craft::TcpDialogue mail = craft::smtp(), secure(craft::v4(craft::vpn_users, 40001), craft::v4(craft::mail, 993), craft::noon);
    mail.say(craft::Side::server, "220 mail.example ESMTP\r\n").say(craft::Side::client, "EHLO mx.example.org\r\n");
    mail.say(craft::Side::server, "250 mail.example\r\n");
    secure.handshake().say(craft::Side::client, craft::tls::handshake(1, craft::tls::client_hello({})));
    secure.say(craft::Side::server, craft::tls::handshake(2, craft::tls::server_hello({})));
    craft::TcpDialogue silent(craft::v4(craft::outside, 40002), craft::v4(craft::mail, 25), craft::noon);
    silent.handshake().close(craft::Side::client);
    Feed f(policy_of(parse_policy("stock", speaking)));
    for (const craft::TcpDialogue* d : {&mail, &secure, &silent}) f.take(d->frames(), 3);
    REQUIRE(f.kept.openings.size() == 2);
    const OpeningRecord& o = f.kept.openings[0];
    CHECK((o.rule == "smtp-in" && o.service == "smtp" && o.first == craft::noon && o.answered > o.first && !o.provisional));
    CHECK((to_string(o.tuple.src) == craft::outside.v4 && o.tuple.sport == 40000 && o.tuple.dport == 25));
    CHECK(o.number > 0);
    CHECK((f.kept.openings[1].service == "imap" && f.kept.openings[1].tuple.dport == 993));
}

TEST_CASE("chart: what comes late is summed up with its interval, and rows beyond the bound by rule") {
    const Policy policy = policy_of(parse_policy("stock", craft::stock_policy));
    Kept kept;
    ChartTable chart(policy, kept);
    const Timestamp start = ChartTable::interval_of(craft::noon), next = start + chart_interval;
    for (const Timestamp t : {start, next, start, next})
        ++chart.row({.start = t, .rule = 0, .initiator = {}, .responder = {}, .proto = 6, .port = 1}).packets;
    CHECK(kept.charts.empty());
    ++chart.row({.start = next + 3 * chart_interval, .rule = 0, .initiator = {}, .responder = {}, .proto = 6, .port = 1}).packets;
    REQUIRE(kept.charts.size() == 2);
    CHECK((kept.charts[0].packets == 2 && kept.charts[1].packets == 2));
    chart.tell();
    kept.charts.clear();
    for (std::uint32_t i = 0; i < 70'000; ++i) {
        const std::uint8_t octets[4] = {10, static_cast<std::uint8_t>(i >> 16), static_cast<std::uint8_t>(i >> 8),
                                        static_cast<std::uint8_t>(i)};
        ++chart.row({.start = start, .rule = 0, .initiator = Address::v4(octets), .responder = {}, .proto = 6, .port = 1}).packets;
    }
    chart.tell();
    CHECK(kept.charts.size() == ChartTable::max_rows + 1);
    CHECK(kept.charted() == 70'000);
    CHECK((kept.charts[0].initiator.family == 0 && kept.charts[0].packets == 70'000 - ChartTable::max_rows));
}

TEST_CASE("chart: intervals begin at multiples of five minutes, before 1970 too") {
    const std::int64_t five = chart_interval.count();
    CHECK(ChartTable::interval_of({0}).ns == 0);
    CHECK(ChartTable::interval_of({five - 1}).ns == 0);
    CHECK(ChartTable::interval_of({five}).ns == five);
    CHECK(ChartTable::interval_of({-1}).ns == -five);
    CHECK(ChartTable::interval_of({-five}).ns == -five);
}

namespace {

Policy ledger_policy() {
    std::string text(craft::stock_policy);
    const std::string rule = "name = \"smtp-in\"";
    REQUIRE(text.find(rule) != std::string::npos);
    return policy_of(parse_policy("stock", text.replace(text.find(rule), rule.size(), rule + "\nledger = true\nspeaks = \"smtp\"")));
}

}  // namespace

TEST_CASE("recorder: the ledger is told of a conversation at its opening, at each name, once an interval, and at its end") {
    craft::TcpDialogue talk = craft::smtp();
    talk.say(craft::Side::server, "220 mail.example ESMTP\r\n").say(craft::Side::client, "EHLO mx.example.org\r\n");
    talk.say(craft::Side::server, "250 mail.example\r\n").wait(6min).say(craft::Side::client, "NOOP\r\n");
    talk.say(craft::Side::server, "250 fine\r\n").say(craft::Side::client, "QUIT\r\n").say(craft::Side::server, "221 bye\r\n");
    talk.close(craft::Side::client);
    std::vector<std::string> told;
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{256}}) {
        Feed f(ledger_policy());
        f.take(talk.frames(), piece);
        REQUIRE(f.engine.counters().allowed == talk.frames().size());
        f.recorder.end();
        std::vector<std::string> lines;
        for (const FlowRecord& r : f.kept.flows) {
            CHECK((r.ledger && r.opened == talk.frames().front().ts && r.tuple.dport == 25));
            CHECK(to_string(r.tuple.src) == talk.endpoint(craft::Side::client).ip);
            lines.push_back(to_json(r));
        }
        if (told.empty()) told = lines;
        CHECK(lines == told);
        const auto& flows = f.kept.flows;
        REQUIRE(flows.size() == 5);  // opening, banner, greeting's name, the next interval, the end
        CHECK((flows[0].live && flows[0].names.empty() && flows[0].packets[0] == 1));
        CHECK((flows[1].live && flows[1].names.size() == 1));
        CHECK((flows[3].live && flows[3].last - flows[3].opened >= 6min));
        CHECK((!flows[4].live && flows[4].complete));
        const std::vector<FlowName> names = {{true, "banner", "220 mail.example ESMTP"}, {false, "hello-name", "mx.example.org"}};
        CHECK(flows[2].names == names);
        CHECK(flows[4].names == names);
        CHECK(flows[4].packets[0] + flows[4].packets[1] == talk.frames().size());
    }
}

TEST_CASE("recorder: rules that want no account have none of it") {
    Feed f(policy_of(parse_policy("stock", craft::stock_policy)));
    f.take(craft::smtp().close(craft::Side::client).frames(), 1);
    f.recorder.end();
    REQUIRE(f.kept.flows.size() == 1);
    CHECK((!f.kept.flows[0].ledger && f.kept.flows[0].names.empty()));
}

TEST_CASE("recorder: coverage tells what the mirror lost since the one before, and nothing where nobody numbers") {
    Feed f(policy_of(parse_policy("test.toml", craft::behind_mirror(craft::stock_policy, {}))));
    const auto lost_after = [&f](std::initializer_list<std::uint32_t> numbers) {
        craft::Frames frames;
        for (const std::uint32_t n : numbers) frames.push_back(craft::wrap(craft::smtp_syn(), {}, n));
        f.take(frames, 2);
        f.recorder.end_file("", "");
        return f.kept.coverages.back().mirror_lost;
    };
    CHECK(lost_after({1, 2, 5}) == 2u);
    CHECK(lost_after({6, 7}) == 0u);
    CHECK(lost_after({11}) == 3u);
    CHECK(lost_after({8, 12}) == 0u);  // late: the stretch before has told it

    Feed bare(mail_policy());
    bare.take({craft::smtp_syn()}, 1);
    bare.recorder.end_file("", "");
    CHECK_FALSE(bare.kept.coverages.back().mirror_lost);
}
