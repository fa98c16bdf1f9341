#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <memory>

#include "collector/cli/doctor_checks.hpp"
#include "rules/base/unique_fd.hpp"

namespace sw {
namespace {

// The sysfs of the interfaces that have a namespace of their own: systemd/span-watcher-interface mounts it.
constexpr const char* prepared_folder = "/run/span-watcher/sys";

struct CloseFolder {
    void operator()(DIR* d) const { ::closedir(d); }
};

std::string folder_of_interface(const std::string& name) {
    std::string own = fmt::format("{}/{}/class/net/{}", prepared_folder, name, name);
    return ::access(own.c_str(), F_OK) == 0 ? own : "/sys/class/net/" + name;
}

/// A number in a small file of the kernel's, with or without 0x.
std::optional<unsigned long> number_in(const std::string& path) {
    std::ifstream file(path);
    std::string word;
    if (!(file >> word)) return std::nullopt;
    char* end = nullptr;
    const unsigned long n = std::strtoul(word.c_str(), &end, 0);
    return *end == '\0' ? std::optional(n) : std::nullopt;
}

/// false: there is one, and it cannot be entered.
bool enter_own_namespace(const std::string& name) {
    const std::string path = "/run/netns/span-" + name;
    if (::access(path.c_str(), F_OK) != 0) return true;
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    return fd && ::setns(fd.get(), CLONE_NEWNET) == 0;
}

std::optional<std::vector<std::string>> addresses_of(const std::string& name) {
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) return std::nullopt;
    const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owned(list, ::freeifaddrs);
    std::vector<std::string> out;
    for (const ifaddrs* i = list; i != nullptr; i = i->ifa_next) {
        const std::string_view label = i->ifa_name;  // "span0:1" is a second address of span0
        if (i->ifa_addr == nullptr || label.substr(0, label.find(':')) != name) continue;
        char text[INET6_ADDRSTRLEN];
        const int family = i->ifa_addr->sa_family;
        const void* octets = nullptr;
        if (family == AF_INET) octets = &reinterpret_cast<const sockaddr_in*>(i->ifa_addr)->sin_addr;
        if (family == AF_INET6) octets = &reinterpret_cast<const sockaddr_in6*>(i->ifa_addr)->sin6_addr;
        if (octets != nullptr && ::inet_ntop(family, octets, text, sizeof text) != nullptr) out.emplace_back(text);
    }
    return out;
}

std::optional<std::uint32_t> ask_driver(int socket, const std::string& name, std::uint32_t command) {
    ethtool_value value{command, 0};
    ifreq request{};
    name.copy(request.ifr_name, IFNAMSIZ - 1);
    request.ifr_data = reinterpret_cast<char*>(&value);
    return ::ioctl(socket, SIOCETHTOOL, &request) == 0 ? std::optional(value.data) : std::nullopt;
}

/// Those that change what a capture sees.
std::optional<std::vector<std::string>> offloads_of(const std::string& name) {
    const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!socket) return std::nullopt;
    const auto gro = ask_driver(socket.get(), name, ETHTOOL_GGRO), flags = ask_driver(socket.get(), name, ETHTOOL_GFLAGS);
    if (!gro && !flags) return std::nullopt;
    std::vector<std::string> on;
    if (gro.value_or(0) != 0) on.emplace_back("gro");
    if ((flags.value_or(0) & ETH_FLAG_LRO) != 0) on.emplace_back("lro");
    if ((flags.value_or(0) & ETH_FLAG_RXVLAN) != 0) on.emplace_back("rxvlan");
    return on;
}

/// IPv6 is on unless its switch says off; without a switch the kernel has none.
bool speaks_ipv6(const std::string& name) { return number_in("/proc/sys/net/ipv6/conf/" + name + "/disable_ipv6").value_or(1) == 0; }

}  // namespace

std::vector<std::string> prepared_interfaces() {
    std::vector<std::string> out;
    const std::unique_ptr<DIR, CloseFolder> folder(::opendir(prepared_folder));
    while (const dirent* entry = folder ? ::readdir(folder.get()) : nullptr)
        if (entry->d_name[0] != '.') out.emplace_back(entry->d_name);
    std::sort(out.begin(), out.end());
    return out;
}

InterfaceFacts interface_facts(const std::string& name) {
    InterfaceFacts facts;
    facts.name = name;
    const std::string folder = folder_of_interface(name);
    const auto flags = number_in(folder + "/flags");
    facts.exists = flags.has_value();
    if (!flags) return facts;
    facts.up = (*flags & IFF_UP) != 0;
    facts.promiscuous = (*flags & IFF_PROMISC) != 0;
    facts.arp = (*flags & IFF_NOARP) == 0;
    facts.multicast = (*flags & IFF_MULTICAST) != 0;
    facts.carrier = number_in(folder + "/carrier").value_or(0) != 0;  // of an interface that is down it cannot be read
    if (!enter_own_namespace(name)) return facts;
    facts.ipv6 = speaks_ipv6(name);
    facts.addresses = addresses_of(name);
    facts.offloads = offloads_of(name);
    facts.counters = driver_counters(name);
    return facts;
}

std::optional<bool> is_clock_synchronised() {
    timex clock{};
    const int state = ::adjtimex(&clock);
    if (state < 0) return std::nullopt;
    return state != TIME_ERROR && (clock.status & STA_UNSYNC) == 0;
}

std::string confinement_kind() {
    constexpr unsigned version = 1;  // LANDLOCK_CREATE_RULESET_VERSION
    const long abi = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, version);
    return abi > 0 ? fmt::format("seccomp, Landlock ABI {}", abi) : "seccomp; no Landlock in this kernel";
}

}  // namespace sw
