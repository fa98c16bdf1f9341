#include "collector/logs/log_sql.hpp"

#include <fmt/format.h>

#include "collector/logs/in_force.hpp"

namespace sw {

Result<LogSql> LogSql::prepare(Database& db) {
    LogSql s;
    const std::pair<Statement*, const char*> texts[] = {
        {&s.source_new,
         "INSERT INTO log_source (via, address, host, mac, first, last, lines, octets, sequence, missing, zone, skew, silent)"
         " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET lines = lines + excluded.lines,"
         " octets = octets + excluded.octets, last = max(last, excluded.last) RETURNING id"},
        {&s.source_more,
         "UPDATE log_source SET mac = ?2, last = max(last, ?3), lines = lines + ?4, octets = octets + ?5, sequence = ?6,"
         " missing = missing + ?7, zone = ?8, skew = ?9, silent = ?10, first = min(first, ?11) WHERE id = ?1"},
        {&s.event,
         "INSERT INTO log_event (received, source, host, claimed, facility, severity, app, proc_id, msg_id, verdict, template, finding, odd, raw)"
         " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
        {&s.template_new,
         "INSERT INTO log_template (id, host, program, text, holes, finding, count, first, last) VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?)"
         " ON CONFLICT DO UPDATE SET finding = excluded.finding WHERE NOT (SELECT {} FROM finding f WHERE f.id = log_template.finding)"},
        {&s.template_more, "UPDATE log_template SET count = count + ?2, first = min(first, ?3), last = max(last, ?4) WHERE id = ?1"},
        {&s.template_gone, "DELETE FROM log_template WHERE finding = ?"},
        {&s.value_gone, "DELETE FROM log_value WHERE finding = ?"},
        {&s.value,
         "INSERT INTO log_value (template, hole, value, finding) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET finding = excluded.finding"
         " WHERE NOT (SELECT {} FROM finding f WHERE f.id = log_value.finding)"},
        {&s.claim,
         "INSERT INTO log_claim (host, claimed, finding) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET finding = excluded.finding"
         " WHERE NOT (SELECT {} FROM finding f WHERE f.id = log_claim.finding)"},
        {&s.position,
         "INSERT INTO journal_offset (journal, segment, offset, complete, began, mark) VALUES (?, ?, ?, ?, ?, ?)"
         " ON CONFLICT DO UPDATE SET segment = excluded.segment, offset = excluded.offset, complete = excluded.complete, mark = excluded.mark"},
        {&s.position_of, "SELECT segment, offset, complete, mark FROM journal_offset WHERE journal = ?"},
        {&s.host,
         "INSERT INTO log_host (host, phase, armed_until, announced_until, marker, announced, learn_from, learn_until, learning)"
         " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO UPDATE SET phase = ?2, armed_until = ?3, announced_until = ?4,"
         " marker = ?5, announced = ?6, learn_from = ?7, learn_until = ?8, learning = ?9"},
        {&s.boot,
         "INSERT INTO log_boot (host, marker, finding) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET finding = coalesce(?3, finding)"},
        {&s.boot_line, "INSERT OR REPLACE INTO log_boot_line (host, marker, place, program, text) VALUES (?, ?, ?, ?, ?)"},
        {&s.octets,
         "INSERT INTO setting (name, value) VALUES ('log_octets', ?1) ON CONFLICT DO UPDATE SET"
         " value = CAST(CAST(value AS INTEGER) + CAST(?1 AS INTEGER) AS TEXT)"},
        {&s.loss, "INSERT INTO log_loss (origin, hour, lost) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET lost = lost + excluded.lost"},
        {&s.data_version, "PRAGMA data_version"},
    };
    for (const auto& [statement, text] : texts) {
        auto prepared = db.prepare(fmt::format(fmt::runtime(text), in_force));
        if (!prepared) return Unexpected{prepared.error()};
        *statement = std::move(*prepared);
    }
    return s;
}

}  // namespace sw
