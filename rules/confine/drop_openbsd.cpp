#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "rules/confine/drop.hpp"

namespace sw {

// The system has no capabilities, and a program that changed its ids cannot be traced or leave a core.
Result<Done> drop_privileges(const std::string& user) {
    const auto cannot = [](const std::string& what) {
        return unexpected("give up root: " + what + ": " + std::strerror(errno), ExitCode::environment);
    };
    if (user.empty()) return Done{};
    const passwd* entry = getpwnam(user.c_str());
    if (entry == nullptr) return unexpected("give up root: no user '" + user + "': make it with useradd(8), or name another");
    const uid_t uid = entry->pw_uid;
    const gid_t gid = entry->pw_gid;
    if (uid == 0 || gid == 0) return unexpected("give up root: '" + user + "' is root or in its group: name a user of the daemon's own");
    if (geteuid() != 0 && geteuid() != uid)
        return unexpected("give up root: this process is neither root nor '" + user + "': start it as one of the two");
    if (geteuid() == 0) {
        if (setgroups(1, &gid) != 0) return cannot("setgroups");
        if (setresgid(gid, gid, gid) != 0) return cannot("setresgid");
        if (setresuid(uid, uid, uid) != 0) return cannot("setresuid");
    }
    if (getuid() != uid || geteuid() != uid || getgid() != gid || getegid() != gid || setresuid(0, 0, 0) == 0)
        return unexpected("give up root: it can still be had, although the kernel agreed to the change: do not run here",
                          ExitCode::environment);
    return Done{};
}

}  // namespace sw
