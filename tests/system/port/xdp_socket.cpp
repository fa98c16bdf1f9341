#include "tests/system/port/xdp_socket.hpp"

#include <linux/if_xdp.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cerrno>

#ifndef AF_XDP
#define AF_XDP 44
#endif
#ifndef SOL_XDP
#define SOL_XDP 283
#endif

namespace sw::test {
namespace {

constexpr std::size_t chunk = 4096, chunks = 8;
constexpr std::uint32_t places = 4;

template <class T>
bool set(int fd, int option, const T& value) {
    return ::setsockopt(fd, SOL_XDP, option, &value, sizeof value) == 0;
}

}  // namespace

XdpSocket::XdpSocket(int interface_index) : fd_(::socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0)) { ready_ = fd_ && make(interface_index); }

bool XdpSocket::make(int interface_index) {
    void* memory = ::mmap(nullptr, chunk * chunks, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return false;
    memory_ = static_cast<std::uint8_t*>(memory);
    xdp_umem_reg area{};
    area.addr = reinterpret_cast<std::uint64_t>(memory);
    area.len = chunk * chunks;
    area.chunk_size = chunk;
    for (const auto& [option, done] : {std::pair{XDP_UMEM_REG, set(fd_.get(), XDP_UMEM_REG, area)},
                                       std::pair{XDP_UMEM_FILL_RING, set(fd_.get(), XDP_UMEM_FILL_RING, places)},
                                       std::pair{XDP_UMEM_COMPLETION_RING, set(fd_.get(), XDP_UMEM_COMPLETION_RING, places)},
                                       std::pair{XDP_TX_RING, set(fd_.get(), XDP_TX_RING, places)}})
        if (!done) return false;
    sockaddr_xdp to{};
    to.sxdp_family = AF_XDP;
    to.sxdp_flags = XDP_COPY;
    to.sxdp_ifindex = static_cast<std::uint32_t>(interface_index);
    return map_ring() && bind_to(&to, sizeof to);
}

/// Whoever had the queue before lets it go a little after his end.
bool XdpSocket::bind_to(const void* address, std::size_t octets) {
    for (int tries = 0; tries < 100; ++tries) {
        if (::bind(fd_.get(), static_cast<const sockaddr*>(address), static_cast<socklen_t>(octets)) == 0) return true;
        if (errno != EBUSY) return false;
        ::poll(nullptr, 0, 20);
    }
    return false;
}

bool XdpSocket::map_ring() {
    xdp_mmap_offsets offsets{};
    socklen_t size = sizeof offsets;
    if (::getsockopt(fd_.get(), SOL_XDP, XDP_MMAP_OFFSETS, &offsets, &size) != 0) return false;
    void* ring = ::mmap(nullptr, offsets.tx.desc + places * sizeof(xdp_desc), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd_.get(),
                        XDP_PGOFF_TX_RING);
    if (ring == MAP_FAILED) return false;
    ring_ = static_cast<std::uint8_t*>(ring);
    producer_at_ = offsets.tx.producer;
    descriptors_at_ = offsets.tx.desc;
    return true;
}

void XdpSocket::put(std::span<const std::uint8_t> frame) {
    std::copy(frame.begin(), frame.end(), memory_);
    auto* descriptors = reinterpret_cast<xdp_desc*>(ring_ + descriptors_at_);
    descriptors[produced_ % places] = {0, static_cast<std::uint32_t>(frame.size()), 0};
    std::atomic_ref<std::uint32_t>(*reinterpret_cast<std::uint32_t*>(ring_ + producer_at_)).store(++produced_, std::memory_order_release);
}

bool XdpSocket::kick() const { return ::sendto(fd_.get(), nullptr, 0, MSG_DONTWAIT, nullptr, 0) >= 0; }

}  // namespace sw::test
