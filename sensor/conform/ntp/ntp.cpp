#include "sensor/conform/ntp/ntp.hpp"

namespace sw {
namespace {

constexpr std::string_view in_header = "in the header", behind_header = "behind the header";
constexpr std::size_t header_octets = 48, most_octets = 1'024;
constexpr std::size_t origin_at = 24, receive_at = 32, transmit_at = 40;
constexpr unsigned client = 3, server = 4, most_stratum = 16;

std::uint64_t stamp_at(Bytes octets, std::size_t at) { return std::uint64_t{load_be32(&octets[at])} << 32 | load_be32(&octets[at + 4]); }

/// RFC 7822 3: fields of 16 octets and more behind their type and length, then perhaps a digest; what is left over and no
/// longer than 24 octets is one (RFC 5905 7.3), or the four octets that say no to one. Returns the place of what is wrong.
std::optional<std::size_t> misformed_extensions(Bytes octets) {
    std::size_t at = header_octets;
    while (octets.size() - at > 24) {
        const std::size_t size = load_be16(&octets[at + 2]);
        if (size < 16 || size % 4 != 0 || size > octets.size() - at) return at + 2;
        at += size;
    }
    const std::size_t left = octets.size() - at;
    return left == 0 || left == 4 || left == 20 || left == 24 ? std::nullopt : std::optional(at);
}

}  // namespace

std::optional<DatagramMachine::Fault> NtpMachine::datagram(Side from, Bytes octets, Timestamp, Listener&) {
    if (octets.size() < header_octets) return Fault{octets.size(), in_header, "a header of 48 octets"};
    if (octets.size() > most_octets) return Fault{most_octets, behind_header, "at most 1,024 octets"};
    const unsigned version = octets[0] >> 3 & 7, mode = octets[0] & 7;
    if (version < 1 || version > 4) return Fault{0, in_header, "version 1 to 4"};
    if (mode != (from == Side::initiator ? client : server))
        return Fault{0, in_header, from == Side::initiator ? "mode 3: a client's request" : "mode 4: a server's answer"};
    if (octets[1] > most_stratum) return Fault{1, in_header, "a stratum of at most 16"};
    if (version < 4 && octets.size() != header_octets && octets.size() != header_octets + 20 && octets.size() != header_octets + 12)
        return Fault{header_octets, behind_header, "a digest or the end, before version 4"};
    if (version == 4)
        if (const auto at = misformed_extensions(octets)) return Fault{*at, behind_header, "extension fields, then a digest or the end"};
    return from == Side::initiator ? request(octets) : response(octets);
}

std::optional<DatagramMachine::Fault> NtpMachine::request(Bytes octets) {
    const std::uint64_t transmitted = stamp_at(octets, transmit_at);
    if (transmitted == 0) return Fault{transmit_at, in_header, "a time stamp of sending"};
    requests_[next_] = {transmitted, stamp_at(octets, receive_at), static_cast<std::uint8_t>(octets[0] >> 3 & 7), true};
    next_ = static_cast<std::uint8_t>((next_ + 1) % requests_.size());
    return std::nullopt;
}

std::optional<DatagramMachine::Fault> NtpMachine::response(Bytes octets) {
    const std::uint64_t origin = stamp_at(octets, origin_at);
    for (Request& r : requests_) {
        if (!r.waits || origin == 0 || (r.transmitted != origin && r.received != origin)) continue;
        if ((octets[0] >> 3 & 7) != r.version) return Fault{0, in_header, "the request's version"};
        r.waits = false;
        return std::nullopt;
    }
    return Fault{origin_at, in_header, "the time stamp of a request that waits"};
}

}  // namespace sw
