#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "rules/confine/confine_linux.hpp"

namespace sw::confinement {
namespace {

// Whatever the arguments. None of these makes, names or changes anything outside this process, but what is written to
// descriptors that are open already.
// clang-format off
constexpr auto plain_calls = std::to_array<int>({
    // descriptors that are open already
    SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(preadv), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(pwrite64),
    SCMP_SYS(fsync), SCMP_SYS(fdatasync), SCMP_SYS(ftruncate), SCMP_SYS(lseek), SCMP_SYS(_llseek), SCMP_SYS(close), SCMP_SYS(fstat), SCMP_SYS(fstat64),
    SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(ppoll_time64), SCMP_SYS(fadvise64), SCMP_SYS(fadvise64_64), SCMP_SYS(getdents64),
    // what a path is
    SCMP_SYS(stat), SCMP_SYS(stat64), SCMP_SYS(lstat), SCMP_SYS(lstat64), SCMP_SYS(newfstatat), SCMP_SYS(fstatat64), SCMP_SYS(statx),
    SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getcwd),
    // memory and locks
    SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(futex), SCMP_SYS(futex_time64), SCMP_SYS(membarrier),
    // time and chance
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_gettime64), SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday), SCMP_SYS(time),
    SCMP_SYS(nanosleep), SCMP_SYS(clock_nanosleep), SCMP_SYS(clock_nanosleep_time64), SCMP_SYS(getrandom),
    // this process and its signals
    SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getppid), SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid),
    SCMP_SYS(getrlimit), SCMP_SYS(getrusage), SCMP_SYS(sysinfo), SCMP_SYS(uname), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity),
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigreturn), SCMP_SYS(sigaltstack),
    SCMP_SYS(pause), SCMP_SYS(restart_syscall), SCMP_SYS(exit), SCMP_SYS(exit_group),
});

constexpr auto thread_calls = std::to_array<int>({
    SCMP_SYS(set_robust_list), SCMP_SYS(get_robust_list), SCMP_SYS(rseq), SCMP_SYS(set_tid_address),
});

// UBSan asks the kernel with a pipe whether memory can be read.
#ifdef SPAN_SANITIZE
constexpr auto sanitizer_calls = std::to_array<int>({SCMP_SYS(pipe), SCMP_SYS(pipe2)});
#else
constexpr std::array<int, 0> sanitizer_calls{};
#endif
// clang-format on

// Flags are int in the C headers; a filter sees the register they come in.
constexpr scmp_datum_t bits(int flags) { return static_cast<unsigned>(flags); }

// O_TMPFILE contains O_DIRECTORY, which reading may have.
constexpr scmp_datum_t writing = bits(O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY));

constexpr scmp_datum_t thread_flags = bits(CLONE_VM | CLONE_SIGHAND | CLONE_THREAD);
constexpr scmp_datum_t namespace_flags =
    bits(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWTIME);

// Collects rules and the first failure.
class Rules {
public:
    explicit Rules(scmp_filter_ctx filter) : filter_(filter) {}

    void allow(int call) { add(SCMP_ACT_ALLOW, call, nullptr); }
    void allow(int call, scmp_arg_cmp condition) { add(SCMP_ACT_ALLOW, call, &condition); }
    void refuse(int call, int error) { add(SCMP_ACT_ERRNO(static_cast<std::uint16_t>(error)), call, nullptr); }
    void refuse(int call, int error, scmp_arg_cmp condition) { add(SCMP_ACT_ERRNO(static_cast<std::uint16_t>(error)), call, &condition); }
    int failure() const { return failure_; }

private:
    void add(std::uint32_t action, int call, const scmp_arg_cmp* condition) {
        const int status = seccomp_rule_add_array(filter_, action, call, condition == nullptr ? 0 : 1, condition);
        if (failure_ == 0) failure_ = status;
    }

    scmp_filter_ctx filter_;
    int failure_ = 0;
};

constexpr scmp_arg_cmp equals(unsigned argument, scmp_datum_t value) { return {argument, SCMP_CMP_EQ, value, 0}; }
constexpr scmp_arg_cmp masked(unsigned argument, scmp_datum_t mask, scmp_datum_t value) {
    return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

void add_rules(Rules& rules, const Powers& powers) {
    for (const int call : plain_calls) rules.allow(call);
    for (const int call : sanitizer_calls) rules.allow(call);
    rules.allow(SCMP_SYS(openat), masked(2, writing, O_RDONLY));
    for (const int request : {F_GETFD, F_SETFD, F_GETFL}) rules.allow(SCMP_SYS(fcntl), equals(1, bits(request)));
    for (const int request : {TCGETS, TIOCGWINSZ}) rules.allow(SCMP_SYS(ioctl), equals(1, bits(request)));
    for (const int option : {PR_SET_NAME, PR_GET_NAME, PR_SET_VMA}) rules.allow(SCMP_SYS(prctl), equals(0, bits(option)));
    rules.allow(SCMP_SYS(prlimit64), equals(2, 0));            // asks, sets nothing
    rules.allow(SCMP_SYS(tgkill), equals(0, bits(getpid())));  // raise, abort

    // No new code. A name service that would load a module gets an error, not death.
    for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mmap2), SCMP_SYS(mprotect)}) {
        rules.allow(call, masked(2, PROT_EXEC, 0));
        rules.refuse(call, EACCES, masked(2, PROT_EXEC, PROT_EXEC));
    }
    // libpcap's resolver tries these when a filter names a host: its polite error is ours.
    rules.refuse(SCMP_SYS(socket), EPERM);
    rules.refuse(SCMP_SYS(socketpair), EPERM);

    if (!powers.threads) return;
    for (const int call : thread_calls) rules.allow(call);
    rules.refuse(SCMP_SYS(clone3), ENOSYS);  // its flags are in memory, where no filter sees them: glibc falls back to clone
    rules.allow(SCMP_SYS(clone), masked(0, thread_flags | namespace_flags, thread_flags));
}

Unexpected cannot(const char* what, int status) {
    return unexpected(std::string("confine this process: seccomp: ") + what + ": " + std::strerror(-status), ExitCode::environment);
}

}  // namespace

Result<Done> restrict_system_calls(const Powers& powers) {
    const std::unique_ptr<void, decltype(&seccomp_release)> filter(seccomp_init(SCMP_ACT_KILL_PROCESS), seccomp_release);
    if (!filter) return unexpected("confine this process: seccomp: out of memory", ExitCode::environment);
    for (const auto& [attribute, value] :
         {std::pair{SCMP_FLTATR_ACT_BADARCH, std::uint32_t{SCMP_ACT_KILL_PROCESS}}, std::pair{SCMP_FLTATR_CTL_TSYNC, std::uint32_t{1}}})
        if (const int status = seccomp_attr_set(filter.get(), attribute, value); status != 0) return cannot("set up", status);
    Rules rules(filter.get());
    add_rules(rules, powers);
    if (rules.failure() != 0) return cannot("add a rule", rules.failure());
    if (const int status = seccomp_load(filter.get()); status != 0) return cannot("enforce", status);
    return Done{};
}

}  // namespace sw::confinement
