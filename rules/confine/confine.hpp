#pragma once
/// What each of our own processes may do. One table (confine_table.hpp); a back end a system, chosen by file:
/// confine_linux.cpp (seccomp, Landlock), confine_openbsd.cpp (pledge, unveil).
#include <string>
#include <vector>

#include "rules/base/result.hpp"

namespace sw {

enum class Role : unsigned char {
    cli_replay,  ///< reads the named captures, writes descriptors that are open already
    cli_rules,   ///< reads nothing more, writes to descriptors that are open already
};

/// Give up everything the role does not need; cannot be undone. After it: no socket can be made (EPERM), no program
/// run, no file written by name; files can be opened for reading only below readable (plus the system's service and
/// protocol tables, which filters may name).
/// errors: the kernel cannot do it (code environment): the caller must not go on
Result<Done> confine(Role role, const std::vector<std::string>& readable);

/// For debugging only: mark the process as running without confinement, so that compiling is possible.
void mark_unconfined();

/// Has confine() succeeded (or mark_unconfined been called) in this process?
bool is_confined();

}  // namespace sw
