#include "rules/policy/lint.hpp"

#include <chrono>
#include <unordered_map>

#include "rules/confine/confine.hpp"

namespace sw {
namespace {

constexpr Duration notice = std::chrono::hours(24 * 14);

std::string day_of(Timestamp t) { return to_rfc3339(t).substr(0, 10); }

bool is_expired(const Rule& rule, Timestamp now) { return rule.until && *rule.until <= now; }

void lint_until(const Rule& rule, Timestamp now, const SourceText& source, Report& report) {
    if (!rule.until) return;
    const std::string who = "the rule \"" + rule.name + "\" ";
    if (is_expired(rule, now)) {
        report.warning(filter_span(rule, source), "expired", who + "expired on " + day_of(*rule.until) + ": its traffic is grey",
                       "remove it, or have its owner renew until");
    } else if (*rule.until - now <= notice) {
        report.warning(filter_span(rule, source), "expires-soon", who + "expires on " + day_of(*rule.until), "have its owner renew until");
    }
}

/// Nothing where libpcap will not have the filter; says so.
std::optional<Program> compile_rule(const Rule& rule, FilterCompiler& compiler, const SourceText& source, Report& report) {
    Result<Program> program = compiler.compile(rule.filter.expanded);
    if (!program && !FilterCompiler::says_never(program.error())) {
        report.error(filter_span(rule, source), "compile", "this filter " + program.error().text);
        return std::nullopt;
    }
    if (program && !program->always_rejects()) return std::move(*program);
    report.warning(filter_span(rule, source), "never-matches", "no frame can match this filter", "look for parts that exclude each other");
    return std::nullopt;
}

/// Allowing by the very words that forbid: forbid comes first, so the allow rule is dead.
void lint_shadows(const Policy& policy, Timestamp now, const SourceText& source, Report& report) {
    std::unordered_map<std::string_view, const Rule*> forbidden;
    for (const Rule& rule : policy.rules)
        if (rule.kind == RuleKind::forbid && !is_expired(rule, now)) forbidden.emplace(rule.filter.expanded, &rule);
    for (const Rule& rule : policy.rules) {
        const auto hit = forbidden.find(rule.filter.expanded);
        if (rule.kind == RuleKind::forbid || hit == forbidden.end()) continue;
        report.warning(filter_span(rule, source), "never-matches",
                       "\"" + hit->second->name + "\" forbids by the same filter at line " + std::to_string(hit->second->line),
                       "remove one of the two");
    }
}

}  // namespace

SourceSpan filter_span(const Rule& rule, const SourceText& source) {
    const SourceSpan body{source.offset({rule.line, rule.column}), 1};
    return span_in_filter(source, body, rule.filter.written, 0, static_cast<std::uint32_t>(rule.filter.written.size()));
}

SourceSpan filter_span(const Rule& rule, const SourceText& source, const FilterNode& part) {
    const SourceSpan body{source.offset({rule.line, rule.column}), 1};
    return span_in_filter(source, body, rule.filter.written, part.offset, part.length);
}

NamesByValue names_by_value(const Policy& policy) {
    NamesByValue out;
    for (const auto& [name, values] : policy.names)
        for (const std::string& value : values) out.emplace(value, name);
    return out;
}

std::vector<Diagnostic> lint(const Policy& p, Timestamp now) {
    std::vector<Diagnostic> out;
    const SourceText source(p.text);
    Report report(source, out);
    Result<FilterCompiler> compiler = FilterCompiler::make(Datalink{linktype::en10mb, false});
    if (!compiler || !is_confined()) {
        const std::string why = compiler ? "filters are compiled in a confined process only" : compiler.error().text;
        out.push_back({Diagnostic::Level::error, 0, 0, 1, "compile", why, {}});
        return out;
    }
    const NamesByValue names = names_by_value(p);
    Programs programs;
    programs.reserve(p.rules.size());
    for (const Rule& rule : p.rules) {
        programs.push_back(compile_rule(rule, *compiler, source, report));
        lint_words(rule, p, names, report);
        lint_until(rule, now, source, report);
        if (is_expired(rule, now)) programs.back().reset();
    }
    lint_mirror(p, *compiler, report);
    lint_shadows(p, now, source, report);
    lint_speaks(p, programs, report);
    lint_overlap(p, programs, report);
    sort_by_place(out);
    return out;
}

}  // namespace sw
