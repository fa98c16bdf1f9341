#include "collector/logs/learning.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <nlohmann/json.hpp>

#include "collector/logs/book_rows.hpp"
#include "collector/logs/log_book.hpp"
#include "rules/base/hex.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

/// One change of a host's row, made if it is not there; told to whoever holds the book.
template <class Bind>
Result<Done> change(Store& store, std::string_view host, const char* sql, Bind bind) {
    Database& db = store.db();
    auto transaction = Transaction::begin(db);
    if (!transaction) return Unexpected{transaction.error()};
    auto made = db.prepare("INSERT OR IGNORE INTO log_host (host) VALUES (?)");
    auto changed = db.prepare(sql);
    if (!made || !changed) return Unexpected{(!made ? made : changed).error()};
    if (auto done = made->bind(1, host).run(); !done) return done;
    changed->bind(1, host);
    bind(*changed);
    if (auto done = changed->run(); !done) return done;
    if (auto done = bump_log_version(db); !done) return done;
    return transaction->commit();
}

void add(crypto_generichash_state& hash, std::string_view octets) {
    const std::uint64_t size = octets.size();
    crypto_generichash_update(&hash, reinterpret_cast<const unsigned char*>(&size), sizeof size);
    crypto_generichash_update(&hash, reinterpret_cast<const unsigned char*>(octets.data()), octets.size());
}

Result<Done> sum_up(Database& db, Learning& l) {
    crypto_generichash_state hash;
    crypto_generichash_init(&hash, nullptr, 0, 16);
    auto rows = db.prepare("SELECT program, text FROM log_template WHERE finding = ? ORDER BY program, text");
    auto values = db.prepare(
        "SELECT t.program, t.text, v.hole, v.value FROM log_value v JOIN log_template t ON t.id = v.template WHERE v.finding = ?"
        " ORDER BY t.program, t.text, v.hole, v.value");
    if (!rows || !values) return Unexpected{(!rows ? rows : values).error()};
    rows->bind(1, l.finding);
    values->bind(1, l.finding);
    auto done = each_row(*rows, [&](const Statement& r) {
        add(hash, octets_of(r, 0));
        add(hash, r.text(1));
        ++l.templates;
    });
    if (!done) return done;
    done = each_row(*values, [&](const Statement& r) {
        add(hash, r.text(1));
        add(hash, std::to_string(r.integer(2)));
        add(hash, octets_of(r, 3));
        ++l.values;
    });
    std::array<std::uint8_t, 16> digest{};
    crypto_generichash_final(&hash, digest.data(), digest.size());
    l.digest = to_hex(digest);
    return done;
}

}  // namespace

Result<Done> arm_boot(Store& store, std::string_view host, Timestamp until) {
    return change(store, host,
                  "UPDATE log_host SET armed_until = ?2, learning = NULL, phase = CASE phase WHEN 'idle' THEN 'armed' ELSE phase END"
                  " WHERE host = ?1",
                  [&](Statement& s) { s.bind(2, until.ns); });
}

Result<Done> arm_window(Store& store, std::string_view host, Timestamp from, Timestamp until) {
    return change(store, host, "UPDATE log_host SET learn_from = ?2, learn_until = ?3, learning = NULL WHERE host = ?1",
                  [&](Statement& s) { s.bind(2, from.ns).bind(3, until.ns); });
}

Result<Done> stop_learning(Store& store, std::string_view host) {
    return change(store, host,
                  "UPDATE log_host SET learn_until = 0, armed_until = 0, phase = CASE phase WHEN 'armed' THEN 'idle' WHEN 'learning' THEN"
                  " 'watching' ELSE phase END WHERE host = ?1",
                  [](Statement&) {});
}

Result<Done> announce_boot(Store& store, std::string_view host, Timestamp until) {
    return change(store, host, "UPDATE log_host SET announced_until = ?2 WHERE host = ?1", [&](Statement& s) { s.bind(2, until.ns); });
}

Result<Learnt> learn_stored(Store& store, const LogRules& rules, std::string_view host, Timestamp from, Timestamp until) {
    // Behind arm_window everything of the host may be learnt, also if it was frozen; in front of the first line nothing is.
    if (auto done = arm_window(store, host, {}, {}); !done) return Unexpected{done.error()};
    LogIngestOptions how;
    how.learn = how.only_learn = true;
    how.host = host;
    how.program = "span-watcher " SPAN_VERSION;
    how.marker = fmt::format("stored {} to {}", to_rfc3339(from), to_rfc3339(until));
    auto ingest = LogIngest::open(store, rules, how);
    if (!ingest) return Unexpected{ingest.error()};
    auto rows = store.db().prepare(
        "SELECT e.received, e.raw FROM log_event e JOIN log_source s ON s.id = e.source WHERE s.host = ?1 AND e.received BETWEEN ?2 AND ?3"
        " ORDER BY e.received, e.id");
    if (!rows) return Unexpected{rows.error()};
    rows->bind(1, host).bind(2, from.ns).bind(3, until.ns);
    Learnt learnt;
    auto done = each_row(*rows, [&](const Statement& r) {
        (*ingest)->line({.via = LogVia::file, .source = {}, .mac = {}, .received = {r.integer(0)}, .octets = r.blob(1), .broken = {}});
        ++learnt.lines;
    });
    if (!done) return Unexpected{done.error()};
    rows->reset();
    if (learnt.lines == 0) return unexpected(fmt::format("the store has no line of {} from that time", escape_for_display(host)));
    if (done = (*ingest)->commit({}, (*ingest)->last_received()); !done) return Unexpected{done.error()};
    if (done = store.db().execute("BEGIN IMMEDIATE"); !done) return Unexpected{done.error()};
    if (done = bump_log_version(store.db()); done) done = store.db().execute("COMMIT");
    if (!done) return Unexpected{done.error()};
    const auto l = learning_of(store, host);
    if (!l) return Unexpected{l.error()};
    learnt.finding = l->finding;
    learnt.templates = l->templates;
    return learnt;
}

Result<Learning> learning_of(Store& store, std::string_view host) {
    auto row = store.db().prepare("SELECT h.learning, f.state FROM log_host h JOIN finding f ON f.id = h.learning WHERE h.host = ?");
    if (!row) return Unexpected{row.error()};
    auto there = row->bind(1, host).step();
    if (!there) return Unexpected{there.error()};
    if (!*there)
        return unexpected(fmt::format("nothing was learnt of {} since it was last told to: 'span-watcher logs learn {}'",
                                      escape_for_display(host), escape_for_display(host)));
    Learning l;
    l.finding = row->integer(0);
    l.state = queue_state_from(row->text(1)).value_or(QueueState::open);
    row->reset();
    if (auto done = sum_up(store.db(), l); !done) return Unexpected{done.error()};
    return l;
}

Result<std::vector<Review>> freeze(Store& store, std::string_view host, const Decision& by) {
    const auto learning = learning_of(store, host);
    if (!learning) return Unexpected{learning.error()};
    Decision decision = by;
    decision.verb = QueueVerb::allow;
    decision.detail = nlohmann::json{{"freeze", escape_for_display(host)},
                                     {"templates", learning->templates},
                                     {"values", learning->values},
                                     {"digest", learning->digest}}
                          .dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
    decision.before_commit = [&]() -> Result<Done> {
        const auto now = learning_of(store, host);
        if (!now) return Unexpected{now.error()};
        if (now->digest == learning->digest) return Done{};
        return unexpected(fmt::format("{} learnt more while it was frozen: look at it again", escape_for_display(host)));
    };
    return Queue(store).decide({learning->finding}, decision);
}

}  // namespace sw
