#pragma once
/// What every verb over the store begins with: the store of --db opened, this process confined, and who is asking.
#include <string>
#include <vector>

#include "collector/cli/options.hpp"
#include "collector/store/store.hpp"

namespace sw {

/// --db, or default_store.
std::string store_path(const Options& options);

/// Open the store, then confine this process as cli_queue: it may write in the store's folder and in those of writable, and
/// read below readable. What needs more (a dissector, the audit log, names of users) is started before.
/// errors: Store::open's; a store that is not there is told with what makes one (code environment); confine's
Result<Store> open_and_confine(const Options& options, Store::Access access, const std::vector<std::string>& readable = {},
                               std::vector<std::string> writable = {});

/// Who decides: the login name of this process's user; --as NAME if that is root. Before open_and_confine: it reads the
/// system's users.
/// errors: --as by anybody else, or not 1 to 64 octets without controls; a user without a name (code input)
Result<std::string> analyst_of(const Options& options);

/// The folder that holds path.
std::string folder_of(const std::string& path);

}  // namespace sw
