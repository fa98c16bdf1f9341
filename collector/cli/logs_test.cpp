// logs test, import: what the whitelist would say, and what of it can be used.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "collector/cli/logs.hpp"
#include "collector/cli/logs_run.hpp"
#include "collector/cli/policy_file.hpp"
#include "collector/cli/signals.hpp"
#include "collector/cli/store_file.hpp"
#include "collector/logs/log_trial.hpp"
#include "collector/logs/rules_files.hpp"
#include "collector/sources/log_file.hpp"
#include "collector/store/wall_clock.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

class Test {
public:
    Test(const Options& options, LogTrial& trial, Output& out) : options_(&options), trial_(&trial), out_(&out), json_(out) {}

    void line(std::string_view octets, Timestamp at) {
        const Trial t = trial_->judge(octets, options_->logs.host, at);
        finding_ |= !t.reason.empty();
        if (options_->json)
            return json_.put({{"type", "judged"},
                              {"host", t.host},
                              {"program", t.program},
                              {"text", t.text},
                              {"verdict", to_string(t.kind)},
                              {"reason", t.reason.empty() ? LogsJson(nullptr) : LogsJson(t.reason)},
                              {"sentence", t.sentence},
                              {"template", t.found.empty() ? LogsJson(nullptr) : LogsJson(t.found)},
                              {"why", t.why}});
        const std::string word = fmt::format("{:<7}", to_string(t.kind));
        out_->line(fmt::format("{} {} {}: {}", t.reason.empty() ? out_->green(word) : out_->yellow(word), t.host, t.program, t.text));
        out_->line(fmt::format("        {}{}", t.sentence, t.reason.empty() ? "" : fmt::format(" [{}]", t.reason)));
        if (!t.found.empty()) out_->line(fmt::format("        template: {}", t.found));
        for (const std::string& why : t.why) out_->line("        " + why);
    }

    /// errors: it cannot be opened or read to its end
    Result<Done> file(const std::string& name, UniqueFd fd) {
        auto opened = LogFile::open(std::move(fd), UniqueFd(), wall_clock(), std::chrono::seconds{0}, [] { return stop_signal() != 0; });
        if (!opened) return Unexpected{opened.error()};
        while (const auto next = opened->next()) line(next->text, next->at);
        if (opened->failure().empty()) return Done{};
        return unexpected(fmt::format("{}: {}", escape_for_display(name), opened->failure()));
    }

    bool finding() const { return finding_; }

private:
    const Options* options_;
    LogTrial* trial_;
    Output* out_;
    JsonLines json_;
    bool finding_ = false;
};

Result<UniqueFd> open_file(const std::string& name) {
    UniqueFd fd(name == "-" ? STDIN_FILENO : ::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (!fd) return unexpected(fmt::format("cannot open {}: {}", escape_for_display(name), std::strerror(errno)));
    return fd;
}

/// The store, if one was named or the usual one is there.
bool has_store(const Options& options) { return !options.db.empty() || ::access(default_store, R_OK) == 0; }

/// The file and its line have the whole rule.
std::string shown(const std::string& rule) {
    constexpr std::size_t most = 400;
    return escape_for_display(rule.substr(0, most)) + (rule.size() > most ? fmt::format(" ... ({} octets)", rule.size()) : "");
}

int report_import(const LogcheckImport& found, std::size_t files, const Options& options, Output& out) {
    JsonLines json(out);
    for (const ImportProblem& p : found.problems) {
        if (options.json)
            json.put({{"type", "unused"}, {"file", p.path}, {"line", p.line}, {"why", p.why}, {"rule", escape_for_display(p.rule)}});
        else
            out.line(fmt::format("{}:{}: {}: {}", escape_for_display(p.path), p.line, escape_for_display(p.why), shown(p.rule)));
    }
    if (options.json) json.put({{"type", "import"}, {"files", files}, {"rules", found.rules.size()}, {"unused", found.problems.size()}});
    complain(fmt::format("{} files: {} rules can be used, {} cannot", files, found.rules.size(), found.problems.size()));
    return out.finish(to_int(found.problems.empty() ? ExitCode::clean : ExitCode::greylisted));
}

}  // namespace

int logs_test(const Options& options) {
    const LogsOptions& o = options.logs;
    if (o.files.empty() && o.line.empty()) return failed_logs({ExitCode::input, "nothing to test: name files, or --line LINE"});
    catch_signals();
    const auto rules = rules_of(options);
    if (!rules) return failed_logs(rules.error());
    std::vector<UniqueFd> files;
    for (const std::string& name : o.files) {
        auto fd = open_file(name);
        if (!fd) return failed_logs(fd.error());
        files.push_back(std::move(*fd));
    }
    Output out(options.colour);
    std::optional<Store> store;
    if (has_store(options)) {
        auto opened = Store::open(store_path(options), Store::Access::read);
        if (!opened) return failed_logs(opened.error());
        store.emplace(std::move(*opened));
    }
    const std::vector<std::string> folders = store ? std::vector<std::string>{folder_of(store_path(options))} : std::vector<std::string>{};
    if (auto done = confine_unless(options.unconfined, store ? Role::cli_record : Role::cli_replay, {}, folders); !done)
        return failed_logs(done.error());
    auto trial = LogTrial::make(store ? &*store : nullptr, *rules);
    if (!trial) return failed_logs(trial.error());
    Test test(options, *trial, out);
    if (!o.line.empty()) test.line(o.line, wall_clock());
    for (std::size_t i = 0; i < files.size(); ++i)
        if (auto done = test.file(o.files[i], std::move(files[i])); !done) return out.finish(failed_logs(done.error()));
    return out.finish(to_int(test.finding() ? ExitCode::greylisted : ExitCode::clean));
}

int logs_import(const Options& options) {
    std::vector<std::string> folders = options.logs.files;
    if (folders.empty()) {
        auto text = read_policy_file(options.policy);
        if (!text) return failed_logs(text.error());
        const auto policy = parse_or_complain(options.policy, std::move(*text));
        if (!policy) return to_int(ExitCode::input);
        folders = policy->log.import;
        if (folders.empty())
            return failed_logs({ExitCode::input, "the policy imports nothing: name directories, or [log] import in the policy"});
    }
    Output out(options.colour);
    if (auto done = confine_unless(options.unconfined, Role::cli_replay, folders, {}); !done) return failed_logs(done.error());
    std::vector<RuleFile> files;
    for (const std::string& folder : folders) {
        auto more = read_rule_directory(folder);
        if (!more) return failed_logs(more.error());
        files.insert(files.end(), std::make_move_iterator(more->begin()), std::make_move_iterator(more->end()));
    }
    return report_import(import_logcheck(files), files.size(), options, out);
}

}  // namespace sw
