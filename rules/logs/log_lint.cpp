#include "rules/logs/log_lint.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "rules/base/pattern.hpp"
#include "rules/logs/black_lines.hpp"

namespace sw {
namespace {

using std::chrono::days;

/// What every rule's pattern is tried on: lines that should never be allowed, and words that say nothing.
constexpr std::string_view black_samples[] = {
#define BLACK_LINE(slug, cls, programs, pattern, sentence, sample) sample,
#include "rules/logs/black_line.def"
#undef BLACK_LINE
};
constexpr std::string_view black_slugs[] = {
#define BLACK_LINE(slug, cls, programs, pattern, sentence, sample) slug,
#include "rules/logs/black_line.def"
#undef BLACK_LINE
};

class LogLint {
public:
    LogLint(Timestamp now, std::vector<Diagnostic>& out) : now_(now), out_(out) {}

    void rule(const LogRule& r) {
        const auto pattern = Pattern::compile(r.pattern);
        if (!pattern) return;  // parse_policy refused it
        if (pattern->matches("") && pattern->matches("x y") && pattern->matches("1: {}")) {
            warn(r, "log-matches-all", "this pattern matches every line", "say what the line says");
        } else if (r.kind == LogRuleKind::allow) {
            black(r, *pattern);
        }
        if (r.app.empty() && r.kind == LogRuleKind::allow)
            warn(r, "log-any-program", "any program may say this", "app = \"...\": the one that does");
        until(r);
        repeated(r);
    }

private:
    void warn(const LogRule& r, std::string code, std::string message, std::string fix) {
        out_.push_back({Diagnostic::Level::warning, r.line, r.column,
                        static_cast<std::uint32_t>(std::max<std::size_t>(1, r.pattern.size())), std::move(code), std::move(message),
                        std::move(fix)});
    }

    void black(const LogRule& r, const Pattern& pattern) {
        for (std::size_t i = 0; i < std::size(black_samples); ++i) {
            if (!pattern.matches(black_samples[i])) continue;
            warn(r, "log-black", "it matches black lines, too (" + std::string(black_slugs[i]) + "): they stay black, whatever a rule says",
                 "say more exactly what is allowed");
            return;
        }
    }

    void until(const LogRule& r) {
        if (!r.until) return;
        if (*r.until <= now_) {
            warn(r, "expired", "this rule is inactive since " + to_rfc3339(*r.until).substr(0, 10), "remove it, or give it a later until");
        } else if (*r.until - now_ < days{14}) {
            warn(r, "expires-soon", "this rule becomes inactive on " + to_rfc3339(*r.until).substr(0, 10),
                 "give it a later until, or let it end");
        }
    }

    /// The same for the same, or for more, above it.
    void repeated(const LogRule& r) {
        for (const LogRule* above : seen_[{r.kind, r.pattern}]) {
            const bool same_app = above->app == r.app || above->app.empty();
            const bool same_hosts =
                above->hosts.empty() || (!r.hosts.empty() && std::all_of(r.hosts.begin(), r.hosts.end(), [above](const auto& h) {
                    return std::count(above->hosts.begin(), above->hosts.end(), h) != 0;
                }));
            if (!same_app || !same_hosts || above->until) continue;
            warn(r, "log-shadowed", "the rule at line " + std::to_string(above->line) + " says the same already", "remove one of them");
            break;
        }
        seen_[{r.kind, r.pattern}].push_back(&r);
    }

    Timestamp now_;
    std::vector<Diagnostic>& out_;
    std::map<std::pair<LogRuleKind, std::string>, std::vector<const LogRule*>> seen_;
};

}  // namespace

std::vector<Diagnostic> lint_logs(const Policy& p, Timestamp now) {
    std::vector<Diagnostic> out;
    LogLint lint(now, out);
    for (const LogRule& r : p.log.rules) lint.rule(r);
    return out;
}

}  // namespace sw
