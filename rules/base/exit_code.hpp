#pragma once
/// How every program of this project ends (span-watcher(1), EXIT STATUS). A signal adds 128 to its number.

namespace sw {

enum class ExitCode : int {
    clean = 0,        ///< nothing to report
    greylisted = 1,   ///< something was greylisted or blacklisted, as grep(1) ends when it found nothing clean
    input = 2,        ///< usage, policy or capture file
    environment = 3,  ///< disk, permission, device, confinement
    integrity = 4,    ///< a store or bundle was tampered with
};

constexpr int to_int(ExitCode code) { return static_cast<int>(code); }

}  // namespace sw
