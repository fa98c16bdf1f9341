#pragma once
/// The smallest AF_XDP sender: one frame from memory that the kernel shares, past queues, packet filters and packet sockets.
/// source: https://docs.kernel.org/networking/af_xdp.html
#include <cstdint>
#include <span>

#include "rules/base/unique_fd.hpp"

namespace sw::test {

class XdpSocket {
public:
    /// errno says why it could not be made.
    explicit XdpSocket(int interface_index);
    explicit operator bool() const { return ready_; }
    int descriptor() const { return fd_.get(); }

    /// Put a frame into the ring; kick() or poll(2) makes the kernel send it.
    void put(std::span<const std::uint8_t> frame);
    /// false: errno
    bool kick() const;

private:
    bool make(int interface_index);
    bool map_ring();
    bool bind_to(const void* address, std::size_t octets);

    UniqueFd fd_;
    bool ready_ = false;
    std::uint8_t* memory_ = nullptr;
    std::uint8_t* ring_ = nullptr;
    std::uint64_t producer_at_ = 0, descriptors_at_ = 0;
    std::uint32_t produced_ = 0;
};

}  // namespace sw::test
