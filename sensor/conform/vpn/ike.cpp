#include "sensor/conform/vpn/ike.hpp"

#include <algorithm>

namespace sw {
namespace {

constexpr std::string_view in_header = "in the header of IKE", in_payloads = "in the payloads of IKE", in_esp = "in ESP";

constexpr std::size_t header_octets = 28;
constexpr std::uint8_t version_2 = 0x20, flag_initiator = 0x08, flag_response = 0x20;
constexpr std::uint8_t payload_none = 0, payload_encrypted = 46, payload_fragment = 53;
constexpr std::uint8_t keep_alive = 0xff;  // RFC 3948 2.3
constexpr std::size_t marker_octets = 4;   // RFC 3948 2.2

/// RFC 7296 3.1, RFC 5723 4.3.2, RFC 9242 3.2, RFC 9370 2.2.3
enum Exchange : std::uint8_t {
    ike_sa_init = 34,
    ike_auth,
    create_child_sa,
    informational,
    ike_session_resume,
    ike_intermediate = 43,
    ike_followup_ke
};

/// RFC 4303 2: SPI, sequence number, at least an empty payload with its trailer and 12 octets to check it.
constexpr std::size_t least_esp = 24;
constexpr std::uint32_t least_spi = 256, ahead = 65'536, behind = 4'096;

constexpr std::size_t index(Side s) { return static_cast<std::size_t>(s); }
std::uint64_t load_be64(const std::uint8_t* p) { return std::uint64_t{load_be32(p)} << 32 | load_be32(p + 4); }

bool known_exchange(std::uint8_t e) {
    return (e >= ike_sa_init && e <= ike_session_resume) || e == ike_intermediate || e == ike_followup_ke;
}
/// RFC 7296 3.2, RFC 7383 2.5, RFC 9242: those that may stand in clear.
bool known_payload(std::uint8_t p) { return (p >= 33 && p <= 48) || p == payload_fragment; }

}  // namespace

std::optional<DatagramMachine::Fault> IkeMachine::datagram(Side from, Bytes octets, Timestamp, Listener&) {
    if (plain_) return ike(from, octets, 0);
    if (octets.size() == 1 && octets[0] == keep_alive) return std::nullopt;
    if (octets.size() < least_esp) return Fault{octets.size(), in_esp, "a message of IKE or ESP"};
    return load_be32(octets.data()) == 0 ? ike(from, octets.subspan(marker_octets), marker_octets) : esp(from, octets);
}

std::optional<DatagramMachine::Fault> IkeMachine::ike(Side from, Bytes message, std::size_t at) {
    auto fault = header(message);
    if (!fault) fault = message[18] == ike_sa_init ? init(message) : sealed(from, message);
    if (fault) fault->at += at;
    return fault;
}

/// RFC 7296 3.1
std::optional<DatagramMachine::Fault> IkeMachine::header(Bytes m) const {
    if (m.size() < header_octets) return Fault{m.size(), in_header, "a header of 28 octets"};
    if (load_be64(m.data()) == 0) return Fault{0, in_header, "an SPI of the initiator"};
    if (m[17] != version_2) return Fault{17, in_header, "version 2.0"};
    if (!known_exchange(m[18])) return Fault{18, in_header, "an exchange of IKEv2"};
    if ((m[19] & ~(flag_initiator | flag_response)) != 0) return Fault{19, in_header, "no flags but Initiator and Response"};
    if (load_be32(&m[24]) != m.size()) return Fault{24, in_header, "the message's length"};
    return std::nullopt;
}

IkeMachine::Association* IkeMachine::find(std::uint64_t initiator, std::uint64_t responder) {
    const auto known = std::find_if(associations_.begin(), associations_.end(),
                                    [&](const Association& a) { return a.initiator == initiator && a.responder == responder; });
    return known == associations_.end() || initiator == 0 ? nullptr : &*known;
}

IkeMachine::Association& IkeMachine::add(std::uint64_t initiator, std::uint64_t responder) {
    Association& a = associations_[next_association_];
    next_association_ = static_cast<std::uint8_t>((next_association_ + 1) % associations_.size());
    return a = {initiator, responder, {1, 1}};
}

/// RFC 7296 1.2, 2.6, 3.1: who asks has no SPI of the other yet, unless a cookie made it ask again.
std::optional<DatagramMachine::Fault> IkeMachine::init(Bytes m) {
    const bool response = (m[19] & flag_response) != 0;
    const std::uint64_t initiator = load_be64(m.data()), responder = load_be64(&m[8]);
    if (response == ((m[19] & flag_initiator) != 0)) return Fault{19, in_header, "Initiator in a request, Response in a response"};
    if (load_be32(&m[20]) != 0) return Fault{20, in_header, "message number 0"};
    if (!response && responder != 0) return Fault{8, in_header, "no SPI of the responder yet"};
    if (response && wanted_ != initiator) return Fault{0, in_header, "the SPI of a request that waits"};
    if (!response) wanted_ = initiator;
    if (response && responder != 0 && find(initiator, responder) == nullptr) add(initiator, responder);
    return payloads(m);
}

/// RFC 7296 3.2: each says what follows it and how long it is.
std::optional<DatagramMachine::Fault> IkeMachine::payloads(Bytes m) const {
    std::size_t at = header_octets;
    for (std::uint8_t next = m[16]; next != payload_none;) {
        if (!known_payload(next)) return Fault{at, in_payloads, "a payload of IKEv2"};
        if (m.size() - at < 4) return Fault{m.size(), in_payloads, "the rest of a payload"};
        const std::size_t size = load_be16(&m[at + 2]);
        if (size < 4 || size > m.size() - at) return Fault{at + 2, in_payloads, "a payload that ends within the message"};
        next = m[at];
        at += size;
    }
    return at == m.size() ? std::nullopt : std::optional(Fault{at, in_payloads, "the end of the message"});
}

/// Behind IKE_SA_INIT: one encrypted payload, of an SA that was agreed on.
std::optional<DatagramMachine::Fault> IkeMachine::sealed(Side from, Bytes m) {
    const std::uint64_t initiator = load_be64(m.data()), responder = load_be64(&m[8]);
    if (responder == 0) return Fault{8, in_header, "an SPI of the responder"};
    if (m[16] != payload_encrypted && m[16] != payload_fragment) return Fault{16, in_header, "an encrypted payload"};
    const std::size_t left = m.size() - header_octets;
    if (left < 4 || load_be16(&m[header_octets + 2]) != left)
        return Fault{std::min(m.size(), header_octets + 2), in_payloads, "one encrypted payload up to the end"};
    Association* a = find(initiator, responder);
    const bool fresh = a == nullptr;
    // SPIs that were agreed on elsewhere: on port 500 before both went to 4500, in an exchange that nobody can read, or before we looked.
    const bool excused = !plain_ || rekeyed_ || begun_;
    if (fresh && !excused) return Fault{0, in_header, "SPIs that were agreed on"};
    if (fresh) a = &add(initiator, responder);
    const std::uint32_t number = load_be32(&m[20]);
    const bool response = (m[19] & flag_response) != 0;
    std::uint32_t& asked = a->asked[index(response ? other(from) : from)];
    if (response && number >= asked && !fresh && !begun_) return Fault{20, in_header, "the number of a request that was sent"};
    if (!response || fresh) asked = std::max(asked, number + 1);
    if (m[18] == create_child_sa) rekeyed_ = true;
    return std::nullopt;
}

/// RFC 4303 2, RFC 3948 2.1
std::optional<DatagramMachine::Fault> IkeMachine::esp(Side from, Bytes octets) {
    const std::uint32_t spi = load_be32(octets.data()), sequence = load_be32(&octets[4]);
    if (spi < least_spi) return Fault{0, in_esp, "an SPI of at least 256"};
    if (sequence == 0) return Fault{4, in_esp, "a sequence number from 1 on"};
    if (octets.size() % 4 != 0) return Fault{octets.size(), in_esp, "a length that is a multiple of 4"};
    auto& known = sendings_[index(from)];
    const auto sending = std::find_if(known.begin(), known.end(), [&](const Sending& s) { return s.spi == spi; });
    if (sending == known.end()) {
        known[next_sending_[index(from)]] = {spi, sequence};
        next_sending_[index(from)] = static_cast<std::uint8_t>((next_sending_[index(from)] + 1) % known.size());
        return std::nullopt;
    }
    const std::uint64_t last = sending->sequence;
    if (sequence > last + ahead || std::uint64_t{sequence} + behind < last) return Fault{4, in_esp, "a sequence number near the last one"};
    sending->sequence = std::max(sending->sequence, sequence);
    return std::nullopt;
}

}  // namespace sw
