/// wire.mirror: is its outer filter what it should be, and do the rules suit what it wraps?
#include "rules/policy/lint.hpp"

namespace sw {
namespace {

/// Its own place; the mirror is no rule, but its filter stands in the file like a rule's.
SourceSpan outer_span(const Mirror& mirror, const SourceText& source) {
    Rule as_rule;
    as_rule.filter = mirror.outer;
    as_rule.line = mirror.line;
    as_rule.column = mirror.column;
    return filter_span(as_rule, source);
}

bool names_end(const FilterNode& leaf, Predicate::Direction end) {
    const Predicate& p = leaf.predicate;
    const bool host = p.subject == Predicate::Subject::host || p.subject == Predicate::Subject::ether_host;
    return host && (p.direction == end || p.direction == Predicate::Direction::both);
}

void lint_ends(const Mirror& mirror, const SourceText& source, Report& report) {
    using Direction = Predicate::Direction;
    const auto bound = [&mirror](Direction end) {
        return binds(mirror.outer.root, [end](const FilterNode& leaf) { return names_end(leaf, end); });
    };
    if (mirror.format.kind == Encapsulation::vlan || (bound(Direction::src) && bound(Direction::dst))) return;
    report.warning(outer_span(mirror, source), "mirror-unbound",
                   "whoever can send to this port could pass frames off as mirrored: the filter does not bind both ends",
                   "src host A and dst host B: the switch, and the address that it mirrors to");
}

/// IP without Ethernet has neither MAC addresses nor ARP.
void lint_bare_ip(const Policy& policy, const SourceText& source, Report& report) {
    Result<FilterCompiler> raw = FilterCompiler::make(Datalink{linktype::raw, false});
    for (const Rule& rule : policy.rules) {
        const Result<Program> program = raw ? raw->compile(rule.filter.expanded) : Result<Program>(Unexpected{raw.error()});
        if (program) continue;
        report.error(filter_span(rule, source), "compile", "this filter " + program.error().text,
                     "the mirror wraps IP packets without Ethernet: filters cannot ask for MAC addresses or ARP");
    }
}

}  // namespace

void lint_mirror(const Policy& policy, FilterCompiler& compiler, Report& report) {
    const Mirror& mirror = policy.wire.mirror;
    if (!mirror.wraps()) return;
    const SourceText& source = report.source();
    const Result<Program> program = compiler.compile(mirror.outer.expanded);
    if (!program && !FilterCompiler::says_never(program.error()))
        report.error(outer_span(mirror, source), "compile", "this filter " + program.error().text);
    else if (!program || program->always_rejects())
        report.warning(outer_span(mirror, source), "never-matches", "no frame can match this filter",
                       "look for parts that exclude each other");
    lint_ends(mirror, source, report);
    if (mirror.format.kind == Encapsulation::gre) lint_bare_ip(policy, source, report);
}

}  // namespace sw
