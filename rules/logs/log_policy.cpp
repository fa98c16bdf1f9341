#include "rules/logs/log_policy.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "rules/base/pattern.hpp"

namespace sw {
namespace {

/// The rules for one program ("" for any): asked all at once, and one by one only if that says that one matches.
struct RuleGroup {
    struct Member {
        const LogRule* rule;
        Pattern pattern;
        std::set<std::string, std::less<>> hosts;  ///< every key that may stand in LogLine::host; empty: any
    };
    std::vector<Member> members;
    std::vector<PatternSet> all;  ///< one

    LogPolicy::Match match(const LogLine& line) const {
        const PatternSet::Answer answer = all.front().first_match(line.text);
        if (answer.sure && answer.first < 0) return {};
        for (const Member& m : members) {
            if (!m.rule->active(line.received) || (!m.hosts.empty() && !m.hosts.contains(line.host))) continue;
            if (m.pattern.matches(line.text)) return {true, m.rule, nullptr};
        }
        return {answer.sure, nullptr, nullptr};
    }
};

/// A name stands for its addresses, and an address for the first name that it has.
std::set<std::string, std::less<>> host_keys(const Policy& policy, const std::vector<std::string>& hosts) {
    std::set<std::string, std::less<>> keys(hosts.begin(), hosts.end());
    for (const auto& [name, values] : policy.names) {
        if (std::find(hosts.begin(), hosts.end(), name) == hosts.end()) continue;
        for (const std::string& value : values) {
            keys.insert(value);
            if (const auto address = parse_address(value)) keys.emplace(policy.name_of(*address));
        }
    }
    return keys;
}

using Groups = std::map<std::string, RuleGroup, std::less<>>;

Result<Done> compile_group(RuleGroup& group) {
    std::vector<std::string> texts;
    for (const RuleGroup::Member& m : group.members) texts.push_back(m.rule->pattern);
    auto set = PatternSet::compile(texts);
    if (!set) return unexpected(set.error().text);
    group.all.push_back(std::move(*set));
    return Done{};
}

}  // namespace

class LogPolicy::Impl {
public:
    Result<Done> compile(const Policy& policy) {
        for (const LogRule& rule : section.rules) {
            auto pattern = Pattern::compile(rule.pattern);
            if (!pattern) return unexpected(policy.path + ":" + std::to_string(rule.line) + ": " + pattern.error().text);
            Groups& groups = rule.kind == LogRuleKind::allow ? allow : forbid;
            groups[rule.app].members.push_back({&rule, std::move(*pattern), host_keys(policy, rule.hosts)});
        }
        for (Groups* groups : {&allow, &forbid})
            for (auto& [app, group] : *groups)
                if (const auto done = compile_group(group); !done) return unexpected(done.error().text);
        return Done{};
    }

    Result<Done> compile_imported() {
        std::vector<std::string> texts;
        for (const ImportedRule& rule : imported) texts.push_back(rule.pattern);
        auto set = PatternSet::compile(texts);
        if (!set) return unexpected("the imported rules: " + set.error().text);
        imported_set.push_back(std::move(*set));
        return Done{};
    }

    static Match match(const Groups& groups, const LogLine& line) {
        Match best;
        for (const std::string_view app : {line.program, std::string_view{}}) {
            const auto group = groups.find(app);
            if (group == groups.end()) continue;
            const Match m = group->second.match(line);
            if (m) return m;
            best.sure = best.sure && m.sure;
            if (app.empty()) break;  // a line without a program asks them once
        }
        return best;
    }

    LogSection section;
    std::string sha256;
    std::vector<ImportedRule> imported;
    Groups allow, forbid;
    std::vector<PatternSet> imported_set;  ///< one
};

LogPolicy::LogPolicy(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LogPolicy::~LogPolicy() = default;

Result<std::shared_ptr<const LogPolicy>> LogPolicy::make(const Policy& policy, const LogcheckImport& imported) {
    auto impl = std::make_unique<Impl>();
    impl->section = policy.log;
    impl->sha256 = policy.sha256;
    impl->imported = imported.rules;
    if (const auto done = impl->compile(policy); !done) return unexpected(done.error().text);
    if (const auto done = impl->compile_imported(); !done) return unexpected(done.error().text);
    return std::shared_ptr<const LogPolicy>(new LogPolicy(std::move(impl)));
}

LogPolicy::Match LogPolicy::forbidden(const LogLine& line) const { return Impl::match(impl_->forbid, line); }

LogPolicy::Match LogPolicy::allowed(const LogLine& line) const {
    const Match own = Impl::match(impl_->allow, line);
    if (own || impl_->imported.empty()) return own;
    std::string text(line.program);
    if (!line.proc_id.empty()) text.append("[").append(line.proc_id).append("]");
    text.append(": ").append(line.text);
    const PatternSet::Answer answer = impl_->imported_set.front().first_match(text);
    if (answer.sure && answer.first >= 0) return {true, nullptr, &impl_->imported[static_cast<std::size_t>(answer.first)]};
    return {own.sure && answer.sure, nullptr, nullptr};
}

const LogSection& LogPolicy::section() const { return impl_->section; }
const std::string& LogPolicy::policy_sha256() const { return impl_->sha256; }

}  // namespace sw
