#include "sensor/daemon/policy_place.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "rules/base/text.hpp"
#include "sensor/engine.hpp"

namespace sw {
namespace {

constexpr std::size_t most = 4u << 20;

Unexpected cannot_read(const std::string& path, int error) {
    return unexpected(
        fmt::format("cannot read policy {}: {} (the sensor's user must be able to)", escape_for_display(path), std::strerror(error)));
}

/// "policy.toml:12: rule x: ... (and 2 more errors)"
std::string first_error(const std::string& path, const PolicyLoad& load) {
    std::size_t errors = 0;
    std::string text;
    for (const Diagnostic& d : load.diagnostics) {
        if (d.level != Diagnostic::Level::error) continue;
        if (errors++ == 0) text = fmt::format("{}:{}: {}", escape_for_display(path), d.line, escape_for_display(d.message));
    }
    if (errors > 1) text += fmt::format(" (and {} more errors)", errors - 1);
    return text + "; span-watcher rules check tells all";
}

/// Rules compile when the first frame of a link comes; here before any does.
Result<Done> compile(const Policy& policy, Datalink link) {
    EngineOptions options;
    options.max_flows = 1024;
    Engine engine(policy, options);
    return engine.prepare(link);
}

}  // namespace

Result<PolicyPlace> PolicyPlace::open(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    std::string folder = slash == std::string::npos ? "." : path.substr(0, std::max<std::size_t>(slash, 1));
    UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) return cannot_read(path, errno);
    return PolicyPlace(path, std::move(folder), slash == std::string::npos ? path : path.substr(slash + 1), std::move(fd));
}

Result<std::string> PolicyPlace::read() const {
    const UniqueFd file(::openat(fd_.get(), name_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file) return cannot_read(path_, errno);
    std::string text(most + 1, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        const ssize_t n = ::read(file.get(), text.data() + size, text.size() - size);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return cannot_read(path_, errno);
        if (n == 0) break;
        size += static_cast<std::size_t>(n);
    }
    if (size > most) return unexpected(fmt::format("policy {} is larger than 4 MiB", escape_for_display(path_)));
    text.resize(size);
    return text;
}

Result<Policy> usable_policy(const std::string& path, std::string text, Datalink link) {
    PolicyLoad load = parse_policy(path, std::move(text));
    if (!load.policy) return unexpected(first_error(path, load));
    if (auto compiled = compile(*load.policy, link); !compiled)
        return unexpected(fmt::format("{}: {}", escape_for_display(path), compiled.error().text));
    return std::move(*load.policy);
}

}  // namespace sw
