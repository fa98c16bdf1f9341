/// Five million greylisted packets of three causes, and one packet of a fourth.
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "tests/cli/folder.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/records.hpp"

namespace sw::test {
namespace {

constexpr std::uint64_t flood = 5'000'000;

/// Octets of memory that this process has now.
std::uint64_t resident() {
    std::ifstream statm("/proc/self/statm");
    std::uint64_t size = 0, pages = 0;
    statm >> size >> pages;
    REQUIRE(pages > 0);
    return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

void commit_now_and_then(Ingest& ingest, std::uint64_t n) {
    if (ingest.pending() < Ingest::comfortable && n % 200'000 != 0) return;
    const auto done = ingest.commit({1, n});
    if (!done) FAIL(done.error().text);
}

}  // namespace

TEST_CASE("flood: four findings, exact counts, the single new cause first, samples bounded, memory flat") {
    const cli::Folder folder;
    auto store = Store::open(folder.at("week.db"), Store::Access::ingest);
    REQUIRE(store);
    Ingest ingest(*store);
    REQUIRE(ingest.begin("spool:flood"));
    ingest.run(run_record());
    for (std::uint32_t f = 1; f <= 4; ++f) ingest.finding(finding_record(f, f));
    const std::vector<std::uint8_t> octets(60, 0x41);
    std::uint64_t early = 0, most = 0;
    for (std::uint64_t n = 1; n <= flood; ++n) {
        if (n == flood / 2) ingest.packet(packet_record(4, octets, record_start + std::chrono::microseconds(n), n));
        ingest.packet(packet_record(static_cast<std::uint32_t>(1 + n % 3), octets, record_start + std::chrono::microseconds(n), n));
        commit_now_and_then(ingest, n);
        if (n == flood / 10) early = resident();
        if (n % 100'000 == 0) most = std::max(most, resident());
    }
    REQUIRE(ingest.commit({1, flood}));
    CHECK(rows_of(store->db(), "SELECT count FROM finding ORDER BY severity DESC, first DESC, id") == "1\n1666666\n1666667\n1666667");
    CHECK(rows_of(store->db(), "SELECT id FROM finding ORDER BY severity DESC, first DESC, id LIMIT 1") == "4");
    CHECK(rows_of(store->db(), "SELECT samples FROM finding ORDER BY id") == "21\n21\n21\n1");
    CHECK(rows_of(store->db(), "SELECT sum(packets) FROM finding_count") == "5000001");
    CHECK(most <= early + (8u << 20));
    CHECK(std::filesystem::file_size(folder.at("week.db")) < 1u << 20);
}

}  // namespace sw::test
