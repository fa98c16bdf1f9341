#pragma once
/// The store's versions: how one becomes the next.
#include <span>

#include "collector/store/database.hpp"

namespace sw {

/// SQL of one or several statements; the n-th (from 0) makes version n + 1 out of version n.
using Migrations = std::span<const char* const>;
Migrations migrations();

/// Bring db to the last version: all steps in one transaction, user_version with them; a new file (version 0) gets application_id.
/// errors: the store is of a later version than the last (code input); SQLite's: nothing has changed then
Result<Done> migrate(Database& db, Migrations steps);

/// "week.db: made by a newer span-watcher (schema 7, this one knows 2): use that program"
Error newer_schema(const Database& db, std::int64_t version, std::int64_t known);

}  // namespace sw
