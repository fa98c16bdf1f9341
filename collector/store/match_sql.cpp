// Terms as SQL. Every text here is ours; what people typed is bound.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "collector/store/match.hpp"
#include "collector/store/match_time.hpp"
#include "rules/packet/address.hpp"
#include "rules/packet/reason.hpp"

namespace sw {
namespace {

using Key = MatchTerm::Key;
using Value = MatchSql::Value;

Value integer(std::int64_t i) { return {Value::Kind::integer, i, {}}; }
Value text(std::string s) { return {Value::Kind::text, 0, std::move(s)}; }

/// The numbers were checked when they were parsed.
std::int64_t number(std::string_view digits) {
    std::int64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

Value key_of_address(const Address& a) {
    std::string octets(1, static_cast<char>(a.family));
    octets.append(a.octets.begin(), a.octets.end());
    return {Value::Kind::blob, 0, std::move(octets)};
}

/// The last address of a prefix.
Address last_of(const Prefix& prefix) {
    Address last = prefix.address;
    const std::size_t bits = last.family == 4 ? 32 : 128;
    for (std::size_t i = prefix.length; i < bits; ++i) last.octets[i / 8] |= static_cast<std::uint8_t>(0x80u >> i % 8);
    return last;
}

std::int64_t severity_number(std::string_view word) {
    for (const Severity s : {Severity::notice, Severity::high, Severity::critical})
        if (to_string(s) == word) return static_cast<int>(s);
    return -1;
}

/// For LIKE with ESCAPE '\': the text anywhere.
std::string pattern(std::string_view word) {
    std::string out = "%";
    for (char c : word) {
        if (c == '%' || c == '_' || c == '\\') out += '\\';
        out += c;
    }
    return out + '%';
}

/// Collects one clause and its values; a clause may be unknown (NULL) where a column is, and unknown is no match.
class Clauses {
public:
    Clauses(MatchSql& sql, Timestamp now) : sql_(&sql), now_(now) {}

    std::string of(const MatchTerm& term) {
        const std::string clause = condition(term);
        return term.negated ? fmt::format("NOT ifnull({}, 0)", clause) : clause;
    }

private:
    std::string with(std::string clause, std::vector<Value> values) {
        sql_->values.insert(sql_->values.end(), values.begin(), values.end());
        return clause;
    }

    std::string addresses(const MatchTerm& term) {
        const Prefix prefix = parse_prefix(term.value).value_or(Prefix{});
        const Value low = key_of_address(prefix.address), high = key_of_address(last_of(prefix));
        if (term.key == Key::src) return with("(finding.initiator BETWEEN ? AND ?)", {low, high});
        if (term.key == Key::dst) return with("(finding.responder BETWEEN ? AND ?)", {low, high});
        return with("(ifnull(finding.initiator BETWEEN ? AND ?, 0) OR ifnull(finding.responder BETWEEN ? AND ?, 0))",
                    {low, high, low, high});
    }

    std::string count(std::string_view value) {
        if (value.starts_with('>')) return with("(finding.count > ?)", {integer(number(value.substr(1)))});
        if (value.starts_with('<')) return with("(finding.count < ?)", {integer(number(value.substr(1)))});
        return with("(finding.count = ?)", {integer(number(value))});
    }

    std::string anywhere(std::string_view word) {
        const Value like = text(pattern(word));
        return with(
            "(finding.sentence LIKE ? ESCAPE '\\' OR EXISTS (SELECT 1 FROM sample WHERE sample.finding = finding.id AND sample.comment LIKE ? "
            "ESCAPE '\\'))",
            {like, like});
    }

    std::string protocol(const std::string& word) {
        const bool by_number = word.find_first_not_of("0123456789") == std::string::npos && word.size() <= 3 && number(word) <= 255;
        return with("(finding.proto = ?)", {text(by_number ? protocol_name(static_cast<std::uint8_t>(number(word))) : word)});
    }

    std::string condition(const MatchTerm& term) {
        switch (term.key) {
            case Key::id:
                return with("(finding.id = ?)", {integer(number(term.value))});
            case Key::state:
                return with("(finding.state = ?)", {text(term.value)});
            case Key::severity:
                return with("(finding.severity = ?)", {integer(severity_number(term.value))});
            case Key::src:
            case Key::dst:
            case Key::host:
                return addresses(term);
            case Key::port:
                return with("(finding.port = ?)", {integer(number(term.value))});
            case Key::proto:
                return protocol(term.value);
            case Key::rule:
                return with("(ifnull(finding.rule = ?, 0) OR ifnull(finding.nearest = ?, 0))", {text(term.value), text(term.value)});
            case Key::reason:
                return with("(instr(finding.reasons, ?) > 0)", {text('"' + term.value + '"')});
            case Key::direction:
                return with("(finding.direction = ?)", {text(term.value)});
            case Key::analyst:
                return with("(finding.analyst = ?)", {text(term.value)});
            case Key::verdict:
                return with("(finding.black = ?)", {integer(term.value == "black" ? 1 : 0)});
            case Key::since:
                return with("(finding.last >= ?)", {integer(instant_from(term.value, now_).value_or(Timestamp{}).ns)});
            case Key::until:
                return with("(finding.first <= ?)", {integer(instant_from(term.value, now_).value_or(Timestamp{}).ns)});
            case Key::count:
                return count(term.value);
            case Key::kind:
                return with("(finding.kind = ?)", {text(term.value)});
            case Key::text:
                return anywhere(term.value);
        }
        __builtin_trap();
    }

    MatchSql* sql_;
    Timestamp now_;
};

/// Must every one of them hold, or is one enough?
bool all_must_hold(const MatchTerm& term) {
    return term.negated || term.key == Key::since || term.key == Key::until || term.key == Key::count || term.key == Key::text;
}

}  // namespace

MatchSql to_sql(const std::vector<MatchTerm>& terms, Timestamp now) {
    MatchSql sql;
    Clauses clauses(sql, now);
    std::vector<std::string> all;
    std::vector<MatchTerm> alternatives;
    for (const MatchTerm& term : terms)
        if (all_must_hold(term))
            all.push_back(clauses.of(term));
        else
            alternatives.push_back(term);
    std::stable_sort(alternatives.begin(), alternatives.end(), [](const MatchTerm& a, const MatchTerm& b) { return a.key < b.key; });
    for (std::size_t i = 0; i < alternatives.size();) {
        std::vector<std::string> either;
        const Key key = alternatives[i].key;
        for (; i < alternatives.size() && alternatives[i].key == key; ++i) either.push_back(clauses.of(alternatives[i]));
        all.push_back(fmt::format("({})", fmt::join(either, " OR ")));
    }
    sql.where = all.empty() ? "1" : fmt::format("({})", fmt::join(all, " AND "));
    return sql;
}

}  // namespace sw
