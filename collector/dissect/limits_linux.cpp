#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "collector/dissect/limits.hpp"

namespace sw::dissecting {
namespace {

constexpr rlim_t stack_octets = rlim_t{8} << 20;

void limit(__rlimit_resource resource, rlim_t soft, rlim_t hard) {
    rlimit now{};
    if (::getrlimit(resource, &now) != 0) return;
    const rlimit wanted{std::min(soft, now.rlim_max), std::min(hard, now.rlim_max)};
    ::setrlimit(resource, &wanted);
}

/// Beyond what it has. (The sanitizers reserve terabytes of addresses.)
void limit_addresses() {
#ifndef SPAN_SANITIZE
    constexpr rlim_t more = rlim_t{64} << 20;
    unsigned long pages = 0;
    if (std::FILE* statm = std::fopen("/proc/self/statm", "re")) {
        if (std::fscanf(statm, "%lu", &pages) != 1) pages = 0;
        std::fclose(statm);
    }
    const rlim_t now = pages * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE));
    if (pages > 0) limit(RLIMIT_AS, now + more, now + more);
#endif
}

}  // namespace

void limit_everybody() {
    limit(RLIMIT_STACK, stack_octets, stack_octets);
    limit(RLIMIT_CORE, 0, 0);
    limit(RLIMIT_FSIZE, 0, 0);
    limit_addresses();
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);  // no memory image for a core handler, no tracer
}

void limit_child() {
    limit(RLIMIT_CPU, 1, 2);
    limit(RLIMIT_NPROC, 0, 0);
}

}  // namespace sw::dissecting
