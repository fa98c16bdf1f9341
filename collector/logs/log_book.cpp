#include "collector/logs/log_book.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>

#include "collector/logs/book_rows.hpp"
#include "collector/logs/in_force.hpp"
#include "rules/base/hex.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

constexpr std::string_view undecided = "f.state IN ('open', 'taken', 'escalated')";

std::optional<std::int64_t> number_or_none(const Statement& row, int column) {
    return row.is_null(column) ? std::nullopt : std::optional(row.integer(column));
}

}  // namespace

LogLimits limits_of(const LogSection& section) {
    LogLimits limits;
    limits.templates_a_host = section.templates_a_host;
    limits.values_a_hole = section.values_a_hole;
    limits.new_templates_a_host = section.new_templates_a_host;
    return limits;
}

BootSettings boot_settings_of(const LogSection& section) {
    BootSettings settings;
    settings.window = section.learn;
    return settings;
}

/// A name for several addresses is a group's; but the two families of one host are one host.
std::string host_name_of(const Policy& policy, const Address& address) {
    for (const auto& [name, values] : policy.names) {
        std::size_t same_family = 0;
        bool has = false;
        for (const std::string& value : values) {
            const auto parsed = parse_address(value);
            same_family += parsed && parsed->family == address.family;
            has |= parsed && *parsed == address;
        }
        if (has && same_family == 1) return name;
    }
    return to_string(address);
}

Result<std::string> log_token(Database& db) {
    auto row = db.prepare(
        "SELECT coalesce((SELECT value FROM setting WHERE name = 'log_version'), '0') || ' ' || coalesce((SELECT max(id) FROM review), 0)");
    if (!row) return Unexpected{row.error()};
    if (auto there = row->step(); !there) return Unexpected{there.error()};
    return row->text(0);
}

Result<Done> bump_log_version(Database& db) {
    return db.execute(
        "INSERT INTO setting (name, value) VALUES ('log_version', '1')"
        " ON CONFLICT DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)");
}

Result<std::array<std::uint8_t, 16>> log_hash_key(Database& db) {
    std::array<std::uint8_t, 16> key{};
    auto select = db.prepare("SELECT value FROM setting WHERE name = 'log_hash_key'");
    if (!select) return Unexpected{select.error()};
    auto there = select->step();
    if (!there) return Unexpected{there.error()};
    if (!*there) {
        randombytes_buf(key.data(), key.size());
        auto insert = db.prepare("INSERT OR IGNORE INTO setting (name, value) VALUES ('log_hash_key', ?)");
        if (!insert) return Unexpected{insert.error()};
        static_cast<void>(insert->bind(1, to_hex(key)).run());  // who may only read does without
        return key;
    }
    std::string octets;
    if (!from_hex(select->text(0), octets) || octets.size() != key.size())
        return unexpected(fmt::format("{}: its setting log_hash_key is not what we wrote", escape_for_display(db.path())),
                          ExitCode::integrity);
    std::copy(octets.begin(), octets.end(), key.begin());
    return key;
}

void LogBook::Members::add(const LogCause& cause, bool undecided) {
    if (!known.insert(cause.key()).second || !undecided || cause.is_folded()) return;
    ++of_fold[fold_of(cause).key()];
    ++of_host[host_key(cause)];
}

std::string LogBook::Members::host_key(const LogCause& cause) { return fmt::format("{} {}", cause.host(), info(cause.reason()).slug); }

Result<std::unique_ptr<LogBook>> LogBook::load(Database& db, const LogRules& rules) {
    const auto key = log_hash_key(db);
    if (!key) return Unexpected{key.error()};
    const LogSection& section = rules.policy->log;
    std::unique_ptr<LogBook> book(new LogBook(LogJudge(rules.logs, limits_of(section), *key), BootTracker(boot_settings_of(section))));
    using Step = Result<Done> (LogBook::*)(Database&);
    for (const Step step : {&LogBook::load_sources, &LogBook::load_hosts, &LogBook::load_templates, &LogBook::load_members})
        if (auto done = (book.get()->*step)(db); !done) return Unexpected{done.error()};
    return book;
}

Result<Done> LogBook::load_sources(Database& db) {
    return each_row(db, "SELECT id, via, address, host, mac, first, last, sequence, zone, skew, silent FROM log_source ORDER BY id",
                    [&](const Statement& row) {
                        const auto via = log_via_from(row.text(1));
                        if (!via) return;
                        LogSourceRow s;
                        s.id = row.integer(0);
                        s.via = *via;
                        s.address = address_from_blob(row.blob(2));
                        s.host = row.text(3);
                        s.mac = row.text(4);
                        s.first = {row.integer(5)};
                        s.last = {row.integer(6)};
                        if (const auto n = number_or_none(row, 7)) s.sequence = static_cast<std::uint64_t>(*n);
                        s.zone = number_or_none(row, 8);
                        s.skew = number_or_none(row, 9);
                        s.silent = row.integer(10) != 0;
                        sources.push_back(std::move(s));
                    });
}

Result<Done> LogBook::load_hosts(Database& db) {
    std::vector<BootRow> rows;
    auto done =
        each_row(db,
                 "SELECT h.host, h.phase, h.armed_until, h.announced_until, h.marker, h.announced, h.learn_from, h.learn_until,"
                 " coalesce(h.learning, 0), coalesce(f.state = 'allowed', 0) FROM log_host h LEFT JOIN finding f ON f.id = h.learning",
                 [&](const Statement& row) {
                     LogHostRow& h = hosts[row.text(0)];
                     h.learn_from = {row.integer(6)};
                     h.learn_until = {row.integer(7)};
                     h.learning = row.integer(8);
                     h.frozen = row.integer(9) != 0;
                     BootRow& b = rows.emplace_back();
                     b.host = row.text(0);
                     b.phase = boot_phase_from(row.text(1)).value_or(BootPhase::idle);
                     b.armed_until = {row.integer(2)};
                     b.announced_until = {row.integer(3)};
                     b.marker = {row.integer(4)};
                     b.announced = row.integer(5) != 0;
                 });
    if (!done) return done;
    for (BootRow& row : rows) {
        done = load_boots(db, row);
        if (row.phase == BootPhase::learning || row.phase == BootPhase::watching) hosts[row.host].boot_lines_written = row.current.size();
        if (!done) return done;
        const std::string name = row.host;
        if (auto restored = boots.restore(std::move(row)); !restored) problems.push_back(name + ": " + restored.error().text);
    }
    return each_row(db, fmt::format("SELECT c.host, c.claimed FROM log_claim c JOIN finding f ON f.id = c.finding WHERE {}", in_force),
                    [&](const Statement& row) { hosts[row.text(0)].claims.insert(row.text(1)); });
}

/// The accepted boots, the newest last, and the lines of one that still goes on.
Result<Done> LogBook::load_boots(Database& db, BootRow& row) {
    auto lines = db.prepare(
        fmt::format("SELECT l.marker, l.program, l.text FROM log_boot_line l JOIN log_boot b ON b.host = l.host AND b.marker = l.marker"
                    " LEFT JOIN finding f ON f.id = b.finding WHERE l.host = ?1 AND (l.marker = ?2 OR {}) ORDER BY l.marker, l.place",
                    in_force));
    if (!lines) return Unexpected{lines.error()};
    const bool goes_on = row.phase == BootPhase::learning || row.phase == BootPhase::watching;
    lines->bind(1, std::string_view(row.host)).bind(2, goes_on ? row.marker.ns : -1);
    std::int64_t marker = 0;
    return each_row(*lines, [&](const Statement& l) {
        const bool current = goes_on && l.integer(0) == row.marker.ns;
        if (!current && (row.accepted.empty() || l.integer(0) != marker)) row.accepted.emplace_back();
        if (!current) marker = l.integer(0);
        (current ? row.current : row.accepted.back()).push_back({octets_of(l, 1), l.text(2)});
    });
}

Result<Done> LogBook::load_templates(Database& db) {
    auto values =
        db.prepare(fmt::format("SELECT v.template, v.hole, v.value FROM log_value v JOIN finding f ON f.id = v.finding WHERE {}"
                               " ORDER BY v.template, v.hole, v.value",
                               in_force));
    if (!values) return Unexpected{values.error()};
    auto more = values->step();
    if (!more) return Unexpected{more.error()};
    std::optional<Error> failed;
    auto done = each_row(
        db,
        fmt::format("SELECT t.id, t.host, t.program, t.text, t.holes, t.count, t.first, t.last, f.state = 'allowed' FROM log_template t"
                    " JOIN finding f ON f.id = t.finding WHERE {} ORDER BY t.id",
                    in_force),
        [&](const Statement& row) {
            LogTemplate t = template_from(row);
            for (; more && *more && values->integer(0) <= row.integer(0); more = values->step())
                if (values->integer(0) == row.integer(0)) add_value(t, static_cast<std::size_t>(values->integer(1)), octets_of(*values, 2));
            const std::string name = fmt::format("{} {}: {}", t.host, escape_for_display(t.program), t.text);
            if (auto added = judge.baseline().add(std::move(t)); !added) problems.push_back(name + ": " + added.error().text);
        });
    if (!more) return Unexpected{more.error()};
    if (!done) return done;
    for (const auto& [name, host] : hosts)
        if (host.frozen) judge.baseline().freeze(name);
    return Done{};
}

Result<Done> LogBook::load_members(Database& db) {
    return each_row(db, fmt::format("SELECT f.shape, {} FROM finding f WHERE f.kind = 'log'", undecided), [&](const Statement& row) {
        const auto cause = cause_from_shape(row.text(0));
        if (!cause) return;
        const bool waits = row.integer(1) != 0;
        members.add(*cause, waits);
        if (!waits || cause->is_folded() || cause->reason() != LogReason::new_template) return;
        LogTemplate t;
        t.host = unescape_display(cause->host()).value_or("");
        t.program = unescape_display(cause->part("program")).value_or("");
        t.text = unescape_display(cause->part("template")).value_or("");
        judge.remember_new(t);
    });
}

}  // namespace sw
