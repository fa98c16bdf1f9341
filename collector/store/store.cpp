#include "collector/store/store.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include "collector/store/schema.hpp"
#include "collector/store/store_health.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

Result<Done> make(Database& db) {
    // Octets freed by retention go back to the disk a few pages at a time; that must be chosen before the first table.
    if (auto done = db.execute("PRAGMA auto_vacuum=INCREMENTAL"); !done) return done;
    return migrate(db, migrations());
}

Result<Done> use_wal(Database& db) {
    auto mode = db.prepare("PRAGMA journal_mode=WAL");
    if (!mode) return Unexpected{mode.error()};
    auto row = mode->step();
    if (!row) return Unexpected{row.error()};
    if (mode->text(0) == "wal") return Done{};
    return unexpected(
        fmt::format("{}: this file system cannot keep a write-ahead log: put the store on a local disk", escape_for_display(db.path())),
        ExitCode::environment);
}

bool small(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 && static_cast<std::uint64_t>(status.st_size) <= Store::checked_octets;
}

Result<Database> open_checked(const std::string& path, Store::Access access) {
    const bool ingest = access == Store::Access::ingest;
    auto db = Database::open(path, ingest                          ? Database::Access::create
                                   : access == Store::Access::read ? Database::Access::read
                                                                   : Database::Access::write);
    if (!db) return db;
    const auto content = content_of(*db);
    if (!content) return Unexpected{content.error()};
    if (*content == Content::empty && !ingest)
        return unexpected(
            fmt::format("{}: holds nothing yet: fill it with \"span-watcher replay --db FILE CAPTURE...\"", escape_for_display(path)),
            ExitCode::environment);
    if (*content == Content::ours && (ingest || small(path)))
        if (auto sound = quick_check(*db); !sound) return Unexpected{sound.error()};
    if (!ingest) return db;
    if (auto done = *content == Content::empty ? make(*db) : migrate(*db, migrations()); !done) return Unexpected{done.error()};
    // Only now: the file's own header has always said whose it is, whatever becomes of the log beside it.
    if (auto done = use_wal(*db); !done) return Unexpected{done.error()};
    return db;
}

}  // namespace

Result<Store> Store::scratch() {
    auto db = Database::in_memory();
    if (!db) return Unexpected{db.error()};
    if (auto done = make(*db); !done) return Unexpected{done.error()};
    return Store(std::move(*db));
}

Result<Store> Store::open(const std::string& path, Access access) {
    struct stat status {};
    if (access != Access::ingest && ::stat(path.c_str(), &status) != 0 && errno == ENOENT)
        return unexpected(
            fmt::format("{}: there is no store: \"span-watcher replay --db FILE CAPTURE...\" makes one", escape_for_display(path)),
            ExitCode::environment);
    auto db = open_checked(path, access);
    if (db) return Store(std::move(*db));
    const bool damaged = db.error().code == ExitCode::integrity && begins_like_ours(path);
    if (!damaged || access != Access::ingest) return Unexpected{db.error()};
    auto aside = put_aside(path);
    if (!aside) return Unexpected{aside.error()};
    auto fresh = open_checked(path, access);
    if (!fresh) return Unexpected{fresh.error()};
    Store store(std::move(*fresh));
    store.set_aside_ = *aside;
    return store;
}

}  // namespace sw
