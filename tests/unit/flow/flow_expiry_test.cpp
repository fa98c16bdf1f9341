// Time passes: packet time, in steps of nothing, of seconds, and of days.
#include <map>
#include <random>

#include "sensor/flow/tcp_state.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/flow/flow_keys.hpp"

using namespace sw;
using namespace sw::test;

TEST_CASE("flow table: a flow lives to its deadline and not an instant longer") {
    Table table(4);
    table.open(client(1), start, 30s);
    CHECK(table.look_up(client(1), start + 30s).flow != nullptr);
    CHECK(table.look_up(client(1), start + 30s + 1ns).flow == nullptr);
}

TEST_CASE("flow table: an expired flow gives its slot back once, a live one never") {
    Table table(2);
    table.sweep(start);
    table.open(client(1), start, 30s);
    table.open(client(2), start, 10h);
    CHECK(table.sweep(start + 30s) == 0);
    CHECK(table.sweep(start + 32s) == 1);
    CHECK(table.size() == 1);
    CHECK(table.open(client(3), start + 32s, 30s) != nullptr);
    CHECK(table.look_up(client(2), start + 32s).flow != nullptr);
    CHECK(table.look_up(client(1), start + 32s).flow == nullptr);
}

TEST_CASE("flow table: a deadline moved forward is honoured") {
    Table table(2);
    table.sweep(start);
    Flow* flow = table.open(client(1), start, 30s);
    for (Timestamp t = start; t < start + 1h; t = t + 20s) {
        CHECK(table.sweep(t) == 0);
        flow->deadline = t + 30s;
    }
    CHECK(table.sweep(start + 2h) == 1);
}

TEST_CASE("flow table: a deadline moved back frees the slot within one turn of the wheel") {
    Table table(1);
    table.sweep(start);
    Flow* flow = table.open(client(1), start, 24h);
    flow->deadline = start + 10s;
    std::size_t ended = 0;
    for (int s = 1; s <= 257; ++s) ended += table.sweep(start + std::chrono::seconds{s});
    CHECK(ended == 1);
    CHECK(table.size() == 0);
}

TEST_CASE("flow table: a jump of hours ends what it should in one sweep") {
    Table table(1000);
    table.sweep(start);
    for (std::uint32_t i = 0; i < 1000; ++i) table.open(client(i), start, std::chrono::seconds{i * 10});
    CHECK(table.sweep(start + 5000s) == 500);
    CHECK(table.size() == 500);
    for (std::uint32_t i = 500; i < 1000; ++i) REQUIRE(table.look_up(client(i), start + 5000s).flow != nullptr);
    CHECK(table.sweep(start + 240h) == 500);
    CHECK(table.size() == 0);
}

TEST_CASE("flow table: steps of nothing, and back, end nothing") {
    Table table(4);
    table.sweep(start);
    table.open(client(1), start, 2s);
    for (int i = 0; i < 1000; ++i) CHECK(table.sweep(start) == 0);
    CHECK(table.sweep(start + -1h) == 0);
    CHECK(table.sweep(start + 4s) == 1);
}

TEST_CASE("flow table: before 1970 and at the last instant there is, time works as ever") {
    for (const Timestamp t : {Timestamp{-5'000'000'000}, Timestamp{INT64_MIN}, Timestamp{INT64_MAX}}) {
        Table table(2);
        table.sweep(t);
        REQUIRE(table.open(client(1), t, 24h) != nullptr);
        CHECK(table.look_up(client(1), t).flow != nullptr);
        CHECK(table.sweep(t) == 0);
    }
}

TEST_CASE("flow table: cleared, it is as new") {
    Table table(3);
    for (std::uint32_t i = 0; i < 3; ++i) table.open(client(i), start, 60s);
    table.sweep(start + 10h);
    table.clear();
    CHECK(table.size() == 0);
    CHECK(table.look_up(client(0), start).flow == nullptr);
    for (std::uint32_t i = 0; i < 3; ++i) CHECK(table.open(client(i + 10), start + -24h, 60s) != nullptr);  // a trace of the day before
    CHECK(table.open(client(9), start, 60s) == nullptr);
    CHECK(table.sweep(start + -24h) == 0);
    CHECK(table.sweep(start) == 3);
}

TEST_CASE("flow table: agrees with a plain map over a random day") {
    std::mt19937_64 random(256);
    Table table(200);
    std::map<std::uint32_t, Timestamp> deadlines;  // by client
    Timestamp now = start;
    table.sweep(now);
    for (int step = 0; step < 20000; ++step) {
        const std::uint64_t kind = random() % 100;
        if (kind < 60) now = now + std::chrono::milliseconds{random() % 3000};
        if (kind == 60) now = now + std::chrono::minutes{random() % 600};
        table.sweep(now);
        std::erase_if(deadlines, [&](const auto& d) { return d.second < now; });
        const auto number = static_cast<std::uint32_t>(random() % 400);
        const Duration life = std::chrono::seconds{random() % 900};
        Flow* found = table.look_up(client(number), now).flow;
        REQUIRE((found != nullptr) == deadlines.contains(number));
        if (found != nullptr && random() % 2) {
            found->deadline = now + life;
            deadlines[number] = found->deadline;
        } else if (table.open(client(number), now, life) != nullptr) {
            deadlines[number] = now + life;
        }
        REQUIRE(table.size() >= deadlines.size());  // what has expired is swept within one turn
    }
    const std::size_t left = table.size();
    CHECK(table.sweep(now + 240h) == left);
    CHECK(table.size() == 0);
}

TEST_CASE("flow table: a flow that expired unswept leaves its kept octets to whoever opens its tuple again") {
    Table table(4);
    SentOctets pool(1);
    const TcpState tcp(pool);
    Packet syn;
    static_cast<PacketFields&>(syn) = PacketFields{};
    syn.tcp_flags = tcp_flag::syn;
    const std::uint8_t octet = 7;
    table.sweep(start);
    for (int round = 0; round < 3; ++round) {
        const Timestamp now = start + std::chrono::seconds{round * 10};
        CHECK(table.look_up(client(1), now).flow == nullptr);
        Flow* flow = table.open(client(1), now, 5s);
        tcp.open(*flow, syn, now);
        flow->deadline = now + 5s;
        pool.keep(*flow, 0, 1, &octet, 1);
        CHECK(pool.compare(*flow, 0, 1, &octet, 1) == SentOctets::Check::same);
    }
}
