#include "sensor/wire.hpp"

#include <algorithm>
#include <cstring>

namespace sw {
namespace {

std::uint64_t load_mac(const std::uint8_t* mac) {
    std::uint64_t v = 0;
    std::memcpy(&v, mac, 6);
    return v;
}

bool bears(const Packet& p, const Address& own) {
    if ((own.family == 6) != (p.network == Network::ipv6)) return false;
    const std::size_t size = own.family == 6 ? 16 : 4;
    return std::memcmp(p.ip_src, own.octets.data(), size) == 0 || std::memcmp(p.ip_dst, own.octets.data(), size) == 0;
}

}  // namespace

WireCheck::WireCheck(const Wire& wire) : wire_(&wire), no_own_(wire.watcher_macs.empty() && wire.watcher_addresses.empty()) {
    for (const MacAddress& own : wire.watcher_macs) macs_.push_back(load_mac(own.octets.data()));
}

bool WireCheck::bears_own(const Packet& p) const {
    for (std::uint64_t own : macs_)
        if ((p.mac_src != nullptr && load_mac(p.mac_src) == own) || (p.mac_dst != nullptr && load_mac(p.mac_dst) == own)) return true;
    if (p.ip_src == nullptr) return false;
    for (const Address& own : wire_->watcher_addresses)
        if (bears(p, own)) return true;
    return false;
}

bool WireCheck::bears_own(const CommonFrame& f) const {
    const std::uint64_t to = load_mac(f.data), from = load_mac(f.data + 6);
    for (std::uint64_t own : macs_)
        if (to == own || from == own) return true;
    for (const Address& own : wire_->watcher_addresses)
        if (const std::uint32_t a = load_be32(own.octets.data()); own.family == 4 && (f.src == a || f.dst == a)) return true;
    return false;
}

bool WireCheck::bears_expected_tag(const Packet& p) const {
    if (p.mac_dst == nullptr || p.vlan_count != 1 || p.caplen < 18 || load_be16(p.data + 12) != 0x8100) return false;
    return std::find(wire_->vlans.begin(), wire_->vlans.end(), p.vlan[0]) != wire_->vlans.end();
}

ReasonSet WireCheck::closer_look(const Packet& p) const {
    ReasonSet found;
    // Links without Ethernet headers have no tags to agree on.
    const bool as_agreed = wire_->vlans_none || p.mac_dst == nullptr ? p.vlan_count == 0 : bears_expected_tag(p);
    if (!as_agreed) found.add(Reason::vlan_unexpected);
    if (bears_own(p)) found.add(Reason::self_traffic);
    return found;
}

}  // namespace sw
