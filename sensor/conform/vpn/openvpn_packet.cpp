#include "sensor/conform/vpn/openvpn_packet.hpp"

namespace sw::openvpn {
namespace {

enum Operation : unsigned {
    soft_reset = 3,
    control_v1 = 4,
    ack = 5,
    data_v1 = 6,
    client_reset_v2 = 7,
    server_reset_v2 = 8,
    data_v2 = 9,
    client_reset_v3 = 10,
    control_wkc = 11,
};

/// Identifier, count of acknowledgements, packet number; an acknowledgement has one of those and the peer's identifier.
constexpr std::size_t least_control = 14, least_data = 20;
constexpr unsigned most_key = 7;

constexpr std::size_t index(Side s) { return static_cast<std::size_t>(s); }

std::uint64_t session_of(Bytes head) { return std::uint64_t{load_be32(&head[1])} << 32 | load_be32(&head[5]); }

std::uint8_t bit(unsigned key) { return static_cast<std::uint8_t>(1U << key); }

}  // namespace

std::optional<Fault> Packets::take(Side from, Bytes head, std::size_t size) {
    if (size == 0) return Fault{0, "an operation and a key"};
    if (size > most_octets) return Fault{0, "a packet of at most 9,216 octets"};
    const unsigned operation = head[0] >> 3, key = head[0] & 7;
    if (operation < soft_reset || operation > control_wkc) return Fault{0, "an operation of OpenVPN"};
    if (operation == data_v1 || operation == data_v2) return data(key, size);
    if (size < least_control || head.size() < head_octets) return Fault{head.size(), "at least 14 octets"};
    if (session_of(head) == 0) return Fault{1, "a session identifier other than 0"};
    End& end = end_[index(from)];
    const bool resets = operation == client_reset_v2 || operation == client_reset_v3 || operation == server_reset_v2;
    if (!resets) return control(end, operation, key, head);
    if (key != 0) return Fault{0, "key 0"};
    if ((operation == server_reset_v2) != (from == Side::responder)) return Fault{0, "the reset of a server by a server only"};
    return reset(end, from, head);
}

/// A client may begin anew at any time; a server answers.
std::optional<Fault> Packets::reset(End& end, Side from, Bytes head) {
    const std::uint64_t session = session_of(head);
    if (from == Side::responder) {
        if (end_[0].session == 0 && !begun_) return Fault{0, "a client's reset first"};
        if (end.session != 0 && end.session != session && end.controlled) return Fault{1, "the session identifier of this side"};
        end.session = session;
        return std::nullopt;
    }
    if (end.session == session) return std::nullopt;  // sent again
    end_[0] = {session, false};
    end_[1] = {};
    keys_ = 1;
    newest_ = 0;
    return std::nullopt;
}

std::optional<Fault> Packets::control(End& end, unsigned operation, unsigned key, Bytes head) {
    const bool client = &end == &end_[0];
    if (operation == control_wkc && !client) return Fault{0, "a wrapped key of a client only"};
    if (end.session == 0 && !begun_) return Fault{0, "a hard reset first"};
    if (end.session != 0 && end.session != session_of(head)) return Fault{1, "the session identifier of this side"};
    end.session = session_of(head);
    if (operation == soft_reset) {
        const unsigned next = newest_ == most_key ? 1 : newest_ + 1U;
        if (key != next && key != newest_ && !begun_) return Fault{0, "the next key"};
        newest_ = static_cast<std::uint8_t>(key);
        keys_ |= bit(key);
    }
    if ((keys_ & bit(key)) == 0 && !begun_) return Fault{0, "a key that a reset told"};
    if (operation != ack) end.controlled = true;
    return std::nullopt;
}

std::optional<Fault> Packets::data(unsigned key, std::size_t size) {
    if (!agreed() && !begun_) return Fault{0, end_[0].session == 0 ? "a client's hard reset first" : "keys before data"};
    if ((keys_ & bit(key)) == 0 && !begun_) return Fault{0, "a key that a reset told"};
    return size >= least_data ? std::nullopt : std::optional(Fault{0, "at least 20 octets of data"});
}

}  // namespace sw::openvpn
