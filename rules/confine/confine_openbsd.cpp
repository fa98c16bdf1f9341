#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "rules/confine/confine_table.hpp"

namespace sw {
namespace {

Unexpected cannot(const std::string& what) {
    return unexpected("confine this process: " + what + ": " + std::strerror(errno), ExitCode::environment);
}

// A path that is not there is no error: opening it says so later.
Result<Done> unveil_for(const char* permissions, const std::string& path) {
    if (unveil(path.c_str(), permissions) == 0 || errno == ENOENT || errno == ENOTDIR) return Done{};
    return cannot("unveil " + path);
}

Result<Done> unveil_each(const char* permissions, const std::vector<std::string>& paths) {
    for (const std::string& path : paths)
        if (auto done = unveil_for(permissions, path); !done) return done;
    return Done{};
}

Result<Done> unveil_all(const Powers& powers, const std::vector<std::string>& readable, const std::vector<std::string>& writable) {
    using Files = Powers::Files;
    std::vector<std::string> system, programs;
    if (powers.files >= Files::tables) system.assign(system_files().begin(), system_files().end());
    if (powers.programs) programs.assign(program_folders().begin(), program_folders().end());
    if (auto done = unveil_each("r", system); !done) return done;
    if (powers.files >= Files::readable)
        if (auto done = unveil_each(powers.programs ? "rx" : "r", readable); !done) return done;
    if (powers.files >= Files::journals)
        if (auto done = unveil_each("rwc", writable); !done) return done;
    if (auto done = unveil_each("rx", programs); !done) return done;
    if (powers.programs)
        if (auto done = unveil_for("rw", "/dev/null"); !done) return done;
    return unveil(nullptr, nullptr) == 0 ? Result<Done>(Done{}) : cannot("lock unveil");
}

// Programs that the role starts are promised the same, nothing about sockets, and that their linker may map code.
Result<Done> pledge_to(const Powers& powers, const char* and_also) {
    const std::string promises = std::string(powers.pledge) + and_also, of_programs = promises + " prot_exec";
    return pledge(promises.c_str(), powers.programs ? of_programs.c_str() : nullptr) == 0 ? Result<Done>(Done{}) : cannot("pledge");
}

// A write to the packet device is not tried: where the device's own filter did not refuse it, the trial would be a frame.
Result<Done> self_test() {
    for (const int family : {AF_INET, AF_INET6, AF_UNIX, AF_ROUTE})
        if (const int fd = socket(family, SOCK_DGRAM, 0); fd >= 0) {
            close(fd);
            return unexpected("confine this process: self-test: a socket was not refused: this kernel cannot be relied on",
                              ExitCode::environment);
        }
    return Done{};
}

}  // namespace

Result<Done> confine(Role role, const std::vector<std::string>& readable, const std::vector<std::string>& writable, const Descriptors&) {
    const Powers& powers = powers_of(role);
    if (confinement::is_final()) return unexpected("confine this process: it is confined already", ExitCode::environment);
    if (auto done = unveil_all(powers, readable, writable); !done) return done;
    // With "error" a forbidden call fails with ENOSYS, so that we can try one; without, it is SIGABRT. A host name that
    // slipped past parse_filter therefore ends us here, where Linux lets libpcap report it.
    if (auto done = pledge_to(powers, " error"); !done) return done;
    if (auto done = self_test(); !done) return done;
    if (auto done = pledge_to(powers, ""); !done) return done;
    confinement::set_confined();
    return Done{};
}

}  // namespace sw
