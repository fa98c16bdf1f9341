#include "rules/logs/logcheck.hpp"

#include <algorithm>
#include <array>

#include "rules/base/pattern.hpp"
#include "rules/base/result.hpp"

namespace sw {
namespace {

constexpr std::size_t most_octets = std::size_t{1} << 20;
constexpr std::size_t most_rules = 20'000;
constexpr std::size_t most_rule_octets = 8'192;

bool is_alnum(char c) { return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'); }

/// Octets of the bracket expression at the front of s ("[]a-z[:alpha:]]"); 0: it does not end.
std::size_t bracket_octets(std::string_view s) {
    std::size_t at = 1;
    if (at < s.size() && s[at] == '^') ++at;
    if (at < s.size() && s[at] == ']') ++at;
    while (at < s.size()) {
        if (s[at] == '[' && at + 1 < s.size() && (s[at + 1] == ':' || s[at + 1] == '.' || s[at + 1] == '=')) {
            const std::size_t end = s.find(std::string{s[at + 1], ']'}, at + 2);
            if (end == std::string_view::npos) return 0;
            at = end + 2;
        } else if (s[at++] == ']') {
            return at;
        }
    }
    return 0;
}

/// In a bracket expression of POSIX a backslash is a backslash.
void translate_bracket(std::string_view bracket, std::string& out) {
    for (const char c : bracket) out.append(c == '\\' ? "\\\\" : std::string(1, c));
}

/// A backslash outside of brackets, and what it means to GNU grep.
void translate_escape(char c, std::string& out) {
    if (c == '<' || c == '>') {
        out += "\\b";
    } else if (std::string_view("wWsSbB").find(c) != std::string_view::npos || !is_alnum(c)) {
        out.append({'\\', c});
    } else {
        out += c;  // \d is a d
    }
}

/// POSIX extended, as GNU grep reads it, for RE2. errors: what RE2 has no words for
Result<std::string> translate(std::string_view rule) {
    std::string out;
    for (std::size_t at = 0; at < rule.size();) {
        if (rule[at] == '[') {
            const std::size_t n = bracket_octets(rule.substr(at));
            if (n == 0) return unexpected("a [ is not closed");
            const std::string_view inner = rule.substr(at + 1, n - 1);
            if (inner.find("[.") != std::string_view::npos || inner.find("[=") != std::string_view::npos)
                return unexpected("a collating symbol or equivalence class ([. or [=)");
            translate_bracket(rule.substr(at, n), out);
            at += n;
        } else if (rule[at] == '\\') {
            if (at + 1 == rule.size()) return unexpected("it ends in a backslash");
            if (rule[at + 1] >= '1' && rule[at + 1] <= '9') return unexpected("a back-reference, which cannot be matched in linear time");
            translate_escape(rule[at + 1], out);
            at += 2;
        } else if (rule.substr(at).starts_with("{,")) {
            out += "{0,";
            at += 2;
        } else {
            out += rule[at++];
        }
    }
    return out;
}

/// Where the spaces are that no group or bracket holds: behind each, a header may end.
std::vector<std::size_t> plain_spaces(std::string_view rule, std::size_t most) {
    std::vector<std::size_t> out;
    int depth = 0;
    for (std::size_t at = 0; at < rule.size() && out.size() < most;) {
        if (rule[at] == '\\') {
            at += 2;
        } else if (rule[at] == '[') {
            const std::size_t n = bracket_octets(rule.substr(at));
            if (n == 0) break;
            at += n;
        } else {
            depth += rule[at] == '(' ? 1 : rule[at] == ')' ? -1 : 0;
            if (rule[at] == ' ' && depth == 0) out.push_back(at);
            ++at;
        }
    }
    return out;
}

/// Octets of the part of a (translated) rule that is a date and a host. It is recognised by what it matches, for there are as many
/// ways to write it as there are authors. 0: there is none.
std::size_t header_octets(std::string_view rule) {
    static constexpr std::array<std::string_view, 2> headers{"Nov 22 11:59:58 mail ", "2026-11-22T11:59:58.000000+01:00 mail "};
    if (!rule.starts_with('^')) return 0;
    for (const std::size_t space : plain_spaces(rule, 4)) {
        const auto front = Pattern::compile(std::string(rule.substr(0, space + 1)));
        if (front && std::any_of(headers.begin(), headers.end(), [&front](std::string_view h) { return front->matches(h); }))
            return space + 1;
    }
    return 0;
}

/// One front is shared by hundreds of rules.
class Headers {
public:
    std::size_t octets(const std::string& rule) {
        for (const std::string& known : known_)
            if (rule.starts_with(known)) return known.size();
        const std::size_t n = header_octets(rule);
        if (n != 0 && known_.size() < 64) known_.push_back(rule.substr(0, n));
        return n;
    }

private:
    std::vector<std::string> known_;
};

Result<std::string> import_rule(std::string_view rule, Headers& headers) {
    if (rule.size() > most_rule_octets) return unexpected("longer than 8,192 octets");
    auto translated = translate(rule);
    if (!translated) return translated;
    const std::size_t n = headers.octets(*translated);
    if (n == 0) return unexpected("it does not begin with a date and a host");
    std::string pattern = translated->substr(n);
    if (pattern.empty() || pattern == "$") return unexpected("it matches no text");
    if (const auto compiled = Pattern::compile(pattern); !compiled) return unexpected(compiled.error().text);
    return pattern;
}

}  // namespace

bool is_logcheck_name(std::string_view file_name) {
    return !file_name.empty() &&
           std::all_of(file_name.begin(), file_name.end(), [](char c) { return is_alnum(c) || c == '_' || c == '-'; });
}

LogcheckImport import_logcheck(const std::vector<RuleFile>& files) {
    LogcheckImport out;
    Headers headers;
    for (const RuleFile& file : files) {
        if (file.text.size() > most_octets) {
            out.problems.push_back({file.path, 0, "the file is larger than 1 MiB", {}});
            continue;
        }
        std::string_view rest = file.text;
        for (std::uint32_t number = 1; !rest.empty(); ++number) {
            const std::size_t end = rest.find('\n');
            std::string_view rule = rest.substr(0, end);
            rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
            while (!rule.empty() && (rule.back() == ' ' || rule.back() == '\t' || rule.back() == '\r')) rule.remove_suffix(1);
            if (rule.empty() || rule[rule.find_first_not_of(" \t")] == '#') continue;
            auto pattern =
                out.rules.size() < most_rules ? import_rule(rule, headers) : Result<std::string>(unexpected("more than 20,000 rules"));
            if (pattern) {
                out.rules.push_back({std::move(*pattern), file.path, number});
            } else {
                out.problems.push_back({file.path, number, pattern.error().text, std::string(rule)});
            }
        }
    }
    return out;
}

}  // namespace sw
