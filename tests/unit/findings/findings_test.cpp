#include <algorithm>
#include <random>
#include <set>

#include "tests/support/catch.hpp"
#include "tests/unit/findings/causes.hpp"

using namespace sw;
using namespace sw::test;
using namespace std::chrono_literals;

namespace {

struct Queue {
    Policy policy = small_policy();
    Findings findings;
    std::uint64_t counted = 0, octets = 0;

    Finding& count(const Cause& c, Timestamp ts = start, std::uint32_t size = 60) {
        bool fresh = false;
        ++counted;
        octets += size;
        return findings.count(c, ts, size, fresh);
    }
    bool exact() const {
        std::uint64_t packets = 0, sum = 0;
        for (const Finding& f : findings.all()) packets += f.count, sum += f.octets;
        return packets == counted && sum == octets;
    }
    std::size_t size() const { return findings.all().size(); }
};

}  // namespace

TEST_CASE("findings: packets of one cause are one finding, counted") {
    Queue q;
    for (int i = 0; i < 1000; ++i) q.count(tcp_cause(1, 25, 465), start + std::chrono::seconds{i}, 100);
    REQUIRE(q.size() == 1);
    const Finding& f = q.findings.all()[0];
    CHECK(f.id == 1);
    CHECK(f.count == 1000);
    CHECK(f.octets == 100'000);
    CHECK(f.first == start);
    CHECK(f.last == start + 999s);
}

TEST_CASE("findings: first and last are the smallest and the greatest time, in whatever order they come") {
    Queue q;
    for (const auto d : {5s, 1s, 9s, 3s}) q.count(tcp_cause(1, 25, 465), start + d);
    CHECK(q.findings.all()[0].first == start + 1s);
    CHECK(q.findings.all()[0].last == start + 9s);
}

TEST_CASE("findings: whatever differs in a cause makes another finding") {
    const Cause base = tcp_cause(1, 25, 465);
    std::vector<Cause> others(9, base);
    others[0].reasons = Reason::not_open;
    others[1].reasons.add(Reason::trailer);
    others[2].forbid = 1;
    others[3].nearest = 0;
    others[4].proto = 17;
    others[5].direction = Direction::outbound;
    others[6].initiator = host(2);
    others[7].responder = host(26);
    others[8].port = 466;
    Queue q;
    q.count(base);
    for (const Cause& c : others) q.count(c);
    CHECK(q.size() == 10);
    CHECK(q.exact());
}

TEST_CASE("findings: only the first packet of a finding is fresh") {
    Findings findings;
    bool fresh = false;
    findings.count(tcp_cause(1, 25, 465), start, 60, fresh);
    CHECK(fresh);
    findings.count(tcp_cause(1, 25, 465), start, 60, fresh);
    CHECK_FALSE(fresh);
    findings.count(tcp_cause(1, 25, 466), start, 60, fresh);
    CHECK(fresh);
}

TEST_CASE("findings: a critical reason makes a critical finding") {
    Queue q;
    Cause mixed = tcp_cause(1, 25, 465);
    mixed.reasons.add(Reason::self_traffic);
    CHECK(q.count(mixed).severity == Severity::critical);
    CHECK(q.count(tcp_cause(1, 25, 465)).severity == Severity::high);
    CHECK(q.count(tcp_cause(1, 25, 22, Reason::forbidden)).severity == Severity::critical);
}

TEST_CASE("findings: a port scan folds after sixteen ports of a pair") {
    Queue q;
    for (std::uint32_t port = 1; port <= 65535; ++port) q.count(tcp_cause(1, 25, static_cast<std::uint16_t>(port)));
    REQUIRE(q.size() == Findings::ports_a_pair + 1);
    const Finding& fold = q.findings.all().back();
    CHECK(fold.cause.any_port);
    CHECK_FALSE(fold.cause.any_initiator);
    CHECK(fold.cause.initiator == host(1));
    CHECK(fold.cause.responder == host(25));
    CHECK(fold.count == 65535 - Findings::ports_a_pair);
    CHECK(q.exact());
}

TEST_CASE("findings: many clients of one port fold after sixteen") {
    Queue q;
    for (std::uint32_t client = 0; client < 5000; ++client) q.count(tcp_cause(1000 + client, 25, 23));
    REQUIRE(q.size() == Findings::peers_a_port + 1);
    const Finding& fold = q.findings.all().back();
    CHECK(fold.cause.any_initiator);
    CHECK_FALSE(fold.cause.any_port);
    CHECK(fold.cause.initiator == Address{});
    CHECK(fold.cause.port == 23);
    CHECK(q.exact());
}

TEST_CASE("findings: a sweep over hosts and ports folds as a whole") {
    Queue q;
    std::mt19937_64 random(1);
    for (int i = 0; i < 20000; ++i)
        q.count(tcp_cause(1, static_cast<std::uint32_t>(random() % 65536), static_cast<std::uint16_t>(random())));
    CHECK(q.size() <= Findings::exact_a_group + 64);
    const auto fold =
        std::find_if(q.findings.all().begin(), q.findings.all().end(), [](const Finding& f) { return f.cause.any_responder; });
    REQUIRE(fold != q.findings.all().end());
    CHECK(fold->cause.any_initiator);
    CHECK(fold->cause.any_port);
    CHECK(q.exact());
}

TEST_CASE("findings: a flood of one kind does not swallow what is new in another") {
    Queue q;
    for (std::uint32_t i = 0; i < 100'000; ++i) q.count(tcp_cause(i, 25, 23));
    const std::size_t before = q.size();
    const Finding& other = q.count(tcp_cause(7, 25, 23, Reason::not_open));
    CHECK(q.size() == before + 1);
    CHECK(other.cause == tcp_cause(7, 25, 23, Reason::not_open));
}

TEST_CASE("findings: an exact finding keeps counting its own after its group has folded") {
    Queue q;
    Finding& first = q.count(tcp_cause(0, 25, 23));
    const auto id = first.id;
    for (std::uint32_t i = 0; i < 1000; ++i) q.count(tcp_cause(i, 25, 23));
    CHECK(q.count(tcp_cause(0, 25, 23)).id == id);
    CHECK(q.findings.all()[0].count == 3);
}

TEST_CASE("findings: under a million random causes the counts are exact and the queue is bounded") {
    Queue q;
    std::mt19937_64 random(1'000'000);
    for (int i = 0; i < 1'000'000; ++i) {
        Cause c = tcp_cause(static_cast<std::uint32_t>(random()) & 0xffffff, static_cast<std::uint32_t>(random()) & 0xffff,
                            static_cast<std::uint16_t>(random()));
        c.reasons = static_cast<Reason>(random() % reason_count);
        if (random() % 2) c.reasons.add(static_cast<Reason>(random() % reason_count));
        c.proto = static_cast<std::uint8_t>(random());
        c.nearest = static_cast<int>(random() % 3) - 1;
        c.direction = static_cast<Direction>(random() % 5);
        q.count(c, start + std::chrono::nanoseconds{static_cast<std::int64_t>(random() >> 2)}, static_cast<std::uint32_t>(random() % 2000));
    }
    // Three rows for the rest: of ordinary causes, of forbidden ones, of other critical ones.
    CHECK(q.size() <= Findings::max_findings + Findings::critical_reserve + 3);
    CHECK(q.exact());
    CHECK(std::any_of(q.findings.all().begin(), q.findings.all().end(), [](const Finding& f) { return f.cause.rest; }));
    std::set<std::uint32_t> ids;
    for (const Finding& f : q.findings.all()) ids.insert(f.id);
    CHECK(ids.size() == q.size());
    CHECK(*ids.rbegin() == q.size());
}

TEST_CASE("findings: a flood of ordinary causes leaves room for what is critical") {
    Queue q;
    std::mt19937_64 random(3);
    for (int i = 0; i < 100'000; ++i) {
        Cause c = tcp_cause(1, 25, static_cast<std::uint16_t>(random() % 100));
        c.proto = static_cast<std::uint8_t>(random());
        c.nearest = static_cast<int>(random() % 1000);
        q.count(c);
    }
    const std::size_t before = q.size();
    CHECK(before == Findings::max_findings + 1);
    CHECK(q.findings.all().back().cause.rest);
    CHECK(q.findings.all().back().severity == Severity::high);
    for (std::uint16_t port = 1; port <= 10; ++port) {
        const Cause critical = tcp_cause(25, 9, port, Reason::forbidden);
        CHECK(q.count(critical).cause == critical);
    }
    CHECK(q.size() == before + 10);
}

TEST_CASE("findings: even a flood of critical causes is counted as critical to the last") {
    Queue q;
    for (std::uint32_t i = 0; i < 100'000; ++i) {
        Cause c = tcp_cause(25, 9, static_cast<std::uint16_t>(i % 10), Reason::forbidden);
        c.forbid = static_cast<int>(i / 10);
        CHECK(q.count(c).severity == Severity::critical);
    }
    CHECK(q.size() == Findings::max_findings + Findings::critical_reserve + 1);
    CHECK(q.findings.all().back().cause.rest);
    CHECK(q.exact());
}

TEST_CASE("findings: a finding of a scan knows the fold that took the rest of it") {
    Queue q;
    for (std::uint16_t port = 1; port <= Findings::ports_a_pair; ++port) q.count(tcp_cause(1, 25, port));
    CHECK(q.findings.fold_of(q.findings.all()[0]) == nullptr);
    for (std::uint16_t port = 100; port < 200; ++port) q.count(tcp_cause(1, 25, port));
    q.count(tcp_cause(2, 26, 465));
    const auto& all = q.findings.all();
    const Finding* fold = q.findings.fold_of(all[0]);
    REQUIRE(fold != nullptr);
    CHECK(fold->cause.any_port);
    CHECK(fold->count == 100);
    CHECK(q.findings.fold_of(*fold) == nullptr);
    CHECK(q.findings.fold_of(all.back()) == nullptr);
}

TEST_CASE("findings: random floods of every shape stay exact") {
    std::mt19937_64 random(2);
    for (int round = 0; round < 200; ++round) {
        Queue q;
        const std::uint64_t clients = 1 + random() % 40, servers = 1 + random() % 40, ports = 1 + random() % 40;
        for (int i = 0; i < 2000; ++i)
            q.count(tcp_cause(static_cast<std::uint32_t>(random() % clients), static_cast<std::uint32_t>(random() % servers),
                              static_cast<std::uint16_t>(random() % ports)));
        REQUIRE(q.exact());
    }
}
