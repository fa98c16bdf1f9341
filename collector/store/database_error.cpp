#include "collector/store/database_error.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "rules/base/text.hpp"

namespace sw {
namespace {

constexpr const char* full = "the disk is full: make room and run it again; everything committed so far is kept";
/// What the operating system said, where SQLite kept it.
std::string cause(sqlite3* db) {
    const int number = sqlite3_system_errno(db);
    return number == 0 ? sqlite3_errmsg(db) : std::strerror(number);
}

Error cannot_open(sqlite3* db, const std::string& name) {
    if (sqlite3_system_errno(db) == EISDIR) return {ExitCode::input, fmt::format("{}: is a directory, not a store", name)};
    return {
        ExitCode::environment,
        fmt::format("{}: cannot be opened ({}): its folder must exist, and SQLite must be able to make files beside it", name, cause(db))};
}

Error io_error(sqlite3* db, const std::string& name) {
    const int number = sqlite3_system_errno(db);
    if (number == ENOSPC || number == EDQUOT) return {ExitCode::environment, fmt::format("{}: {}", name, full)};
    return {ExitCode::environment, fmt::format("{}: reading or writing failed ({}): check the disk", name, cause(db))};
}

}  // namespace

Error unwritable(const std::string& path) {
    return {
        ExitCode::environment,
        fmt::format("{}: cannot be written: check the permissions of the file and of its folder, and that its file system is not read-only",
                    escape_for_display(path))};
}

Error database_error(sqlite3* db, const std::string& path) {
    const std::string name = escape_for_display(path);
    switch (sqlite3_errcode(db) & 0xff) {
        case SQLITE_FULL:
            return {ExitCode::environment, fmt::format("{}: {}", name, full)};
        case SQLITE_READONLY:
        case SQLITE_PERM:
            return unwritable(path);
        case SQLITE_CANTOPEN:
            return cannot_open(db, name);
        case SQLITE_IOERR:
            return io_error(db, name);
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return {ExitCode::environment,
                    fmt::format("{}: another program has been writing to it for long: try again when it is done", name)};
        case SQLITE_CORRUPT:
            return {ExitCode::integrity,
                    fmt::format("{}: the store is damaged ({}): keep a copy; the next replay --db sets it aside and begins a new one", name,
                                sqlite3_errmsg(db))};
        case SQLITE_NOTADB:
            return {ExitCode::input, fmt::format("{}: is not a store of span-watcher: name another file with --db", name)};
        case SQLITE_CONSTRAINT:
            return {ExitCode::integrity, fmt::format("{}: the store refuses it: {}", name, sqlite3_errmsg(db))};
        case SQLITE_NOMEM:
            return {ExitCode::environment, fmt::format("{}: out of memory", name)};
        default:
            return {ExitCode::environment, fmt::format("{}: {}", name, sqlite3_errmsg(db))};
    }
}

}  // namespace sw
