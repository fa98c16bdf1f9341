#pragma once
/// The two halves of confinement on Linux. Private to confine_linux.cpp.
#include <cerrno>
#include <string>
#include <vector>

#include "rules/confine/confine_table.hpp"

namespace sw::confinement {

/// Landlock: from now on files open for reading only below readable and writable, and files are made, written, renamed and
/// removed only below writable; programs are run only below programs and, where there are any, readable; signals reach only this process
/// and its children. A path that is not there is skipped: opening it says so later. A kernel without Landlock is no error if writable is
/// not asked for: seccomp alone then forbids writing. source: https://docs.kernel.org/userspace-api/landlock.html (ABI 1 to 6)
struct Paths {
    std::vector<std::string> readable, writable, programs;
    bool writes = false;
    bool terminals = false;  ///< what is writable may be a device that is set by ioctl(2), as far as seccomp lets it
};
Result<Done> restrict_files(const Paths& paths);

/// What happens at a call that the role does not have.
enum class Otherwise : unsigned char {
    try_out,  ///< it fails with refused_in_trial; a stricter filter may follow
    enforce,  ///< it kills the process, or (Powers::programs) fails with EPERM; final
};

/// The kernel never gives this error to a call that the self-test tries: whoever gets it knows that the filter refused.
inline constexpr int refused_in_trial = ENOANO;

/// seccomp: the system calls of the role and no others.
Result<Done> restrict_system_calls(const Powers& powers, const Descriptors& known, Otherwise otherwise);

}  // namespace sw::confinement
