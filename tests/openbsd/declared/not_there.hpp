// Included first: names that OpenBSD does not have are errors from here on. What system headers need of them is included before.
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>

#undef MADV_HUGEPAGE
#undef MAP_POPULATE
#undef O_PATH
#undef O_TMPFILE
#undef SO_DOMAIN
#undef SO_LOCK_FILTER
#undef SOL_PACKET
#undef AF_PACKET
#undef AF_XDP
#undef AF_NETLINK
#pragma GCC poison __rlimit_resource_t prctl epoll_create1 inotify_init1 eventfd signalfd timerfd_create memfd_create fallocate splice
#pragma GCC poison program_invocation_name program_invocation_short_name secure_getenv canonicalize_file_name get_current_dir_name
#pragma GCC poison syscall renameat2 statx sync_file_range setns unshare posix_fadvise sched_setaffinity gettid tgkill getauxval
