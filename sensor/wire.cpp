#include "sensor/wire.hpp"

#include <algorithm>
#include <cstring>

namespace sw {
namespace {

/// Links without tags (RAW, NULL ...) have nothing to agree on.
bool vlan_as_agreed(const Packet& p, const Wire& wire) {
    if (wire.vlans_none || p.mac_dst == nullptr) return p.vlan_count == 0;
    return bears_expected_tag(p, wire);
}

bool bears(const std::uint8_t* mac, const MacAddress& own) { return mac != nullptr && std::memcmp(mac, own.octets.data(), 6) == 0; }

bool bears(const Packet& p, const Address& own) {
    if (p.ip_src == nullptr || (own.family == 6) != (p.network == Network::ipv6)) return false;
    const std::size_t size = own.family == 6 ? 16 : 4;
    return std::memcmp(p.ip_src, own.octets.data(), size) == 0 || std::memcmp(p.ip_dst, own.octets.data(), size) == 0;
}

}  // namespace

bool bears_expected_tag(const Packet& p, const Wire& wire) {
    if (p.mac_dst == nullptr || p.vlan_count != 1 || p.caplen < 18 || load_be16(p.data + 12) != 0x8100) return false;
    return std::find(wire.vlans.begin(), wire.vlans.end(), p.vlan[0]) != wire.vlans.end();
}

ReasonSet wire_anomalies(const Packet& p, const Wire& wire) {
    ReasonSet found;
    if (!vlan_as_agreed(p, wire)) found.add(Reason::vlan_unexpected);
    for (const MacAddress& own : wire.watcher_macs)
        if (bears(p.mac_src, own) || bears(p.mac_dst, own)) found.add(Reason::self_traffic);
    for (const Address& own : wire.watcher_addresses)
        if (bears(p, own)) found.add(Reason::self_traffic);
    return found;
}

}  // namespace sw
