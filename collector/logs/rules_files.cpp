#include "collector/logs/rules_files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "rules/base/text.hpp"
#include "rules/base/unique_fd.hpp"

namespace sw {
namespace {

constexpr std::size_t most_octets = 4u << 20, most_files = 10'000;

Unexpected cannot_read(const std::string& path) {
    return unexpected(fmt::format("cannot read {}: {}", escape_for_display(path), std::strerror(errno)));
}

Result<std::string> read_file(const std::string& path) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat about {};
    if (!fd || ::fstat(fd.get(), &about) != 0) return cannot_read(path);
    if (!S_ISREG(about.st_mode)) return unexpected(fmt::format("{}: is no regular file", escape_for_display(path)));
    std::string text;
    for (std::size_t piece = 16u << 10; text.size() <= most_octets;) {
        const std::size_t before = text.size();
        text.resize(before + piece);
        const ssize_t n = ::read(fd.get(), text.data() + before, piece);
        if (n < 0 && errno != EINTR) return cannot_read(path);
        text.resize(before + static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
        if (n == 0) return text;
    }
    return unexpected(fmt::format("{}: is larger than 4 MiB", escape_for_display(path)));
}

/// "policy.toml:12: ... (and 2 more errors)"
std::string first_error(const std::string& path, const PolicyLoad& load) {
    std::size_t errors = 0;
    std::string text;
    for (const Diagnostic& d : load.diagnostics) {
        if (d.level != Diagnostic::Level::error) continue;
        if (errors++ == 0) text = fmt::format("{}:{}: {}", escape_for_display(path), d.line, escape_for_display(d.message));
    }
    return text + (errors > 1 ? fmt::format(" (and {} more errors)", errors - 1) : "") + "; span-watcher rules check tells all";
}

}  // namespace

Result<std::vector<RuleFile>> read_rule_directory(const std::string& folder) {
    const std::unique_ptr<DIR, int (*)(DIR*)> entries(::opendir(folder.c_str()), [](DIR* d) { return d != nullptr ? ::closedir(d) : 0; });
    if (!entries) return cannot_read(folder);
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(entries.get()))
        if (is_logcheck_name(entry->d_name)) names.emplace_back(entry->d_name);
    std::sort(names.begin(), names.end());
    if (names.size() > most_files) return unexpected(fmt::format("{}: holds more than {} files", escape_for_display(folder), most_files));
    std::vector<RuleFile> files;
    for (const std::string& name : names) {
        const std::string path = folder + "/" + name;
        struct stat about {};
        if (::stat(path.c_str(), &about) == 0 && !S_ISREG(about.st_mode)) continue;
        auto text = read_file(path);
        if (!text) return Unexpected{text.error()};
        files.push_back({path, std::move(*text)});
    }
    return files;
}

Result<LoadedRules> make_log_rules(Policy policy) {
    std::vector<RuleFile> files;
    for (const std::string& folder : policy.log.import) {
        auto more = read_rule_directory(folder);
        if (!more) return Unexpected{more.error()};
        files.insert(files.end(), std::make_move_iterator(more->begin()), std::make_move_iterator(more->end()));
    }
    LogcheckImport imported = import_logcheck(files);
    LoadedRules loaded;
    loaded.rules.policy = std::make_shared<const Policy>(std::move(policy));
    auto logs = LogPolicy::make(*loaded.rules.policy, imported);
    if (!logs) return Unexpected{logs.error()};
    loaded.rules.logs = std::move(*logs);
    loaded.problems = std::move(imported.problems);
    return loaded;
}

Result<LoadedRules> load_log_rules(const std::string& policy_path) {
    auto text = read_file(policy_path);
    if (!text) return Unexpected{text.error()};
    PolicyLoad load = parse_policy(policy_path, std::move(*text));
    if (!load.policy) return unexpected(first_error(policy_path, load));
    return make_log_rules(std::move(*load.policy));
}

LogRules no_log_rules() {
    PolicyLoad load = parse_policy("none", "");
    auto made = make_log_rules(load.policy ? std::move(*load.policy) : Policy{});
    return made ? made->rules : LogRules{};
}

}  // namespace sw
