#include "collector/store/store_health.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>

#include "collector/store/schema.hpp"
#include "collector/store/store.hpp"
#include "rules/base/text.hpp"
#include "rules/base/unique_fd.hpp"

namespace sw {

Result<Content> content_of(Database& db) {
    const auto application = db.value("PRAGMA application_id");
    if (!application) return Unexpected{application.error()};
    const auto version = db.value("PRAGMA user_version");
    if (!version) return Unexpected{version.error()};
    const auto objects = db.value("SELECT count(*) FROM sqlite_schema");
    if (!objects) return Unexpected{objects.error()};
    if (*application == 0 && *version == 0 && *objects == 0) return Content::empty;
    if (*application != Store::application_id)
        return unexpected(fmt::format("{}: is another program's database: name another file with --db", escape_for_display(db.path())));
    if (*version > Store::version) return Unexpected{newer_schema(db, *version, Store::version)};
    return Content::ours;
}

Result<Done> quick_check(Database& db) {
    auto check = db.prepare("PRAGMA quick_check(1)");
    if (!check) return Unexpected{check.error()};
    auto row = check->step();
    if (!row) return Unexpected{row.error()};
    const std::string verdict = *row ? check->text(0) : "no answer";
    if (verdict == "ok") return Done{};
    return unexpected(fmt::format("{}: the store is damaged ({}): keep a copy; the next replay --db sets it aside and begins a new one",
                                  escape_for_display(db.path()), escape_for_display(verdict.substr(verdict.rfind('\n') + 1))),
                      ExitCode::integrity);
}

bool begins_like_ours(const std::string& path) {
    constexpr std::size_t application_id_at = 68;  // source: https://www.sqlite.org/fileformat.html 1.3
    std::array<std::uint8_t, 100> header{};
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (!fd || ::read(fd.get(), header.data(), header.size()) != static_cast<ssize_t>(header.size())) return false;
    return std::memcmp(header.data(), "SQLite format 3", 16) == 0 &&
           load_be32(header.data() + application_id_at) == static_cast<std::uint32_t>(Store::application_id);
}

Result<std::string> put_aside(const std::string& path) {
    const std::string dated = fmt::format("{}.damaged-{:%Y%m%dT%H%M%SZ}", path, fmt::gmtime(std::time(nullptr)));
    std::string name = dated;
    struct stat status {};
    for (int number = 2; ::lstat(name.c_str(), &status) == 0; ++number) name = fmt::format("{}-{}", dated, number);
    // The file itself last: until then the next start finds it damaged again and goes on here.
    for (const char* suffix : {"-wal", "-shm", ""})
        if (std::rename((path + suffix).c_str(), (name + suffix).c_str()) != 0 && errno != ENOENT)
            return unexpected(fmt::format("{}: damaged, and cannot be set aside as {}: {}", escape_for_display(path + suffix),
                                          escape_for_display(name + suffix), std::strerror(errno)),
                              ExitCode::environment);
    return name;
}

}  // namespace sw
