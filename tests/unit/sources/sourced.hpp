#pragma once
/// A source, read to its end into a store, as the collector does it.
#include <string>
#include <vector>

#include "collector/sources/log_source.hpp"
#include "tests/unit/log_store/log_room.hpp"

namespace sw::test {

struct Sourced : LogRoom {
    std::vector<std::string> troubles;  ///< "kind: sentence"
    LogTrouble trouble() {
        return [this](Severity, const char* kind, std::string sentence, std::uint64_t) { troubles.push_back(kind + (": " + sentence)); };
    }

    /// Gives how many lines were taken.
    std::size_t read(LogSource& source, std::size_t at_most = 1'000'000) {
        std::size_t sum = 0;
        for (;;) {
            const auto n = source.read(*ingest, std::min<std::size_t>(at_most - sum, 1000));
            if (!n) FAIL(n.error().text);
            sum += *n;
            if (*n == 0 || sum == at_most) return sum;
        }
    }
    void commit_of(LogSource& source) {
        std::vector<LogPosition> positions;
        source.positions(positions);
        commit(positions);
        source.committed();
    }
    /// The texts of all lines in the store, in their order.
    std::string lines() { return rows("SELECT substr(CAST(raw AS TEXT), instr(CAST(raw AS TEXT), ':') + 2) FROM log_event ORDER BY id"); }
};

}  // namespace sw::test
