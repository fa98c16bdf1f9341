// logs list, search, rare: nothing here changes the store.
#include <fmt/format.h>

#include <algorithm>

#include "collector/cli/logs.hpp"
#include "collector/cli/logs_run.hpp"
#include "collector/cli/store_file.hpp"
#include "collector/logs/log_list.hpp"
#include "collector/logs/log_search.hpp"
#include "collector/syslog/syslog_message.hpp"
#include "rules/base/hex.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

LogsJson or_null(const std::string& s) { return s.empty() ? LogsJson(nullptr) : LogsJson(s); }

LogsJson holes_json(const LogTemplate& t) {
    LogsJson list = LogsJson::array();
    for (const Hole& h : t.holes) {
        LogsJson values = LogsJson::array();
        for (const std::string& v : h.values) values.push_back(escape_for_display(v));
        list.push_back(
            {{"kind", info(h.kind).word}, {"keeps", info(h.kind).keeps_values}, {"open", h.open}, {"values", std::move(values)}});
    }
    return list;
}

void tell_template(const ListedTemplate& t, bool values, JsonLines* json, Output& out) {
    const LogTemplate& r = t.row;
    if (json != nullptr) {
        LogsJson o = {{"type", "template"},
                      {"id", fmt::format("{:016x}", static_cast<std::uint64_t>(r.id()))},
                      {"host", escape_for_display(r.host)},
                      {"program", escape_for_display(r.program)},
                      {"text", r.text},
                      {"state", to_string(r.state)},
                      {"in_force", t.in_force},
                      {"finding", t.finding},
                      {"finding_state", to_string(t.finding_state)},
                      {"count", r.count},
                      {"first", to_rfc3339(r.first)},
                      {"last", to_rfc3339(r.last)}};
        if (values) o["holes"] = holes_json(r);
        return json->put(std::move(o));
    }
    const std::string state = t.in_force ? std::string(to_string(r.state)) : fmt::format("not in force ({})", to_string(t.finding_state));
    out.line(fmt::format("{:>9}  {:<8}  {}  {} {}: {}", r.count, state, to_the_second(r.last), escape_for_display(r.host),
                         escape_for_display(r.program), r.text));
    for (std::size_t i = 0; values && i < r.holes.size(); ++i) {
        if (!info(r.holes[i].kind).keeps_values) continue;
        std::vector<std::string> list;
        for (const std::string& v : r.holes[i].values) list.push_back(escape_for_display(v));
        out.line(fmt::format("{:>19}  {}: {}", "", info(r.holes[i].kind).word,
                             r.holes[i].open ? std::string("any") : fmt::format("{}", fmt::join(list, ", "))));
    }
}

LogsJson odd_json(int bits) {
    LogsJson list = LogsJson::array();
    for (std::size_t i = 0; i < syslog_oddity_count; ++i)
        if ((bits >> i & 1) != 0) list.push_back(to_string(static_cast<SyslogOddity>(i)));
    return list;
}

void tell_line(const StoredLine& l, JsonLines* json, Output& out) {
    const std::string shown = escape_for_display(l.raw);
    if (json == nullptr) {
        const std::string mark = std::string(1, verdict_word(l.verdict).front());
        out.line(fmt::format("{} {} {}: {}", to_the_second(l.received), l.verdict >= 3 ? out.yellow(mark) : mark, escape_again(l.source),
                             shown));
        return;
    }
    json->put({{"type", "line"},
               {"id", l.id},
               {"received", to_rfc3339(l.received)},
               {"claimed", l.claimed ? LogsJson(to_rfc3339(*l.claimed)) : LogsJson(nullptr)},
               {"via", l.via},
               {"source", l.source},
               {"host", or_null(l.host)},
               {"facility", l.facility},
               {"severity", l.severity},
               {"app", or_null(l.app)},
               {"proc_id", or_null(l.proc_id)},
               {"msg_id", or_null(l.msg_id)},
               {"verdict", verdict_word(l.verdict)},
               {"finding", l.finding ? LogsJson(*l.finding) : LogsJson(nullptr)},
               {"odd", odd_json(l.odd)},
               {"line", shown},
               {"octets", to_hex({reinterpret_cast<const std::uint8_t*>(l.raw.data()), l.raw.size()})}});
}

Result<LogQuery> query_of(const LogsOptions& o) {
    LogQuery q;
    q.words = o.words;
    const auto since = instant_of("--since", o.since), until = instant_of("--until", o.until);
    if (!since || !until) return Unexpected{(!since ? since : until).error()};
    q.since = *since;
    q.until = *until;
    q.host = o.host;
    q.app = o.program;
    if (!o.verdict.empty()) q.verdict = verdict_number(o.verdict);
    q.finding = o.finding;
    q.limit = o.limit;
    return q;
}

void tell_tail(const char* title, const std::vector<Counted>& list, JsonLines* json, Output& out) {
    if (json == nullptr) out.line(out.bold(title));
    for (const Counted& c : list)
        if (json != nullptr)
            json->put({{"type", "tail"}, {"end", title}, {"count", c.count}, {"what", c.what}});
        else
            out.line(fmt::format("{:>9}  {}", c.count, c.what));
}

}  // namespace

int logs_list(const Options& options) {
    Output out(options.colour);
    auto store = open_and_confine(options, Store::Access::read);
    if (!store) return failed_logs(store.error());
    JsonLines json(out);
    TemplateFilter filter{options.logs.host, options.logs.program, std::nullopt, options.logs.values};
    if (!options.logs.state.empty()) filter.state = options.logs.state == "learnt" ? TemplateState::learnt : TemplateState::approved;
    std::uint64_t n = 0;
    auto done = list_templates(*store, filter, [&](const ListedTemplate& t) {
        tell_template(t, options.logs.values, options.json ? &json : nullptr, out);
        ++n;
    });
    if (!done) return failed_logs(done.error());
    if (n == 0) complain("no template: nothing was learnt yet ('span-watcher logs learn HOST')");
    return out.finish(to_int(ExitCode::clean));
}

int logs_search(const Options& options) {
    const auto query = query_of(options.logs);
    if (!query) return failed_logs(query.error());
    Output out(options.colour);
    auto store = open_and_confine(options, Store::Access::read);
    if (!store) return failed_logs(store.error());
    const auto lines = search_lines(*store, *query);
    if (!lines) return failed_logs(lines.error());
    JsonLines json(out);
    for (const StoredLine& l : *lines) tell_line(l, options.json ? &json : nullptr, out);
    complain(fmt::format("{} line{}{}", lines->size(), lines->size() == 1 ? "" : "s",
                         lines->size() == query->limit ? ", the newest of those there are (--limit gives more)" : ""));
    return out.finish(to_int(ExitCode::clean));
}

int logs_rare(const Options& options) {
    Output out(options.colour);
    auto store = open_and_confine(options, Store::Access::read);
    if (!store) return failed_logs(store.error());
    const auto table = frequencies(*store, options.logs.host, options.logs.program);
    if (!table) return failed_logs(table.error());
    constexpr std::uint64_t usual = LogsOptions{}.limit, most = 20;
    const Tails t = tails(*table, options.logs.limit == usual ? most : options.logs.limit);
    JsonLines json(out);
    tell_tail("rare", t.rare, options.json ? &json : nullptr, out);
    tell_tail("common", t.common, options.json ? &json : nullptr, out);
    complain(fmt::format("{} lines of {} kinds", t.lines, t.kinds));
    return out.finish(to_int(ExitCode::clean));
}

}  // namespace sw
