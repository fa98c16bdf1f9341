#pragma once
/// Greylisted datagrams out of mail's port, each with a number of its own, as long as this lives.
#include <atomic>
#include <cstdint>
#include <optional>
#include <thread>

#include "tests/system/enclave/world.hpp"

namespace sw::test {

/// Number n. Every a_cause-th begins a new cause; some causes are critical. It goes to the log sink's hardware address, which nobody has:
/// the switch carries it and nobody answers.
craft::CraftedFrame numbered(std::uint64_t n, std::uint64_t a_cause = 100);
/// The number in it; nothing: it is none of these.
std::optional<std::uint64_t> number_of(const std::uint8_t* data, std::size_t octets);

class Traffic {
public:
    /// a_second: frames, as far as the machine keeps up
    explicit Traffic(unsigned a_second, std::uint64_t a_cause = 100);
    ~Traffic() { end(); }
    /// Gives how many were sent.
    std::uint64_t end();
    std::uint64_t sent() const { return sent_; }

private:
    void run(unsigned a_second, std::uint64_t a_cause);

    Wire wire_;
    std::atomic<std::uint64_t> sent_{0};
    std::atomic<bool> over_{false};
    std::thread thread_;
};

}  // namespace sw::test
