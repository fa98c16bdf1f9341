#pragma once
/// What SQLite reports, in words for a person.
#include <sqlite3.h>

#include <string>

#include "rules/base/result.hpp"

namespace sw {

/// The last error of db. path: the file as the person named it.
Error database_error(sqlite3* db, const std::string& path);

/// The file, its folder or its file system does not let itself be written.
Error unwritable(const std::string& path);

}  // namespace sw
