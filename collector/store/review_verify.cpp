// Is the record whole, and is every finding where the record says? Reads all of it; trusts none of it.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "collector/store/queue.hpp"
#include "collector/store/queue_row.hpp"
#include "collector/store/review_chain.hpp"
#include "rules/base/hex.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

constexpr std::size_t most_faults = 100;

/// Where the record has led a finding so far.
struct Place {
    std::string state = "open", analyst;
    std::int64_t version = 0;
    bool operator==(const Place&) const = default;
};

std::string told(const Place& p) {
    return fmt::format("{}{}{} at version {}", escape_for_display(p.state), p.analyst.empty() ? "" : " by ", escape_for_display(p.analyst),
                       p.version);
}

class Verifier {
public:
    explicit Verifier(Database& db) : db_(&db) {}

    Result<Queue::Verified> verify(const std::string& must_contain);

private:
    Result<Done> walk_reviews();
    Result<Done> walk_findings();
    void link(const Statement& row);
    void follow(const Statement& row);
    void fault(std::string text);

    Database* db_;
    std::string must_contain_;
    bool contained_ = false;
    std::int64_t last_id_ = 0;
    review_chain::Hash last_hash_{};
    std::map<std::int64_t, Place> places_;
    std::uint64_t faults_ = 0;
    Queue::Verified result_;
};

void Verifier::fault(std::string text) {
    if (++faults_ <= most_faults) result_.faults.push_back(std::move(text));
}

/// One row's number, link and hash.
void Verifier::link(const Statement& row) {
    const std::int64_t id = row.integer(0);
    const Bytes prev = row.blob(queue_row::review_fields), hash = row.blob(queue_row::review_fields + 1);
    if (id > last_id_ + 2) fault(fmt::format("reviews {} to {} are missing", last_id_ + 1, id - 1));
    if (id == last_id_ + 2) fault(fmt::format("review {} is missing", id - 1));
    if (id <= 0) fault(fmt::format("review {}: its number is none that we give", id));
    if (!std::equal(prev.begin(), prev.end(), last_hash_.begin(), last_hash_.end()))
        fault(fmt::format("review {} does not follow the one before it", id));
    const review_chain::Hash computed = review_chain::hash_of(prev, row);
    if (!std::equal(hash.begin(), hash.end(), computed.begin(), computed.end()))
        fault(fmt::format("review {} was changed after it was written: its hash does not fit", id));
    last_id_ = id;
    last_hash_ = {};
    std::copy_n(hash.begin(), std::min(hash.size(), last_hash_.size()), last_hash_.begin());
    result_.head = to_hex(hash);
    contained_ = contained_ || result_.head.starts_with(must_contain_);
    ++result_.rows;
}

/// Does the row begin where the finding was?
void Verifier::follow(const Statement& row) {
    const std::int64_t finding = row.integer(4), version = row.integer(9);
    Place& place = places_[finding];
    const Place was{row.text(5), row.text(6), version - 1};
    if (was != place)
        fault(fmt::format("review {} says that finding {} was {}, but the record had left it {}", row.integer(0), finding, told(was),
                          told(place)));
    place = {row.text(7), row.text(8), version};
}

Result<Done> Verifier::walk_reviews() {
    auto rows = db_->prepare(fmt::format("SELECT {}, prev, hash FROM review ORDER BY id", queue_row::review_columns));
    if (!rows) return Unexpected{rows.error()};
    for (;;) {
        auto more = rows->step();
        if (!more) return Unexpected{more.error()};
        if (!*more) return Done{};
        link(*rows);
        follow(*rows);
    }
}

Result<Done> Verifier::walk_findings() {
    auto rows = db_->prepare("SELECT id, state, analyst, version FROM finding ORDER BY id");
    if (!rows) return Unexpected{rows.error()};
    for (;;) {
        auto more = rows->step();
        if (!more) return Unexpected{more.error()};
        if (!*more) break;
        const Place is{rows->text(1), rows->text(2), rows->integer(3)};
        const auto place = places_.find(rows->integer(0));
        const Place recorded = place == places_.end() ? Place{} : place->second;
        if (is != recorded) fault(fmt::format("finding {} is {}, but the record says {}", rows->integer(0), told(is), told(recorded)));
        if (place != places_.end()) places_.erase(place);
    }
    for (const auto& [id, place] : places_) fault(fmt::format("finding {} was decided on but is not in the store any more", id));
    return Done{};
}

Result<Queue::Verified> Verifier::verify(const std::string& must_contain) {
    must_contain_ = must_contain;
    result_.head = to_hex(last_hash_);
    contained_ = result_.head.starts_with(must_contain);
    if (auto done = walk_reviews(); !done) return Unexpected{done.error()};
    if (auto done = walk_findings(); !done) return Unexpected{done.error()};
    if (!contained_)
        fault(fmt::format("no review has the hash {}: the record was cut off before it, or is another one",
                          escape_for_display(must_contain)));
    if (faults_ > most_faults) result_.faults.push_back(fmt::format("and {} faults more", faults_ - most_faults));
    return std::move(result_);
}

}  // namespace

/// One view of the store from the first row to the last: decisions that come in between are not half seen.
Result<Queue::Verified> Queue::verify(const std::string& must_contain) {
    Database& db = store_->db();
    if (auto begun = db.execute("BEGIN"); !begun) return Unexpected{begun.error()};
    auto verified = Verifier(db).verify(must_contain);
    if (auto ended = db.execute("COMMIT"); !ended && verified) return Unexpected{ended.error()};
    return verified;
}

}  // namespace sw
