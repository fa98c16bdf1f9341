// A rule put into a policy's text: nothing else in it changes by an octet.
#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "collector/review/proposal.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

/// The text's lines with where each begins; line 1 is index 0.
std::vector<std::size_t> line_starts(std::string_view text) {
    std::vector<std::size_t> starts{0};
    for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) starts.push_back(at + 1);
    return starts;
}

std::string_view trimmed(std::string_view line) {
    const std::size_t from = line.find_first_not_of(" \t\r\n");
    return from == std::string_view::npos ? std::string_view() : line.substr(from);
}

/// Behind the last line of the last table of this kind; what stands between that and the next header is the next one's preface.
std::size_t place_for(const Policy& policy, RuleKind kind) {
    const std::string_view text = policy.text;
    const auto last = std::find_if(policy.rules.rbegin(), policy.rules.rend(), [kind](const Rule& r) { return r.kind == kind; });
    if (last == policy.rules.rend() || last->line == 0) return text.size();
    const std::vector<std::size_t> starts = line_starts(text);
    const auto start_of = [&](std::size_t line) { return line < starts.size() ? starts[line] : text.size(); };
    std::size_t behind = start_of(last->line);
    for (std::size_t line = last->line; line < starts.size(); ++line) {
        const std::string_view words = trimmed(text.substr(starts[line], start_of(line + 1) - starts[line]));
        if (words.starts_with("[")) break;
        if (!words.empty() && words.front() != '#') behind = start_of(line + 1);
    }
    return behind;
}

std::string with_line_ends(std::string text, bool crlf) {
    if (!crlf) return text;
    std::string out;
    for (const char c : text) out.append(c == '\n' ? "\r\n" : std::string(1, c));
    return out;
}

std::string inserted(const Policy& policy, std::size_t at, const std::string& table) {
    const bool crlf = policy.text.find("\r\n") != std::string::npos;
    const bool open_line = at > 0 && policy.text[at - 1] != '\n';
    const std::string piece = with_line_ends((open_line ? "\n\n" : "\n") + table, crlf);
    return policy.text.substr(0, at) + piece + policy.text.substr(at);
}

std::string first_error(const std::vector<Diagnostic>& list) {
    for (const Diagnostic& d : list)
        if (d.level == Diagnostic::Level::error) return fmt::format("line {}: {} [{}]", d.line, escape_for_display(d.message), d.code);
    return "cannot be read";
}

/// The same policy but for the new rule, which is there as proposed?
bool only_adds(const Policy& before, Policy after, const Proposal& proposal) {
    const auto added = std::find_if(after.rules.begin(), after.rules.end(), [&](const Rule& r) { return r.name == proposal.name; });
    if (added == after.rules.end() || added->kind != proposal.kind || added->filter.written != proposal.filter) return false;
    after.rules.erase(added);
    return show(after) == show(before);
}

/// The rule at this place, if that gives the same policy with one rule more; else why not.
Result<Policy> attempt(const Policy& policy, const Proposal& proposal, std::size_t at) {
    PolicyLoad load = parse_policy(policy.path, inserted(policy, at, proposal.toml));
    if (!load.policy)
        return unexpected(fmt::format("with the rule, the policy {}: {}", escape_for_display(policy.path), first_error(load.diagnostics)));
    if (!only_adds(policy, *load.policy, proposal))
        return unexpected(
            fmt::format("the rule cannot be put into {} without changing others: add it by hand", escape_for_display(policy.path)));
    return std::move(*load.policy);
}

}  // namespace

Result<PolicyEdit> with_rule(const Policy& policy, const Proposal& proposal, Timestamp now) {
    auto edited = attempt(policy, proposal, place_for(policy, proposal.kind));
    if (!edited) edited = attempt(policy, proposal, policy.text.size());
    if (!edited) return Unexpected{edited.error()};
    const std::vector<Diagnostic> list = lint(*edited, now);
    if (has_errors(list))
        return unexpected(fmt::format("with the rule, {} could not be used: {}", escape_for_display(policy.path), first_error(list)));
    const auto rule = std::find_if(edited->rules.begin(), edited->rules.end(), [&](const Rule& r) { return r.name == proposal.name; });
    PolicyEdit edit{edited->text, edited->sha256, {}};
    for (const Diagnostic& d : list) {
        constexpr std::uint32_t above = 2, below = 3;  // the filter is the third line of the table, and three follow it
        if (d.line + above >= rule->line && d.line <= rule->line + below) edit.warnings.push_back(d);
    }
    return edit;
}

}  // namespace sw
