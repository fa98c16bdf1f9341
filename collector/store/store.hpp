#pragma once
/// The store: one SQLite file. Opening checks whose file it is, its version and its health.
#include <cstdint>
#include <string>

#include "collector/store/database.hpp"

namespace sw {

class Store {
public:
    enum class Access : std::uint8_t {
        read,    ///< must exist
        review,  ///< must exist; short transactions of a person's decisions
        ingest,  ///< made if absent, migrated if older; a damaged one is set aside under a dated name and a new one begins
    };

    /// errors: not there, full or read-only disk (code environment); not ours (application_id), or of a newer program
    ///         (user_version): code input; damaged (code integrity, unless ingest). Each names the file and the way out.
    /// cost:   for ingest a quick_check over all pages; for the others only over files up to checked_octets: beyond that
    ///         damage shows when a damaged page is read
    static Result<Store> open(const std::string& path, Access access);

    /// An empty one that no file holds, for those who judge and keep nothing.
    static Result<Store> scratch();

    Database& db() { return db_; }
    /// Where a damaged store was put aside by this opening; "" if none was.
    const std::string& set_aside() const { return set_aside_; }
    const std::string& path() const { return db_.path(); }

    static constexpr std::int32_t application_id = 0x73706e77;  ///< "spnw"
    static constexpr int version = 4;
    static constexpr std::uint64_t checked_octets = 4u << 20;

private:
    explicit Store(Database db) : db_(std::move(db)) {}
    Database db_;
    std::string set_aside_;
};

}  // namespace sw
