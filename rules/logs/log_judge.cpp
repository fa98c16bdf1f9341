#include "rules/logs/log_judge.hpp"

#include <map>
#include <unordered_set>

#include "rules/base/text.hpp"

namespace sw {
namespace {

/// An execution as a row: it has no holes, for a program that runs with other arguments is another execution.
LogTemplate row_of(const Execution& e, const LogLine& line) {
    std::string literal = "execution";
    if (!e.user.empty()) literal += " by " + e.user;
    literal += ": " + e.executable;
    if (!e.arguments.empty()) literal += " " + e.arguments;
    LogTemplate t;
    t.host = line.host;
    t.program = line.program;
    t.text = escape_template_literal(literal);
    t.count = 1;
    t.first = t.last = line.received;
    return t;
}

}  // namespace

class LogJudge::Impl {
public:
    Impl(std::shared_ptr<const LogPolicy> p, const LogLimits& l, const std::array<std::uint8_t, 16>& key)
        : policy(std::move(p)), limits(l), baseline(l, key) {}

    LogVerdict judge(const LogLine& line, bool learning) {
        if (const auto black = black_line(line)) {
            LogVerdict v = finding(LogVerdict::Kind::black, LogReason::black);
            v.black = black;
            return v;
        }
        const LogPolicy::Match forbidden = policy->forbidden(line);
        if (forbidden) {
            LogVerdict v = finding(LogVerdict::Kind::black, LogReason::forbidden);
            v.match = forbidden;
            return v;
        }
        if (!forbidden.sure) return finding(LogVerdict::Kind::grey, LogReason::unsure);
        if (auto run = execution(line)) return judge_execution(std::move(*run), line, learning);
        return judge_text(line, learning);
    }

    LogVerdict judge_execution(Execution run, const LogLine& line, bool learning) {
        LogTemplate row = row_of(run, line);
        LogVerdict v;
        v.run = std::move(run);
        const TemplateId id = row.id();
        if (baseline.count(id, line.received)) {
            v.kind = LogVerdict::Kind::known;
            v.found = baseline.find(id);
            return v;
        }
        if (learning && !baseline.frozen(line.host)) {
            if (const auto added = baseline.add(row)) {
                v.kind = LogVerdict::Kind::learnt;
                v.found = baseline.find(*added);
                return v;
            }
        }
        v.kind = LogVerdict::Kind::black;
        v.reason = LogReason::new_execution;
        current = std::move(row);
        v.found = &current;
        return v;
    }

    LogVerdict judge_text(const LogLine& line, bool learning) {
        const Baseline::Answer answer = baseline.ask(line);
        LogVerdict v;
        v.found = answer.found;
        switch (answer.fit) {
            case Baseline::Fit::known:
                v.kind = LogVerdict::Kind::known;
                return v;
            case Baseline::Fit::too_long:
                return finding(LogVerdict::Kind::grey, LogReason::too_long);
            case Baseline::Fit::control_octets:
                return finding(LogVerdict::Kind::grey, LogReason::control_bytes);
            default:
                break;
        }
        v.match = policy->allowed(line);
        if (v.match) {
            v.kind = LogVerdict::Kind::allowed;
            return v;
        }
        if (!v.match.sure) return finding(LogVerdict::Kind::grey, LogReason::unsure);
        if (learning && learnt(line)) {
            v.kind = LogVerdict::Kind::learnt;
            v.found = baseline.asked();
            return v;
        }
        v.kind = LogVerdict::Kind::grey;
        if (answer.fit == Baseline::Fit::new_value) {
            v.reason = LogReason::new_value;
            v.values = baseline.new_values();
            return v;
        }
        return new_template(line, answer.shape);
    }

    bool learnt(const LogLine& line) {
        const Baseline::Learnt what = baseline.learn(line);
        return what == Baseline::Learnt::added_template || what == Baseline::Learnt::added_values;
    }

    LogVerdict new_template(const LogLine& line, std::uint64_t shape) {
        LogVerdict v = finding(LogVerdict::Kind::grey, LogReason::new_template);
        v.first = !is_remembered(line.host, shape);
        if (v.first && !remember(line.host, shape)) return finding(LogVerdict::Kind::grey, LogReason::flood);
        current = baseline.template_asked(line);
        v.found = &current;
        return v;
    }

    bool is_remembered(std::string_view host, std::uint64_t shape) const {
        const auto at = unknown.find(host);
        return at != unknown.end() && at->second.contains(shape);
    }
    /// False: there are too many.
    bool remember(std::string_view host, std::uint64_t shape) {
        auto at = unknown.find(host);
        if (at == unknown.end()) {
            if (unknown.size() >= limits.hosts) return false;
            at = unknown.emplace(std::string(host), std::unordered_set<std::uint64_t>{}).first;
        }
        if (at->second.size() >= limits.new_templates_a_host) return false;
        at->second.insert(shape);
        return true;
    }

    static LogVerdict finding(LogVerdict::Kind kind, LogReason reason) {
        LogVerdict v;
        v.kind = kind;
        v.reason = reason;
        return v;
    }

    std::shared_ptr<const LogPolicy> policy;
    LogLimits limits;
    Baseline baseline;
    LogTemplate current;                                                            ///< what a new line's template would be
    std::map<std::string, std::unordered_set<std::uint64_t>, std::less<>> unknown;  ///< shapes, by host
};

LogJudge::LogJudge(std::shared_ptr<const LogPolicy> policy, const LogLimits& limits, const std::array<std::uint8_t, 16>& key)
    : impl_(std::make_unique<Impl>(std::move(policy), limits, key)) {}
LogJudge::~LogJudge() = default;
LogJudge::LogJudge(LogJudge&&) noexcept = default;

LogVerdict LogJudge::judge(const LogLine& line) { return impl_->judge(line, false); }
LogVerdict LogJudge::learn(const LogLine& line) { return impl_->judge(line, true); }
Baseline& LogJudge::baseline() { return impl_->baseline; }
const Baseline& LogJudge::baseline() const { return impl_->baseline; }
void LogJudge::set_policy(std::shared_ptr<const LogPolicy> policy) { impl_->policy = std::move(policy); }
const LogPolicy& LogJudge::policy() const { return *impl_->policy; }

void LogJudge::remember_new(const LogTemplate& t) { impl_->remember(t.host, impl_->baseline.shape(t)); }

void LogJudge::forget_new(const LogTemplate& t) {
    if (const auto at = impl_->unknown.find(t.host); at != impl_->unknown.end()) at->second.erase(impl_->baseline.shape(t));
}

std::size_t LogJudge::new_templates(std::string_view host) const {
    const auto at = impl_->unknown.find(host);
    return at == impl_->unknown.end() ? 0 : at->second.size();
}

}  // namespace sw
