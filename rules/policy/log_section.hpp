#pragma once
/// [log] of a policy: what hosts may say, by hand. Plain data; rules/logs judges by it.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/base/time.hpp"

namespace sw {

enum class LogRuleKind : std::uint8_t { allow, forbid };
std::string_view to_string(LogRuleKind k);

/// [[log.allow]], [[log.forbid]]
struct LogRule {
    LogRuleKind kind = LogRuleKind::allow;
    std::string name;                ///< unique among log rules if given
    std::vector<std::string> hosts;  ///< names of [names]; empty: any host
    std::string app;                 ///< the program, exactly; "" for any
    std::string pattern;             ///< RE2, begins with ^ and ends with $
    std::string owner, reason;
    std::optional<Timestamp> until;      ///< inactive from this instant
    std::uint32_t line = 0, column = 0;  ///< of the pattern in the file

    /// What findings and reports call it: its name, or else "line N".
    std::string label() const;
    bool active(Timestamp t) const { return !until || t < *until; }
};

struct LogSection {
    std::chrono::minutes learn{30};   ///< learn_minutes: how long a boot is listened to
    std::chrono::minutes silent{60};  ///< silent_minutes: a host that says nothing for so long is silent; 0: it may be
    /// witness_line_seconds, witness_flow_seconds: how long a login's line waits for its conversation to be known, and a conversation for
    /// its line
    std::chrono::seconds line_waits{60}, flow_waits{180};
    /// max_templates, max_values, max_new: limits of what is learnt of a host, and of what is told apart before it is a flood
    std::uint32_t templates_a_host = 10'000, values_a_hole = 64, new_templates_a_host = 1'000;
    std::vector<std::string> filters;  ///< names of hosts whose daily work it is to drop packets: their drop lines are no alarm
    std::vector<std::string> import;   ///< directories of logcheck rules, absolute
    std::vector<LogRule> rules;        ///< in the order of the file
};

}  // namespace sw
