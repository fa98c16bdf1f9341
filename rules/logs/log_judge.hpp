#pragma once
/// judge(line): black, forbidden, known, allowed, or new. The one place where a log line's verdict is made.
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rules/logs/baseline.hpp"
#include "rules/logs/black_lines.hpp"
#include "rules/logs/log_policy.hpp"
#include "rules/logs/log_reason.hpp"

namespace sw {

struct LogVerdict {
    enum class Kind : std::uint8_t { known, allowed, learnt, grey, black };
    Kind kind = Kind::grey;
    std::optional<LogReason> reason;  ///< grey and black: why
    /// known, learnt, new_value: the template (until the judge is called again); new_template: what it would be.
    const LogTemplate* found = nullptr;
    std::vector<NewValue> values;    ///< new_value
    LogPolicy::Match match;          ///< allowed, forbidden: by which rule
    std::optional<BlackLine> black;  ///< black
    std::optional<Execution> run;    ///< new_execution
    bool first = false;              ///< new_template: not seen before, as far as the judge remembers

    bool is_finding() const { return reason.has_value(); }
};
std::string_view to_string(LogVerdict::Kind k);

/// One sentence for a tired person; what came from the line is escaped:
///   mail: sshd said "Accepted password for {user} ..." with a user never seen there: "eve"
std::string sentence(const LogVerdict& v, const LogLine& line);

class LogJudge {
public:
    LogJudge(std::shared_ptr<const LogPolicy> policy, const LogLimits& limits, const std::array<std::uint8_t, 16>& key);
    ~LogJudge();
    LogJudge(LogJudge&&) noexcept;

    /// Order: black lines, forbid, executions, too long, known, allow and imported rules, new.
    /// The answer borrows from the judge and the line until the next call.
    LogVerdict judge(const LogLine& line);
    /// The same within a learning window: what would be new is learnt instead. Black and forbidden lines stay what they are.
    LogVerdict learn(const LogLine& line);

    Baseline& baseline();
    const Baseline& baseline() const;
    void set_policy(std::shared_ptr<const LogPolicy> policy);
    const LogPolicy& policy() const;

    /// Unknown templates that are findings already, by host, so that a flood is told from them: put back after a restart, and
    /// taken away when a person has decided.
    void remember_new(const LogTemplate& t);
    void forget_new(const LogTemplate& t);
    std::size_t new_templates(std::string_view host) const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace sw
