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

}  // namespace

Result<Done> confine(Role role, const std::vector<std::string>& readable, const std::vector<std::string>& writable) {
    const Powers& powers = powers_of(role);
    if (confinement::is_final()) return unexpected("confine this process: it is confined already", ExitCode::environment);
    if (powers.files >= Powers::Files::tables)
        for (const std::string_view path : system_files())
            if (auto done = unveil_for("r", std::string(path)); !done) return done;
    if (powers.files >= Powers::Files::readable)
        for (const std::string& path : readable)
            if (auto done = unveil_for("r", path); !done) return done;
    if (powers.files >= Powers::Files::writable)
        for (const std::string& path : writable)
            if (auto done = unveil_for("rwc", path); !done) return done;
    if (unveil(nullptr, nullptr) != 0) return cannot("lock unveil");
    // With "error" a forbidden call fails with ENOSYS, so that we can try one; without, it is SIGABRT. A host name that
    // slipped past parse_filter therefore ends us here, where Linux lets libpcap report it.
    if (pledge((std::string(powers.pledge) + " error").c_str(), nullptr) != 0) return cannot("pledge");
    if (const int fd = socket(AF_INET, SOCK_DGRAM, 0); fd >= 0) {
        close(fd);
        return unexpected("confine this process: it can still make sockets", ExitCode::environment);
    }
    if (pledge(std::string(powers.pledge).c_str(), nullptr) != 0) return cannot("pledge");
    confinement::set_confined();
    return Done{};
}

}  // namespace sw
