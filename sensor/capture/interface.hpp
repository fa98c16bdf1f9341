#pragma once
/// What the system says of an interface besides its frames, asked without making a socket. A back end a system, chosen by
/// file: interface_linux.cpp (/sys), interface_openbsd.cpp (bpf(4)). Private to the live source.
#include <memory>
#include <string>

#include "sensor/capture/live_source.hpp"

namespace sw {

class Interface {
public:
    /// packets: the capture's descriptor, which is bound to it. Counters that cannot be had stay absent.
    Interface(const std::string& name, int packets);
    ~Interface();

    LiveSource::State state() const;
    /// All but what libpcap counts.
    void read(LiveCounters& counters) const;
    /// Make the descriptor as harmless as the system can, and have it hold frames back no longer than so.
    /// errors: it refuses (code environment)
    Result<Done> lock(Duration hold) const;
    /// Take the error that waits on the descriptor, if there is one.
    void clear_error() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace sw
