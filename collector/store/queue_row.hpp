#pragma once
/// Rows of finding and review as values: what the files of the queue share.
#include <string_view>

#include "collector/store/database.hpp"
#include "collector/store/match.hpp"
#include "collector/store/queue.hpp"

namespace sw::queue_row {

/// For SELECT; finding() reads them in this order.
extern const std::string_view finding_columns;
QueuedFinding finding(const Statement& row);

/// For SELECT and INSERT, without prev and hash; review() reads them in this order, then the hash.
extern const std::string_view review_columns;
inline constexpr int review_fields = 14;
Review review(const Statement& row);

/// Bind values from place `at` on; gives the place behind them.
int bind(Statement& statement, int at, const std::vector<MatchSql::Value>& values);

/// All rows of a statement, each by `read`.
template <class Row>
Result<std::vector<Row>> all(Statement& statement, Row (*read)(const Statement&)) {
    std::vector<Row> rows;
    for (;;) {
        auto more = statement.step();
        if (!more) return Unexpected{more.error()};
        if (!*more) return rows;
        rows.push_back(read(statement));
    }
}

/// A JSON array of slugs; what is no slug is left out.
ReasonSet reasons_of(const std::string& json);

/// "there is no finding 12 ..."
std::string no_such(std::int64_t finding);

/// Of this machine's clock.
Timestamp now();

/// "2026-11-21T23:20:00Z": as people read it.
std::string to_the_second(Timestamp t);

}  // namespace sw::queue_row
