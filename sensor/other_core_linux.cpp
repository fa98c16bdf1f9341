#include <sched.h>

#include "sensor/other_core.hpp"

namespace sw {

int this_core() { return ::sched_getcpu(); }

void leave_core(int core) {
    cpu_set_t may;
    if (core < 0 || core >= CPU_SETSIZE || ::sched_getaffinity(0, sizeof may, &may) != 0) return;
    cpu_set_t others = may;
    CPU_CLR(static_cast<unsigned>(core), &others);
    if (CPU_COUNT(&others) > 0 && ::sched_setaffinity(0, sizeof others, &others) == 0) ::sched_setaffinity(0, sizeof may, &may);
}

}  // namespace sw
