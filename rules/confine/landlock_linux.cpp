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

Result<Done> allow_reading(int ruleset, const std::string& path) {
    const UniqueFd file(open(path.c_str(), O_PATH | O_CLOEXEC));
    if (!file) return Done{};
    struct stat about {};
    if (fstat(file.get(), &about) != 0) return cannot(path);
    landlock_path_beneath_attr rule{};
    rule.parent_fd = file.get();
    rule.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE;
    if (S_ISDIR(about.st_mode)) rule.allowed_access |= LANDLOCK_ACCESS_FS_READ_DIR;
    if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) return cannot(path);
    return Done{};
}

}  // namespace

Result<Done> restrict_files(const std::vector<std::string>& paths) {
    const long abi = syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < 0 && (errno == ENOSYS || errno == EOPNOTSUPP)) return Done{};
    if (abi < 1) return cannot("ask for its version");
    landlock_ruleset_attr attributes{};
    attributes.handled_access_fs = rights_of(abi);
    const UniqueFd ruleset(static_cast<int>(syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes.handled_access_fs, 0)));
    if (!ruleset) return cannot("make a rule set");
    for (const std::string& path : paths)
        if (auto added = allow_reading(ruleset.get(), path); !added) return added;
    if (syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) return cannot("enforce");
    return Done{};
}

}  // namespace sw::confinement
