#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "collector/cli/doctor_checks.hpp"
#include "rules/base/unique_fd.hpp"

namespace sw {
namespace {

constexpr std::uint32_t most_counters = 4096;

/// A request of SIOCETHTOOL: a header, and behind it as many items as it says.
template <class Header, class Item>
class Request {
public:
    Request(std::uint32_t command, std::size_t items) : octets_(sizeof(Header) + items * sizeof(Item)) { header().cmd = command; }
    Header& header() { return *reinterpret_cast<Header*>(octets_.data()); }
    const std::uint8_t* items() const { return octets_.data() + sizeof(Header); }
    bool ask(int socket, const std::string& interface) {
        ifreq request{};
        interface.copy(request.ifr_name, IFNAMSIZ - 1);
        request.ifr_data = reinterpret_cast<char*>(octets_.data());
        return ::ioctl(socket, SIOCETHTOOL, &request) == 0;
    }

private:
    std::vector<std::uint8_t> octets_;
};

}  // namespace

std::optional<std::vector<DriverCounter>> driver_counters(const std::string& interface) {
    const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    Request<ethtool_drvinfo, std::uint8_t> about(ETHTOOL_GDRVINFO, 0);
    if (!socket || !about.ask(socket.get(), interface)) return std::nullopt;
    const std::uint32_t count = about.header().n_stats;
    if (count > most_counters) return std::nullopt;
    using Name = std::array<char, ETH_GSTRING_LEN>;
    Request<ethtool_gstrings, Name> names(ETHTOOL_GSTRINGS, count);
    names.header().string_set = ETH_SS_STATS;
    names.header().len = count;
    Request<ethtool_stats, std::uint64_t> values(ETHTOOL_GSTATS, count);
    values.header().n_stats = count;
    if (count > 0 && (!names.ask(socket.get(), interface) || !values.ask(socket.get(), interface))) return std::nullopt;
    std::vector<DriverCounter> counters;
    for (std::uint32_t i = 0; i < count; ++i) {
        DriverCounter c;
        const char* name = reinterpret_cast<const char*>(names.items()) + std::size_t{i} * ETH_GSTRING_LEN;
        c.name.assign(name, ::strnlen(name, ETH_GSTRING_LEN));
        std::memcpy(&c.value, values.items() + std::size_t{i} * sizeof c.value, sizeof c.value);
        counters.push_back(std::move(c));
    }
    return counters;
}

}  // namespace sw
