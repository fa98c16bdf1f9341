#include "sensor/conform/vpn/openvpn.hpp"

#include <algorithm>

namespace sw {

using openvpn::Packets;

namespace {

constexpr std::string_view in_packet = "in a packet", in_length = "before a packet";
constexpr std::size_t prefix = 2;

}  // namespace

std::optional<DatagramMachine::Fault> OpenVpnDatagrams::datagram(Side from, Bytes octets, Timestamp, Listener&) {
    const auto fault = packets_.take(from, octets.first(std::min(octets.size(), Packets::head_octets)), octets.size());
    if (!fault) return std::nullopt;
    return Fault{fault->at, in_packet, fault->expected};
}

/// Judged as soon as the head is there, however it came.
std::size_t OpenVpnStream::take(Side from, Bytes octets, const Hearing&) {
    End& end = ends_[static_cast<unsigned>(from)];
    if (end.left > 0) {
        const std::size_t taken = std::min<std::size_t>(octets.size(), end.left);
        end.left -= static_cast<std::uint32_t>(taken);
        return taken;
    }
    end.head[end.head_size++] = octets[0];
    if (end.head_size < prefix) return 1;
    const std::size_t size = load_be16(end.head), head = std::min(size, Packets::head_octets);
    if (size == 0 || size > Packets::most_octets) return wrong(in_length, "a length of 1 to 9,216");
    if (end.head_size < prefix + head) return 1;
    if (const auto fault = packets_.take(from, {end.head + prefix, head}, size)) return wrong(in_packet, fault->expected);
    end.left = static_cast<std::uint32_t>(size - head);
    end.head_size = 0;
    return 1;
}

bool OpenVpnStream::misses(Side from, std::uint64_t octets) {
    End& end = ends_[static_cast<unsigned>(from)];
    if (octets > end.left) return false;
    end.left -= static_cast<std::uint32_t>(octets);
    return true;
}

void OpenVpnStream::ends(Side from, bool reset, const Hearing&) {
    const End& end = ends_[static_cast<unsigned>(from)];
    if (!reset && (end.left > 0 || end.head_size > 0)) wrong(in_packet, "the rest of it");
}

Machine* OpenVpnProtocol::make(void* memory, const Opening& opening) {
    if (opening.datagrams) return new (memory) OpenVpnDatagrams(opening.may_have_begun);
    return new (memory) OpenVpnStream();
}

}  // namespace sw
