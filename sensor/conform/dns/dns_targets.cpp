#include "sensor/conform/dns/dns_targets.hpp"

namespace sw {
namespace {

using namespace dns_type;

constexpr std::uint16_t afsdb = 18, naptr = 35;

/// Only saves comparisons: who makes them collide saves nothing.
std::uint64_t hash_of(const DnsName& name) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : name.wire()) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3;
    return hash;
}

/// Octets of the data before the name that such a record leads to; -1: it leads nowhere.
int before_target(std::uint16_t type) {
    switch (type) {
        case ns:
        case cname:
            return 0;
        case mx:
        case afsdb:
        case svcb:
        case https:
            return 2;
        case srv:
            return 6;
        default:
            return -1;
    }
}

}  // namespace

void DnsTargets::add(Bytes message, const DnsRecord& record) {
    any_ = any_ || record.type == naptr;
    const int before = before_target(record.type);
    if (before < 0 || size_ == most) return;
    std::size_t at = record.data + static_cast<std::size_t>(before);
    const std::size_t begin = at;
    if (const auto name = read_dns_name(message, at, DnsNameStyle::compressed)) places_[size_++] = {hash_of(*name), begin};
}

bool DnsTargets::has(Bytes message, const DnsName& name) const {
    if (any_) return true;
    const std::uint64_t hash = hash_of(name);
    for (std::size_t i = 0; i < size_; ++i) {
        if (places_[i].hash != hash) continue;
        std::size_t at = places_[i].at;
        if (const auto target = read_dns_name(message, at, DnsNameStyle::compressed); target && *target == name) return true;
    }
    return false;
}

}  // namespace sw
