#pragma once
/// Give up root: what a daemon does once its devices and journals are open, and before it is confined.
#include <string>

#include "rules/base/result.hpp"

namespace sw {

/// Become user (its id, its group, no other groups), with no capability left in any set, no new privileges through programs,
/// and unreadable to other processes of the same user; then read all that back and compare. Cannot be undone.
/// user: "" keeps the ids, for a daemon whose supervisor has set them; a name asks the system's user table, so before confine().
/// errors: no such user, the user is root, or not root and not that user already (code input); the kernel refused or what is read
/// back is not so (code environment): the caller must not go on
Result<Done> drop_privileges(const std::string& user);

}  // namespace sw
