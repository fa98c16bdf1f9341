// Deciding: read the state, check it against the verb, append to the record - in one transaction.
#include <fmt/format.h>

#include <unordered_set>

#include "collector/store/queue.hpp"
#include "collector/store/queue_row.hpp"
#include "collector/store/review_chain.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

std::string escaped(const std::string& text) { return escape_for_display(text); }

/// What is wrong with a decision before any finding was looked at.
std::optional<Error> fault_of(const Decision& d) {
    if (d.verb != QueueVerb::take && d.reason.find_first_not_of(" \t\r\n") == std::string::npos)
        return Error{ExitCode::input, fmt::format("to {} a finding needs a reason that stays on record: -m REASON", to_string(d.verb))};
    return review_chain::fault_of(d.analyst, d.reason);
}

/// The last decision that moved the finding to where it is.
std::string who_decided(const std::vector<Review>& rows) {
    for (auto r = rows.rbegin(); r != rows.rend(); ++r)
        if (r->was != r->becomes || r->was_analyst != r->becomes_analyst) return review_chain::told(*r);
    return "changed without a record ('span-watcher queue history --verify')";
}

/// What happened since the version that the analyst saw.
std::string changed_since(const QueuedFinding& f, std::int64_t version, const std::vector<Review>& rows) {
    if (version > f.version) return fmt::format("finding {} is at version {}: there never was a version {}", f.id, f.version, version);
    std::string since;
    for (const Review& r : rows)
        if (r.version > version) since += (since.empty() ? "" : ", ") + review_chain::told(r);
    return fmt::format("finding {} is at version {} now, not {}: {}; look at it again", f.id, f.version, version, since);
}

std::string held(const QueuedFinding& f, const Decision& d, const std::vector<Review>& rows) {
    const std::string who = who_decided(rows);
    if (f.state != QueueState::taken) return fmt::format("finding {} was {}; undo that or reopen it first", f.id, who);
    if (f.analyst == d.analyst) return fmt::format("finding {} is yours already: {}", f.id, who);
    return fmt::format("finding {} was {}; ask {}, or reopen it first", f.id, who, escaped(f.analyst));
}

/// Why this decision may not be made on this finding, or nothing.
/// cost: the finding's record is read only where it is told
Result<Done> permitted(Database& db, const QueuedFinding& f, const Decision& d) {
    const bool mine = f.state == QueueState::taken && f.analyst == d.analyst && d.verb != QueueVerb::take;
    const bool fits =
        d.verb == QueueVerb::note || (d.verb == QueueVerb::reopen ? f.state != QueueState::open : f.state == QueueState::open || mine);
    const bool stale = d.if_version && *d.if_version != f.version;
    if (!fits && d.verb == QueueVerb::reopen && !stale)
        return unexpected(fmt::format("finding {} is open: there is nothing to reopen", f.id));
    if (!fits || stale) {
        const auto rows = review_chain::of_finding(db, f.id);
        if (!rows) return Unexpected{rows.error()};
        return unexpected(stale ? changed_since(f, *d.if_version, *rows) : held(f, d, *rows));
    }
    if (d.verb == QueueVerb::allow && f.black && f.is_log)
        return unexpected(fmt::format("finding {} reports what must never happen: it can be dismissed or escalated, never allowed", f.id));
    if (d.verb == QueueVerb::allow && f.black)
        return unexpected(
            fmt::format("finding {} is blacklisted by rule {}: it can be dismissed or escalated, never allowed", f.id, escaped(f.rule)));
    return Done{};
}

Review review_of(const QueuedFinding& f, const Decision& d) {
    Review r;
    r.at = queue_row::now();
    r.analyst = d.analyst;
    r.verb = to_string(d.verb);
    r.finding = f.id;
    r.was = f.state;
    r.was_analyst = f.analyst;
    r.version = f.version + 1;
    r.count = f.count;
    r.reason = d.reason;
    r.detail = d.detail;
    r.becomes_analyst = d.analyst;
    switch (d.verb) {
        case QueueVerb::take:
            r.becomes = QueueState::taken;
            break;
        case QueueVerb::allow:
            r.becomes = QueueState::allowed;
            break;
        case QueueVerb::dismiss:
            r.becomes = QueueState::dismissed;
            break;
        case QueueVerb::escalate:
            r.becomes = QueueState::escalated;
            break;
        case QueueVerb::reopen:
            r.becomes = QueueState::open;
            r.becomes_analyst.clear();
            break;
        case QueueVerb::note:
            r.becomes = f.state;
            r.becomes_analyst = f.analyst;
            break;
    }
    return r;
}

/// In the caller's transaction.
Result<std::vector<Review>> decide_all(Queue& queue, Database& db, const std::vector<std::int64_t>& ids, const Decision& decision) {
    std::vector<Review> reviews;
    std::unordered_set<std::int64_t> decided;  // an id may be named twice
    for (const std::int64_t id : ids) {
        if (!decided.insert(id).second) continue;
        const auto finding = queue.get(id);
        if (!finding) return Unexpected{finding.error()};
        if (auto may = permitted(db, *finding, decision); !may) return Unexpected{may.error()};
        reviews.push_back(review_of(*finding, decision));
        if (auto done = review_chain::append(db, reviews.back()); !done) return Unexpected{done.error()};
    }
    return reviews;
}

Result<std::vector<Review>> committed(Transaction& transaction, const Decision& decision, Result<std::vector<Review>> reviews) {
    if (!reviews) return reviews;
    if (decision.before_commit)
        if (auto done = decision.before_commit(); !done) return Unexpected{done.error()};
    if (auto done = transaction.commit(); !done) return Unexpected{done.error()};
    return reviews;
}

Result<std::vector<std::int64_t>> matching(Database& db, const std::vector<MatchTerm>& match, Timestamp now) {
    const MatchSql sql = to_sql(match, now);
    auto statement = db.prepare(fmt::format("SELECT id FROM finding WHERE {} ORDER BY id", sql.where));
    if (!statement) return Unexpected{statement.error()};
    queue_row::bind(*statement, 1, sql.values);
    return queue_row::all<std::int64_t>(*statement, [](const Statement& row) { return row.integer(0); });
}

}  // namespace

Result<std::vector<Review>> Queue::decide(const std::vector<std::int64_t>& ids, const Decision& decision) {
    if (const auto fault = fault_of(decision)) return Unexpected{*fault};
    if (ids.empty()) return unexpected("no finding is named: give its number, or --match EXPR --expect N");
    auto transaction = Transaction::begin(store_->db());
    if (!transaction) return Unexpected{transaction.error()};
    return committed(*transaction, decision, decide_all(*this, store_->db(), ids, decision));
}

Result<std::vector<Review>> Queue::decide_matching(const std::vector<MatchTerm>& match, std::uint64_t expect, const Decision& decision,
                                                   Timestamp now) {
    if (const auto fault = fault_of(decision)) return Unexpected{*fault};
    auto transaction = Transaction::begin(store_->db());
    if (!transaction) return Unexpected{transaction.error()};
    const auto ids = matching(store_->db(), match, now);
    if (!ids) return Unexpected{ids.error()};
    if (ids->size() != expect)
        return unexpected(
            fmt::format("{} finding{} match, not {}: nothing was changed; look with 'span-watcher queue list' and say --expect {}",
                        ids->size(), ids->size() == 1 ? "" : "s", expect, ids->size()));
    return committed(*transaction, decision, decide_all(*this, store_->db(), *ids, decision));
}

}  // namespace sw
