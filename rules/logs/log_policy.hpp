#pragma once
/// The rules for log lines that people wrote: [[log.allow]], [[log.forbid]], and imported rule files. Compiled once, immutable.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rules/base/result.hpp"
#include "rules/logs/log_line.hpp"
#include "rules/logs/logcheck.hpp"
#include "rules/policy/policy.hpp"

namespace sw {

class LogPolicy {
public:
    /// errors: a pattern that does not compile, or all together need too much memory
    static Result<std::shared_ptr<const LogPolicy>> make(const Policy& policy, const LogcheckImport& imported);
    ~LogPolicy();

    struct Match {
        bool sure = true;                        ///< false: matching ran out of memory, nobody can say
        const LogRule* rule = nullptr;           ///< of the policy
        const ImportedRule* imported = nullptr;  ///< only if no rule of the policy matched
        explicit operator bool() const { return rule != nullptr || imported != nullptr; }
    };
    /// A rule is active before its until, which is compared with line.received.
    Match forbidden(const LogLine& line) const;
    Match allowed(const LogLine& line) const;
    /// The section of the policy, and the hash of the policy's text.
    const LogSection& section() const;
    const std::string& policy_sha256() const;

private:
    class Impl;
    explicit LogPolicy(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace sw
