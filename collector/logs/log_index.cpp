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

/// A clock that is so far ahead of us is wrong.
constexpr std::int64_t far_ahead = std::int64_t{30} * 365 * 24 * 3600 * 1'000'000'000;

/// The oldest lines, where there are too many octets; else those that are too old. A line is as old as the lines that were stored before
/// it: one of a receiver whose clock begins at 1970 after a boot stays as long as its neighbours. Clocks that are far ahead hold nobody
/// back.
Result<std::vector<Gone>> to_go(Database& db, const LogRetention& keep, std::int64_t octets) {
    const bool too_many = keep.octets > 0 && octets > static_cast<std::int64_t>(keep.octets);
    std::vector<Gone> gone;
    auto rows = db.prepare("SELECT id, raw, received FROM log_event ORDER BY id");
    if (!rows) return Unexpected{rows.error()};
    std::int64_t excess = octets - static_cast<std::int64_t>(keep.octets);
    while (gone.size() < static_cast<std::size_t>(most_removed) && (!too_many || excess > 0)) {
        const auto row = rows->step();
        if (!row) return Unexpected{row.error()};
        if (!*row) break;
        const std::int64_t received = rows->integer(2);
        if (!too_many && received > keep.before.ns + far_ahead) continue;
        if (!too_many && received >= keep.before.ns) break;
        gone.push_back({rows->integer(0), octets_of(*rows, 1)});
        excess -= static_cast<std::int64_t>(gone.back().raw.size());
    }
    return gone;
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
