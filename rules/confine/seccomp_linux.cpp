#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>

#include "rules/confine/confine_linux.hpp"
#include "rules/confine/seccomp_calls.hpp"

namespace sw::confinement {
namespace {

// Flags are int in the C headers; a filter sees the register they come in.
constexpr scmp_datum_t bits(int flags) { return static_cast<unsigned>(flags); }

// O_TMPFILE contains O_DIRECTORY, which reading may have.
constexpr scmp_datum_t writing = bits(O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY));

// Beyond ABI 2 Landlock guards O_TRUNC; before, only together with writing.
constexpr scmp_datum_t truncating = bits(O_ACCMODE | O_TRUNC);
constexpr scmp_datum_t set_id = 06000;

// A new file, for writing only.
constexpr scmp_datum_t making = bits(O_ACCMODE | O_CREAT | O_EXCL | O_TRUNC);
constexpr scmp_datum_t new_file = bits(O_WRONLY | O_CREAT | O_EXCL);

constexpr scmp_datum_t thread_flags = bits(CLONE_VM | CLONE_SIGHAND | CLONE_THREAD);
constexpr scmp_datum_t namespace_flags =
    bits(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWTIME);
// A child of its own: nothing shared with its parent, and no other parent.
constexpr scmp_datum_t shared_flags =
    bits(CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_FS | CLONE_FILES | CLONE_SYSVSEM | CLONE_PARENT | CLONE_PTRACE | CLONE_VFORK);

// Collects rules and the first failure.
class Rules {
public:
    Rules(scmp_filter_ctx filter, std::uint32_t otherwise) : filter_(filter), otherwise_(otherwise) {}

    void allow(int call) { add(SCMP_ACT_ALLOW, call, nullptr); }
    void allow(int call, scmp_arg_cmp condition) { add(SCMP_ACT_ALLOW, call, &condition); }
    template <std::size_t N>
    void allow(int call, const std::array<scmp_arg_cmp, N>& all) {
        add(SCMP_ACT_ALLOW, call, all.data(), N);
    }
    void refuse(int call, int error) { add(SCMP_ACT_ERRNO(static_cast<std::uint16_t>(error)), call, nullptr); }
    void refuse(int call, int error, scmp_arg_cmp condition) { add(SCMP_ACT_ERRNO(static_cast<std::uint16_t>(error)), call, &condition); }
    int failure() const { return failure_; }

private:
    void add(std::uint32_t action, int call, const scmp_arg_cmp* conditions, unsigned number = 1) {
        if (action == otherwise_) return;  // libseccomp takes that for a mistake
        const int status = seccomp_rule_add_array(filter_, action, call, conditions == nullptr ? 0 : number, conditions);
        if (failure_ == 0) failure_ = status;
    }

    scmp_filter_ctx filter_;
    std::uint32_t otherwise_;
    int failure_ = 0;
};

constexpr scmp_arg_cmp equals(unsigned argument, scmp_datum_t value) { return {argument, SCMP_CMP_EQ, value, 0}; }
constexpr scmp_arg_cmp masked(unsigned argument, scmp_datum_t mask, scmp_datum_t value) {
    return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

// open(2) has its flags one argument before openat(2); only programs of others still use it.
void allow_opening(Rules& rules, Powers::Files files, int call, unsigned flags) {
    if (files < Powers::Files::writable) rules.allow(call, masked(flags, writing, O_RDONLY));
    if (files == Powers::Files::journals) rules.allow(call, masked(flags, making, new_file));
    if (files < Powers::Files::writable) return;
    rules.allow(call, masked(flags, bits(O_TRUNC), 0));
    for (const int access : {O_WRONLY, O_RDWR}) rules.allow(call, masked(flags, truncating, bits(access | O_TRUNC)));
}

void allow_naming(Rules& rules, Powers::Files files) {
    if (files == Powers::Files::none) return;
    for (const int call : path_calls) rules.allow(call);
    allow_opening(rules, files, SCMP_SYS(openat), 2);
    if (files >= Powers::Files::journals)
        for (const int call : journal_calls) rules.allow(call);
    if (files < Powers::Files::writable) return;
    for (const int call : writing_calls) rules.allow(call);
    rules.allow(SCMP_SYS(fchmod), masked(1, set_id, 0));
    for (const int request : {F_GETLK, F_SETLK, F_SETLKW}) rules.allow(SCMP_SYS(fcntl), equals(1, bits(request)));
}

void allow_threads(Rules& rules) {
    for (const int call : thread_calls) rules.allow(call);
    rules.allow(SCMP_SYS(sched_setaffinity), equals(0, 0));  // its own
    rules.allow(SCMP_SYS(clone), masked(0, thread_flags | namespace_flags, thread_flags));
}

// No filter can tell whose pid it is. Landlock can, from ABI 6 on.
void allow_forks(Rules& rules, const Powers& powers) {
    for (const int call : fork_calls) rules.allow(call);
    if (!powers.programs) rules.allow(SCMP_SYS(clone), masked(0, shared_flags | namespace_flags, 0));
    if (!powers.programs) rules.allow(SCMP_SYS(kill), equals(1, SIGKILL));
    for (const int call : {SCMP_SYS(setrlimit), SCMP_SYS(alarm)}) rules.allow(call);
    rules.allow(SCMP_SYS(prlimit64), equals(0, 0));  // its own
}

// A mute role cannot write to a socket, whoever gave it one. (Sanitizers write to pipes of their own.)
void allow_writing(Rules& rules, const Powers& powers, [[maybe_unused]] const Descriptors& known) {
    for (const int call : {SCMP_SYS(write), SCMP_SYS(writev)}) {
        if (!powers.mute) rules.allow(call);
#ifdef SPAN_SANITIZE
        for (int fd = 0; powers.mute && fd < 256; ++fd)
            if (std::find(known.packets.begin(), known.packets.end(), fd) == known.packets.end()) rules.allow(call, equals(0, bits(fd)));
#else
        if (powers.mute) rules.allow(call, equals(0, STDERR_FILENO));
#endif
    }
}

// What libpcap asks of its device after activation: statistics; and when the link went down why, and whether it is still there.
void allow_packets(Rules& rules, int device) {
    const scmp_arg_cmp there = equals(0, bits(device));
    rules.allow(SCMP_SYS(getsockopt), std::array{there, equals(1, SOL_PACKET), equals(2, PACKET_STATISTICS)});
    rules.allow(SCMP_SYS(getsockopt), std::array{there, equals(1, SOL_SOCKET), equals(2, SO_ERROR)});
    rules.allow(SCMP_SYS(ioctl), std::array{there, equals(1, SIOCGIFNAME)});
}

// Datagrams, and how many were dropped. The other way the socket is shut (Descriptors::syslog), and sending is not allowed anyway.
void allow_receiving(Rules& rules, int socket) {
    if (socket < 0) return;
    const scmp_arg_cmp there = equals(0, bits(socket));
    for (const int call : {SCMP_SYS(recvmmsg), SCMP_SYS(recvmmsg_time64)}) rules.allow(call, there);
    rules.allow(SCMP_SYS(getsockopt), std::array{there, equals(1, SOL_SOCKET), equals(2, SO_MEMINFO)});
}

// Without an address: to whom the socket is connected to.
void allow_sending(Rules& rules, const Powers& powers, const Descriptors& known) {
    if (powers.syslog) rules.allow(SCMP_SYS(sendto), std::array{equals(4, 0), equals(5, 0)});
    if (powers.notifies && known.notify >= 0)
        rules.allow(SCMP_SYS(sendto), std::array{equals(0, bits(known.notify)), equals(4, 0), equals(5, 0)});
}

// No new code. A name service that would load a module gets an error, not death.
void allow_memory(Rules& rules, const Powers& powers) {
    for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mmap2), SCMP_SYS(mprotect)}) {
        rules.allow(call, masked(2, PROT_EXEC, 0));
        if (powers.programs && call != SCMP_SYS(mprotect))
            rules.allow(call, masked(2, PROT_EXEC | PROT_WRITE, PROT_EXEC));
        else
            rules.refuse(call, EACCES, masked(2, PROT_EXEC, PROT_EXEC));
    }
}

void allow_programs(Rules& rules, Powers::Files files) {
    for (const int call : program_calls) rules.allow(call);
    allow_opening(rules, files, SCMP_SYS(open), 1);
    rules.allow(SCMP_SYS(clone), masked(0, namespace_flags, 0));
    for (const int request : {F_DUPFD, F_DUPFD_CLOEXEC, F_SETFL}) rules.allow(SCMP_SYS(fcntl), equals(1, bits(request)));
    rules.allow(SCMP_SYS(ioctl), equals(1, TIOCGPGRP));
}

void add_rules(Rules& rules, const Powers& powers, const Descriptors& known) {
    for (const int call : plain_calls) rules.allow(call);
    for (const int call : sanitizer_calls) rules.allow(call);
    for (const int request : {F_GETFD, F_SETFD, F_GETFL}) rules.allow(SCMP_SYS(fcntl), equals(1, bits(request)));
    for (const int request : {TCGETS, TIOCGWINSZ}) rules.allow(SCMP_SYS(ioctl), equals(1, bits(request)));
    for (const int option : {PR_SET_NAME, PR_GET_NAME, PR_SET_VMA}) rules.allow(SCMP_SYS(prctl), equals(0, bits(option)));
    rules.allow(SCMP_SYS(prlimit64), equals(2, 0));                                  // asks, sets nothing
    if (!powers.programs) rules.allow(SCMP_SYS(tgkill), equals(0, bits(getpid())));  // raise, abort
    allow_memory(rules, powers);
    allow_writing(rules, powers, known);
    // libpcap's resolver tries these when a filter names a host: its polite error is ours. So does syslog(3) when its socket is gone.
    rules.refuse(SCMP_SYS(socket), EPERM);
    rules.refuse(SCMP_SYS(socketpair), EPERM);

    allow_naming(rules, powers.files);
    if (powers.threads) allow_threads(rules);
    if (powers.forks) allow_forks(rules, powers);
    if (powers.packets)
        for (const int device : known.packets) allow_packets(rules, device);
    if (powers.receives) allow_receiving(rules, known.syslog);
    if (powers.terminals)
        for (const int request : {TCSETS, TCSETSW, TCSETSF, TCSBRK}) rules.allow(SCMP_SYS(ioctl), equals(1, bits(request)));
    if (powers.programs) allow_programs(rules, powers.files);
    // Its flags are in memory, where no filter sees them: glibc falls back to clone.
    if (powers.threads || powers.forks) rules.refuse(SCMP_SYS(clone3), ENOSYS);
    allow_sending(rules, powers, known);
}

std::uint32_t action_of(Otherwise otherwise, const Powers& powers) {
    if (otherwise == Otherwise::try_out) return SCMP_ACT_ERRNO(refused_in_trial);
    return powers.programs ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_KILL_PROCESS;
}

Unexpected cannot(const char* what, int status) {
    return unexpected(std::string("confine this process: seccomp: ") + what + ": " + std::strerror(-status), ExitCode::environment);
}

}  // namespace

Result<Done> restrict_system_calls(const Powers& powers, const Descriptors& known, Otherwise otherwise) {
    const std::uint32_t action = action_of(otherwise, powers);
    const std::unique_ptr<void, decltype(&seccomp_release)> filter(seccomp_init(action), seccomp_release);
    if (!filter) return unexpected("confine this process: seccomp: out of memory", ExitCode::environment);
    for (const auto& [attribute, value] :
         {std::pair{SCMP_FLTATR_ACT_BADARCH, std::uint32_t{SCMP_ACT_KILL_PROCESS}}, std::pair{SCMP_FLTATR_CTL_TSYNC, std::uint32_t{1}},
          std::pair{SCMP_FLTATR_CTL_NNP, std::uint32_t{0}}})
        if (const int status = seccomp_attr_set(filter.get(), attribute, value); status != 0) return cannot("set up", status);
    Rules rules(filter.get(), action);
    add_rules(rules, powers, known);
    if (otherwise == Otherwise::try_out) rules.allow(SCMP_SYS(seccomp));
    if (rules.failure() != 0) return cannot("add a rule", rules.failure());
    if (const int status = seccomp_load(filter.get()); status != 0) return cannot("enforce", status);
    return Done{};
}

}  // namespace sw::confinement
