#include <sys/types.h>

#include <sys/resource.h>
#include <sys/time.h>

#include <algorithm>

#include "collector/dissect/limits.hpp"

namespace sw::dissecting {
namespace {

constexpr rlim_t stack_octets = rlim_t{8} << 20, data_octets = rlim_t{64} << 20;

template <class Resource>
void limit(Resource resource, rlim_t soft, rlim_t hard) {
    rlimit now{};
    if (::getrlimit(resource, &now) != 0) return;
    const rlimit wanted{std::min(soft, now.rlim_max), std::min(hard, now.rlim_max)};
    ::setrlimit(resource, &wanted);
}

}  // namespace

// Tracing is for parents there, and a process that is pledged leaves no core that others may read.
void limit_everybody() {
    limit(RLIMIT_STACK, stack_octets, stack_octets);
    limit(RLIMIT_CORE, 0, 0);
    limit(RLIMIT_FSIZE, 0, 0);
    limit(RLIMIT_DATA, data_octets, data_octets);
}

void limit_child() {
    limit(RLIMIT_CPU, 1, 2);
    limit(RLIMIT_NPROC, 0, 0);
}

}  // namespace sw::dissecting
