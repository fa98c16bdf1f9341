#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "rules/base/unique_fd.hpp"
#include "rules/confine/confine_linux.hpp"

namespace sw::confinement {
namespace {

// Rights that newer ABIs added; the headers of Debian 12 do not name all of them.
constexpr std::uint64_t all_of_abi_1 = (std::uint64_t{1} << 13) - 1;
constexpr std::uint64_t refer = std::uint64_t{1} << 13, truncate = std::uint64_t{1} << 14, device_ioctl = std::uint64_t{1} << 15;

std::uint64_t rights_of(long abi) {
    std::uint64_t rights = all_of_abi_1;
    if (abi >= 2) rights |= refer;
    if (abi >= 3) rights |= truncate;
    if (abi >= 5) rights |= device_ioctl;
    return rights;
}

Unexpected cannot(const std::string& what) {
    return unexpected("confine this process: Landlock: " + what + ": " + std::strerror(errno), ExitCode::environment);
}

// Of the newest ruleset we know; the kernel takes as much of it as its version says.
// source: include/uapi/linux/landlock.h of Linux 6.12
struct RulesetAttributes {
    std::uint64_t files = 0;
    std::uint64_t network = 0;  ///< no sockets can be made: nothing to add
    std::uint64_t scoped = 0;
};
constexpr std::uint64_t scope_abstract_socket = 1, scope_signal = 2;

std::size_t size_for(long abi) { return abi >= 6 ? sizeof(RulesetAttributes) : sizeof(std::uint64_t); }

constexpr std::uint64_t of_a_file =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | truncate | device_ioctl;
constexpr std::uint64_t reading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t writing =
    reading | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE | truncate;

constexpr std::uint64_t running = reading | LANDLOCK_ACCESS_FS_EXECUTE;

Result<Done> allow(int ruleset, const std::string& path, std::uint64_t rights) {
    const UniqueFd file(open(path.c_str(), O_PATH | O_CLOEXEC));
    if (!file) return Done{};
    struct stat about {};
    if (fstat(file.get(), &about) != 0) return cannot(path);
    landlock_path_beneath_attr rule{};
    rule.parent_fd = file.get();
    rule.allowed_access = S_ISDIR(about.st_mode) ? rights : rights & of_a_file;
    if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) return cannot(path);
    return Done{};
}

}  // namespace

Result<Done> restrict_files(const Paths& paths) {
    const long abi = syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < 0 && (errno == ENOSYS || errno == EOPNOTSUPP)) {
        if (!paths.writes) return Done{};
        return unexpected(
            "confine this process: this kernel has no Landlock (Linux 5.13, and landlock among its security modules), so writing "
            "cannot be kept to its folders: enable it",
            ExitCode::environment);
    }
    if (abi < 1) return cannot("ask for its version");
    const std::uint64_t rights = rights_of(abi);
    const RulesetAttributes attributes{rights, 0, scope_abstract_socket | scope_signal};
    const UniqueFd ruleset(static_cast<int>(syscall(SYS_landlock_create_ruleset, &attributes, size_for(abi), 0)));
    if (!ruleset) return cannot("make a rule set");
    const std::uint64_t may_write = (paths.terminals ? writing | device_ioctl : writing) & rights;
    const std::uint64_t may_read = paths.programs.empty() ? reading : running;
    for (const std::string& path : paths.readable)
        if (auto added = allow(ruleset.get(), path, may_read); !added) return added;
    for (const std::string& path : paths.programs)
        if (auto added = allow(ruleset.get(), path, running); !added) return added;
    for (const std::string& path : paths.writable)
        if (auto added = allow(ruleset.get(), path, may_write); !added) return added;
    if (syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) return cannot("enforce");
    return Done{};
}

}  // namespace sw::confinement
