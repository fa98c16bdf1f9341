#include "collector/cli/rules_verbs.hpp"

#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "collector/cli/console.hpp"
#include "collector/cli/policy_file.hpp"
#include "rules/base/text.hpp"
#include "rules/logs/log_lint.hpp"

namespace sw {
namespace {

using Json = nlohmann::ordered_json;

struct PolicyText {
    std::string path, text;
};

Timestamp wall_clock() {
    using namespace std::chrono;
    return {duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count()};
}

std::string line_of(const Json& object) { return object.dump(-1, ' ', true, Json::error_handler_t::replace); }

/// Read all files first: afterwards the process can open nothing.
int read_then_confine(const Options& options, std::vector<PolicyText>& files) {
    const std::vector<std::string> paths = options.policy_files.empty() ? std::vector{options.policy} : options.policy_files;
    for (const std::string& path : paths) {
        auto text = read_policy_file(path);
        if (!text) {
            complain(text.error().text);
            return to_int(text.error().code);
        }
        files.push_back({path, std::move(*text)});
    }
    if (auto done = confine_unless(options.unconfined, Role::cli_rules, {}); !done) {
        complain(done.error().text);
        return to_int(done.error().code);
    }
    return 0;
}

Json to_json(const Diagnostic& d, const std::string& path) {
    return {{"schema", 1},
            {"type", "diagnostic"},
            {"file", path},
            {"line", d.line},
            {"column", d.column},
            {"length", d.length},
            {"level", d.level == Diagnostic::Level::error ? "error" : "warning"},
            {"code", d.code},
            {"message", d.message},
            {"fix", d.fix}};
}

/// One file: all errors, or, if there are none, all warnings. Returns whether it may be used.
bool check(const PolicyText& file, const Options& options, Output& out) {
    PolicyLoad load = parse_policy(file.path, file.text);
    std::vector<Diagnostic> all = load.diagnostics;
    if (load.policy)
        for (auto* const part : {lint, lint_logs})
            for (Diagnostic& d : part(*load.policy, wall_clock())) all.push_back(std::move(d));
    std::size_t errors = 0;
    for (const Diagnostic& d : all) {
        errors += d.level == Diagnostic::Level::error;
        out.put(options.json ? line_of(to_json(d, file.path)) + "\n" : render(d, file.path, file.text));
    }
    const std::size_t warnings = all.size() - errors;
    const std::size_t rules = load.policy ? load.policy->rules.size() : 0;
    if (options.json)
        out.line(line_of({{"schema", 1},
                          {"type", "check"},
                          {"file", file.path},
                          {"ok", errors == 0},
                          {"errors", errors},
                          {"warnings", warnings},
                          {"rules", rules},
                          {"policy_sha256", load.policy ? Json(load.policy->sha256) : Json(nullptr)}}));
    else if (errors == 0)
        out.line(fmt::format("{}: {}, {} rules, {} warnings", escape_for_display(file.path), out.green("good"), rules, warnings));
    else
        out.line(fmt::format("{}: {}, {} errors, {} warnings", escape_for_display(file.path), out.red("not usable"), errors, warnings));
    return errors == 0;
}

std::vector<std::string_view> slugs(const ReasonSet& set) {
    std::vector<std::string_view> list;
    set.for_each([&](Reason r) { list.push_back(info(r).slug); });
    return list;
}

Json budget_json(const Budget& b) {
    Json o = Json::object();
    if (b.max_bytes) o["max_bytes"] = *b.max_bytes;
    if (b.max_duration) o["max_duration"] = to_string(*b.max_duration);
    if (b.max_flows_per_hour) o["max_flows_per_hour"] = *b.max_flows_per_hour;
    if (b.hours) o["hours"] = to_string(*b.hours);
    return o.empty() ? Json(nullptr) : o;
}

/// null where nothing is pinned; what is not pinned is not there.
Json pins_json(const Pins& p) {
    Json o(nullptr);
    const auto text = [&](const char* key, const std::string& s) {
        if (!s.empty()) o[key] = s;
    };
    const auto list = [&](const char* key, const std::vector<std::string>& l) {
        if (!l.empty()) o[key] = l;
    };
    text("banner", p.banner);
    list("hello", p.hello);
    list("server_name", p.server_name);
    list("alpn", p.alpn);
    list("certificate", p.certificate);
    list("certificate_name", p.certificate_name);
    text("tls", p.tls);
    text("ident", p.ident);
    return o;
}

Json dns_limits_json(const std::optional<DnsLimits>& limits) {
    if (!limits) return nullptr;
    Json types = Json::array();
    for (const std::uint16_t type : limits->types) types.push_back(dns_type_name(type));
    return {{"types", types},
            {"max_name", limits->max_name},
            {"max_labels", limits->max_labels},
            {"names_per_hour", limits->names_per_hour},
            {"txt_octets_per_hour", limits->txt_octets_per_hour}};
}

Json dns_pins_json(const std::vector<DnsPin>& pins) {
    Json list = Json::array();
    for (const DnsPin& pin : pins) list.push_back({{"name", pin.name}, {"type", pin.type}, {"values", pin.values}});
    return list;
}

Json rule_json(const Rule& r) {
    const auto text = [](const std::string& s) { return s.empty() ? Json(nullptr) : Json(s); };
    return {{"kind", to_string(r.kind)},
            {"name", r.name},
            {"filter", r.filter.written},
            {"expanded", r.filter.expanded},
            {"speaks", text(r.speaks)},
            {"pin", pins_json(r.pins)},
            {"dns", dns_limits_json(r.dns)},
            {"cleartext_login", r.cleartext_login},
            {"owner", text(r.owner)},
            {"reason", text(r.reason)},
            {"until", r.until ? Json(to_rfc3339(*r.until)) : Json(nullptr)},
            {"accept", slugs(r.accept)},
            {"budget", budget_json(r.budget)},
            {"ledger", r.ledger},
            {"line", r.line}};
}

Json vlans_json(const VlanSet& v) {
    if (v.untagged && v.tags.empty() && v.stacks.empty()) return "none";
    Json list = Json::array();
    if (v.untagged) list.push_back("none");
    for (const std::uint16_t tag : v.tags) list.push_back(tag);
    for (const auto& [outer, inner] : v.stacks) list.push_back({outer, inner});
    return list;
}

Json mirror_json(const Mirror& m) {
    if (!m.wraps()) return "none";
    const auto number = [](const auto& n) { return n ? Json(*n) : Json(nullptr); };
    const MirrorFormat& f = m.format;
    return {{"kind", to_string(f.kind)},
            {"outer", m.outer.written},
            {"expanded", m.outer.expanded},
            {"session", number(f.session)},
            {"vlan", number(f.vlan)},
            {"key", number(f.key)},
            {"port", f.port == 0 ? Json(nullptr) : Json(f.port)},
            {"fcs", f.fcs}};
}

Json wire_json(const Wire& w) {
    std::vector<std::string> watcher;
    for (const MacAddress& m : w.watcher_macs) watcher.push_back(to_string(m));
    for (const Address& a : w.watcher_addresses) watcher.push_back(to_string(a));
    return {{"vlans", vlans_json(w.vlans)},
            {"priority_tags", w.vlans.priority},
            {"mirror", mirror_json(w.mirror)},
            {"watcher", watcher},
            {"ignore", slugs(w.ignore)}};
}

Json log_json(const LogSection& log) {
    const auto text = [](const std::string& s) { return s.empty() ? Json(nullptr) : Json(s); };
    Json rules = Json::array();
    for (const LogRule& r : log.rules)
        rules.push_back({{"kind", to_string(r.kind)},
                         {"name", text(r.name)},
                         {"hosts", r.hosts},
                         {"app", text(r.app)},
                         {"pattern", r.pattern},
                         {"owner", text(r.owner)},
                         {"reason", text(r.reason)},
                         {"until", r.until ? Json(to_rfc3339(*r.until)) : Json(nullptr)},
                         {"line", r.line}});
    return {{"learn_minutes", log.learn.count()},
            {"silent_minutes", log.silent.count()},
            {"witness_line_seconds", log.line_waits.count()},
            {"witness_flow_seconds", log.flow_waits.count()},
            {"max_templates", log.templates_a_host},
            {"max_values", log.values_a_hole},
            {"max_new", log.new_templates_a_host},
            {"filters", log.filters},
            {"import", log.import},
            {"rules", rules}};
}

Json policy_json(const Policy& p) {
    std::vector<std::string> home;
    for (const Prefix& h : p.home) home.push_back(to_string(h));
    Json names = Json::object(), rules = Json::array();
    for (const auto& [name, values] : p.names) names[name] = values;
    for (const Rule& r : p.rules) rules.push_back(rule_json(r));
    return {{"schema", 1},
            {"type", "policy"},
            {"file", p.path},
            {"policy_sha256", p.sha256},
            {"enclave", p.enclave},
            {"mode", to_string(p.mode)},
            {"timezone_offset", offset_text(p.timezone_offset)},
            {"home", home},
            {"names", names},
            {"rules", rules},
            {"dns_pins", dns_pins_json(p.dns_pins)},
            {"wire", wire_json(p.wire)},
            {"log", log_json(p.log)}};
}

}  // namespace

int rules_check(const Options& options) {
    std::vector<PolicyText> files;
    if (const int failed = read_then_confine(options, files); failed != 0) return failed;
    Output out(options.colour);
    bool good = true;
    for (const PolicyText& file : files) good = check(file, options, out) && good;
    return out.finish(to_int(good ? ExitCode::clean : ExitCode::input));
}

int rules_show(const Options& options) {
    std::vector<PolicyText> files;
    if (const int failed = read_then_confine(options, files); failed != 0) return failed;
    Output out(options.colour);
    bool good = true;
    for (const PolicyText& file : files) {
        const auto policy = parse_or_complain(file.path, file.text);
        good = good && policy;
        if (policy) out.put(options.json ? line_of(policy_json(*policy)) + "\n" : show(*policy));
    }
    return out.finish(to_int(good ? ExitCode::clean : ExitCode::input));
}

}  // namespace sw
