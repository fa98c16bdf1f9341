// Looking at the queue. Nothing here changes the store.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "collector/store/queue.hpp"
#include "collector/store/queue_row.hpp"

namespace sw {
namespace {

std::string_view order_of(QueueOrder order) {
    switch (order) {
        case QueueOrder::priority:
            return "severity DESC, first DESC, id";
        case QueueOrder::last:
            return "last DESC, id";
        case QueueOrder::first:
            return "first DESC, id";
        case QueueOrder::count:
            return "count DESC, id";
        case QueueOrder::id:
            return "id";
    }
    return "id";
}

std::int64_t clamped(std::uint64_t n) { return n > INT64_MAX ? INT64_MAX : static_cast<std::int64_t>(n); }

constexpr std::string_view of_finding =
    "SELECT ordinal, ts, len, linktype, swapped, verdict, comment, source, policy_sha256, number, reasons, octets, wrapped_from, wrapped,"
    " wrapped_tail, inner_linktype, kind FROM sample "
    "WHERE finding = ?";

Sample sample(const Statement& row) {
    Sample s;
    s.ordinal = row.integer(0);
    s.ts = {row.integer(1)};
    s.len = static_cast<std::uint32_t>(row.integer(2));
    s.link = {static_cast<std::uint16_t>(row.integer(3)), row.integer(4) != 0};
    s.verdict = row.text(5);
    s.comment = row.text(6);
    s.source = row.text(7);
    s.policy_sha256 = row.text(8);
    s.number = static_cast<std::uint64_t>(row.integer(9));
    s.reasons = queue_row::reasons_of(row.text(10));
    const Bytes octets = row.blob(11);
    s.octets.assign(octets.begin(), octets.end());
    const auto narrow = [&](int column) { return static_cast<std::uint16_t>(std::clamp<std::int64_t>(row.integer(column), 0, 0xffff)); };
    s.wrapping = {narrow(12), narrow(13), narrow(14)};
    s.inner_link.linktype = narrow(15);
    s.is_log = row.text(16) == "log";
    return s;
}

Queue::Count interval(const Statement& row) {
    return {{row.integer(0)}, static_cast<std::uint64_t>(row.integer(1)), static_cast<std::uint64_t>(row.integer(2))};
}

std::array<std::uint8_t, 17> blob_of(const Address& a) {
    std::array<std::uint8_t, 17> octets{a.family};
    std::copy(a.octets.begin(), a.octets.end(), octets.begin() + 1);
    return octets;
}

}  // namespace

Frame judged_frame(const Sample& s, std::vector<std::uint8_t>& storage) {
    const auto caplen = static_cast<std::uint32_t>(s.octets.size());
    Frame f{s.octets.data(), caplen, s.len, s.ts, s.number, s.link};
    const Wrapping& w = s.wrapping;
    if (w.octets() == 0 || std::uint32_t{w.from} + w.count > caplen || w.octets() > s.len) return f;
    f.link = s.inner_link;
    f.len = s.len - w.octets();
    f.caplen = std::min(caplen - w.count, f.len);
    f.data = s.octets.data() + w.count;
    if (w.from == 0) return f;
    storage = s.octets;
    storage.erase(storage.begin() + w.from, storage.begin() + w.from + w.count);
    f.data = storage.data();
    return f;
}

/// The inner SELECT needs the index finding_queue only, for the filters that a morning begins with; rows are fetched for one page.
Result<std::vector<QueuedFinding>> Queue::list(const QueuePage& page, Timestamp now) {
    const MatchSql match = to_sql(page.match, now);
    const std::string_view order = order_of(page.order);
    auto statement = store_->db().prepare(
        fmt::format("SELECT {} FROM finding WHERE id IN (SELECT id FROM finding WHERE {} ORDER BY {} LIMIT ? OFFSET ?) "
                    "ORDER BY {}",
                    queue_row::finding_columns, match.where, order, order));
    if (!statement) return Unexpected{statement.error()};
    const int next = queue_row::bind(*statement, 1, match.values);
    statement->bind(next, clamped(page.limit)).bind(next + 1, clamped(page.offset));
    return queue_row::all(*statement, queue_row::finding);
}

Result<Queue::Totals> Queue::totals(const std::vector<MatchTerm>& match, Timestamp now) {
    const MatchSql sql = to_sql(match, now);
    auto statement = store_->db().prepare(
        fmt::format("SELECT count(*), count(*) FILTER (WHERE state NOT IN ('allowed', 'dismissed')) FROM finding WHERE {}", sql.where));
    if (!statement) return Unexpected{statement.error()};
    queue_row::bind(*statement, 1, sql.values);
    if (auto row = statement->step(); !row) return Unexpected{row.error()};
    return Totals{static_cast<std::uint64_t>(statement->integer(0)), static_cast<std::uint64_t>(statement->integer(1))};
}

Result<std::uint64_t> Queue::number(const std::vector<MatchTerm>& match, Timestamp now) {
    const auto both = totals(match, now);
    if (!both) return Unexpected{both.error()};
    return both->all;
}

Result<QueuedFinding> Queue::get(std::int64_t id) {
    auto statement = store_->db().prepare(fmt::format("SELECT {} FROM finding WHERE id = ?", queue_row::finding_columns));
    if (!statement) return Unexpected{statement.error()};
    auto row = statement->bind(1, id).step();
    if (!row) return Unexpected{row.error()};
    if (!*row) return unexpected(queue_row::no_such(id));
    return queue_row::finding(*statement);
}

Result<std::vector<Sample>> Queue::samples(std::int64_t id, std::uint64_t limit) {
    auto statement = store_->db().prepare(fmt::format("{} AND ordinal > 0 ORDER BY ordinal LIMIT ?", of_finding));
    if (!statement) return Unexpected{statement.error()};
    statement->bind(1, id).bind(2, clamped(limit));
    return queue_row::all(*statement, sample);
}

Result<std::vector<Sample>> Queue::earlier(std::int64_t id) {
    auto statement = store_->db().prepare(fmt::format("{} AND ordinal < 1 ORDER BY ordinal", of_finding));
    if (!statement) return Unexpected{statement.error()};
    statement->bind(1, id);
    return queue_row::all(*statement, sample);
}

Result<std::vector<Queue::Count>> Queue::counts(std::int64_t id) {
    auto statement = store_->db().prepare("SELECT start, packets, octets FROM finding_count WHERE finding = ? ORDER BY start");
    if (!statement) return Unexpected{statement.error()};
    statement->bind(1, id);
    return queue_row::all(*statement, interval);
}

/// Each arm walks one index backwards, so that a host with 100,000 findings costs no more than one with ten.
Result<std::vector<QueuedFinding>> Queue::of_same_addresses(const QueuedFinding& f, std::uint64_t limit) {
    auto statement = store_->db().prepare(fmt::format(
        "SELECT {} FROM finding WHERE id IN ("
        "SELECT id FROM (SELECT id FROM finding WHERE initiator = ?1 AND id <> ?4 ORDER BY id DESC LIMIT ?3) UNION "
        "SELECT id FROM (SELECT id FROM finding WHERE responder = ?1 AND id <> ?4 ORDER BY id DESC LIMIT ?3) UNION "
        "SELECT id FROM (SELECT id FROM finding WHERE initiator = ?2 AND id <> ?4 ORDER BY id DESC LIMIT ?3) UNION "
        "SELECT id FROM (SELECT id FROM finding WHERE responder = ?2 AND id <> ?4 ORDER BY id DESC LIMIT ?3)) ORDER BY id DESC LIMIT ?3",
        queue_row::finding_columns));
    if (!statement) return Unexpected{statement.error()};
    const auto bind = [&](int at, const Address& a) {
        if (a.family == 0)
            statement->bind_null(at);
        else
            statement->bind(at, Bytes(blob_of(a)));
    };
    bind(1, f.initiator);
    bind(2, f.responder);
    statement->bind(3, clamped(limit)).bind(4, f.id);
    return queue_row::all(*statement, queue_row::finding);
}

Result<std::vector<Review>> Queue::history(std::optional<std::int64_t> finding, std::uint64_t limit) {
    auto statement =
        store_->db().prepare(fmt::format("SELECT * FROM (SELECT {}, hash FROM review WHERE {} ORDER BY id DESC LIMIT ?2) ORDER BY id",
                                         queue_row::review_columns, finding ? "finding = ?1" : "?1 IS NULL"));
    if (!statement) return Unexpected{statement.error()};
    if (finding) statement->bind(1, *finding);
    statement->bind(2, clamped(limit));
    return queue_row::all(*statement, queue_row::review);
}

}  // namespace sw
