/// [log], [[log.allow]], [[log.forbid]]: what hosts may say.
#include <algorithm>
#include <string>
#include <unordered_map>

#include "rules/base/pattern.hpp"
#include "rules/policy/policy_reader.hpp"
#include "rules/policy/show_text.hpp"

namespace sw {
namespace {

constexpr std::size_t max_imports = 64;
constexpr std::size_t max_pattern_octets = 4'096;

std::string header_of(LogRuleKind kind) { return "[[log." + std::string(to_string(kind)) + "]]"; }

/// '$' at the end, and not "\$".
bool ends_its_line(std::string_view pattern) {
    if (!pattern.ends_with('$')) return false;
    std::size_t backslashes = 0;
    while (backslashes + 1 < pattern.size() && pattern[pattern.size() - 2 - backslashes] == '\\') ++backslashes;
    return backslashes % 2 == 0;
}

void read_host_name(const TomlValue& value, const Policy& policy, Report& report, std::vector<std::string>& hosts) {
    std::vector<std::string_view> known;
    for (const auto& [name, values] : policy.names) known.push_back(name);
    if (std::find(known.begin(), known.end(), value.text) == known.end()) {
        report.error(value.span, "unknown-name", "[names] has no \"" + value.text + "\"",
                     known.empty() ? "give the host's address a name in [names]" : propose(value.text, known));
    } else if (std::count(hosts.begin(), hosts.end(), value.text) == 0) {
        hosts.push_back(value.text);
    }
}

class LogRuleReader {
public:
    LogRuleReader(LogRuleKind kind, const Policy& policy, Report& report) : policy_(policy), report_(report) { rule_.kind = kind; }

    LogRule read(const TomlValue& table) {
        for (const TomlEntry& entry : table.entries) read_key(entry);
        if (!has_pattern_)
            report_.error(table.span, "missing-key", "this rule has no pattern", "pattern = \"^connect from .*$\": the whole line");
        return std::move(rule_);
    }
    std::optional<SourceSpan> name_span() const { return name_span_; }

private:
    void read_key(const TomlEntry& entry) {
        if (entry.key == "name") {
            read_name(entry);
        } else if (entry.key == "host") {
            read_hosts(entry.value);
        } else if (entry.key == "app") {
            if (const std::string* text = report_.plain_string(entry.value, "app")) rule_.app = *text;
        } else if (entry.key == "pattern") {
            read_pattern(entry.value);
        } else if (entry.key == "owner") {
            if (const std::string* text = report_.plain_string(entry.value, "owner")) rule_.owner = *text;
        } else if (entry.key == "reason") {
            if (const std::string* text = report_.plain_string(entry.value, "reason")) rule_.reason = *text;
        } else if (entry.key == "until") {
            if (const auto until = read_until(entry.value, report_)) rule_.until = until;
        } else {
            report_.unknown_key(entry, header_of(rule_.kind), {"name", "host", "app", "pattern", "owner", "reason", "until"});
        }
    }

    void read_name(const TomlEntry& entry) {
        if (!report_.expect(entry.value, TomlValue::Kind::string, "name", "name = \"smtp-connects\"")) return;
        name_span_ = entry.value.span;
        if (check_name(entry.value.text, entry.value.span, true, report_)) rule_.name = entry.value.text;
    }

    void read_hosts(const TomlValue& value) {
        constexpr std::string_view example = "host = \"mail\", or host = [\"mail\", \"firewall\"], which [names] has";
        if (value.kind == TomlValue::Kind::string) {
            read_host_name(value, policy_, report_, rule_.hosts);
        } else if (report_.expect(value, TomlValue::Kind::array, "host", example)) {
            if (value.items.empty())
                report_.error(value.span, "empty-list", "host names no host", "leave it out: the rule is for all hosts");
            for (const TomlValue& item : value.items)
                if (report_.expect(item, TomlValue::Kind::string, "each of host", example))
                    read_host_name(item, policy_, report_, rule_.hosts);
        }
    }

    void read_pattern(const TomlValue& value) {
        has_pattern_ = true;
        const std::string* text = report_.plain_string(value, "pattern");
        if (text == nullptr) return;
        const SourcePlace place = report_.source().place(string_body(report_.source().text(), value.span.offset, *text));
        rule_.line = place.line;
        rule_.column = place.column;
        rule_.pattern = *text;
        if (text->size() > max_pattern_octets) {
            report_.error(value.span, "limit", "a pattern has at most 4,096 octets", "write two rules");
        } else if (!text->starts_with('^') || !ends_its_line(*text)) {
            // A rule that only said how a line begins would let everything pass that somebody writes behind it.
            const std::string whole = (text->starts_with('^') ? "" : "^") + *text + (ends_its_line(*text) ? "" : ".*$");
            report_.error(value.span, "not-whole-line", "a pattern is the whole line, from ^ to $",
                          "write " + quoted(whole) + ", or better than .* what may stand there");
        } else if (const auto compiled = Pattern::compile(*text); !compiled) {
            report_.error(value.span, "pattern", "this is no regular expression (RE2): " + compiled.error().text);
        }
    }

    const Policy& policy_;
    Report& report_;
    LogRule rule_;
    std::optional<SourceSpan> name_span_;
    bool has_pattern_ = false;
};

struct LogRuleTable {
    LogRuleKind kind;
    const TomlValue* table;
};

void collect(const TomlEntry& entry, LogRuleKind kind, std::vector<LogRuleTable>& out, Report& report) {
    const std::string header = header_of(kind);
    if (entry.value.kind == TomlValue::Kind::table) {
        report.error(entry.span, "type", "rules are a list of tables", "write " + header + " with two brackets");
        return;
    }
    if (!report.expect(entry.value, TomlValue::Kind::array, entry.key, header)) return;
    for (const TomlValue& item : entry.value.items)
        if (report.expect(item, TomlValue::Kind::table, entry.key + " rule", header)) out.push_back({kind, &item});
}

void read_log_rules(std::vector<LogRuleTable> tables, Policy& policy, Report& report) {
    std::sort(tables.begin(), tables.end(),
              [](const LogRuleTable& a, const LogRuleTable& b) { return a.table->span.offset < b.table->span.offset; });
    if (tables.size() > max_rules) {
        report.error(tables[max_rules].table->span, "limit", "a policy has at most 10,000 log rules",
                     "import them as a directory of rules");
        tables.resize(max_rules);
    }
    std::unordered_map<std::string, std::uint32_t> lines;  // of the names
    for (const LogRuleTable& t : tables) {
        LogRuleReader reader(t.kind, policy, report);
        LogRule rule = reader.read(*t.table);
        if (!rule.name.empty()) {
            const SourceSpan span = *reader.name_span();
            const auto [first, is_new] = lines.emplace(rule.name, report.source().place(span.offset).line);
            if (!is_new)
                report.error(span, "duplicate-rule",
                             "a log rule named \"" + rule.name + "\" stands at line " + std::to_string(first->second) + " already",
                             "choose another name: findings are told apart by it");
        }
        policy.log.rules.push_back(std::move(rule));
    }
}

/// A whole number within limits; fallback after an error.
template <class T>
T read_number(const TomlEntry& entry, std::int64_t least, std::int64_t most, T fallback, Report& report) {
    const std::string example = entry.key + " = " + std::to_string(static_cast<std::int64_t>(fallback));
    if (!report.expect(entry.value, TomlValue::Kind::integer, entry.key, example)) return fallback;
    if (entry.value.number >= least && entry.value.number <= most) return static_cast<T>(entry.value.number);
    report.error(entry.value.span, "bad-value",
                 std::to_string(entry.value.number) + " is too " + (entry.value.number < least ? "little" : "much"),
                 std::to_string(least) + " to " + std::to_string(most));
    return fallback;
}

void read_imports(const TomlValue& value, LogSection& log, Report& report) {
    constexpr std::string_view example = "import = [\"/etc/logcheck/ignore.d.server\"]";
    if (!report.expect(value, TomlValue::Kind::array, "import", example)) return;
    if (value.items.size() > max_imports) report.error(value.span, "limit", "import has at most 64 directories", std::string(example));
    for (const TomlValue& item : value.items) {
        const std::string* path = report.plain_string(item, "each of import");
        if (path == nullptr) continue;
        if (!path->starts_with('/')) {
            report.error(item.span, "bad-value", "\"" + *path + "\" is no absolute path", std::string(example));
        } else if (std::count(log.import.begin(), log.import.end(), *path) == 0) {
            log.import.push_back(*path);
        }
    }
}

void read_filters(const TomlValue& value, Policy& policy, Report& report) {
    constexpr std::string_view example = "filters = [\"firewall\"], which [names] has";
    if (!report.expect(value, TomlValue::Kind::array, "filters", example)) return;
    for (const TomlValue& item : value.items)
        if (report.expect(item, TomlValue::Kind::string, "each of filters", example))
            read_host_name(item, policy, report, policy.log.filters);
}

}  // namespace

std::string_view to_string(LogRuleKind k) { return k == LogRuleKind::allow ? "allow" : "forbid"; }

std::string LogRule::label() const { return name.empty() ? "line " + std::to_string(line) : name; }

void read_log(const TomlValue& value, Policy& policy, Report& report) {
    if (!report.expect(value, TomlValue::Kind::table, "log", "[log]")) return;
    std::vector<LogRuleTable> rules;
    LogSection& log = policy.log;
    for (const TomlEntry& entry : value.entries) {
        if (entry.key == "allow") {
            collect(entry, LogRuleKind::allow, rules, report);
        } else if (entry.key == "forbid") {
            collect(entry, LogRuleKind::forbid, rules, report);
        } else if (entry.key == "learn_minutes") {
            log.learn = std::chrono::minutes{read_number(entry, 1, 1'440, log.learn.count(), report)};
        } else if (entry.key == "silent_minutes") {
            log.silent = std::chrono::minutes{read_number(entry, 0, 10'080, log.silent.count(), report)};
        } else if (entry.key == "witness_line_seconds") {
            log.line_waits = std::chrono::seconds{read_number(entry, 1, 1'800, log.line_waits.count(), report)};
        } else if (entry.key == "witness_flow_seconds") {
            log.flow_waits = std::chrono::seconds{read_number(entry, 1, 1'800, log.flow_waits.count(), report)};
        } else if (entry.key == "max_templates") {
            log.templates_a_host = read_number(entry, 1, 100'000, log.templates_a_host, report);
        } else if (entry.key == "max_values") {
            log.values_a_hole = read_number(entry, 1, 4'096, log.values_a_hole, report);
        } else if (entry.key == "max_new") {
            log.new_templates_a_host = read_number(entry, 1, 100'000, log.new_templates_a_host, report);
        } else if (entry.key == "filters") {
            read_filters(entry.value, policy, report);
        } else if (entry.key == "import") {
            read_imports(entry.value, log, report);
        } else {
            report.unknown_key(entry, "[log]",
                               {"learn_minutes", "silent_minutes", "witness_line_seconds", "witness_flow_seconds", "max_templates",
                                "max_values", "max_new", "filters", "import", "allow", "forbid"});
        }
    }
    read_log_rules(std::move(rules), policy, report);
}

std::string show_log(const LogSection& log) {
    const auto number = [](std::string_view key, auto n) { return std::string(key) + " = " + std::to_string(n) + "\n"; };
    std::string out = "\n[log]\n";
    out += number("learn_minutes", log.learn.count()) + number("silent_minutes", log.silent.count());
    out += number("witness_line_seconds", log.line_waits.count()) + number("witness_flow_seconds", log.flow_waits.count());
    out += number("max_templates", log.templates_a_host) + number("max_values", log.values_a_hole) +
           number("max_new", log.new_templates_a_host);
    out += "filters = " + list_of(log.filters, quoted) + "\n";
    out += "import = " + list_of(log.import, quoted) + "\n";
    for (const LogRule& rule : log.rules) {
        out += "\n" + header_of(rule.kind) + "\n";
        if (!rule.name.empty()) out += "name = " + quoted(rule.name) + "\n";
        if (!rule.hosts.empty()) out += "host = " + list_of(rule.hosts, quoted) + "\n";
        if (!rule.app.empty()) out += "app = " + quoted(rule.app) + "\n";
        out += "pattern = " + quoted(rule.pattern) + "\n";
        if (!rule.owner.empty()) out += "owner = " + quoted(rule.owner) + "\n";
        if (!rule.reason.empty()) out += "reason = " + quoted(rule.reason) + "\n";
        if (rule.until) out += "until = " + show_until(*rule.until) + "\n";
    }
    return out;
}

}  // namespace sw
