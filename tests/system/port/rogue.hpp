#pragma once
/// A program that tries to send on an interface, in every way that the kernel knows.
#include <string>
#include <vector>

namespace sw::test {

/// Each way in a child of its own; says on standard output what became of it: "packet: sent", "xdp: refused (Operation not permitted)",
/// "udp: killed by signal 31".
struct Rogue {
    /// free: may do what its user may. confined: is confined as span-sensor is before it tries anything. held: has made its socket
    /// before it was confined.
    enum class State { free, confined, held };

    std::string interface;
    State state = State::free;

    /// packet, bypass (past the queues), udp, icmp, igmp, xdp (past packet filters), xdp-poll (the same, without a call that sends).
    /// Gives how many ways there are no words for.
    int attempt(const std::vector<std::string>& ways) const;
    static const std::vector<std::string>& every_way();
};

}  // namespace sw::test
