#pragma once
/// OpenVPN's packets (openvpn-rfc "OpenVPN Wire Protocol", sections 3 and 4): what can be said without keys - operations in their
/// order, session identifiers that stay, keys that count up.
#include <cstdint>
#include <optional>
#include <string_view>

#include "rules/base/bytes.hpp"
#include "sensor/conform/machine.hpp"

namespace sw::openvpn {

struct Fault {
    std::size_t at;  ///< in the packet
    std::string_view expected;
};

/// The conversation's state; asked for every packet.
class Packets {
public:
    static constexpr std::size_t head_octets = 9;  ///< operation and session identifier
    static constexpr std::size_t most_octets = 9'216;

    /// begun: the beginning may have been missed: data may come first.
    explicit Packets(bool begun) : begun_(begun) {}

    /// head: the packet's first octets, head_octets of them unless it is shorter; size: of the whole packet
    std::optional<Fault> take(Side from, Bytes head, std::size_t size);
    /// The client's reset was answered and both sides agree on keys.
    bool agreed() const { return end_[0].controlled && end_[1].controlled; }

private:
    struct End {
        std::uint64_t session = 0;  ///< its own; 0: not told yet
        bool controlled = false;    ///< it sent something of the handshake
    };
    std::optional<Fault> reset(End& end, Side from, Bytes head);
    std::optional<Fault> control(End& end, unsigned operation, unsigned key, Bytes head);
    std::optional<Fault> data(unsigned key, std::size_t size);

    End end_[2];
    std::uint8_t keys_ = 1;    ///< a bit for each that data may use
    std::uint8_t newest_ = 0;  ///< key
    bool begun_;
};

}  // namespace sw::openvpn
