#include "collector/logs/log_index.hpp"

#include <algorithm>
#include <vector>

#include "collector/logs/book_rows.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

constexpr std::int64_t most_removed = 2'000;

Result<std::int64_t> setting(Database& db, const char* name) {
    auto row = db.prepare("SELECT CAST(value AS INTEGER) FROM setting WHERE name = ?");
    if (!row) return Unexpected{row.error()};
    auto there = row->bind(1, std::string_view(name)).step();
    if (!there) return Unexpected{there.error()};
    return *there ? row->integer(0) : std::int64_t{0};
}

Result<Done> set(Database& db, const char* name, std::int64_t value) {
    auto row = db.prepare("INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value");
    if (!row) return Unexpected{row.error()};
    return row->bind(1, std::string_view(name)).bind(2, std::to_string(value)).run();
}

struct Gone {
    std::int64_t id;
    std::string raw;
};

/// Receivers' clocks that show less, or so much more than is too old, are wrong (a machine without a battery begins at 1970).
constexpr std::int64_t earliest = 1'577'836'800'000'000'000;  // 2020-01-01
constexpr std::int64_t far_ahead = std::int64_t{30} * 365 * 24 * 3600 * 1'000'000'000;

enum class Which : std::uint8_t { oldest, undated, outdated };

/// The oldest; those of a wrong clock that were stored before one that is too old by a right one, so that they go with their neighbours;
/// those that are too old.
constexpr const char* to_go_queries[] = {
    "SELECT id, raw FROM log_event ORDER BY id LIMIT ?1",
    "SELECT id, raw FROM log_event WHERE (received < ?3 OR received > ?4) AND +id <"
    " (SELECT max(id) FROM log_event WHERE received >= ?3 AND received < ?2) LIMIT ?1",
    "SELECT id, raw FROM log_event WHERE received >= ?3 AND received < ?2 ORDER BY received LIMIT ?1",
};

/// excess: octets, after which enough have gone
Result<std::vector<Gone>> to_go(Database& db, Which which, Timestamp before, std::int64_t excess = INT64_MAX) {
    std::vector<Gone> gone;
    auto rows = db.prepare(to_go_queries[static_cast<unsigned>(which)]);
    if (!rows) return Unexpected{rows.error()};
    rows->bind(1, most_removed);
    if (which != Which::oldest) rows->bind(2, before.ns).bind(3, earliest);
    if (which == Which::undated) rows->bind(4, before.ns + far_ahead);
    auto done = each_row(*rows, [&](const Statement& r) {
        if (excess <= 0) return;
        gone.push_back({r.integer(0), octets_of(r, 1)});
        excess -= static_cast<std::int64_t>(gone.back().raw.size());
    });
    if (!done) return Unexpected{done.error()};
    return gone;
}

Result<std::vector<Gone>> to_go(Database& db, const LogRetention& keep, std::int64_t octets) {
    const std::int64_t excess = octets - static_cast<std::int64_t>(keep.octets);
    if (keep.octets > 0 && excess > 0) return to_go(db, Which::oldest, keep.before, excess);
    auto undated = to_go(db, Which::undated, keep.before);
    return !undated || !undated->empty() ? undated : to_go(db, Which::outdated, keep.before);
}

}  // namespace

std::string searchable(Bytes raw) { return escape_for_display({reinterpret_cast<const char*>(raw.data()), raw.size()}); }

Result<std::int64_t> index_step(Store& store, std::int64_t most) {
    Database& db = store.db();
    auto transaction = Transaction::begin(db);
    if (!transaction) return Unexpected{transaction.error()};
    const auto indexed = setting(db, "log_indexed");
    if (!indexed) return indexed;
    auto rows = db.prepare("SELECT id, raw FROM log_event WHERE id > ?1 ORDER BY id LIMIT ?2");
    auto insert = db.prepare("INSERT INTO log_text (rowid, line) VALUES (?, ?)");
    if (!rows || !insert) return Unexpected{(!rows ? rows : insert).error()};
    rows->bind(1, *indexed).bind(2, most);
    std::int64_t last = *indexed, n = 0;
    for (;;) {
        auto row = rows->step();
        if (!row) return Unexpected{row.error()};
        if (!*row) break;
        last = rows->integer(0);
        const std::string text = searchable(rows->blob(1));
        if (auto done = insert->bind(1, last).bind_borrowed(2, text).run(); !done) return Unexpected{done.error()};
        ++n;
    }
    if (n == 0) return n;
    if (auto done = set(db, "log_indexed", last); !done) return Unexpected{done.error()};
    if (auto done = transaction->commit(); !done) return Unexpected{done.error()};
    return n;
}

Result<std::int64_t> log_retain_step(Store& store, const LogRetention& keep) {
    Database& db = store.db();
    auto transaction = Transaction::begin(db);
    if (!transaction) return Unexpected{transaction.error()};
    const auto octets = setting(db, "log_octets"), indexed = setting(db, "log_indexed");
    if (!octets || !indexed) return !octets ? octets : indexed;
    const auto gone = to_go(db, keep, *octets);
    if (!gone) return Unexpected{gone.error()};
    if (gone->empty()) return std::int64_t{0};
    auto row = db.prepare("DELETE FROM log_event WHERE id = ?");
    auto words = db.prepare("INSERT INTO log_text (log_text, rowid, line) VALUES ('delete', ?, ?)");
    if (!row || !words) return Unexpected{(!row ? row : words).error()};
    std::int64_t less = 0;
    for (const Gone& g : *gone) {
        less += static_cast<std::int64_t>(g.raw.size());
        if (g.id <= *indexed)
            if (auto done = words->bind(1, g.id).bind(2, searchable(as_bytes(g.raw))).run(); !done) return Unexpected{done.error()};
        if (auto done = row->bind(1, g.id).run(); !done) return Unexpected{done.error()};
    }
    if (auto done = set(db, "log_octets", std::max<std::int64_t>(*octets - less, 0)); !done) return Unexpected{done.error()};
    if (auto done = transaction->commit(); !done) return Unexpected{done.error()};
    return static_cast<std::int64_t>(gone->size());
}

}  // namespace sw
