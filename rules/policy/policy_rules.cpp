/// [[allow]], [[forbid]] and [[housekeeping]].
#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>

#include "rules/policy/policy_reader.hpp"
#include "rules/policy/spoken.hpp"

namespace sw {
namespace {

std::string header_of(RuleKind kind) { return "[[" + std::string(to_string(kind)) + "]]"; }

/// Reads one rule table; keeps what of it is good, so that all its errors are found.
class RuleReader {
public:
    RuleReader(RuleKind kind, const Policy& policy, Report& report) : policy_(policy), report_(report) { rule_.kind = kind; }

    Rule read(const TomlValue& table) {
        for (const TomlEntry& entry : table.entries) read_key(entry);
        if (pin_ != nullptr) read_pins(*pin_, rule_, rule_.pins, report_);
        if (!name_span_)
            report_.error(table.span, "missing-key", "this rule has no name", "name = \"smtp-in\": findings and reports call it by that");
        if (!has_filter_) {
            report_.error(table.span, "missing-key", "this rule has no filter",
                          "filter = \"tcp and dst host $mail and dst port 25\"; every frame would be filter = \"\"");
        }
        if (dns_span_ && rule_.speaks != "dns")
            report_.error(*dns_span_, "dns-without-speaks", "dns limits what a conversation asks of DNS, and this rule's speak none",
                          "speaks = \"dns\"");
        if (login_span_ && rule_.speaks != "imap" && rule_.speaks != "pop3")
            report_.error(*login_span_, "login-without-mailbox",
                          "cleartext_login is about mailboxes, and this rule's conversations have none",
                          "remove it, or speaks = \"imap\" or \"pop3\"");
        return std::move(rule_);
    }
    /// Of its name; of its header if it has none.
    SourceSpan name_span(const TomlValue& table) const { return name_span_.value_or(table.span); }

private:
    void read_key(const TomlEntry& entry) {
        if (entry.key == "name") {
            read_name(entry);
        } else if (entry.key == "filter") {
            read_rule_filter(entry.value);
        } else if (entry.key == "speaks") {
            read_speaks(entry);
        } else if (entry.key == "pin") {
            pin_ = &entry;
        } else if (entry.key == "owner") {
            if (const std::string* text = report_.plain_string(entry.value, "owner")) rule_.owner = *text;
        } else if (entry.key == "reason") {
            if (const std::string* text = report_.plain_string(entry.value, "reason")) rule_.reason = *text;
        } else if (entry.key == "until") {
            if (const auto until = read_until(entry.value, report_)) rule_.until = until;
        } else if (entry.key == "accept") {
            read_accept(entry);
        } else if (entry.key == "dns") {
            dns_span_ = entry.span;
            rule_.dns = read_dns_limits(entry.value, report_);
        } else if (entry.key == "cleartext_login") {
            login_span_ = entry.span;
            if (report_.expect(entry.value, TomlValue::Kind::boolean, entry.key, "cleartext_login = true"))
                rule_.cleartext_login = entry.value.number == 1;
        } else if (!read_budget(entry, rule_, report_)) {
            report_.unknown_key(entry, header_of(rule_.kind),
                                {"name", "filter", "speaks", "pin", "dns", "cleartext_login", "owner", "reason", "until", "accept",
                                 "max_bytes", "max_duration", "max_flows_per_hour", "hours", "ledger"});
        }
    }

    void read_name(const TomlEntry& entry) {
        name_span_ = entry.value.span;
        if (report_.expect(entry.value, TomlValue::Kind::string, "name", "name = \"smtp-in\"") &&
            check_name(entry.value.text, entry.value.span, true, report_))
            rule_.name = entry.value.text;
    }

    void read_rule_filter(const TomlValue& value) {
        has_filter_ = true;
        SourcePlace place{0, 0};
        read_filter(value, "filter", policy_.names, report_, rule_.filter, place);
        rule_.line = place.line;
        rule_.column = place.column;
    }

    void read_speaks(const TomlEntry& entry) {
        if (!report_.expect(entry.value, TomlValue::Kind::string, "speaks", "speaks = \"smtp\"")) return;
        const auto& known = spoken_protocols();
        if (std::find(known.begin(), known.end(), entry.value.text) == known.end()) {
            report_.error(entry.value.span, "unknown-protocol", "speaks does not know \"" + entry.value.text + "\"",
                          propose(entry.value.text, known));
            return;
        }
        rule_.speaks = entry.value.text;
        if (rule_.kind != RuleKind::allow)
            report_.warning(entry.span, "speaks-ignored", "only conversations speak: " + header_of(rule_.kind) + " rules follow none",
                            "remove it");
    }

    void read_accept(const TomlEntry& entry) {
        if (rule_.kind == RuleKind::forbid) {
            report_.error(entry.span, "accept-forbid", "a forbid rule accepts nothing",
                          "remove accept; forbid matches flawed frames as well");
            return;
        }
        rule_.accept = read_anomalies(entry.value, "accept", report_);
        const ReasonSet never = fragment_anomalies().without(Reason::fragment).with(Reason::self_traffic);
        if (rule_.accept.without(never) != rule_.accept)
            report_.error(entry.span, "accept-never",
                          "a rule cannot accept a fragment that is wrong in itself, nor the watcher's own traffic",
                          "accept = [\"fragment\"] is for fragments that can be put together");
    }

    const Policy& policy_;
    Report& report_;
    Rule rule_;
    std::optional<SourceSpan> name_span_, dns_span_, login_span_;
    const TomlEntry* pin_ = nullptr;
    bool has_filter_ = false;
};

}  // namespace

std::optional<Timestamp> read_until(const TomlValue& value, Report& report) {
    if (value.kind != TomlValue::Kind::date && value.kind != TomlValue::Kind::instant) {
        report.error(value.span, "type", "until must be a date or a date-time with a zone, not " + std::string(describe(value.kind)),
                     "until = 2027-06-30 (00:00 UTC that day) or until = 2027-06-30T18:00:00+02:00; without quotes");
    } else if (!value.instant) {
        report.error(value.span, "bad-value", "until lies beyond the years that packet time can hold", "a year from 1678 to 2261");
    } else {
        return value.instant;
    }
    return std::nullopt;
}

void collect_rules(const TomlEntry& entry, RuleKind kind, std::vector<RuleTable>& out, Report& report) {
    const std::string header = header_of(kind);
    if (entry.value.kind == TomlValue::Kind::table) {
        report.error(entry.span, "type", "rules are a list of tables", "write " + header + " with two brackets");
        return;
    }
    if (!report.expect(entry.value, TomlValue::Kind::array, entry.key, header)) return;
    for (const TomlValue& item : entry.value.items)
        if (report.expect(item, TomlValue::Kind::table, entry.key + " rule", header)) out.push_back({kind, &item});
}

void read_rules(std::vector<RuleTable> tables, Policy& policy, Report& report) {
    std::sort(tables.begin(), tables.end(),
              [](const RuleTable& a, const RuleTable& b) { return a.table->span.offset < b.table->span.offset; });
    if (tables.size() > max_rules) {
        report.error(tables[max_rules].table->span, "limit", "a policy has at most 10,000 rules",
                     "merge rules: a $name may stand for many hosts");
        tables.resize(max_rules);
    }
    std::unordered_map<std::string, std::uint32_t> lines;  // of the names
    for (const RuleTable& t : tables) {
        RuleReader reader(t.kind, policy, report);
        Rule rule = reader.read(*t.table);
        const std::uint32_t line = report.source().place(reader.name_span(*t.table).offset).line;
        if (!rule.name.empty()) {
            const auto [first, is_new] = lines.emplace(rule.name, line);
            if (!is_new)
                report.error(reader.name_span(*t.table), "duplicate-rule",
                             "a rule named \"" + rule.name + "\" stands at line " + std::to_string(first->second) + " already",
                             "choose another name: findings are told apart by it");
        }
        policy.rules.push_back(std::move(rule));
    }
}

}  // namespace sw
