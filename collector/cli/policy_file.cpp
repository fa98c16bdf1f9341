#include "collector/cli/policy_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "collector/cli/console.hpp"
#include "rules/base/text.hpp"

namespace sw {

Result<std::string> read_policy_file(const std::string& path) {
    constexpr std::size_t most = 4u << 20;
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"),
                                                               [](std::FILE* f) { return f != nullptr ? std::fclose(f) : 0; });
    if (!file)
        return unexpected(
            fmt::format("cannot read policy {}: {} (name one with --policy)", escape_for_display(path), std::strerror(errno)));
    // By small pieces: to make 4 MiB of zeros for a policy of one page took longer than to parse it.
    constexpr std::size_t piece = 16u << 10;
    std::string text;
    for (std::size_t got = piece; got == piece && text.size() <= most;) {
        const std::size_t before = text.size();
        text.resize(before + piece);
        got = std::fread(text.data() + before, 1, piece, file.get());
        text.resize(before + got);
    }
    if (std::ferror(file.get()) != 0)
        return unexpected(fmt::format("cannot read policy {}: {}", escape_for_display(path), std::strerror(errno)));
    if (text.size() > most) return unexpected(fmt::format("policy {} is larger than 4 MiB", escape_for_display(path)));
    return text;
}

std::optional<Policy> parse_or_complain(const std::string& path, std::string text) {
    PolicyLoad load = parse_policy(path, std::move(text));
    for (const Diagnostic& d : load.diagnostics)
        if (d.level == Diagnostic::Level::error) fmt::print(stderr, "{}", render(d, path, load.text));
    if (!load.policy) complain(fmt::format("policy {} is not used: one error rejects the whole file", escape_for_display(path)));
    return std::move(load.policy);
}

Result<Done> confine_unless(bool unconfined, Role role, const std::vector<std::string>& readable,
                            const std::vector<std::string>& writable) {
    if (!unconfined) return confine(role, readable, writable);
    mark_unconfined();
    complain("UNCONFINED: this process keeps all powers of its user");
    return Done{};
}

}  // namespace sw
