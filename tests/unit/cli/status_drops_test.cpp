/// status tells what the last day lost, not only what its newest stretch did.
#include "collector/cli/status_facts.hpp"
#include "tests/unit/store/store_room.hpp"

namespace sw::test {
namespace {

using std::chrono::hours;

void cover(Room& room, hours begins, std::optional<std::uint64_t> kernel, std::optional<std::uint64_t> interface) {
    CoverageRecord c;
    c.from = record_start + begins;
    c.to = c.from + std::chrono::seconds{10};
    c.frames = 1;
    c.kernel_drops = kernel;
    c.interface_drops = interface;
    room.ingest.coverage(c);
}

StatusFacts facts_of(Room& room) {
    room.commit(1);
    auto facts = status_facts(room.store, record_start + hours{100});
    if (!facts) FAIL(facts.error().text);
    return std::move(*facts);
}

}  // namespace

TEST_CASE("status: frames that were lost an hour ago are still told, with the time of the last loss") {
    Room room;
    cover(room, hours{1}, 5, 0);  // more than a day before the newest
    cover(room, hours{30}, 40'000, 7);
    cover(room, hours{31}, 2'447, std::nullopt);
    cover(room, hours{32}, 0, 0);
    const StatusFacts facts = facts_of(room);
    CHECK(facts.coverage->kernel_drops == 0u);
    CHECK(facts.missing.any());
    CHECK(facts.missing.kernel_drops == 42'447);
    CHECK(facts.missing.interface_drops == 7);
    CHECK(facts.missing.last == record_start + hours{31} + std::chrono::seconds{10});
}

TEST_CASE("status: where nothing is known to be lost, nothing is told") {
    Room room;
    cover(room, hours{1}, std::nullopt, 0);
    CHECK_FALSE(facts_of(room).missing.any());
    Room empty;
    CHECK_FALSE(facts_of(empty).missing.any());
}

}  // namespace sw::test
