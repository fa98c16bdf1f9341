#include "collector/cli/logs_run.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>

#include "collector/cli/policy_file.hpp"
#include "collector/logs/rules_files.hpp"
#include "collector/store/match_time.hpp"
#include "collector/store/wall_clock.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

constexpr std::array<std::string_view, 5> verdicts{"known", "allowed", "learnt", "grey", "black"};

}  // namespace

void JsonLines::put(LogsJson object) {
    LogsJson line = LogsJson::object();
    if (std::exchange(first_, false)) line["schema"] = 1;
    line.update(object);
    out_->line(line.dump(-1, ' ', true, LogsJson::error_handler_t::replace));
}

std::string to_the_second(Timestamp t) { return to_rfc3339(t).substr(0, 19) + "Z"; }

std::string_view verdict_word(int verdict) {
    return verdict < 0 || verdict >= static_cast<int>(verdicts.size()) ? std::string_view("?")
                                                                       : verdicts[static_cast<std::size_t>(verdict)];
}

std::optional<int> verdict_number(std::string_view word) {
    for (std::size_t i = 0; i < verdicts.size(); ++i)
        if (verdicts[i] == word) return static_cast<int>(i);
    return std::nullopt;
}

Result<std::optional<Timestamp>> instant_of(const char* option, const std::string& text) {
    if (text.empty()) return std::optional<Timestamp>();
    const auto t = instant_from(text, wall_clock());
    if (t) return std::optional<Timestamp>(*t);
    return unexpected(fmt::format("{} {}: 90s, 15m, 1h, 7d, 2w ago, or a time as 2026-11-21T23:20:00Z", option, escape_for_display(text)));
}

Result<LogRules> rules_of(const Options& options) {
    const bool there = ::access(options.policy.c_str(), F_OK) == 0;
    if (!there && options.policy == Options{}.policy) {
        complain(fmt::format("there is no policy {}: hosts are called by their addresses, and no pattern allows anything",
                             escape_for_display(options.policy)));
        return no_log_rules();
    }
    auto loaded = load_log_rules(options.policy);
    if (!loaded) return Unexpected{loaded.error()};
    if (!loaded->problems.empty())
        complain(fmt::format("{} imported rules are not used ('span-watcher logs import' lists them)", loaded->problems.size()));
    return std::move(loaded->rules);
}

int failed_logs(const Error& error) {
    complain(error.text);
    return to_int(error.code);
}

}  // namespace sw
