#include "collector/logs/log_search.hpp"

#include <algorithm>

#include "collector/logs/book_rows.hpp"
#include "collector/logs/log_index.hpp"

namespace sw {
namespace {

bool is_alnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_foreign(char c) { return static_cast<unsigned char>(c) >= 0x80; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string where_of(const LogQuery& q, const std::string& words) {
    std::string where = "1";
    if (!words.empty())
        where +=
            " AND (e.id IN (SELECT rowid FROM log_text WHERE log_text MATCH ?1)"
            " OR e.id > coalesce((SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'log_indexed'), 0))";
    if (q.since) where += " AND e.received >= ?2";
    if (q.until) where += " AND e.received <= ?3";
    if (!q.host.empty()) where += " AND s.host = ?4";
    if (!q.app.empty()) where += " AND e.app = ?5";
    if (q.verdict) where += " AND e.verdict = ?6";
    if (q.finding) where += " AND e.finding = ?7";
    return where;
}

StoredLine line_from(const Statement& r) {
    StoredLine l;
    l.id = r.integer(0);
    l.received = {r.integer(1)};
    if (!r.is_null(2)) l.claimed = Timestamp{r.integer(2)};
    l.via = r.text(3);
    l.source = r.text(4);
    l.host = r.text(5);
    l.facility = static_cast<int>(r.integer(6));
    l.severity = static_cast<int>(r.integer(7));
    l.verdict = static_cast<int>(r.integer(8));
    l.app = r.text(9);
    l.proc_id = r.text(10);
    l.msg_id = r.text(11);
    if (!r.is_null(12)) l.finding = r.integer(12);
    l.odd = static_cast<int>(r.integer(13));
    l.raw = octets_of(r, 14);
    return l;
}

}  // namespace

bool has_word(std::string_view text, std::string_view word) {
    const auto same = [](char a, char b) { return lower(a) == lower(b); };
    for (auto at = text.begin();; ++at) {
        at = std::search(at, text.end(), word.begin(), word.end(), same);
        if (at == text.end()) return false;
        if (at == text.begin() || !is_alnum(word.front()) || !is_alnum(*(at - 1))) return true;
    }
}

/// Runs of ASCII letters and digits are tokens of the index, too, unless a letter of another script stands beside them. The last
/// run of a word may be the beginning of a token.
std::string index_query(const std::vector<std::string>& words) {
    std::string query;
    for (const std::string& word : words)
        for (std::size_t i = 0; i < word.size(); ++i) {
            if (!is_alnum(word[i])) continue;
            std::size_t end = i;
            while (end < word.size() && is_alnum(word[end])) ++end;
            const bool beside = (i > 0 && is_foreign(word[i - 1])) || (end < word.size() && is_foreign(word[end]));
            if (!beside) query += (query.empty() ? "\"" : " AND \"") + word.substr(i, end - i) + (end == word.size() ? "\" *" : "\"");
            i = end;
        }
    return query;
}

Result<std::vector<StoredLine>> search_lines(Store& store, const LogQuery& q) {
    const std::string words = index_query(q.words);
    auto rows = store.db().prepare(
        "SELECT e.id, e.received, e.claimed, s.via, s.host, e.host, e.facility, e.severity, e.verdict, e.app, e.proc_id, e.msg_id, e.finding,"
        " e.odd, e.raw FROM log_event e JOIN log_source s ON s.id = e.source WHERE " +
        where_of(q, words) + " ORDER BY e.id DESC");
    if (!rows) return Unexpected{rows.error()};
    if (!words.empty()) rows->bind(1, std::string_view(words));
    if (q.since) rows->bind(2, q.since->ns);
    if (q.until) rows->bind(3, q.until->ns);
    if (!q.host.empty()) rows->bind(4, std::string_view(q.host));
    if (!q.app.empty()) rows->bind(5, std::string_view(q.app));
    if (q.verdict) rows->bind(6, std::int64_t{*q.verdict});
    if (q.finding) rows->bind(7, *q.finding);
    std::vector<StoredLine> lines;
    while (lines.size() < q.limit) {
        auto row = rows->step();
        if (!row) return Unexpected{row.error()};
        if (!*row) break;
        const std::string text = q.words.empty() ? std::string() : searchable(rows->blob(14));
        if (std::all_of(q.words.begin(), q.words.end(), [&](const std::string& w) { return w.empty() || has_word(text, w); }))
            lines.push_back(line_from(*rows));
    }
    std::reverse(lines.begin(), lines.end());
    return lines;
}

}  // namespace sw
