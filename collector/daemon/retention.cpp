#include "collector/daemon/retention.hpp"

namespace sw {
namespace {

constexpr const char* steps[] = {
    "DELETE FROM flow WHERE id IN (SELECT id FROM flow WHERE first < ?1 ORDER BY first LIMIT 500)",
    "DELETE FROM session WHERE id IN (SELECT id FROM session WHERE opened < ?1 AND state <> 'live' ORDER BY opened LIMIT 500)",
    "DELETE FROM chart WHERE start = (SELECT min(start) FROM chart) AND start < ?1",
    ("DELETE FROM finding_count WHERE (finding, start) IN (SELECT c.finding, c.start FROM finding f JOIN finding_count c ON c.finding = f.id"
     " WHERE f.state IN ('allowed', 'dismissed') AND c.start < ?1 LIMIT 500)"),
};

}  // namespace

Result<std::int64_t> retain_step(Store& store, Timestamp before) {
    Database& db = store.db();
    auto transaction = Transaction::begin(db);
    if (!transaction) return Unexpected{transaction.error()};
    std::int64_t gone = 0;
    for (const char* sql : steps) {
        auto statement = db.prepare(sql);
        if (!statement) return Unexpected{statement.error()};
        if (auto done = statement->bind(1, before.ns).run(); !done) return Unexpected{done.error()};
        gone += db.changes();
    }
    if (auto done = transaction->commit(); !done) return Unexpected{done.error()};
    if (gone == 0)
        if (auto done = db.execute("PRAGMA incremental_vacuum(1000)"); !done) return Unexpected{done.error()};
    return gone;
}

}  // namespace sw
