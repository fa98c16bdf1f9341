#include <sys/types.h>

#include <sys/ioctl.h>
#include <sys/time.h>

#include <net/bpf.h>

#include <cerrno>
#include <cstring>

#include "sensor/capture/interface.hpp"

namespace sw {

struct Interface::Impl {
    int packets = -1;
};

Interface::Interface(const std::string&, int packets) : impl_(std::make_unique<Impl>(Impl{packets})) {}
Interface::~Interface() = default;

/// bpf(4) does not tell; reading from an interface that is gone fails, and libpcap says so.
LiveSource::State Interface::state() const { return LiveSource::State::up; }

/// The interface's own counters need a socket or sysctl(2), and a pledged process has neither: they stay absent.
void Interface::read(LiveCounters&) const {}

/// The lock alone does not keep anybody from writing: a filter on what is written that accepts nothing does. Unasked, bpf(4) wakes
/// whoever polls only when its buffer is full.
Result<Done> Interface::lock(Duration hold) const {
    const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(hold).count();
    timeval wait{};
    wait.tv_sec = static_cast<time_t>(microseconds / 1'000'000);
    wait.tv_usec = static_cast<suseconds_t>(microseconds % 1'000'000);
    bpf_insn nothing[] = {BPF_STMT(BPF_RET | BPF_K, 0)};
    bpf_program reject{};
    reject.bf_len = 1;
    reject.bf_insns = nothing;
    if (::ioctl(impl_->packets, BIOCSWTIMEOUT, &wait) == 0 && ::ioctl(impl_->packets, BIOCSETWF, &reject) == 0 &&
        ::ioctl(impl_->packets, BIOCLOCK) == 0)
        return Done{};
    return unexpected(std::string("lock the bpf device: ") + std::strerror(errno), ExitCode::environment);
}

void Interface::clear_error() const {}

}  // namespace sw
