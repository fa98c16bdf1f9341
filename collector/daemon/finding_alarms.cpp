#include "collector/daemon/finding_alarms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "collector/store/digits.hpp"
#include "collector/store/wall_clock.hpp"

namespace sw {
namespace {

/// The last alarm of each finding that a journal holds.
struct LastAlarms : AlarmReader::Sink {
    void alarm(const AlarmRecord& record) override {
        if (record.finding != 0) last[record.finding] = record;
    }
    void heartbeat(const AlarmHeartbeat&) override {}

    bool tells(const FindingAlarms::Due& d) const {
        const auto it = last.find(d.finding);
        if (it == last.end()) return false;
        const AlarmRecord& a = it->second;
        return a.at >= d.since && digits_of(a.count) >= d.digits && a.kind == d.alarm.kind && a.sentence == d.alarm.sentence;
    }

    std::map<std::int64_t, AlarmRecord> last;
};

constexpr const char* all_due =
    "SELECT d.finding, d.was, d.digits, d.since, f.count, f.severity, f.sentence, f.state IN ('allowed', 'dismissed'), f.kind"
    " FROM alarm_due d JOIN finding f ON f.id = d.finding ORDER BY d.finding LIMIT ?";

FindingAlarms::Due due_from(const Statement& row) {
    FindingAlarms::Due d;
    d.finding = row.integer(0);
    d.digits = row.integer(2);
    d.since = {row.integer(3)};
    AlarmRecord& a = d.alarm;
    const bool is_new = row.integer(1) == 0;
    const auto severity = static_cast<Severity>(std::clamp<std::int64_t>(row.integer(5), 0, static_cast<std::int64_t>(Severity::critical)));
    d.silent = !is_new && severity != Severity::critical && row.integer(7) != 0;
    a.finding = d.finding;
    a.count = static_cast<std::uint64_t>(row.integer(4));
    a.severity = is_new ? severity : Severity::notice;
    a.kind = is_new ? "finding" : "recurrence";
    a.sentence =
        is_new ? row.text(6) : fmt::format("{} Again: {} {} so far.", row.text(6), a.count, row.text(8) == "log" ? "lines" : "packets");
    return d;
}

}  // namespace

Result<std::vector<FindingAlarms::Due>> FindingAlarms::due(std::size_t max) {
    auto rows = store_->db().prepare(all_due);
    if (!rows) return Unexpected{rows.error()};
    rows->bind(1, static_cast<std::int64_t>(max));
    std::vector<Due> list;
    for (;;) {
        auto row = rows->step();
        if (!row) return Unexpected{row.error()};
        if (!*row) return list;
        list.push_back(due_from(*rows));
    }
}

Result<Done> FindingAlarms::recall(const std::string& folder) {
    auto list = due(~std::uint32_t{0});
    if (!list) return Unexpected{list.error()};
    if (list->empty()) return Done{};
    auto reader = AlarmReader::open(folder, {});
    if (!reader) return Unexpected{reader.error()};
    LastAlarms alarms;
    for (;;) {
        auto n = reader->read(alarms, 1000);
        if (!n) return Unexpected{n.error()};
        if (*n == 0) break;
    }
    std::copy_if(list->begin(), list->end(), std::back_inserter(given_), [&](const Due& d) { return alarms.tells(d); });
    return forget();
}

/// Remove the notes of what was told, unless more has become due since.
Result<Done> FindingAlarms::forget() {
    if (given_.empty()) return Done{};
    auto transaction = Transaction::begin(store_->db());
    if (!transaction) return Unexpected{transaction.error()};
    auto gone = store_->db().prepare("DELETE FROM alarm_due WHERE finding = ? AND digits = ?");
    auto less = store_->db().prepare("UPDATE alarm_due SET was = 1 WHERE finding = ?");
    if (!gone || !less) return Unexpected{(!gone ? gone : less).error()};
    for (const Due& d : given_) {
        if (auto done = gone->bind(1, d.finding).bind(2, d.digits).run(); !done) return done;
        if (auto done = less->bind(1, d.finding).run(); !done) return done;
    }
    if (auto done = transaction->commit(); !done) return done;
    given_.clear();
    return Done{};
}

Result<std::size_t> FindingAlarms::tell(std::size_t max) {
    if (!on_disk_) return std::size_t{0};
    if (auto done = forget(); !done) return Unexpected{done.error()};
    auto list = due(max);
    if (!list) return Unexpected{list.error()};
    for (Due& d : *list) {
        d.alarm.at = wall_clock();
        if (!d.silent) {
            on_disk_ = journal_->alarm(d.alarm);
            ++told_;
        }
        given_.push_back(std::move(d));
        if (!on_disk_) return given_.size();
    }
    const std::size_t n = given_.size();
    if (auto done = forget(); !done) return Unexpected{done.error()};
    return n;
}

}  // namespace sw
