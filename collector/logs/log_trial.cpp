#include "collector/logs/log_trial.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "collector/syslog/syslog_message.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

std::size_t common_front(std::string_view a, std::string_view b) {
    return static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
}

/// The known template of the same program that is like it the longest, and where they part.
std::string nearest(const Baseline& baseline, const LogTemplate& t) {
    const LogTemplate* best = nullptr;
    std::size_t longest = 0;
    for (const LogTemplate* known : baseline.list(t.host)) {
        if (known->program != t.program) continue;
        const std::size_t n = common_front(known->text, t.text);
        if (best != nullptr && n <= longest) continue;
        best = known;
        longest = n;
    }
    if (best == nullptr) return fmt::format("nothing is known of {} on {}", escape_for_display(t.program), escape_for_display(t.host));
    return fmt::format("nearest known: \"{}\"; they part behind \"{}\"", best->text, t.text.substr(0, longest));
}

std::string passes(const LogVerdict& v) {
    if (v.kind == LogVerdict::Kind::known) return "known";
    if (v.match.rule != nullptr) return fmt::format("allowed by log rule {}", escape_for_display(v.match.rule->label()));
    if (v.match.imported != nullptr)
        return fmt::format("allowed by {}:{}", escape_for_display(v.match.imported->path), v.match.imported->line);
    return "allowed";
}

}  // namespace

Result<LogTrial> LogTrial::make(Store* store, const LogRules& rules) {
    LogTrial trial(rules);
    if (store == nullptr) {
        auto empty = Store::scratch();
        if (!empty) return Unexpected{empty.error()};
        trial.scratch_ = std::make_unique<Store>(std::move(*empty));
        store = trial.scratch_.get();
    }
    auto book = LogBook::load(store->db(), rules);
    if (!book) return Unexpected{book.error()};
    trial.book_ = std::move(*book);
    return trial;
}

Trial LogTrial::judge(std::string_view octets, std::string_view host, Timestamp now) {
    const SyslogMessage m = parse_syslog(octets, now);
    const std::string_view who = !host.empty() ? host : !m.host.empty() ? m.host : std::string_view("unknown");
    const LogLine line = to_log_line(m, who, m.claimed.value_or(now));
    const LogVerdict v = book_->judge.judge(line);
    Trial t;
    t.host = escape_for_display(who);
    t.program = escape_for_display(line.program);
    t.text = escape_for_display(line.text);
    t.kind = v.kind;
    t.reason = v.reason ? std::string(info(*v.reason).slug) : std::string();
    t.sentence = v.reason ? sentence(v, line) : passes(v);
    if (v.found != nullptr) t.found = v.found->text;
    if (v.reason == LogReason::new_template && v.found != nullptr) t.why.push_back(nearest(book_->judge.baseline(), *v.found));
    for (const NewValue& n : v.values)
        t.why.push_back(fmt::format("{} \"{}\" is none of those seen there", info(n.kind).word, escape_for_display(n.value)));
    return t;
}

}  // namespace sw
