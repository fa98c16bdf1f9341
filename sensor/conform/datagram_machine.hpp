#pragma once
/// What the machines of datagrams share: each is read whole, and its first wrong octet becomes a breach.
#include "rules/base/bytes.hpp"
#include "sensor/conform/machine.hpp"

namespace sw {

class DatagramMachine : public Machine {
public:
    std::optional<Breach> octets(Side from, Bytes octets, Timestamp now, Listener& listener) final {
        const auto fault = datagram(from, octets, now, listener);
        if (!fault) return std::nullopt;
        Breach out{fault->reason, from, fault->at, fault->state, fault->expected, {}, 0};
        out.show(octets.subspan(std::min(fault->at, octets.size())));
        return out;
    }
    std::optional<Breach> end(Side, bool, Timestamp, Listener&) final { return std::nullopt; }
    bool gap(Side, std::uint64_t) final { return false; }

protected:
    /// Both texts static. at: the octet, or the datagram's size where it ends too early
    struct Fault {
        std::size_t at;
        std::string_view state, expected;
        Reason reason = Reason::not_speaking;
    };
    virtual std::optional<Fault> datagram(Side from, Bytes octets, Timestamp now, Listener& listener) = 0;
};

}  // namespace sw
