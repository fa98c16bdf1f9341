#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>

#include "rules/confine/drop.hpp"

namespace sw {
namespace {

struct Ids {
    uid_t user;
    gid_t group;
};

Unexpected cannot(const std::string& what) {
    return unexpected("give up root: " + what + ": " + std::strerror(errno), ExitCode::environment);
}

Unexpected still(const std::string& what) {
    return unexpected("give up root: " + what + ", although the kernel agreed to the change: do not run here", ExitCode::environment);
}

Result<Ids> ids_of(const std::string& user) {
    errno = 0;
    const passwd* entry = getpwnam(user.c_str());
    if (entry == nullptr)
        return unexpected("give up root: no user '" + user + "'" + (errno != 0 ? std::string(": ") + std::strerror(errno) : "") +
                          ": make it with systemd-sysusers or useradd(8), or name another");
    if (entry->pw_uid == 0 || entry->pw_gid == 0)
        return unexpected("give up root: '" + user + "' is root or in its group: name a user of the daemon's own");
    if (geteuid() != 0 && geteuid() != entry->pw_uid)
        return unexpected("give up root: this process is neither root nor '" + user + "': start it as one of the two");
    return Ids{entry->pw_uid, entry->pw_gid};
}

Result<Done> become(Ids ids) {
    if (geteuid() != 0) return Done{};  // it is that user already; verified below
    if (setgroups(0, nullptr) != 0) return cannot("setgroups");
    if (setresgid(ids.group, ids.group, ids.group) != 0) return cannot("setresgid");
    if (setresuid(ids.user, ids.user, ids.user) != 0) return cannot("setresuid");
    if (getgroups(0, nullptr) != 0) return still("other groups are left");
    return Done{};
}

// What programs could get back; needs CAP_SETPCAP, without which nothing can be got back through them either (no new privileges).
void empty_bounding_set() {
    for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability) prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
}

using CapabilitySets = std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3>;

Result<Done> drop_capabilities() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    CapabilitySets none{};
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0) return cannot("clear the ambient capabilities");
    if (syscall(SYS_capset, &header, none.data()) != 0) return cannot("capset");
    return Done{};
}

Result<Done> verify_capabilities() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    CapabilitySets left{};
    if (syscall(SYS_capget, &header, left.data()) != 0) return cannot("capget");
    for (const auto& half : left)
        if ((half.effective | half.permitted | half.inheritable) != 0) return still("capabilities are left");
    return Done{};
}

Result<Done> verify_ids(Ids ids) {
    std::array<uid_t, 3> users{};
    std::array<gid_t, 3> groups{};
    if (getresuid(&users[0], &users[1], &users[2]) != 0) return cannot("getresuid");
    if (getresgid(&groups[0], &groups[1], &groups[2]) != 0) return cannot("getresgid");
    for (const uid_t id : users)
        if (id != ids.user) return still("a user id is " + std::to_string(id));
    for (const gid_t id : groups)
        if (id != ids.group) return still("a group id is " + std::to_string(id));
    if (setresuid(0, 0, 0) == 0) return still("root can be had again");
    return Done{};
}

}  // namespace

Result<Done> drop_privileges(const std::string& user) {
    std::optional<Ids> ids;
    if (!user.empty()) {
        auto found = ids_of(user);
        if (!found) return unexpected(found.error().text, found.error().code);
        ids = *found;
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return cannot("no new privileges");
    empty_bounding_set();
    if (ids)
        if (auto done = become(*ids); !done) return done;
    if (auto done = drop_capabilities(); !done) return done;
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return cannot("not dumpable");
    if (auto done = verify_capabilities(); !done) return done;
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 || prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
        return still("programs or debuggers may enter");
    return ids ? verify_ids(*ids) : Result<Done>(Done{});
}

}  // namespace sw
