#include "collector/store/queue_row.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "collector/store/review_chain.hpp"
#include "rules/base/hex.hpp"

namespace sw {

std::string_view to_string(QueueState s) {
    switch (s) {
        case QueueState::open:
            return "open";
        case QueueState::taken:
            return "taken";
        case QueueState::escalated:
            return "escalated";
        case QueueState::allowed:
            return "allowed";
        case QueueState::dismissed:
            return "dismissed";
    }
    return "";
}

std::optional<QueueState> queue_state_from(std::string_view word) {
    for (const QueueState s : {QueueState::open, QueueState::taken, QueueState::escalated, QueueState::allowed, QueueState::dismissed})
        if (to_string(s) == word) return s;
    return std::nullopt;
}

std::string_view to_string(QueueVerb v) {
    switch (v) {
        case QueueVerb::take:
            return "take";
        case QueueVerb::allow:
            return "allow";
        case QueueVerb::dismiss:
            return "dismiss";
        case QueueVerb::escalate:
            return "escalate";
        case QueueVerb::reopen:
            return "reopen";
        case QueueVerb::note:
            return "note";
    }
    return "";
}

}  // namespace sw

namespace sw::queue_row {
namespace {

using Json = nlohmann::json;

std::uint64_t unsigned_of(const Statement& row, int column) {
    const std::int64_t value = row.integer(column);
    return value < 0 ? 0 : static_cast<std::uint64_t>(value);
}

/// A JSON array's texts; of anything else nothing.
std::vector<std::string> texts(const std::string& json) {
    std::vector<std::string> list;
    const Json array = Json::parse(json, nullptr, false);
    if (!array.is_array()) return list;
    for (const Json& item : array)
        if (item.is_string()) list.push_back(item.get<std::string>());
    return list;
}

Address address(const Statement& row, int column) {
    Address a;
    const Bytes octets = row.blob(column);
    if (octets.size() != a.octets.size() + 1 || (octets[0] != 4 && octets[0] != 6)) return a;
    a.family = octets[0];
    std::copy(octets.begin() + 1, octets.end(), a.octets.begin());
    return a;
}

std::optional<std::uint16_t> port(const Statement& row, int column) {
    const std::int64_t value = row.is_null(column) ? -1 : row.integer(column);
    if (value < 0 || value > 65535) return std::nullopt;
    return static_cast<std::uint16_t>(value);
}

Severity severity(std::int64_t value) { return value <= 0 ? Severity::notice : value == 1 ? Severity::high : Severity::critical; }

QueueState state(const Statement& row, int column) { return queue_state_from(row.text(column)).value_or(QueueState::open); }

}  // namespace

const std::string_view finding_columns =
    "finding.id, finding.state, finding.analyst, finding.version, finding.severity, finding.black, finding.folded, finding.reasons, "
    "finding.sentence, finding.detail, finding.direction, finding.proto, finding.nearest, finding.rule, finding.policy_sha256, finding.why, "
    "finding.initiator, finding.responder, finding.port, finding.count, finding.octets, finding.samples, finding.samples_dropped, "
    "finding.first, finding.last, finding.kind, finding.shape";

QueuedFinding finding(const Statement& row) {
    QueuedFinding f;
    f.id = row.integer(0);
    f.state = state(row, 1);
    f.analyst = row.text(2);
    f.version = row.integer(3);
    f.severity = severity(row.integer(4));
    f.black = row.integer(5) != 0;
    f.folded = row.integer(6) != 0;
    f.reasons = reasons_of(row.text(7));
    f.slugs = texts(row.text(7));
    f.sentence = row.text(8);
    f.detail = row.text(9);
    f.direction = row.text(10);
    f.proto = row.text(11);
    f.nearest = row.text(12);
    f.rule = row.text(13);
    f.policy_sha256 = row.text(14);
    f.why = texts(row.text(15));
    f.initiator = address(row, 16);
    f.responder = address(row, 17);
    f.port = port(row, 18);
    f.count = unsigned_of(row, 19);
    f.octets = unsigned_of(row, 20);
    f.samples = unsigned_of(row, 21);
    f.samples_dropped = unsigned_of(row, 22);
    f.first = {row.integer(23)};
    f.last = {row.integer(24)};
    f.is_log = row.text(25) == "log";
    f.shape = row.text(26);
    return f;
}

const std::string_view review_columns =
    "id, at, analyst, verb, finding, was, was_analyst, becomes, becomes_analyst, version, count, reason, undo_of, detail";

Review review(const Statement& row) {
    Review r;
    r.id = row.integer(0);
    r.at = {row.integer(1)};
    r.analyst = row.text(2);
    r.verb = row.text(3);
    r.finding = row.integer(4);
    r.was = state(row, 5);
    r.was_analyst = row.text(6);
    r.becomes = state(row, 7);
    r.becomes_analyst = row.text(8);
    r.version = row.integer(9);
    r.count = unsigned_of(row, 10);
    r.reason = row.text(11);
    if (!row.is_null(12)) r.undo_of = row.integer(12);
    r.detail = row.text(13);
    r.hash = to_hex(row.blob(14));
    return r;
}

int bind(Statement& statement, int at, const std::vector<MatchSql::Value>& values) {
    for (const MatchSql::Value& v : values) {
        if (v.kind == MatchSql::Value::Kind::integer) statement.bind(at, v.integer);
        if (v.kind == MatchSql::Value::Kind::text) statement.bind(at, std::string_view(v.octets));
        if (v.kind == MatchSql::Value::Kind::blob)
            statement.bind(at, Bytes(reinterpret_cast<const std::uint8_t*>(v.octets.data()), v.octets.size()));
        ++at;
    }
    return at;
}

ReasonSet reasons_of(const std::string& json) {
    ReasonSet set;
    for (const std::string& slug : texts(json))
        if (const auto reason = reason_from_slug(slug)) set.add(*reason);
    return set;
}

std::string no_such(std::int64_t finding) {
    return fmt::format("there is no finding {} in this store ('span-watcher queue list' names those there are)", finding);
}

Timestamp now() {
    const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<Duration>(since_1970).count()};
}

std::string to_the_second(Timestamp t) {
    const std::string whole = to_rfc3339(t);
    return whole.substr(0, whole.find('.')) + "Z";
}

}  // namespace sw::queue_row
