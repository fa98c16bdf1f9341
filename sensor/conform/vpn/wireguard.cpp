#include "sensor/conform/vpn/wireguard.hpp"

#include <algorithm>

namespace sw {
namespace {

constexpr std::size_t initiation_octets = 148, response_octets = 92, cookie_octets = 64, least_data_octets = 32;
constexpr std::uint64_t window = 8'192;  // as far as receivers look back; senders count by one
constexpr std::string_view in_head = "in a message", in_session = "in a session";

std::uint32_t load_le32(const std::uint8_t* p) { return __builtin_bswap32(load_be32(p)); }
std::uint64_t load_le64(const std::uint8_t* p) { return std::uint64_t{load_le32(p + 4)} << 32 | load_le32(p); }

constexpr std::size_t index(Side s) { return static_cast<std::size_t>(s); }

}  // namespace

bool WireGuardMachine::Attempts::has(std::uint32_t i) const {
    return std::find(index.begin(), index.begin() + count, i) != index.begin() + count;
}

void WireGuardMachine::Attempts::add(std::uint32_t i) {
    std::move_backward(index.begin(), index.end() - 1, index.end());
    index[0] = i;
    count = static_cast<std::uint8_t>(std::min<std::size_t>(count + 1u, index.size()));
}

std::optional<DatagramMachine::Fault> WireGuardMachine::datagram(Side from, Bytes octets, Timestamp, Listener&) {
    if (octets.size() < least_data_octets) return Fault{octets.size(), in_head, "at least 32 octets"};
    if (octets[0] < 1 || octets[0] > 4) return Fault{0, in_head, "type 1 to 4"};
    for (std::size_t i = 1; i < 4; ++i)
        if (octets[i] != 0) return Fault{i, in_head, "three reserved octets of zero"};
    switch (octets[0]) {
        case 1:
            return initiation(from, octets);
        case 2:
            return response(from, octets);
        case 3:
            return cookie(from, octets);
        default:
            return data(from, octets);
    }
}

/// Section 5.4.2
std::optional<DatagramMachine::Fault> WireGuardMachine::initiation(Side from, Bytes octets) {
    if (octets.size() != initiation_octets)
        return Fault{std::min(octets.size(), initiation_octets), in_head, "a handshake initiation of 148 octets"};
    attempts_[index(from)].add(load_le32(&octets[4]));
    return std::nullopt;
}

/// Section 5.4.3
std::optional<DatagramMachine::Fault> WireGuardMachine::response(Side from, Bytes octets) {
    if (octets.size() != response_octets)
        return Fault{std::min(octets.size(), response_octets), in_head, "a handshake response of 92 octets"};
    const Side initiator = other(from);
    const std::uint32_t sender = load_le32(&octets[4]), receiver = load_le32(&octets[8]);
    if (!attempts_[index(initiator)].has(receiver)) return Fault{8, "behind a handshake", "the index of a handshake that waits"};
    responded_[index(from)] = sender;
    std::move_backward(sessions_.begin(), sessions_.end() - 1, sessions_.end());
    Session& s = sessions_[0];
    s = {};
    s.half[index(from)].index = sender;
    s.half[index(initiator)].index = receiver;
    s.initiator = initiator;
    s.live = true;
    return std::nullopt;
}

/// Section 5.4.7: to a handshake, or to a response.
std::optional<DatagramMachine::Fault> WireGuardMachine::cookie(Side from, Bytes octets) {
    if (octets.size() != cookie_octets) return Fault{std::min(octets.size(), cookie_octets), in_head, "a cookie reply of 64 octets"};
    const std::uint32_t receiver = load_le32(&octets[4]);
    const std::size_t to = index(other(from));
    const bool known = attempts_[to].has(receiver) || (sessions_[0].live && responded_[to] == receiver);
    return known ? std::nullopt : std::optional(Fault{4, "behind a handshake", "the index of a handshake that waits"});
}

/// Section 5.4.6: encrypted in blocks of 16 octets, behind a counter from 0; who answered a handshake waits for data first.
std::optional<DatagramMachine::Fault> WireGuardMachine::data(Side from, Bytes octets) {
    if (octets.size() % 16 != 0) return Fault{octets.size(), in_session, "data padded to 16 octets"};
    const std::uint32_t receiver = load_le32(&octets[4]);
    const std::uint64_t counter = load_le64(&octets[8]);
    for (Session& s : sessions_) {
        if (!s.live || s.half[index(other(from))].index != receiver) continue;
        Half& half = s.half[index(from)];
        if (from != s.initiator && !s.half[index(s.initiator)].sent) return Fault{0, "behind a handshake", "the initiator's data first"};
        const bool ahead = counter > half.counter + window, behind = counter + window < half.counter;
        if (ahead || behind) return Fault{8, in_session, "a counter near the last one"};
        half.counter = std::max(half.counter, counter);
        half.sent = true;
        return std::nullopt;
    }
    if (begun_ && !sessions_[0].live) return std::nullopt;
    return Fault{4, sessions_[0].live ? in_session : std::string_view("at the beginning"),
                 sessions_[0].live ? "the index of a session" : "a handshake"};
}

}  // namespace sw
