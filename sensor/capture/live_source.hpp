#pragma once
/// A network interface as a source of frames: promiscuous, unfiltered, whole frames, both directions, VLAN tags where they
/// were on the wire, and never written to.
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rules/base/result.hpp"
#include "sensor/capture/frame.hpp"

namespace sw {

struct LiveOptions {
    std::string interface;
    std::uint32_t ring_octets = 64u << 20;           ///< memory that the kernel fills while we are busy
    std::uint32_t snaplen = 262144;                  ///< tcpdump's largest
    Duration hold = std::chrono::milliseconds{100};  ///< the kernel may gather frames for so long; 0: hand over each at once
};

/// Counters of every place there is; absent where it cannot be read, never 0 instead. The first three count from open() on, the
/// others from the interface's beginning.
struct LiveCounters {
    std::optional<std::uint64_t> received;      ///< by libpcap; those dropped by the kernel may be among them
    std::optional<std::uint64_t> kernel_drops;  ///< by libpcap: the ring was full
    std::optional<std::uint64_t>
        interface_drops;  ///< Linux: missed and FIFO errors, what libpcap means, too, but cannot read once confined
    std::optional<std::uint64_t> rx_packets, rx_dropped, rx_missed, rx_errors, tx_packets, carrier_changes;  ///< Linux: /sys
};

class LiveSource {
public:
    enum class State : std::uint8_t { up, down, gone };

    /// Opens, arms and locks the device. Needs CAP_NET_RAW or root; the caller gives them up afterwards. An interface without
    /// carrier is opened, and its state() is down.
    /// errors: no such interface, no permission, not set up (names the fix; code environment)
    static Result<LiveSource> open(const LiveOptions& options);
    LiveSource(LiveSource&&) noexcept;
    LiveSource& operator=(LiveSource&&) noexcept;
    ~LiveSource();

    /// Several that share its frames (see fanout.hpp), and the ring's memory: each frame that comes from now on is in exactly one.
    /// range:  count 2 to most_shares
    /// errors: as open(); the system cannot share frames out
    /// cost:   as long as the kernel may hold frames back, for those that were in several are let go
    static Result<std::vector<LiveSource>> open_shares(const LiveOptions& options, unsigned count);
    static constexpr unsigned most_shares = 16;

    /// Octets of frames, used again and again.
    using Memory = std::vector<std::uint8_t>;

    /// Wait at most so long for frames; fill out with what is there. 0: nothing came, a signal did, or state() is not up.
    /// An interface that went down and came up again goes on; one that is gone does not: a confined process cannot open it.
    /// lifetime: the frames' data is in memory, until it is given to the next call
    /// cost:     one copy of each frame; memory for a batch, 1 MiB and at most 32 frames more
    std::size_t next(std::span<Frame> out, Memory& memory, Duration wait);
    /// As of now. A renamed interface stays the same. cost: a system call
    State state() const;
    /// Why the last attempt to read failed while the interface was there; "" once one has succeeded.
    const std::string& trouble() const;
    Datalink link() const;
    LiveCounters counters() const;
    /// What confinement must leave open.
    int descriptor() const;

private:
    struct Impl;
    explicit LiveSource(std::unique_ptr<Impl> impl);
    static Result<std::unique_ptr<Impl>> capture(const LiveOptions& options);
    std::unique_ptr<Impl> impl_;
};

}  // namespace sw
