#include <fmt/format.h>
#include <fnmatch.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <cstring>

#include "collector/cli/doctor_checks.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

/// As systemd/span-watcher.tmpfiles and span-watcher-interface@.service make them: who writes owns, who reads is the group.
struct Installed {
    const char *pattern, *owner, *group;
    mode_t mode;
};
constexpr Installed installed[] = {
    {"/var/spool/span-watcher/frames/*", "span-sensor", "span-collector", 02770},
    {"/var/spool/span-watcher/alarms/span-collector", "span-collector", "span-alarm", 02750},
    {"/var/spool/span-watcher/alarms/*", "span-sensor", "span-alarm", 02750},
    {"/var/lib/span-watcher", "span-collector", "span-review", 02770},
    {"/var/lib/span-alarm", "span-alarm", "span-review", 02750},
};

const Installed* installed_as(const std::string& folder) {
    for (const Installed& row : installed)
        if (::fnmatch(row.pattern, folder.c_str(), FNM_PATHNAME) == 0) return &row;
    return nullptr;
}

std::string owner_of(const struct stat& about) {
    const passwd* user = ::getpwuid(about.st_uid);
    return user != nullptr ? user->pw_name : std::to_string(about.st_uid);
}

std::string group_of(const struct stat& about) {
    const group* name = ::getgrgid(about.st_gid);
    return name != nullptr ? name->gr_name : std::to_string(about.st_gid);
}

Check check_owner(const std::string& folder, const struct stat& about) {
    const std::string shown = escape_for_display(folder), owner = owner_of(about), group = group_of(about);
    const mode_t mode = about.st_mode & 07777;
    const std::string is = fmt::format("{} is {}:{} {:o}", shown, escape_for_display(owner), escape_for_display(group), mode);
    const Installed* row = installed_as(folder);
    if (row == nullptr && (mode & S_IWOTH) == 0) return {"permissions", Check::State::ok, is, {}};
    if (row == nullptr)
        return {"permissions", Check::State::fail, is + ": everybody may write there", "a folder that only its owner and group may write"};
    if (owner == row->owner && group == row->group && mode == row->mode) return {"permissions", Check::State::ok, is, {}};
    return {"permissions", Check::State::fail, fmt::format("{}, and not {}:{} {:o}", is, row->owner, row->group, row->mode),
            fmt::format("chown {}:{} {} && chmod {:o} {}", row->owner, row->group, shown, row->mode, shown)};
}

std::string size(std::uint64_t octets) {
    constexpr std::uint64_t mebi = 1u << 20;
    return octets < 10240 * mebi ? fmt::format("{} MiB", octets / mebi) : fmt::format("{} GiB", octets / (1024 * mebi));
}

}  // namespace

Check judge_space(const std::string& folder, std::uint64_t free, std::uint64_t total) {
    constexpr std::uint64_t too_little = 64u << 20, little = 512u << 20;
    const std::string says = fmt::format("{}: {} of {} free", escape_for_display(folder), size(free), size(total));
    const char* fix = "make room, or lower the budgets of the sensor and the collector";
    if (free < too_little) return {"disk", Check::State::fail, says, fix};
    if (free < little) return {"disk", Check::State::warn, says, fix};
    return {"disk", Check::State::ok, says, {}};
}

std::vector<Check> check_folder(const std::string& folder) {
    const std::string shown = escape_for_display(folder);
    struct stat about {};
    if (::stat(folder.c_str(), &about) != 0)
        return {{"permissions", Check::State::fail, fmt::format("{}: {}", shown, std::strerror(errno)),
                 "systemd-tmpfiles --create makes the folders of an installation; those of a sensor are made with its interface"}};
    if (!S_ISDIR(about.st_mode)) return {{"permissions", Check::State::fail, shown + " is no folder", "name the folder, not a file"}};
    std::vector<Check> out{check_owner(folder, about)};
    struct statvfs disk {};
    if (::statvfs(folder.c_str(), &disk) == 0)
        out.push_back(judge_space(folder, std::uint64_t{disk.f_bavail} * disk.f_frsize, std::uint64_t{disk.f_blocks} * disk.f_frsize));
    else
        out.push_back({"disk", Check::State::warn, fmt::format("{}: {}", shown, std::strerror(errno)), "run doctor as root"});
    return out;
}

Check check_policy_file(const std::string& path) {
    const std::string shown = escape_for_display(path);
    struct stat about {};
    if (::stat(path.c_str(), &about) != 0)
        return {"policy-file", Check::State::fail, fmt::format("{}: {}", shown, std::strerror(errno)),
                "write a policy first (span-watcher-policy(5)); --policy FILE names another"};
    const std::string is = fmt::format("{} is {}:{} {:o}", shown, escape_for_display(owner_of(about)), escape_for_display(group_of(about)),
                                       about.st_mode & 07777);
    if ((about.st_mode & S_IWOTH) != 0)
        return {"policy-file", Check::State::fail, is + ": everybody may change what is allowed", "chmod o-w " + shown};
    if ((about.st_mode & S_IROTH) == 0)
        return {"policy-file", Check::State::warn, is + ": the sensor may not be able to read it", "chmod o+r " + shown};
    return {"policy-file", Check::State::ok, is, {}};
}

}  // namespace sw
