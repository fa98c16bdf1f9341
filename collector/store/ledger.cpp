#include "collector/store/ledger.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "collector/store/address_blob.hpp"
#include "collector/store/queue_row.hpp"

namespace sw {
namespace {

constexpr std::string_view columns =
    "id, journal, rule, initiator, responder, proto, sport, dport, opened, last, packets_out, packets_back, octets_out, octets_back, state,"
    " provisional, names, policy_sha256";

Address address_of(Bytes blob) {
    Address a;
    if (blob.size() != 17) return a;
    a.family = blob[0];
    std::copy(blob.begin() + 1, blob.end(), a.octets.begin());
    return a;
}

/// Of a column that we wrote; what is not as we write it is left out.
std::vector<Session::Name> names_of(const std::string& text) {
    std::vector<Session::Name> names;
    const auto list = nlohmann::json::parse(text, nullptr, false);
    if (!list.is_array()) return names;
    const auto field = [](const nlohmann::json& o, const char* key) {
        const auto it = o.find(key);
        return it != o.end() && it->is_string() ? it->get<std::string>() : std::string();
    };
    for (const auto& o : list)
        if (o.is_object()) names.push_back({field(o, "by"), field(o, "what"), field(o, "name")});
    return names;
}

Session session(const Statement& row) {
    Session s;
    s.id = row.integer(0);
    s.journal = row.text(1);
    s.rule = row.text(2);
    s.tuple = {address_of(row.blob(3)), address_of(row.blob(4)), static_cast<std::uint16_t>(row.integer(6)),
               static_cast<std::uint16_t>(row.integer(7)), static_cast<std::uint8_t>(row.integer(5))};
    s.opened = {row.integer(8)};
    s.last = {row.integer(9)};
    for (int i = 0; i < 2; ++i) s.packets[i] = static_cast<std::uint64_t>(row.integer(10 + i));
    for (int i = 0; i < 2; ++i) s.octets[i] = static_cast<std::uint64_t>(row.integer(12 + i));
    s.state = row.text(14);
    s.provisional = row.integer(15) != 0;
    s.names = names_of(row.text(16));
    s.policy_sha256 = row.text(17);
    return s;
}

/// The last address of a prefix.
Address end_of(const Prefix& p) {
    Address a = p.address;
    const unsigned bits = a.family == 6 ? 128 : 32;
    for (unsigned bit = p.length; bit < bits; ++bit) a.octets[bit / 8] = static_cast<std::uint8_t>(a.octets[bit / 8] | 0x80u >> bit % 8);
    return a;
}

MatchSql::Value text_value(const std::string& text) { return {MatchSql::Value::Kind::text, 0, text}; }
MatchSql::Value integer_value(std::int64_t n) { return {MatchSql::Value::Kind::integer, n, {}}; }
MatchSql::Value blob_value(const Address& a) {
    const auto blob = address_blob(a);
    return {MatchSql::Value::Kind::blob, 0, std::string(blob.begin(), blob.end())};
}

MatchSql where_of(const LedgerQuery& q) {
    MatchSql sql;
    std::vector<std::string> all, any;
    for (const std::string& rule : q.rules) {
        any.push_back("rule = ?");
        sql.values.push_back(text_value(rule));
    }
    if (!any.empty()) all.push_back(fmt::format("({})", fmt::join(any, " OR ")));
    any.clear();
    for (const Prefix& p : q.addresses) {
        any.push_back("initiator BETWEEN ? AND ? OR responder BETWEEN ? AND ?");
        for (int end = 0; end < 2; ++end) {
            sql.values.push_back(blob_value(p.address));
            sql.values.push_back(blob_value(end_of(p)));
        }
    }
    if (!any.empty()) all.push_back(fmt::format("({})", fmt::join(any, " OR ")));
    if (q.since) {
        all.push_back("(last >= ? OR state = 'live')");
        sql.values.push_back(integer_value(q.since->ns));
    }
    if (q.until) {
        all.push_back("opened <= ?");
        sql.values.push_back(integer_value(q.until->ns));
    }
    if (q.live) all.push_back("state = 'live'");
    sql.where = all.empty() ? "1" : fmt::format("{}", fmt::join(all, " AND "));
    return sql;
}

}  // namespace

Result<std::vector<Session>> read_ledger(Store& store, const LedgerQuery& query) {
    const MatchSql sql = where_of(query);
    auto rows =
        store.db().prepare(fmt::format("SELECT {} FROM session WHERE {} ORDER BY opened DESC, id DESC LIMIT ?", columns, sql.where));
    if (!rows) return Unexpected{rows.error()};
    const int next = queue_row::bind(*rows, 1, sql.values);
    rows->bind(next, static_cast<std::int64_t>(std::min<std::uint64_t>(query.limit, INT64_MAX)));
    auto list = queue_row::all(*rows, session);
    if (list) std::reverse(list->begin(), list->end());
    return list;
}

Result<std::uint64_t> count_ledger(Store& store, const LedgerQuery& query) {
    const MatchSql sql = where_of(query);
    auto row = store.db().prepare(fmt::format("SELECT count(*) FROM session WHERE {}", sql.where));
    if (!row) return Unexpected{row.error()};
    queue_row::bind(*row, 1, sql.values);
    if (auto more = row->step(); !more) return Unexpected{more.error()};
    return static_cast<std::uint64_t>(row->integer(0));
}

}  // namespace sw
