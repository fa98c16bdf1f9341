#pragma once
/// What the verbs of logs share.
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "collector/cli/console.hpp"
#include "collector/cli/options.hpp"
#include "collector/logs/log_ingest.hpp"
#include "rules/base/time.hpp"

namespace sw {

using LogsJson = nlohmann::ordered_json;

/// JSON Lines: schema stands in the first object.
class JsonLines {
public:
    explicit JsonLines(Output& out) : out_(&out) {}
    void put(LogsJson object);

private:
    Output* out_;
    bool first_ = true;
};

/// "2026-11-21T23:20:00Z"
std::string to_the_second(Timestamp t);
/// 0 to 4, as log_event has it.
std::string_view verdict_word(int verdict);
std::optional<int> verdict_number(std::string_view word);

/// --since, --until. errors: names the option
Result<std::optional<Timestamp>> instant_of(const char* option, const std::string& text);

/// The policy's file, if it is there or was named; without one no pattern allows anything.
/// errors: it cannot be used (a person named it), an import that cannot be read
Result<LogRules> rules_of(const Options& options);
int failed_logs(const Error& error);

}  // namespace sw
