#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <memory>

#include "collector/cli/doctor_checks.hpp"

namespace sw {
namespace {

std::string address_of(const sockaddr& address) {
    char text[INET6_ADDRSTRLEN];
    const void* octets = nullptr;
    if (address.sa_family == AF_INET) octets = &reinterpret_cast<const sockaddr_in*>(&address)->sin_addr;
    if (address.sa_family == AF_INET6) octets = &reinterpret_cast<const sockaddr_in6*>(&address)->sin6_addr;
    return octets != nullptr && ::inet_ntop(address.sa_family, octets, text, sizeof text) != nullptr ? text : "";
}

}  // namespace

// Nothing here prepares an interface but hostname.if(5).
std::vector<std::string> prepared_interfaces() { return {}; }

InterfaceFacts interface_facts(const std::string& name) {
    InterfaceFacts facts;
    facts.name = name;
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) return facts;
    const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owned(list, ::freeifaddrs);
    facts.addresses.emplace();
    for (const ifaddrs* i = list; i != nullptr; i = i->ifa_next) {
        if (name != i->ifa_name) continue;
        facts.exists = true;
        facts.up = (i->ifa_flags & IFF_UP) != 0;
        facts.carrier = (i->ifa_flags & IFF_RUNNING) != 0;
        facts.promiscuous = (i->ifa_flags & IFF_PROMISC) != 0;
        facts.multicast = (i->ifa_flags & IFF_MULTICAST) != 0;
        facts.arp = (i->ifa_flags & IFF_NOARP) == 0;
        if (i->ifa_addr == nullptr) continue;
        if (const std::string text = address_of(*i->ifa_addr); !text.empty()) facts.addresses->push_back(text);
        if (i->ifa_addr->sa_family == AF_INET6) facts.ipv6 = true;
    }
    // Without an address of it, an interface has no IPv6 there.
    if (facts.exists && !facts.ipv6) facts.ipv6 = false;
    return facts;
}

std::optional<std::vector<DriverCounter>> driver_counters(const std::string&) { return std::nullopt; }

std::optional<bool> is_clock_synchronised() { return std::nullopt; }

std::string confinement_kind() { return "pledge, unveil"; }

}  // namespace sw
