#include "collector/cli/ledger.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "collector/cli/console.hpp"
#include "collector/cli/queue_run.hpp"
#include "collector/cli/store_file.hpp"
#include "collector/store/ledger.hpp"
#include "collector/store/match_time.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

using Json = nlohmann::ordered_json;

Result<LedgerQuery> query_of(const LedgerOptions& o, Timestamp now) {
    LedgerQuery q;
    q.rules = o.rules;
    q.live = o.live;
    q.limit = o.limit;
    for (const std::string& text : o.addresses) {
        const auto prefix = parse_prefix(text);
        if (!prefix) return unexpected(fmt::format("--address {} is neither an address nor a prefix", escape_for_display(text)));
        q.addresses.push_back(*prefix);
    }
    for (const auto& [name, text, out] : {std::tuple("--since", &o.since, &q.since), {"--until", &o.until, &q.until}}) {
        if (text->empty()) continue;
        *out = instant_from(*text, now);
        if (!*out)
            return unexpected(fmt::format("{} {} is no time: 15m, 1h, 7d ago, or 2026-11-21T23:20:00Z", name, escape_for_display(*text)));
    }
    return q;
}

std::string end_of(const Address& a, std::uint16_t port, std::uint8_t proto) {
    const bool ports = proto == 6 || proto == 17;
    return ports ? fmt::format("{}.{}", to_string(a), port) : to_string(a);
}

/// "2026-11-21T23:20:00Z"
std::string to_the_second(Timestamp t) { return to_rfc3339(t).substr(0, 19) + "Z"; }

/// "3 d", "1 h 20 min", "42 s"
std::string span_of(Duration d) {
    const auto s = std::chrono::duration_cast<std::chrono::seconds>(d).count();
    if (s < 120) return fmt::format("{} s", s);
    if (s < 2 * 3600) return fmt::format("{} min", s / 60);
    if (s < 48 * 3600) return fmt::format("{} h {} min", s / 3600, s / 60 % 60);
    return fmt::format("{} d {} h", s / 86400, s / 3600 % 24);
}

std::string line_of(const Session& s) {
    std::string names;
    for (const Session::Name& n : s.names) names += fmt::format("{}{} {}", names.empty() ? "  " : ", ", n.what, n.name);
    return fmt::format("{}  {:>9}  {:<8}  {:<12}  {} > {}  {}/{} octets{}{}", to_the_second(s.opened),
                       s.state == "live" ? "-" : span_of(s.last - s.opened), s.state, s.rule,
                       end_of(s.tuple.src, s.tuple.sport, s.tuple.proto), end_of(s.tuple.dst, s.tuple.dport, s.tuple.proto), s.octets[0],
                       s.octets[1], names, s.provisional ? "  (taken up in the middle)" : "");
}

Json json_of(const Session& s) {
    Json names = Json::array();
    for (const Session::Name& n : s.names) names.push_back({{"by", n.by}, {"what", n.what}, {"name", n.name}});
    const bool ports = s.tuple.proto == 6 || s.tuple.proto == 17;
    return {{"type", "session"},
            {"id", s.id},
            {"rule", s.rule},
            {"state", s.state},
            {"opened", to_rfc3339(s.opened)},
            {"last", to_rfc3339(s.last)},
            {"initiator", to_string(s.tuple.src)},
            {"sport", ports ? Json(s.tuple.sport) : Json(nullptr)},
            {"responder", to_string(s.tuple.dst)},
            {"dport", ports ? Json(s.tuple.dport) : Json(nullptr)},
            {"proto", protocol_name(s.tuple.proto)},
            {"packets_out", s.packets[0]},
            {"packets_back", s.packets[1]},
            {"octets_out", s.octets[0]},
            {"octets_back", s.octets[1]},
            {"names", names},
            {"provisional", s.provisional},
            {"journal", s.journal},
            {"policy_sha256", s.policy_sha256}};
}

void put(const std::vector<Session>& sessions, std::uint64_t total, bool json, Output& out) {
    bool first = true;
    for (const Session& s : sessions) {
        if (!json) {
            out.line(line_of(s));
            continue;
        }
        Json o;
        if (std::exchange(first, false)) o["schema"] = 1;
        o.update(json_of(s));
        out.line(o.dump(-1, ' ', true, Json::error_handler_t::replace));
    }
    if (json) return;
    if (total == 0)
        complain("no session matches");
    else if (sessions.size() < total)
        complain(fmt::format("the newest {} of {} sessions; --limit N shows more", sessions.size(), total));
}

}  // namespace

int ledger_list(const Options& options) {
    const auto query = query_of(options.ledger, wall_clock());
    if (!query) return failed(query.error());
    Output out(options.colour);
    auto store = open_and_confine(options, Store::Access::read);
    if (!store) return failed(store.error());
    const auto sessions = read_ledger(*store, *query);
    if (!sessions) return failed(sessions.error());
    const auto total = count_ledger(*store, *query);
    if (!total) return failed(total.error());
    put(*sessions, *total, options.json, out);
    return out.finish(to_int(ExitCode::clean));
}

}  // namespace sw
