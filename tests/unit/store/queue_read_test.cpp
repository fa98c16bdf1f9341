/// Looking at the queue: order, pages, samples, what shares addresses.
#include "tests/support/catch.hpp"
#include "tests/unit/store/shelf.hpp"

namespace sw {
namespace {

using shelf::Shelf;
using Ids = std::vector<std::int64_t>;

Ids ids_of(const Result<std::vector<QueuedFinding>>& rows) {
    if (!rows) FAIL(rows.error().text);
    Ids ids;
    for (const QueuedFinding& f : *rows) ids.push_back(f.id);
    return ids;
}

Ids listed(Shelf& s, QueueOrder order, std::uint64_t limit = 50, std::uint64_t offset = 0) {
    return ids_of(s.queue().list({{}, order, limit, offset}, {}));
}

}  // namespace

TEST_CASE("queue list: critical findings first, then the newest cause") {
    Shelf s;
    const auto old = s.add({.first = {10}}), fresh = s.add({.first = {20}}), critical = s.add({.severity = 2, .first = {5}});
    CHECK(listed(s, QueueOrder::priority) == Ids{critical, fresh, old});
}

TEST_CASE("queue list: sorted by last packet, first packet, count or number") {
    Shelf s;
    const auto a = s.add({.count = 7, .first = {1}, .last = {30}}), b = s.add({.count = 9, .first = {3}, .last = {20}}),
               c = s.add({.count = 8, .first = {2}, .last = {10}});
    CHECK(listed(s, QueueOrder::last) == Ids{a, b, c});
    CHECK(listed(s, QueueOrder::first) == Ids{b, c, a});
    CHECK(listed(s, QueueOrder::count) == Ids{b, c, a});
    CHECK(listed(s, QueueOrder::id) == Ids{a, b, c});
}

TEST_CASE("queue list: pages follow each other without gap or overlap") {
    Shelf s;
    s.add(std::size_t{7});
    CHECK(listed(s, QueueOrder::priority, 3, 0) == Ids{1, 2, 3});
    CHECK(listed(s, QueueOrder::priority, 3, 3) == Ids{4, 5, 6});
    CHECK(listed(s, QueueOrder::priority, 3, 6) == Ids{7});
    CHECK(listed(s, QueueOrder::priority, 3, 9) == Ids{});
    CHECK(s.queue().number({}, {}).value() == 7);
}

TEST_CASE("queue: totals count what matches, and of it what waits for a person") {
    Shelf s;
    for (const char* state : {"open", "taken", "escalated", "allowed", "dismissed"}) s.add({.state = state});
    s.add({.port = 25});
    const auto all = s.queue().totals({}, {}), some = s.queue().totals(*parse_match("port:465"), {}),
               settled = s.queue().totals(*parse_match("state:dismissed"), {});
    REQUIRE((all && some && settled));
    CHECK(all->all == 6);
    CHECK(all->pending == 4);
    CHECK(some->all == 5);
    CHECK(some->pending == 3);
    CHECK(settled->all == 1);
    CHECK(settled->pending == 0);
}

TEST_CASE("queue: a finding is read as it is stored") {
    Shelf s;
    const auto id = s.add({.severity = 2, .black = true, .rule = "mail-out", .count = 12, .first = {3}, .last = {9}});
    const auto f = s.queue().get(id);
    REQUIRE(f);
    CHECK(f->id == id);
    CHECK(f->state == QueueState::open);
    CHECK(f->analyst == "");
    CHECK(f->version == 0);
    CHECK(f->severity == Severity::critical);
    CHECK(f->black);
    CHECK_FALSE(f->folded);
    CHECK(f->reasons == ReasonSet(Reason::no_rule));
    CHECK(f->why == std::vector<std::string>{"dst port 465 is not 25"});
    CHECK(to_string(f->initiator) == "198.51.100.7");
    CHECK(to_string(f->responder) == "192.0.2.25");
    CHECK(f->port == 465);
    CHECK(f->count == 12);
    CHECK(f->octets == 60);
    CHECK(f->first == Timestamp{3});
    CHECK(f->last == Timestamp{9});
    CHECK(f->nearest == "smtp-in");
    CHECK(f->rule == "mail-out");
    CHECK(f->policy_sha256 == "5a");
}

TEST_CASE("queue: a finding without addresses and port says so") {
    Shelf s;
    const auto f = s.queue().get(s.add({.initiator = "", .responder = "", .port = -1}));
    REQUIRE(f);
    CHECK(f->initiator.family == 0);
    CHECK(f->responder.family == 0);
    CHECK_FALSE(f->port);
}

TEST_CASE("queue: a finding that is not there is an error with its number") {
    Shelf s;
    const auto f = s.queue().get(99);
    REQUIRE_FALSE(f);
    CHECK(f.error().code == ExitCode::input);
    CHECK(f.error().text == "there is no finding 99 in this store ('span-watcher queue list' names those there are)");
}

TEST_CASE("queue: samples come in order, so many as asked for, octet for octet") {
    Shelf s;
    const auto id = s.add();
    s.sample(id, 100, "second");
    s.sample(id, 1, "first");
    s.sample(s.add(), 1, "of another");
    const auto all = s.queue().samples(id, 16), one = s.queue().samples(id, 1);
    REQUIRE(all);
    REQUIRE(all->size() == 2);
    CHECK((*all)[0].comment == "first");
    CHECK((*all)[1].ordinal == 100);
    CHECK((*all)[0].octets == std::vector<std::uint8_t>{0x00, 0xff, 0x41});
    CHECK((*all)[0].ts == Timestamp{7});
    CHECK((*all)[0].len == 60);
    CHECK((*all)[0].number == 9);
    CHECK((*all)[0].reasons == ReasonSet(Reason::no_rule));
    REQUIRE(one);
    CHECK(one->size() == 1);
}

TEST_CASE("queue: counts come by interval") {
    Shelf s;
    const auto id = s.add();
    s.sql("INSERT INTO finding_count VALUES (1, 600, 2, 120), (1, 300, 1, 60)");
    const auto counts = s.queue().counts(id);
    REQUIRE(counts);
    REQUIRE(counts->size() == 2);
    CHECK((*counts)[0].start == Timestamp{300});
    CHECK((*counts)[1].packets == 2);
    CHECK((*counts)[1].octets == 120);
}

TEST_CASE("queue: other findings of the same addresses, in any part, the newest first") {
    Shelf s;
    const auto f = s.add(), same = s.add(), swapped = s.add({.initiator = "192.0.2.25", .responder = "198.51.100.7"});
    const auto half = s.add({.responder = "203.0.113.1"});
    s.add({.initiator = "203.0.113.2", .responder = "203.0.113.1"});
    s.add({.initiator = "", .responder = ""});
    const auto finding = s.queue().get(f);
    REQUIRE(finding);
    CHECK(ids_of(s.queue().of_same_addresses(*finding, 10)) == Ids{half, swapped, same});
    CHECK(ids_of(s.queue().of_same_addresses(*finding, 2)) == Ids{half, swapped});
}

TEST_CASE("queue: a finding without addresses has no kin") {
    Shelf s;
    const auto f = s.add({.initiator = "", .responder = ""});
    s.add({.initiator = "", .responder = ""});
    CHECK(ids_of(s.queue().of_same_addresses(*s.queue().get(f), 10)) == Ids{});
}

TEST_CASE("queue: state and verb words are read back as they are written") {
    for (const QueueState state : {QueueState::open, QueueState::taken, QueueState::escalated, QueueState::allowed, QueueState::dismissed})
        CHECK(queue_state_from(to_string(state)) == state);
    CHECK_FALSE(queue_state_from("closed"));
}

}  // namespace sw
