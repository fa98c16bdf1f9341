#include "collector/cli/store_file.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <sodium.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "collector/cli/policy_file.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

bool is_missing(const std::string& path) { return ::access(path.c_str(), F_OK) != 0 && errno == ENOENT; }

}  // namespace

std::string store_path(const Options& options) { return options.db.empty() ? default_store : options.db; }

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

Result<Store> open_and_confine(const Options& options, Store::Access access, const std::vector<std::string>& readable,
                               std::vector<std::string> writable) {
    if (sodium_init() < 0) return unexpected("libsodium: no random numbers", ExitCode::environment);
    const std::string path = store_path(options);
    if (access != Store::Access::ingest && is_missing(path))
        return unexpected(fmt::format("there is no store {} ('span-watcher replay --db {} CAPTURE...' makes one; --db FILE names another)",
                                      escape_for_display(path), escape_for_display(path)),
                          ExitCode::environment);
    auto store = Store::open(path, access);
    if (!store) return store;
    writable.push_back(folder_of(path));
    if (auto done = confine_unless(options.unconfined, Role::cli_queue, readable, writable); !done) return Unexpected{done.error()};
    return store;
}

Result<std::string> analyst_of(const Options& options) {
    const uid_t user = ::getuid();
    const std::string& as = options.queue.as;
    if (as.empty()) {
        const passwd* entry = ::getpwuid(user);
        if (entry != nullptr && *entry->pw_name != '\0') return std::string(entry->pw_name);
        return unexpected(fmt::format("user {} has no login name, so a decision could not be signed: give the user one", user));
    }
    if (user != 0) return unexpected("--as is for root only: everybody else signs with the login name");
    const bool clean = std::none_of(as.begin(), as.end(), [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; });
    if (as.size() > 64 || !clean) return unexpected("--as must be a name of 1 to 64 octets without blanks and controls");
    return as;
}

}  // namespace sw
