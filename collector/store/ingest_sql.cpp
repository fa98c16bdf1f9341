#include "collector/store/ingest_sql.hpp"

namespace sw {

Result<IngestSql> IngestSql::prepare(Database& db) {
    IngestSql s;
    const std::pair<Statement*, const char*> texts[] = {
        {&s.load, "SELECT id, count, first, policy_sha256, state IN ('allowed', 'dismissed') FROM finding WHERE key = ?"},
        {&s.progress, "SELECT segment, offset, complete, began FROM journal_offset WHERE journal = ?"},
        {&s.covered, "SELECT 1 FROM coverage WHERE journal = ? LIMIT 1"},
        {&s.data_version, "PRAGMA data_version"},
        {&s.totals, "SELECT (SELECT count(*) FROM finding), (SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'sample_octets')"},
        {&s.policy, "INSERT OR IGNORE INTO policy (sha256, path, text, first_used) VALUES (?, ?, ?, ?)"},
        {&s.insert,
         "INSERT INTO finding (key, shape, severity, black, folded, reasons, sentence, why, detail, direction, initiator, responder, proto, port,"
         " nearest, rule, count, octets, first, last, samples, samples_dropped, policy_sha256, kind)"
         " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
        {&s.update,
         "UPDATE finding SET count = count + ?, octets = octets + ?, last = max(last, ?), samples = samples + ?,"
         " samples_dropped = samples_dropped + ? WHERE id = ?"},
        {&s.earlier, "UPDATE finding SET first = min(first, ?) WHERE id = ?"},
        {&s.retell, "UPDATE finding SET sentence = ?, why = ?, detail = ?, nearest = ?, policy_sha256 = ? WHERE id = ?"},
        {&s.span,
         "INSERT INTO finding_count (finding, start, packets, octets) VALUES (?, ?, ?, ?)"
         " ON CONFLICT DO UPDATE SET packets = packets + excluded.packets, octets = octets + excluded.octets"},
        {&s.sample,
         "INSERT INTO sample (finding, ordinal, ts, len, linktype, swapped, verdict, reasons, comment, source, number, policy_sha256, octets, kind)"
         " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
        {&s.sample_octets,
         "INSERT INTO setting (name, value) VALUES ('sample_octets', ?) ON CONFLICT DO UPDATE SET value = excluded.value"},
        {&s.flow,
         "INSERT INTO flow (rule, initiator, responder, proto, sport, dport, packets_out, packets_back, octets_out, octets_back, first, last,"
         " provisional, complete, policy_sha256) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
        {&s.chart,
         "INSERT INTO chart (start, rule, initiator, responder, proto, port, packets, octets, flows) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
         " ON CONFLICT DO UPDATE SET packets = packets + excluded.packets, octets = octets + excluded.octets, flows = flows + excluded.flows"},
        {&s.uncover, "DELETE FROM coverage WHERE journal = ?"},
        {&s.coverage,
         "INSERT INTO coverage (journal, file, policy_sha256, mode, unconfined, start, stop, frames, octets, allowed, greylisted, blacklisted,"
         " flows, clock_steps, kernel_drops, interface_drops, samples_dropped, error, logs, logs_dropped)"
         " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
        {&s.position,
         "INSERT INTO journal_offset (journal, segment, offset, complete, began) VALUES (?, ?, ?, ?, ?)"
         " ON CONFLICT DO UPDATE SET segment = excluded.segment, offset = excluded.offset, complete = excluded.complete"},
        {&s.alarm_due,
         "INSERT INTO alarm_due (finding, was, digits, since) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET digits = excluded.digits"},
        {&s.session,
         "INSERT INTO session (journal, run, rule, initiator, responder, proto, sport, dport, opened, last, packets_out, packets_back, octets_out,"
         " octets_back, state, provisional, names, policy_sha256) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
         " ON CONFLICT DO UPDATE SET run = excluded.run, last = excluded.last, packets_out = excluded.packets_out,"
         " packets_back = excluded.packets_back, octets_out = excluded.octets_out, octets_back = excluded.octets_back, state = excluded.state,"
         " names = excluded.names"},
        {&s.lose, "UPDATE session SET state = 'lost' WHERE journal = ? AND state = 'live' AND run <> ?"},
        {&s.wrapping,
         "UPDATE sample SET wrapped_from = ?, wrapped = ?, wrapped_tail = ?, inner_linktype = ? WHERE finding = ? AND ordinal = ?"},
        {&s.mirror, "UPDATE coverage SET mirror_lost = ? WHERE id = ?"},
    };
    for (const auto& [statement, text] : texts) {
        auto prepared = db.prepare(text);
        if (!prepared) {
            Error error = prepared.error();
            if (error.code == ExitCode::environment) error = {ExitCode::integrity, error.text + ": this is not the store that we made"};
            return Unexpected{error};
        }
        *statement = std::move(*prepared);
    }
    return s;
}

}  // namespace sw
