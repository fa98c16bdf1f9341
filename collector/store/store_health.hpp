#pragma once
/// Whose file it is and whether it can be trusted, and what to do with one that cannot.
#include <string>

#include "collector/store/database.hpp"

namespace sw {

enum class Content : std::uint8_t { empty, ours };

/// errors: another program's database, a newer schema (code input); SQLite's
Result<Content> content_of(Database& db);

/// PRAGMA quick_check. errors: the first thing wrong (code integrity)
Result<Done> quick_check(Database& db);

/// Do the octets on disk, SQLite left aside, begin like a store of ours?
bool begins_like_ours(const std::string& path);

/// Rename path, with its -wal and -shm, to path.damaged-YYYYMMDDTHHMMSSZ (and a number where that exists). Gives the new name.
Result<std::string> put_aside(const std::string& path);

}  // namespace sw
