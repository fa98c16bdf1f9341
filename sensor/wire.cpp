#include "sensor/wire.hpp"

#include <algorithm>
#include <cstring>

namespace sw {
namespace {

constexpr std::uint32_t tags_at = 12, tag_octets = 4;
constexpr std::uint16_t customer_tag = 0x8100, provider_tag = 0x88a8;

std::uint64_t load_mac(const std::uint8_t* mac) {
    std::uint64_t v = 0;
    std::memcpy(&v, mac, 6);
    return v;
}

bool is(const std::uint8_t* address, const Packet& p, const Address& own) {
    if ((own.family == 6) != (p.network == Network::ipv6)) return false;
    return std::memcmp(address, own.octets.data(), own.family == 6 ? 16 : 4) == 0;
}

template <class List, class Value>
bool lists(const List& sorted, const Value& value) {
    return std::binary_search(sorted.begin(), sorted.end(), value);
}

}  // namespace

WireCheck::WireCheck(const Wire& wire)
    : wire_(&wire), no_tags_(wire.vlans.none()), no_own_(wire.watcher_macs.empty() && wire.watcher_addresses.empty()) {
    for (const MacAddress& own : wire.watcher_macs) macs_.push_back(load_mac(own.octets.data()));
}

bool WireCheck::sent_by_own(const Packet& p) const {
    for (std::uint64_t own : macs_)
        if (p.mac_src != nullptr && load_mac(p.mac_src) == own) return true;
    if (p.ip_src == nullptr) return false;
    for (const Address& own : wire_->watcher_addresses)
        if (is(p.ip_src, p, own)) return true;
    return false;
}

bool WireCheck::bears_own(const Packet& p) const {
    for (std::uint64_t own : macs_)
        if ((p.mac_src != nullptr && load_mac(p.mac_src) == own) || (p.mac_dst != nullptr && load_mac(p.mac_dst) == own)) return true;
    if (p.ip_src == nullptr) return false;
    for (const Address& own : wire_->watcher_addresses)
        if (is(p.ip_src, p, own) || is(p.ip_dst, p, own)) return true;
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

/// IEEE 802.1Q 9.6: a customer's tag is of type 0x8100. A provider's is 0x88a8; older bridges stack two of 0x8100.
std::optional<unsigned> WireCheck::expected_tags(const Packet& p) const {
    const VlanSet& vlans = wire_->vlans;
    if (p.vlan_count == 0) return vlans.untagged || p.mac_dst == nullptr ? std::optional(0u) : std::nullopt;
    // Links without Ethernet headers have no tags to agree on.
    if (p.mac_dst == nullptr || p.vlan_count > 2 || p.caplen < tags_at + p.vlan_count * tag_octets + 2u) return std::nullopt;
    const std::uint16_t first = load_be16(p.data + tags_at);
    if (p.vlan_count == 1) {
        const bool as_priority = p.vlan[0] == 0 && vlans.priority;
        return first == customer_tag && (as_priority || lists(vlans.tags, p.vlan[0])) ? std::optional(1u) : std::nullopt;
    }
    const bool types = (first == provider_tag || first == customer_tag) && load_be16(p.data + tags_at + tag_octets) == customer_tag;
    return types && lists(vlans.stacks, std::pair(p.vlan[0], p.vlan[1])) ? std::optional(2u) : std::nullopt;
}

ReasonSet WireCheck::closer_look(const Packet& p) const {
    ReasonSet found;
    if (!expected_tags(p)) found.add(Reason::vlan_unexpected);
    if (bears_own(p)) found.add(Reason::self_traffic);
    return found;
}

void WireCheck::read(const Frame& frame, bool strictly, Packet& packet, std::vector<std::uint8_t>& untagged) const {
    (strictly ? decode_strictly : decode)(frame.data, frame.caplen, frame.len, frame.link, packet);
    ReasonSet found = packet.anomalies.with(anomalies(packet));
    const unsigned tags = no_tags_ ? 0 : expected_tags(packet).value_or(0);
    if (tags > 0) {
        if (packet.vlan[0] == 0) found = found.without(Reason::vlan_priority);  // as the policy says: untagged
        const std::uint32_t octets = tags * tag_octets;
        untagged.assign(frame.data, frame.data + frame.caplen);
        untagged.erase(untagged.begin() + tags_at, untagged.begin() + tags_at + octets);
        decode(untagged.data(), frame.caplen - octets, frame.len - octets, frame.link, packet);
        found = found.with(packet.anomalies);
    }
    packet.anomalies = found;
}

}  // namespace sw
