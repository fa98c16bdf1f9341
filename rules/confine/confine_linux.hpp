#pragma once
/// The two halves of confinement on Linux. Private to confine_linux.cpp.
#include <string>
#include <vector>

#include "rules/confine/confine_table.hpp"

namespace sw::confinement {

/// Landlock: from now on files open for reading only, and only below these paths. A path that is not there is skipped:
/// opening it says so later. A kernel without Landlock is no error; seccomp alone then forbids writing.
/// source: https://docs.kernel.org/userspace-api/landlock.html (ABI 1 to 5)
Result<Done> restrict_files(const std::vector<std::string>& paths);

/// seccomp: the system calls of the role and no others; any other one kills the process.
Result<Done> restrict_system_calls(const Powers& powers);

}  // namespace sw::confinement
