#pragma once
/// The system calls that a filter lets pass whatever their arguments, by what they are for. Private to seccomp_linux.cpp.
#include <seccomp.h>

#include <array>

namespace sw::confinement {

// Whatever the arguments. None of these makes, names or changes anything outside this process, but what is written to
// descriptors that are open already.
// clang-format off
inline constexpr auto plain_calls = std::to_array<int>({
    // descriptors that are open already
    SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(preadv), SCMP_SYS(pwrite64),
    SCMP_SYS(fsync), SCMP_SYS(fdatasync), SCMP_SYS(ftruncate), SCMP_SYS(lseek), SCMP_SYS(_llseek), SCMP_SYS(close), SCMP_SYS(fstat), SCMP_SYS(fstat64),
    SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(ppoll_time64), SCMP_SYS(fadvise64), SCMP_SYS(fadvise64_64), SCMP_SYS(getdents64),
    // memory and locks
    SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(futex), SCMP_SYS(futex_time64), SCMP_SYS(membarrier),
    // time and chance
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_gettime64), SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday), SCMP_SYS(time),
    SCMP_SYS(nanosleep), SCMP_SYS(clock_nanosleep), SCMP_SYS(clock_nanosleep_time64), SCMP_SYS(getrandom),
    // this process and its signals
    SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getppid), SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid),
    SCMP_SYS(getrlimit), SCMP_SYS(getrusage), SCMP_SYS(sysinfo), SCMP_SYS(uname), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity),
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigreturn), SCMP_SYS(sigaltstack),
    SCMP_SYS(wait4), SCMP_SYS(pause), SCMP_SYS(restart_syscall), SCMP_SYS(exit), SCMP_SYS(exit_group),
});

inline constexpr auto thread_calls = std::to_array<int>({
    SCMP_SYS(getcpu), SCMP_SYS(set_robust_list), SCMP_SYS(get_robust_list), SCMP_SYS(rseq), SCMP_SYS(set_tid_address),
});

// What a path is: for roles that may name files.
inline constexpr auto path_calls = std::to_array<int>({
    SCMP_SYS(stat), SCMP_SYS(stat64), SCMP_SYS(lstat), SCMP_SYS(lstat64), SCMP_SYS(newfstatat), SCMP_SYS(fstatat64), SCMP_SYS(statx),
    SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getcwd),
});

// For roles that write by name, where Landlock lets them; owner and mode of what is open (SQLite gives its -wal and -shm those
// of the database).
inline constexpr auto writing_calls = std::to_array<int>({
    SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(fallocate),
    SCMP_SYS(fchown), SCMP_SYS(fchown32),
});

inline constexpr auto fork_calls = std::to_array<int>({
    SCMP_SYS(pipe2), SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(set_tid_address),
});

// For roles that make files by name: and remove them, where Landlock lets them.
inline constexpr auto journal_calls = std::to_array<int>({SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(flock)});

// What a shell or an ordinary program asks of the kernel besides, none of which leads out of its process and files.
inline constexpr auto program_calls = std::to_array<int>({
    // beginning
    SCMP_SYS(execve), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(arch_prctl),
    // descriptors
    SCMP_SYS(dup), SCMP_SYS(dup2), SCMP_SYS(dup3), SCMP_SYS(pipe), SCMP_SYS(select), SCMP_SYS(pselect6), SCMP_SYS(chdir), SCMP_SYS(fchdir),
    SCMP_SYS(umask), SCMP_SYS(utimensat),
    // itself and its children
    SCMP_SYS(setsid), SCMP_SYS(setpgid), SCMP_SYS(getpgrp), SCMP_SYS(getpgid), SCMP_SYS(getsid), SCMP_SYS(getgroups), SCMP_SYS(getresuid), SCMP_SYS(getresgid),
    SCMP_SYS(waitid), SCMP_SYS(kill), SCMP_SYS(tgkill), SCMP_SYS(tkill), SCMP_SYS(rt_sigsuspend), SCMP_SYS(rt_sigpending), SCMP_SYS(rt_sigtimedwait),
    SCMP_SYS(setitimer), SCMP_SYS(times), SCMP_SYS(getpriority),
});

// UBSan asks the kernel with a pipe whether memory can be read.
#ifdef SPAN_SANITIZE
inline constexpr auto sanitizer_calls = std::to_array<int>({SCMP_SYS(pipe), SCMP_SYS(pipe2)});
#else
inline constexpr std::array<int, 0> sanitizer_calls{};
#endif
// clang-format on

}  // namespace sw::confinement
