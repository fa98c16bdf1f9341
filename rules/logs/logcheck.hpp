#pragma once
/// logcheck's rule files (POSIX extended expressions, one a line, written for whole syslog lines) as patterns for text whose
/// date and host are already gone.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sw {

/// One file as it was read; the caller does the reading.
struct RuleFile {
    std::string path, text;
};

struct ImportedRule {
    std::string pattern;  ///< RE2, for "program[pid]: text"
    std::string path;
    std::uint32_t line = 0;
};

/// A rule that is not used, and why: "line-start header not recognised", RE2's reason ...
struct ImportProblem {
    std::string path;
    std::uint32_t line = 0;
    std::string why, rule;
};

struct LogcheckImport {
    std::vector<ImportedRule> rules;
    std::vector<ImportProblem> problems;
};

/// The files that logcheck itself would read: run-parts names (letters, digits, _ and -).
bool is_logcheck_name(std::string_view file_name);

/// limits: 1 MiB a file, 20,000 rules
LogcheckImport import_logcheck(const std::vector<RuleFile>& files);

}  // namespace sw
