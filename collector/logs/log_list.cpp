#include "collector/logs/log_list.hpp"

#include <fmt/format.h>

#include "collector/logs/book_rows.hpp"
#include "collector/logs/in_force.hpp"
#include "collector/logs/log_cause.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

Result<Done> read_values(Database& db, std::int64_t id, LogTemplate& t) {
    auto values = db.prepare(fmt::format(
        "SELECT v.hole, v.value FROM log_value v JOIN finding f ON f.id = v.finding WHERE v.template = ? AND {} ORDER BY v.hole, v.value",
        in_force));
    if (!values) return Unexpected{values.error()};
    values->bind(1, id);
    return each_row(*values, [&](const Statement& r) { add_value(t, static_cast<std::size_t>(r.integer(0)), octets_of(r, 1)); });
}

bool fits(const TemplateFilter& filter, const LogTemplate& t) {
    return (filter.host.empty() || t.host == filter.host) && (filter.program.empty() || t.program == filter.program) &&
           (!filter.state || t.state == *filter.state);
}

}  // namespace

Result<Done> list_templates(Store& store, const TemplateFilter& filter, const std::function<void(const ListedTemplate&)>& take) {
    Database& db = store.db();
    auto rows = db.prepare(
        fmt::format("SELECT t.id, t.host, t.program, t.text, t.holes, t.count, t.first, t.last, f.state = 'allowed', t.finding, f.state, {}"
                    " FROM log_template t JOIN finding f ON f.id = t.finding ORDER BY t.host, t.program, t.text",
                    in_force));
    if (!rows) return Unexpected{rows.error()};
    std::optional<Error> failed;
    auto done = each_row(*rows, [&](const Statement& r) {
        ListedTemplate t{template_from(r), r.integer(9), queue_state_from(r.text(10)).value_or(QueueState::open), r.integer(11) != 0};
        if (failed || !fits(filter, t.row)) return;
        if (filter.values)
            if (auto read = read_values(db, r.integer(0), t.row); !read) failed = read.error();
        take(t);
    });
    return failed ? Unexpected{*failed} : done;
}

Result<std::vector<Counted>> frequencies(Store& store, const std::string& host, const std::string& program) {
    std::vector<Counted> table;
    auto done = list_templates(store, {host, program, std::nullopt, false}, [&](const ListedTemplate& t) {
        table.push_back(
            {fmt::format("{} {}: {}", escape_for_display(t.row.host), escape_for_display(t.row.program), t.row.text), t.row.count});
    });
    if (!done) return Unexpected{done.error()};
    done = each_row(store.db(), "SELECT shape, count FROM finding WHERE kind = 'log' AND folded = 0", [&](const Statement& r) {
        const auto cause = cause_from_shape(r.text(0));
        if (!cause || cause->reason() != LogReason::new_template) return;
        if ((!host.empty() && cause->host() != escape_for_display(host)) ||
            (!program.empty() && cause->part("program") != escape_for_display(program)))
            return;
        const std::string text = unescape_display(cause->part("template")).value_or("");
        table.push_back({fmt::format("{} {}: {}", cause->host(), cause->part("program"), text), static_cast<std::uint64_t>(r.integer(1))});
    });
    if (!done) return Unexpected{done.error()};
    return table;
}

}  // namespace sw
