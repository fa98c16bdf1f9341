#include <random>
#include <vector>

#include "tests/support/catch.hpp"
#include "tests/support/messages.hpp"
#include "tests/unit/flow/flow_keys.hpp"

using namespace sw;
using namespace sw::test;

namespace {

FlowKey key_of(const craft::CraftedFrame& f, Packet& p) {
    decode(f.bytes.data(), static_cast<std::uint32_t>(f.bytes.size()), f.len, {}, p);
    return FlowKey::of(p);
}

void check_both_directions(const craft::CraftedFrame& there, const craft::CraftedFrame& back) {
    Table table(4);
    Packet p, q;
    const FlowKey opening = key_of(there, p), reply = key_of(back, q);
    CHECK(table.hash(opening) == table.hash(reply));
    Flow* flow = table.open(opening, start, 60s);
    REQUIRE(flow != nullptr);
    CHECK(table.look_up(opening, start).flow == flow);
    CHECK(table.look_up(opening, start).from == 0);
    CHECK(table.look_up(reply, start).flow == flow);
    CHECK(table.look_up(reply, start).from == 1);
}

}  // namespace

TEST_CASE("flow table: both directions find the flow and know who began, over IPv4 and IPv6") {
    using namespace craft;
    check_both_directions(tcp(v4(outside, 40000), v4(mail, 25)), tcp(v4(mail, 25), v4(outside, 40000)));
    check_both_directions(tcp(v6(outside, 40000), v6(mail, 25)), tcp(v6(mail, 25), v6(outside, 40000)));
    check_both_directions(udp(v4(mail, 40000), v4(resolver, 53), "?"), udp(v4(resolver, 53), v4(mail, 40000), "!"));
    check_both_directions(udp(v6(mail, 40000), v6(resolver, 53), "?"), udp(v6(resolver, 53), v6(mail, 40000), "!"));
    check_both_directions(echo_request(v4(mail), v4(resolver), 7), echo_reply(v4(resolver), v4(mail), 7));
    check_both_directions(echo_request(v6(mail), v6(resolver), 7), echo_reply(v6(resolver), v6(mail), 7));
}

TEST_CASE("flow table: a remembered flow is found at the guessed place from both sides, and only while it lives") {
    Table table(4);
    const FlowKey key = client(1), reply = key.swapped();
    CHECK(table.at(table.guess(key.ends), key.ends, start).flow == nullptr);
    Flow* flow = table.open(key, start, 60s);
    flow->state = FlowState::datagrams;
    CHECK(table.guess(key.ends).slot == Flow::none);
    table.remember(table.guess(key.ends), *flow);
    CHECK(table.at(table.guess(key.ends), key.ends, start).flow == flow);
    CHECK(table.at(table.guess(key.ends), key.ends, start).from == 0);
    CHECK(table.at(table.guess(reply.ends), reply.ends, start).flow == flow);
    CHECK(table.at(table.guess(reply.ends), reply.ends, start).from == 1);
    CHECK(table.at(table.guess(key.ends), key.ends, start + 61s).flow == nullptr);
    table.sweep(start + 600s);
    CHECK(table.at(table.guess(key.ends), key.ends, start + 600s).flow == nullptr);
}

TEST_CASE("flow table: a guess about a slot that another flow took, or about a cleared table, finds nothing") {
    Table table(1);
    const FlowKey one = client(1), other = client(2);
    Flow* first = table.open(one, start, 1s);
    first->state = FlowState::datagrams;
    table.remember(table.guess(one.ends), *first);
    table.sweep(start);
    table.sweep(start + 600s);
    Flow* second = table.open(other, start + 600s, 60s);
    REQUIRE(second == first);
    second->state = FlowState::datagrams;
    CHECK(table.at(table.guess(one.ends), one.ends, start + 600s).flow == nullptr);
    table.remember(table.guess(other.ends), *table.look_up(other, start + 600s).flow);
    table.clear();
    CHECK(table.at(table.guess(other.ends), other.ends, start + 600s).flow == nullptr);
}

TEST_CASE("flow table: two hosts that ping each other with one identifier are two flows") {
    using namespace craft;
    Table table(4);
    Packet p, q;
    const FlowKey one = key_of(echo_request(v4(mail), v4(resolver), 7), p), other = key_of(echo_request(v4(resolver), v4(mail), 7), q);
    Flow* first = table.open(one, start, 30s);
    CHECK(table.look_up(other, start).flow == nullptr);
    CHECK(table.open(other, start, 30s) != first);
    CHECK(table.size() == 2);
}

TEST_CASE("flow table: the tuple that an ICMP error quotes finds the flow that sent it") {
    using namespace craft;
    const auto about_tcp = tcp(v6(outside, 40000), v6(mail, 25)), about_echo = echo_request(v4(mail), v4(outside), 9);
    const auto error6 = icmp_error(v6(mail), v6(outside), 1, 4, about_tcp), error4 = icmp_error(v4(outside), v4(mail), 3, 1, about_echo);
    for (const auto& [about, error] : {std::pair{about_tcp, error6}, std::pair{about_echo, error4}}) {
        Table table(4);
        Packet sent, complaint;
        Flow* flow = table.open(key_of(about, sent), start, 60s);
        key_of(error, complaint);
        REQUIRE(complaint.quoted.present);
        const auto found = table.look_up(FlowKey::of(complaint.quoted.tuple), start);
        CHECK(found.flow == flow);
        CHECK(found.from == 0);
    }
}

TEST_CASE("flow table: each part of the tuple tells flows apart") {
    Table table(64);
    REQUIRE(table.open({FlowEnds::of(1, 2, 3, 4, 6, 4), {}}, start, 60s) != nullptr);
    const FlowKey others[] = {{FlowEnds::of(9, 2, 3, 4, 6, 4), {}},  {FlowEnds::of(1, 9, 3, 4, 6, 4), {}},
                              {FlowEnds::of(1, 2, 9, 4, 6, 4), {}},  {FlowEnds::of(1, 2, 3, 9, 6, 4), {}},
                              {FlowEnds::of(1, 2, 3, 4, 17, 4), {}}, {FlowEnds::of(1, 2, 4, 3, 6, 4), {}}};
    for (const FlowKey& k : others) CHECK(table.look_up(k, start).flow == nullptr);
    for (const FlowKey& k : others) CHECK(table.open(k, start, 60s) != nullptr);
    CHECK(table.size() == 7);
}

TEST_CASE("flow table: IPv6 addresses that differ only in their upper bits are different hosts") {
    Table table(8);
    const Address a = *parse_address("2001:db8:1::7"), b = *parse_address("2001:db8:2::7"), to = *parse_address("2001:db8:1::25");
    const FiveTuple one{a, to, 40000, 25, 6}, other{b, to, 40000, 25, 6};
    REQUIRE(table.open(FlowKey::of(one), start, 60s) != nullptr);
    CHECK(table.look_up(FlowKey::of(other), start).flow == nullptr);
    CHECK(table.look_up(FlowKey::of(one), start).flow != nullptr);
}

TEST_CASE("flow table: hosts whose addresses end alike find their flow from both ends, on equal ports too") {
    Table table(8);
    const Address a = *parse_address("2001:db8:1::7"), b = *parse_address("2001:db8:2::7");
    for (const std::uint16_t port : {std::uint16_t{123}, std::uint16_t{500}}) {
        const FiveTuple there{a, b, port, port, 17}, back = there.swapped();
        Flow* flow = table.open(FlowKey::of(there), start, 60s);
        CHECK(table.look_up(FlowKey::of(there), start).flow == flow);
        CHECK(table.look_up(FlowKey::of(there), start).from == 0);
        CHECK(table.look_up(FlowKey::of(back), start).flow == flow);
        CHECK(table.look_up(FlowKey::of(back), start).from == 1);
    }
}

TEST_CASE("flow table: an IPv4 flow is not found by an IPv6 packet with the same low bits") {
    Table table(8);
    const FiveTuple six{*parse_address("::a00:1"), *parse_address("::c000:219"), 40000, 25, 6};
    REQUIRE(table.open(client(1), start, 60s) != nullptr);
    CHECK(table.look_up(FlowKey::of(six), start).flow == nullptr);
}

TEST_CASE("flow table: the capacity is exact and does not depend on the hash key") {
    std::mt19937_64 random(4);
    for (std::uint32_t capacity : {1u, 2u, 3u, 5u, 64u, 100u, 1000u}) {
        for (int round = 0; round < 8; ++round) {
            FlowTable::HashKey key;
            for (auto& octet : key) octet = static_cast<std::uint8_t>(random());
            Table table(capacity, key);
            std::uint32_t opened = 0;
            for (std::uint32_t i = 0; i < capacity + 50; ++i) opened += table.open(client(i), start, 60s) != nullptr;
            CHECK(opened == capacity);
            CHECK(table.size() == capacity);
            for (std::uint32_t i = 0; i < capacity; ++i) CHECK(table.look_up(client(i), start).flow != nullptr);
        }
    }
}

TEST_CASE("flow table: a table of nothing still holds one flow") { CHECK(Table(0).capacity() == 1); }

TEST_CASE("flow table: a full table takes the same tuple again, in either direction") {
    Table table(2);
    Flow* first = table.open(client(1), start, 60s);
    table.open(client(2), start, 60s);
    CHECK(table.open(client(3), start, 60s) == nullptr);
    CHECK(table.open(client(1), start, 60s) == first);
    CHECK(table.open(client(1).swapped(), start, 60s) == first);
    CHECK(table.look_up(client(1), start).from == 1);
    CHECK(table.size() == 2);
}

TEST_CASE("flow table: a reopened flow is new in everything but its place") {
    Table table(8);
    Flow* flow = table.open(client(1), start, 60s);
    flow->state = FlowState::closed;
    flow->rule = 7;
    flow->provisional = true;
    flow->clear = 3;
    flow->side[0].strikes = 5;
    Flow* again = table.open(client(1), start + 10s, 30s);
    REQUIRE(again == flow);
    CHECK(again->state == FlowState::free);
    CHECK(again->rule == 0);
    CHECK_FALSE(again->provisional);
    CHECK(again->clear == 0);
    CHECK(again->side[0].strikes == 0);
    CHECK(again->deadline == start + 40s);
    CHECK(table.sweep(start + 10s) == 0);
    CHECK(table.sweep(start + 400s) == 1);
    CHECK(table.size() == 0);
}

TEST_CASE("flow table: random flows of both families are all found again, from both ends") {
    std::mt19937_64 random(77);
    Table table(5000);
    struct Kept {
        FiveTuple tuple;
        Flow* flow;
    };
    std::vector<Kept> kept;
    for (int i = 0; i < 4000; ++i) {
        FiveTuple t;
        const bool six = random() % 2;
        for (Address* a : {&t.src, &t.dst}) {
            a->family = six ? 6 : 4;
            for (std::size_t o = 0; o < (six ? 16u : 4u); ++o) a->octets[o] = static_cast<std::uint8_t>(random() % 4);  // near one another
        }
        t.sport = static_cast<std::uint16_t>(random() % 8);
        t.dport = static_cast<std::uint16_t>(random() % 8);
        t.proto = random() % 2 ? 6 : 17;
        if (t == t.swapped() || table.look_up(FlowKey::of(t), start).flow != nullptr) continue;
        kept.push_back({t, table.open(FlowKey::of(t), start, 60s)});
    }
    CHECK(kept.size() > 2000);
    for (const Kept& k : kept) {
        const FiveTuple back = k.tuple.swapped();
        const auto there = table.look_up(FlowKey::of(k.tuple), start), reply = table.look_up(FlowKey::of(back), start);
        REQUIRE(there.flow == k.flow);
        REQUIRE(there.from == 0);
        REQUIRE(reply.flow == k.flow);
        REQUIRE(reply.from == 1);
    }
}
