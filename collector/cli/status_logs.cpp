#include "collector/cli/status_logs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "collector/logs/book_rows.hpp"
#include "collector/logs/in_force.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

using Json = nlohmann::ordered_json;

std::uint64_t unsigned_of(const Statement& row, int column) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(row.integer(column), 0));
}

std::optional<Timestamp> time_or_none(const Statement& row, int column) {
    return row.is_null(column) ? std::nullopt : std::optional(Timestamp{row.integer(column)});
}

Json time_json(const std::optional<Timestamp>& t) { return t ? Json(to_rfc3339(*t)) : Json(nullptr); }

std::string ago(Duration d) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(d).count();
    if (seconds < 120) return fmt::format("{} s ago", seconds);
    if (seconds < 7200) return fmt::format("{} min ago", seconds / 60);
    return seconds < 172'800 ? fmt::format("{} h ago", seconds / 3600) : fmt::format("{} days ago", seconds / 86'400);
}

std::string clock_of(const std::optional<Duration>& skew) {
    if (!skew) return "";
    const double seconds = std::chrono::duration<double>(*skew).count();
    return fmt::format(", its clock {:.1f} s {}", seconds < 0 ? -seconds : seconds, seconds < 0 ? "behind" : "ahead");
}

/// Heard on the network, and not from a file.
bool is_live(const LogFacts::Source& s) { return s.via != LogVia::file && s.via != LogVia::self; }

}  // namespace

Result<LogFacts> log_facts(Store& store) {
    Database& db = store.db();
    LogFacts facts;
    auto done = each_row(db, "SELECT via, host, address, first, last, lines, missing, skew, silent FROM log_source ORDER BY host, via, id",
                         [&](const Statement& r) {
                             LogFacts::Source s;
                             s.via = log_via_from(r.text(0)).value_or(LogVia::file);
                             s.host = r.text(1);
                             if (const Address a = address_from_blob(r.blob(2)); a.family != 0) s.address = to_string(a);
                             s.first = {r.integer(3)};
                             s.last = {r.integer(4)};
                             s.lines = unsigned_of(r, 5);
                             s.missing = unsigned_of(r, 6);
                             if (!r.is_null(7)) s.skew = Duration{r.integer(7)};
                             s.silent = r.integer(8) != 0;
                             facts.sources.push_back(std::move(s));
                         });
    if (done)
        done = each_row(db, "SELECT origin, sum(lost), max(hour) FROM log_loss GROUP BY origin ORDER BY origin", [&](const Statement& r) {
            facts.losses.push_back({r.text(0), unsigned_of(r, 1), {r.integer(2)}});
        });
    if (done)
        done = each_row(db, "SELECT host, service, flow, line, agreed, alone FROM witness ORDER BY host, service", [&](const Statement& r) {
            facts.witnesses.push_back({r.text(0), r.text(1), time_or_none(r, 2), time_or_none(r, 3), unsigned_of(r, 4), unsigned_of(r, 5)});
        });
    if (done)
        done = each_row(db,
                        "SELECT count(*), coalesce((SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'log_octets'), 0),"
                        " count(*) FILTER (WHERE id > coalesce((SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'log_indexed'), 0))"
                        " FROM log_event",
                        [&](const Statement& r) {
                            facts.lines = unsigned_of(r, 0);
                            facts.octets = unsigned_of(r, 1);
                            facts.not_indexed = unsigned_of(r, 2);
                        });
    if (done)
        done = each_row(db,
                        fmt::format("SELECT count(*) FILTER (WHERE f.state = 'allowed'), count(*) FILTER (WHERE f.state <> 'allowed') FROM"
                                    " log_template t JOIN finding f ON f.id = t.finding WHERE {}",
                                    in_force),
                        [&](const Statement& r) {
                            facts.approved = unsigned_of(r, 0);
                            facts.learnt = unsigned_of(r, 1);
                        });
    if (!done) return Unexpected{done.error()};
    return facts;
}

std::optional<Silence> silence_of(const LogFacts& facts) {
    bool any = false, stream = false, datagrams = false;
    for (const LogFacts::Source& s : facts.sources) {
        any |= is_live(s);
        stream |= s.via == LogVia::tcp || s.via == LogVia::tls;
        datagrams |= s.via == LogVia::udp || s.via == LogVia::socket;
    }
    if (!any) return std::nullopt;
    if (stream) return Silence{false, "lines come over TCP or TLS: whoever receives those sends acknowledgements"};
    if (datagrams)
        return Silence{false, "lines come to a socket of this host: unless its interface was made deaf and mute, it answers ARP and more"};
    return Silence{true, "all lines are read off the mirror, on their way to an address that nobody owns"};
}

std::string witness_state(const LogFacts::Pair& p) {
    if (!p.line) return p.service == "drop" ? "off: no packet filter has reported a drop" : "off: its log has no line of this service yet";
    if (!p.flow && p.service != "drop") return "on for lines: no conversation of this service was seen yet";
    return "on";
}

std::vector<std::string> log_problems(const LogFacts& facts) {
    std::vector<std::string> problems;
    for (const LogFacts::Source& s : facts.sources)
        if (s.silent)
            problems.push_back(fmt::format("{} stopped talking: its last line came at {}", escape_again(s.host), to_rfc3339(s.last)));
    for (const LogFacts::Loss& l : facts.losses)
        problems.push_back(fmt::format("{} log lines are lost on their way through {}, the last within the hour from {}", l.lost,
                                       escape_again(l.origin), to_rfc3339(l.last)));
    return problems;
}

std::vector<std::string> log_lines(const LogFacts& facts, Timestamp now) {
    std::vector<std::string> lines;
    const auto add = [&](std::string_view head, std::string text) { lines.push_back(fmt::format("{:<11}{}", head, text)); };
    add("logs",
        fmt::format("{} lines, {} octets as received{}; {} templates approved, {} wait for a person", facts.lines, facts.octets,
                    facts.not_indexed > 0 ? fmt::format(" ({} not indexed yet)", facts.not_indexed) : "", facts.approved, facts.learnt));
    for (const LogFacts::Source& s : facts.sources)
        add("", fmt::format("{}{} by {}: {} lines, the last {}{}{}", escape_again(s.host),
                            s.address.empty() ? "" : fmt::format(" ({})", s.address), to_string(s.via), s.lines, ago(now - s.last),
                            clock_of(s.skew), s.missing > 0 ? fmt::format(", {} missing by sequence", s.missing) : ""));
    if (const auto silence = silence_of(facts))
        add("receiving", fmt::format("{}: {}", silence->silent ? "SILENT" : "NOT SILENT", silence->why));
    for (const LogFacts::Pair& p : facts.witnesses)
        add("witness", fmt::format("{} {}: {} agreed, {} alone; {}", escape_again(p.host), escape_again(p.service), p.agreed, p.alone,
                                   witness_state(p)));
    return lines;
}

Json log_json(const LogFacts& facts) {
    Json sources = Json::array(), losses = Json::array(), witnesses = Json::array();
    for (const LogFacts::Source& s : facts.sources)
        sources.push_back({{"via", to_string(s.via)},
                           {"host", s.host},
                           {"address", s.address.empty() ? Json(nullptr) : Json(s.address)},
                           {"lines", s.lines},
                           {"first", to_rfc3339(s.first)},
                           {"last", to_rfc3339(s.last)},
                           {"missing", s.missing},
                           {"clock_ahead_ns", s.skew ? Json(s.skew->count()) : Json(nullptr)},
                           {"silent", s.silent}});
    for (const LogFacts::Loss& l : facts.losses) losses.push_back({{"origin", l.origin}, {"lost", l.lost}, {"hour", to_rfc3339(l.last)}});
    for (const LogFacts::Pair& p : facts.witnesses)
        witnesses.push_back({{"host", p.host},
                             {"service", p.service},
                             {"state", witness_state(p)},
                             {"last_flow", time_json(p.flow)},
                             {"last_line", time_json(p.line)},
                             {"agreed", p.agreed},
                             {"alone", p.alone}});
    const auto silence = silence_of(facts);
    return {{"lines", facts.lines},
            {"bytes", facts.octets},
            {"not_indexed", facts.not_indexed},
            {"templates", {{"approved", facts.approved}, {"learnt", facts.learnt}}},
            {"sources", std::move(sources)},
            {"losses", std::move(losses)},
            {"silent", silence ? Json(silence->silent) : Json(nullptr)},
            {"silent_why", silence ? Json(silence->why) : Json(nullptr)},
            {"witnesses", std::move(witnesses)}};
}

}  // namespace sw
