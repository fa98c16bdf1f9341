// The comparison. It reads what is committed, and asks of each half whether the other one is known.
#include <fmt/format.h>

#include "collector/logs/book_rows.hpp"
#include "collector/store/address_blob.hpp"
#include "collector/witness/witness.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

constexpr int most_at_once = 20'000;  ///< more than a commit brings: what waits for too long is gone

std::string second(Timestamp t) { return to_rfc3339(t).substr(0, 19) + "Z"; }

std::string end_of(const Address& a, std::int64_t port) { return port == 0 ? to_string(a) : fmt::format("{} port {}", to_string(a), port); }

/// The line as it was received, or "" once it is gone from the store.
Result<std::string> raw_line(Database& db, std::int64_t event) {
    auto row = db.prepare("SELECT raw FROM log_event WHERE id = ?");
    if (!row) return Unexpected{row.error()};
    auto there = row->bind(1, event).step();
    if (!there) return Unexpected{there.error()};
    return *there ? octets_of(*row, 0) : std::string();
}

constexpr const char* lines_to_settle =
    "SELECT l.id, l.event, l.host, l.service, l.initiator, coalesce(l.sport, 0), l.received,"
    " EXISTS (SELECT 1 FROM witness_flow f WHERE f.host = l.host AND f.service = l.service AND f.initiator = l.initiator"
    "  AND (l.sport IS NULL OR f.sport = l.sport) AND f.first <= l.received + ?3 AND f.first >= l.received - ?4)"
    " FROM witness_line l WHERE l.settled = 0 AND l.service <> 'drop' AND l.received <= ?1"
    "  AND EXISTS (SELECT 1 FROM coverage c WHERE c.start <= l.received AND c.stop >= l.received)"
    "  AND (instr(' ' || ?2 || ' ', ' ' || l.service || ' ') > 0 OR EXISTS (SELECT 1 FROM witness w WHERE w.host = l.host"
    "   AND w.service = l.service AND w.flow IS NOT NULL))"
    " ORDER BY l.id LIMIT ?5";

constexpr const char* flows_to_settle =
    "SELECT f.id, f.host, f.service, f.initiator, f.responder, f.sport, f.dport, f.first, f.answered, f.rule,"
    " EXISTS (SELECT 1 FROM witness_line l WHERE l.host = f.host AND l.service = f.service AND l.initiator = f.initiator"
    "  AND (l.sport IS NULL OR l.sport = f.sport) AND l.received >= f.first - ?1 AND l.received <= f.answered + ?2)"
    " FROM witness_flow f JOIN witness w ON w.host = f.host AND w.service = f.service"
    " WHERE f.settled = 0 AND f.provisional = 0 AND w.line IS NOT NULL"
    "  AND EXISTS (SELECT 1 FROM log_source s WHERE s.host = f.host AND s.first <= f.first AND s.last >= f.answered + ?2)"
    " ORDER BY f.id LIMIT ?3";

/// Evidence that the packet passed: a conversation of exactly these ends that began just then, or packets between them that were grey.
constexpr const char* drops_to_settle =
    "SELECT l.id, l.event, l.host, l.initiator, coalesce(l.sport, 0), l.responder, coalesce(l.dport, 0), l.proto, l.received,"
    " (SELECT 'a conversation that rule ' || f.rule || ' allowed' FROM witness_flow f WHERE f.initiator = l.initiator"
    "  AND f.responder = l.responder AND f.sport = l.sport AND f.dport = l.dport AND abs(f.first - l.received) <= ?2 LIMIT 1),"
    " (SELECT 'a conversation that rule ' || f.rule || ' allowed' FROM flow f WHERE f.first BETWEEN l.received - ?2 AND l.received + ?2"
    "  AND f.initiator = l.initiator AND f.responder = l.responder AND f.sport = l.sport AND f.dport = l.dport AND f.proto = l.proto LIMIT 1),"
    " (SELECT 'finding ' || f.id FROM finding f JOIN sample s ON s.finding = f.id WHERE f.kind = 'packet' AND f.initiator = l.initiator"
    "  AND f.responder = l.responder AND f.port = l.dport AND s.ts BETWEEN l.received - ?2 AND l.received + ?2 LIMIT 1)"
    " FROM witness_line l WHERE l.settled = 0 AND l.service = 'drop' AND l.received <= ?1"
    "  AND EXISTS (SELECT 1 FROM coverage c WHERE c.start <= l.received AND c.stop >= l.received) ORDER BY l.id LIMIT ?3";

}  // namespace

/// Lines that say somebody got in: was there a conversation?
Result<Done> Witness::settle_lines(Database& db, std::vector<Finding>& found) {
    auto rows = db.prepare(lines_to_settle);
    if (!rows) return Unexpected{rows.error()};
    rows->bind(1, (until_ + -Duration(policy_->log.line_waits)).ns)
        .bind(2, std::string_view(services_))
        .bind(3, slack.count())
        .bind(4, before_line.count());
    rows->bind(5, std::int64_t{most_at_once});
    std::optional<Error> failed;
    auto done = each_row(*rows, [&](const Statement& r) {
        const std::string host = r.text(2), service = r.text(3);
        settled_lines_.push_back({r.integer(0), host, service, r.integer(7) != 0});
        if (r.integer(7) != 0) return;
        const Address peer = address_from_blob(r.blob(4));
        const Timestamp at{r.integer(6)};
        auto raw = raw_line(db, r.integer(1));
        if (!raw) failed = raw.error();
        LogCause cause(LogReason::no_flow, host);
        cause.with("peer", to_string(peer)).with("service", service);
        const std::string who = end_of(peer, r.integer(5));
        found.push_back({cause,
                         peer,
                         fmt::format("{} reports {} from {}, and nobody saw such a conversation on the wire: forged, or not on this span.",
                                     escape_for_display(host), service, who),
                         fmt::format("{} from {}", service, who),
                         {fmt::format("the log: a line of {} at {}", escape_for_display(host), second(at)),
                          fmt::format("the wire: no {} from {} between {} and {}, which the sensor covered", service, who,
                                      second(at + -before_line), second(at + slack))},
                         at,
                         raw ? *raw : std::string(),
                         fmt::format("no {} conversation from {} was seen", service, who)});
    });
    return failed ? Unexpected{*failed} : done;
}

/// Conversations that the service must have noticed: did it say so?
Result<Done> Witness::settle_flows(Database& db, std::vector<Finding>& found) {
    auto rows = db.prepare(flows_to_settle);
    if (!rows) return Unexpected{rows.error()};
    rows->bind(1, slack.count()).bind(2, flow_waits().count()).bind(3, std::int64_t{most_at_once});
    return each_row(*rows, [&](const Statement& r) {
        const std::string host = r.text(1), service = r.text(2);
        settled_flows_.push_back({r.integer(0), host, service, r.integer(10) != 0});
        if (r.integer(10) != 0) return;
        const Address peer = address_from_blob(r.blob(3)), responder = address_from_blob(r.blob(4));
        const Timestamp answered{r.integer(8)};
        LogCause cause(LogReason::no_line, host);
        cause.with("peer", to_string(peer)).with("service", service);
        const std::string conversation = fmt::format("{} {}.{} > {}.{}, answered at {}, rule {}", service, to_string(peer), r.integer(5),
                                                     to_string(responder), r.integer(6), to_rfc3339(answered), r.text(9));
        found.push_back({cause,
                         peer,
                         fmt::format("{} served {} to {}, and its log has no line about it: suppressed, or not sent here.",
                                     escape_for_display(host), service, to_string(peer)),
                         conversation,
                         {"the wire: " + conversation, fmt::format("the log: no line of {} names {} until {}, though others came", service,
                                                                   to_string(peer), second(answered + flow_waits()))},
                         answered,
                         conversation,
                         fmt::format("no line of {} about {}", escape_for_display(host), to_string(peer))});
    });
}

Result<Done> Witness::settle_drops(Database& db, std::vector<Finding>& found) {
    auto rows = db.prepare(drops_to_settle);
    if (!rows) return Unexpected{rows.error()};
    rows->bind(1, (until_ + -flow_waits()).ns).bind(2, slack.count()).bind(3, std::int64_t{most_at_once});
    std::optional<Error> failed;
    auto done = each_row(*rows, [&](const Statement& r) {
        const std::string host = r.text(2), evidence = !r.is_null(9) ? r.text(9) : !r.is_null(10) ? r.text(10) : r.text(11);
        settled_lines_.push_back({r.integer(0), host, "drop", evidence.empty()});
        if (evidence.empty()) return;
        const Address from = address_from_blob(r.blob(3)), to = address_from_blob(r.blob(5));
        const Timestamp at{r.integer(8)};
        auto raw = raw_line(db, r.integer(1));
        if (!raw) failed = raw.error();
        LogCause cause(LogReason::drop_passed, host);
        cause.with("destination", to_string(to)).with("port", static_cast<std::uint64_t>(r.integer(6))).with("source", to_string(from));
        const std::string packet = fmt::format("{} to {}", end_of(from, r.integer(4)), end_of(to, r.integer(6)));
        found.push_back(
            {cause,
             from,
             fmt::format("{} says that it dropped a packet from {}, and it was seen inside.", escape_for_display(host), packet),
             packet,
             {fmt::format("the log: a drop by {} at {}", escape_for_display(host), second(at)), fmt::format("the wire: {}", evidence)},
             at,
             raw ? *raw : std::string(),
             fmt::format("on the wire: {}", evidence)});
    });
    return failed ? Unexpected{*failed} : done;
}

Result<std::vector<Witness::Finding>> Witness::settle(Database& db) {
    std::vector<Finding> found;
    settled_lines_.clear();
    settled_flows_.clear();
    for (auto step : {&Witness::settle_lines, &Witness::settle_flows, &Witness::settle_drops})
        if (auto done = (this->*step)(db, found); !done) return Unexpected{done.error()};
    return found;
}

}  // namespace sw
