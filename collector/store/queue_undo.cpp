// Taking decisions back. The record only grows: an undo is one more row, and can be undone itself.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "collector/store/queue.hpp"
#include "collector/store/queue_row.hpp"
#include "collector/store/review_chain.hpp"

namespace sw {
namespace {

/// Reviews that an undo took back which stands itself. undos: (id, undo_of), newest first.
std::set<std::int64_t> taken_back(const std::vector<std::pair<std::int64_t, std::int64_t>>& undos) {
    std::set<std::int64_t> back;
    for (const auto& [id, undo_of] : undos)
        if (!back.contains(id)) back.insert(undo_of);
    return back;
}

/// What the queue's record says of one finding, for judging whether a review of it may be undone.
class FindingRecord {
public:
    explicit FindingRecord(std::vector<Review> rows) : rows_(std::move(rows)) {
        std::vector<std::pair<std::int64_t, std::int64_t>> undos;
        for (auto r = rows_.rbegin(); r != rows_.rend(); ++r)
            if (r->undo_of) undos.emplace_back(r->id, *r->undo_of);
        back_ = taken_back(undos);
    }

    const Review* find(std::int64_t id) const {
        const auto r = std::find_if(rows_.begin(), rows_.end(), [&](const Review& row) { return row.id == id; });
        return r == rows_.end() ? nullptr : &*r;
    }
    bool stands(const Review& r) const { return !back_.contains(r.id); }

    /// A note, the undo of a note, and so on: the finding's state is none of its business.
    bool is_note(const Review& r) const {
        const Review* root = &r;
        while (root != nullptr && root->undo_of) root = find(*root->undo_of);
        return root != nullptr && root->verb == to_string(QueueVerb::note);
    }

    /// The first later row that decided the finding again and was not taken back; nullptr: r is the last word.
    const Review* overruled_by(const Review& r) const {
        for (const Review& later : rows_) {
            if (later.id <= r.id || is_note(later) || !stands(later)) continue;
            const bool takes_back_a_later_one = later.undo_of && *later.undo_of > r.id;
            if (!takes_back_a_later_one) return &later;
        }
        return nullptr;
    }

    const Review* undone_by(const Review& r) const {
        const auto u = std::find_if(rows_.rbegin(), rows_.rend(), [&](const Review& row) { return row.undo_of == r.id; });
        return u == rows_.rend() ? nullptr : &*u;
    }

private:
    std::vector<Review> rows_;
    std::set<std::int64_t> back_;
};

/// The analyst's last decision that nobody took back; 0: there is none.
Result<std::int64_t> last_standing(Database& db, const std::string& analyst) {
    auto undos = db.prepare("SELECT id, undo_of FROM review WHERE undo_of IS NOT NULL ORDER BY id DESC");
    if (!undos) return Unexpected{undos.error()};
    const auto pairs = queue_row::all<std::pair<std::int64_t, std::int64_t>>(
        *undos, [](const Statement& row) { return std::pair(row.integer(0), row.integer(1)); });
    if (!pairs) return Unexpected{pairs.error()};
    const auto back = taken_back(*pairs);
    auto mine = db.prepare("SELECT id FROM review WHERE analyst = ? AND undo_of IS NULL ORDER BY id DESC");
    if (!mine) return Unexpected{mine.error()};
    mine->bind(1, std::string_view(analyst));
    for (;;) {
        auto row = mine->step();
        if (!row) return Unexpected{row.error()};
        if (!*row) return 0;
        if (!back.contains(mine->integer(0))) return mine->integer(0);
    }
}

Result<std::int64_t> finding_of(Database& db, std::int64_t review) {
    auto statement = db.prepare("SELECT finding FROM review WHERE id = ?");
    if (!statement) return Unexpected{statement.error()};
    auto row = statement->bind(1, review).step();
    if (!row) return Unexpected{row.error()};
    if (!*row) return unexpected(fmt::format("there is no review {} ('span-watcher queue history' lists them)", review));
    return statement->integer(0);
}

Result<Done> undoable(const FindingRecord& record, const Review& target) {
    if (!record.stands(target))
        return unexpected(fmt::format("review {} was taken back already by review {}; undo that to do it again", target.id,
                                      record.undone_by(target)->id));
    if (record.is_note(target)) return Done{};
    if (const Review* later = record.overruled_by(target))
        return unexpected(fmt::format("review {} cannot be undone: finding {} was decided again since, {}; undo that first", target.id,
                                      target.finding, review_chain::told(*later)));
    return Done{};
}

Review undo_of(const Review& target, const QueuedFinding& f, bool note) {
    Review r;
    r.at = queue_row::now();
    r.verb = review_chain::undo_verb;
    r.finding = f.id;
    r.was = f.state;
    r.was_analyst = f.analyst;
    r.becomes = note ? f.state : target.was;
    r.becomes_analyst = note ? f.analyst : target.was_analyst;
    r.version = f.version + 1;
    r.count = f.count;
    r.undo_of = target.id;
    r.detail = "{}";
    return r;
}

/// In the caller's transaction.
Result<Review> undo_one(Queue& queue, Database& db, std::int64_t id, const std::string& analyst, const std::string& reason) {
    const auto finding_id = finding_of(db, id);
    if (!finding_id) return Unexpected{finding_id.error()};
    auto rows = review_chain::of_finding(db, *finding_id);
    if (!rows) return Unexpected{rows.error()};
    const FindingRecord record(std::move(*rows));
    const Review& target = *record.find(id);
    if (auto may = undoable(record, target); !may) return Unexpected{may.error()};
    const auto finding = queue.get(*finding_id);
    if (!finding) return Unexpected{finding.error()};
    Review review = undo_of(target, *finding, record.is_note(target));
    review.analyst = analyst;
    review.reason = reason;
    if (auto done = review_chain::append(db, review); !done) return Unexpected{done.error()};
    return review;
}

}  // namespace

Result<Review> Queue::undo(std::int64_t review, const std::string& analyst, const std::string& reason) {
    if (auto fault = review_chain::fault_of(analyst, reason)) return Unexpected{*fault};
    auto transaction = Transaction::begin(store_->db());
    if (!transaction) return Unexpected{transaction.error()};
    const auto id = review != 0 ? Result<std::int64_t>(review) : last_standing(store_->db(), analyst);
    if (!id) return Unexpected{id.error()};
    if (*id == 0) return unexpected("there is nothing to undo: no decision of yours stands");
    auto done = undo_one(*this, store_->db(), *id, analyst, reason);
    if (!done) return done;
    if (auto written = transaction->commit(); !written) return Unexpected{written.error()};
    return done;
}

}  // namespace sw
