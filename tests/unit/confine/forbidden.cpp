#include "tests/unit/confine/forbidden.hpp"

#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>

namespace confined {
namespace {

long raw(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0) { return syscall(number, a, b, c, d, e); }

}  // namespace

// stdin stands for a descriptor that is open already.
const std::vector<Attempt> forbidden{
    {"connect",
     [] {
         sockaddr_in a{};
         return connect(0, reinterpret_cast<sockaddr*>(&a), sizeof a);
     }},
    {"bind",
     [] {
         sockaddr_in a{};
         return bind(0, reinterpret_cast<sockaddr*>(&a), sizeof a);
     }},
    {"listen", [] { return listen(0, 1); }},
    {"accept", [] { return accept(0, nullptr, nullptr); }},
    {"sendto", [] { return static_cast<int>(send(1, "x", 1, 0)); }},
    {"sendmsg",
     [] {
         msghdr m{};
         return static_cast<int>(sendmsg(1, &m, 0));
     }},
    {"recvfrom",
     [] {
         char c;
         return static_cast<int>(recv(0, &c, 1, 0));
     }},
    {"setsockopt",
     [] {
         int one = 1;
         return setsockopt(0, SOL_SOCKET, SO_BROADCAST, &one, sizeof one);
     }},
    {"execve",
     [] {
         char* none[] = {nullptr};
         return execve("/bin/true", none, none);
     },
     false, true},
    {"execveat", [] { return raw(SYS_execveat, AT_FDCWD, 0, 0, 0, 0); }},
    {"fork", [] { return fork(); }, false, true},
    {"vfork", [] { return raw(SYS_clone, CLONE_VM | CLONE_VFORK | SIGCHLD); }, false, true},
    {"clone into a network namespace", [] { return raw(SYS_clone, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_NEWNET); }},
    {"unshare", [] { return unshare(CLONE_NEWNET); }},
    {"setns", [] { return setns(0, 0); }},
    {"ptrace", [] { return ptrace(PTRACE_TRACEME, 0, nullptr, nullptr); }},
    {"process_vm_readv", [] { return raw(SYS_process_vm_readv, 1); }},
    {"bpf", [] { return raw(SYS_bpf, 0); }},
    {"perf_event_open", [] { return raw(SYS_perf_event_open, 0); }},
    {"io_uring_setup", [] { return raw(SYS_io_uring_setup, 1); }},
    {"userfaultfd", [] { return raw(SYS_userfaultfd, 0); }},
    {"mount", [] { return mount("none", "/mnt", "tmpfs", 0, nullptr); }},
    {"umount2", [] { return umount2("/mnt", 0); }},
    {"chroot", [] { return chroot("/"); }},
    {"open for writing", [] { return open("/dev/null", O_WRONLY); }, true},
    {"open for reading and writing", [] { return open("/dev/null", O_RDWR); }, true},
    {"create a file", [] { return open("/tmp/span-confine-new", O_RDONLY | O_CREAT, 0600); }, true},
    {"truncate by opening", [] { return open("/dev/null", O_RDONLY | O_TRUNC); }, true},
    {"create a file without a name", [] { return open("/tmp", O_TMPFILE | O_RDWR, 0600); }, true},
    {"openat2", [] { return raw(SYS_openat2, AT_FDCWD, 0, 0, 0); }},
    {"unlink", [] { return unlink("/tmp/span-confine-none"); }, true},
    {"rename", [] { return rename("/tmp/span-confine-a", "/tmp/span-confine-b"); }, true},
    {"mkdir", [] { return mkdir("/tmp/span-confine-dir", 0700); }},
    {"symlink", [] { return symlink("a", "/tmp/span-confine-link"); }},
    {"chmod", [] { return chmod("/tmp", 0777); }},
    {"kill", [] { return kill(getppid(), 0); }, false, true},
    {"a signal to another process", [] { return raw(SYS_tgkill, getppid(), getppid(), 0); }, false, true},
    {"setuid", [] { return setuid(0); }},
    {"change of limits",
     [] {
         const std::array<unsigned long, 2> l{1, 1};
         return raw(SYS_prlimit64, 0, 7, reinterpret_cast<long>(l.data()));
     },
     false, true},
    {"dumpable again", [] { return prctl(PR_SET_DUMPABLE, 1); }},
    {"seccomp", [] { return raw(SYS_seccomp, 0); }},
    {"module", [] { return raw(SYS_init_module, 0); }},
    {"kexec", [] { return raw(SYS_kexec_load, 0); }},
    {"reboot", [] { return raw(SYS_reboot, 0); }},
    {"set the clock",
     [] {
         timeval t{};
         return settimeofday(&t, nullptr);
     }},
    {"keystrokes into the terminal",
     [] {
         char c = 'x';
         return ioctl(0, TIOCSTI, &c);
     }},
    {"memfd_create", [] { return raw(SYS_memfd_create, 0, 0); }},
    {"descriptor of another process", [] { return raw(SYS_pidfd_open, 1); }},
    {"sendmmsg", [] { return raw(SYS_sendmmsg, -1, -1, -1, -1, -1); }},
    {"recvmmsg", [] { return raw(SYS_recvmmsg, -1, -1, -1, -1, -1); }},
    {"accept4", [] { return raw(SYS_accept4, -1, -1, -1, -1, -1); }},
    {"getpeername", [] { return raw(SYS_getpeername, -1, -1, -1, -1, -1); }},
    {"getsockname", [] { return raw(SYS_getsockname, -1, -1, -1, -1, -1); }},
    {"shutdown", [] { return raw(SYS_shutdown, -1, -1, -1, -1, -1); }},
    {"pwritev", [] { return raw(SYS_pwritev, -1, -1, -1, -1, -1); }},
    {"pwritev2", [] { return raw(SYS_pwritev2, -1, -1, -1, -1, -1); }},
    {"sendfile", [] { return raw(SYS_sendfile, -1, -1, -1, -1, -1); }},
    {"splice", [] { return raw(SYS_splice, -1, -1, -1, -1, -1); }},
    {"tee", [] { return raw(SYS_tee, -1, -1, -1, -1, -1); }},
    {"vmsplice", [] { return raw(SYS_vmsplice, -1, -1, -1, -1, -1); }},
    {"copy_file_range", [] { return raw(SYS_copy_file_range, -1, -1, -1, -1, -1); }},
    {"io_setup", [] { return raw(SYS_io_setup, -1, -1, -1, -1, -1); }},
    {"io_submit", [] { return raw(SYS_io_submit, -1, -1, -1, -1, -1); }},
    {"open_by_handle_at", [] { return raw(SYS_open_by_handle_at, -1, -1, -1, -1, -1); }},
    {"name_to_handle_at", [] { return raw(SYS_name_to_handle_at, -1, -1, -1, -1, -1); }},
    {"fanotify_init", [] { return raw(SYS_fanotify_init, -1, -1, -1, -1, -1); }},
    {"inotify_init1", [] { return raw(SYS_inotify_init1, -1, -1, -1, -1, -1); }},
    {"keyctl", [] { return raw(SYS_keyctl, -1, -1, -1, -1, -1); }},
    {"add_key", [] { return raw(SYS_add_key, -1, -1, -1, -1, -1); }},
    {"quotactl", [] { return raw(SYS_quotactl, -1, -1, -1, -1, -1); }},
    {"swapon", [] { return raw(SYS_swapon, -1, -1, -1, -1, -1); }},
    {"pivot_root", [] { return raw(SYS_pivot_root, -1, -1, -1, -1, -1); }},
    {"move_mount", [] { return raw(SYS_move_mount, -1, -1, -1, -1, -1); }},
    {"fsopen", [] { return raw(SYS_fsopen, -1, -1, -1, -1, -1); }},
    {"open_tree", [] { return raw(SYS_open_tree, -1, -1, -1, -1, -1); }},
    {"acct", [] { return raw(SYS_acct, -1, -1, -1, -1, -1); }},
    {"iopl", [] { return raw(SYS_iopl, -1, -1, -1, -1, -1); }},
    {"ioperm", [] { return raw(SYS_ioperm, -1, -1, -1, -1, -1); }},
    {"clock_settime", [] { return raw(SYS_clock_settime, -1, -1, -1, -1, -1); }},
    {"adjtimex", [] { return raw(SYS_adjtimex, -1, -1, -1, -1, -1); }},
    {"capset", [] { return raw(SYS_capset, -1, -1, -1, -1, -1); }},
    {"setresuid", [] { return raw(SYS_setresuid, -1, -1, -1, -1, -1); }},
    {"setgroups", [] { return raw(SYS_setgroups, -1, -1, -1, -1, -1); }},
    {"personality", [] { return raw(SYS_personality, -1, -1, -1, -1, -1); }},
    {"mknodat", [] { return raw(SYS_mknodat, -1, -1, -1, -1, -1); }},
    {"linkat", [] { return raw(SYS_linkat, -1, -1, -1, -1, -1); }},
    {"setxattr", [] { return raw(SYS_setxattr, -1, -1, -1, -1, -1); }},
    {"fchownat", [] { return raw(SYS_fchownat, -1, -1, -1, -1, -1); }},
    {"truncate", [] { return raw(SYS_truncate, -1, -1, -1, -1, -1); }},
    {"pidfd_send_signal", [] { return raw(SYS_pidfd_send_signal, -1, -1, -1, -1, -1); }},
    {"pidfd_getfd", [] { return raw(SYS_pidfd_getfd, -1, -1, -1, -1, -1); }},
    {"process_vm_writev", [] { return raw(SYS_process_vm_writev, -1, -1, -1, -1, -1); }},
    {"kcmp", [] { return raw(SYS_kcmp, -1, -1, -1, -1, -1); }},
    {"delete_module", [] { return raw(SYS_delete_module, -1, -1, -1, -1, -1); }},
    {"finit_module", [] { return raw(SYS_finit_module, -1, -1, -1, -1, -1); }},
    {"syslog", [] { return raw(SYS_syslog, -1, -1, -1, -1, -1); }},
    {"sethostname", [] { return raw(SYS_sethostname, -1, -1, -1, -1, -1); }},
    {"landlock_restrict_self", [] { return raw(SYS_landlock_restrict_self, -1, -1, -1, -1, -1); }},
    {"epoll_create1", [] { return raw(SYS_epoll_create1, -1, -1, -1, -1, -1); }},
    {"timerfd_create", [] { return raw(SYS_timerfd_create, -1, -1, -1, -1, -1); }},
    {"eventfd2", [] { return raw(SYS_eventfd2, -1, -1, -1, -1, -1); }},
    {"signalfd4", [] { return raw(SYS_signalfd4, -1, -1, -1, -1, -1); }},
    {"shmget", [] { return raw(SYS_shmget, -1, -1, -1, -1, -1); }},
    {"msgget", [] { return raw(SYS_msgget, -1, -1, -1, -1, -1); }},
    {"mq_open", [] { return raw(SYS_mq_open, -1, -1, -1, -1, -1); }},
    {"raise an interface", [] { return ioctl(0, SIOCSIFFLAGS, nullptr); }},
    {"ask an interface's driver", [] { return ioctl(0, SIOCETHTOOL, nullptr); }},
    {"signals of a descriptor", [] { return fcntl(0, F_SETOWN, getppid()); }},
};

}  // namespace confined
