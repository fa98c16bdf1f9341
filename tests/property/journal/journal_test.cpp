// Random records, written by writers that die at random instants: nothing that was flushed is lost, nothing comes twice.
#include <random>

#include "tests/unit/journal/journal_fixture.hpp"

using namespace sw;
namespace fs = std::filesystem;

namespace {

using Random = std::mt19937_64;

std::uint64_t below(Random& random, std::uint64_t n) { return random() % n; }

std::string random_octets(Random& random, std::size_t n) {
    std::string octets(n, '\0');
    for (char& c : octets) c = static_cast<char>(random());
    return octets;
}

/// One writer's life: records at random, flushed at random, then death: what it had not flushed is cut off at random.
/// Gives the packets that were flushed, by finding.
std::map<std::uint32_t, std::uint64_t> live_and_die(Random& random, const cli::Folder& folder, const JournalLimits& limits) {
    std::map<std::uint32_t, std::uint64_t> flushed, waiting;
    const cli::Folder copy;
    {
        const auto writer = writer_in(folder, limits);
        writer->run(a_run());
        for (std::uint32_t f = 1; f <= 3; ++f) writer->finding(a_finding(f));
        for (std::uint64_t i = below(random, 200); i > 0; --i) {
            const auto finding = static_cast<std::uint32_t>(1 + below(random, 3));
            switch (below(random, 6)) {
                case 0:
                    REQUIRE(writer->flush(false));
                    for (const auto& [f, n] : waiting) flushed[f] += n;
                    waiting.clear();
                    break;
                case 1: {
                    const std::uint64_t n = 1 + below(random, 1000);
                    writer->count({finding, n, n, {1}, {2}});
                    waiting[finding] += n;
                    break;
                }
                case 2:
                    writer->heartbeat({{1}, 2, 3});
                    break;
                default:
                    writer->packet(a_packet(finding, random_octets(random, below(random, 300)), i));
                    ++waiting[finding];
            }
        }
        // What the file holds now is all that a dead writer leaves; its last breath below does not reach the copy.
        fs::copy(folder.path(), copy.path(), fs::copy_options::recursive);
    }
    for (const auto& entry : fs::directory_iterator(folder.path())) {
        const fs::path kept = copy.path() / entry.path().filename();
        if (fs::exists(kept))
            fs::copy_file(kept, entry.path(), fs::copy_options::overwrite_existing);
        else
            fs::remove(entry.path());
    }
    return flushed;
}

}  // namespace

TEST_CASE("journal: whatever was flushed before a writer died is read once, through any number of readers and deaths") {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        Random random(seed);
        INFO("seed " << seed);
        const cli::Folder folder;
        const JournalLimits limits{.segment_octets = 1'000 + below(random, 20'000),
                                   .total_octets = 10'000 + below(random, 200'000),
                                   .first_of_cause = static_cast<std::uint32_t>(below(random, 5))};
        std::map<std::uint32_t, std::uint64_t> flushed, seen;
        JournalPosition at;
        for (int life = 0; life < 4; ++life) {
            for (const auto& [f, n] : live_and_die(random, folder, limits)) flushed[f] += n;
            JournalReader reader = reader_of(folder, at);
            RecordLog log;
            for (std::uint64_t some = 1 + below(random, 500);;) {
                const auto n = reader.read(log, some);
                REQUIRE(n);
                if (*n == 0) break;
            }
            for (const auto& [f, n] : log.packets) seen[f] += n;
            at = reader.position();
            // More may be there than was flushed by hand (buffers are written when they are large), never less.
            for (const auto& [f, n] : flushed) REQUIRE(seen[f] >= n);
        }
    }
}
