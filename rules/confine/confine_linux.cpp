#include "rules/confine/confine_linux.hpp"

#include <netdb.h>
#include <sys/prctl.h>

#include <cerrno>
#include <cstring>

#include "rules/confine/self_test.hpp"

namespace sw {
namespace {

Unexpected cannot(const std::string& what) {
    return unexpected("confine this process: " + what + ": " + std::strerror(errno), ExitCode::environment);
}

// Some name services are shared objects, and no code can be mapped once we are confined: have them loaded now.
void load_name_services() {
    (void)getservbyname("smtp", "tcp");
    (void)getprotobyname("tcp");
}

// SQLite seeds itself there.
constexpr const char* random_device = "/dev/urandom";

// Where shells throw away what nobody reads.
constexpr const char* null_device = "/dev/null";

confinement::Paths paths_of(const Powers& powers, const std::vector<std::string>& readable, const std::vector<std::string>& writable) {
    confinement::Paths paths;
    if (powers.files >= Powers::Files::tables) paths.readable.assign(system_files().begin(), system_files().end());
    if (powers.files >= Powers::Files::readable) paths.readable.insert(paths.readable.end(), readable.begin(), readable.end());
    if (powers.files < Powers::Files::journals) return paths;
    paths.readable.emplace_back(random_device);
    paths.writable = writable;
    paths.writes = true;
    paths.terminals = powers.terminals;
    if (!powers.programs) return paths;
    paths.programs.assign(program_folders().begin(), program_folders().end());
    paths.writable.emplace_back(null_device);
    return paths;
}

}  // namespace

Result<Done> confine(Role role, const std::vector<std::string>& readable, const std::vector<std::string>& writable,
                     const Descriptors& known) {
    using confinement::Otherwise;
    const Powers& powers = powers_of(role);
    if (confinement::is_final()) return unexpected("confine this process: it is confined already", ExitCode::environment);
    if (auto harmless = confinement::check_descriptors(); !harmless) return harmless;
    load_name_services();
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return cannot("no new privileges");
    if (auto files = confinement::restrict_files(paths_of(powers, readable, writable)); !files) return files;
    // Tried out where a forbidden call fails, so that trying costs nothing; then the same rules once more, and it kills.
    if (auto calls = confinement::restrict_system_calls(powers, known, Otherwise::try_out); !calls) return calls;
    if (auto tested = confinement::self_test(powers, known, confinement::refused_in_trial); !tested) return tested;
    if (auto calls = confinement::restrict_system_calls(powers, known, Otherwise::enforce); !calls) return calls;
    confinement::set_confined();
    return Done{};
}

}  // namespace sw

#ifdef SPAN_SANITIZE
// LeakSanitizer stops the world with ptrace, which a confined process may not do; other processes are still checked.
extern "C" int __lsan_is_turned_off();
extern "C" int __lsan_is_turned_off() { return sw::confinement::is_final() ? 1 : 0; }
#endif
