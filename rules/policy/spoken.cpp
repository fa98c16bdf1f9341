#include "rules/policy/spoken.hpp"

#include <algorithm>
#include <cstdlib>

namespace sw {
namespace {

struct Row {
    std::string_view protocol;
    Carrier carrier;
};

constexpr Row rows[] = {
    {"smtp", Carrier::tcp}, {"imap", Carrier::tcp},      {"pop3", Carrier::tcp},     {"dns", Carrier::both},
    {"tls", Carrier::tcp},  {"ssh", Carrier::tcp},       {"http", Carrier::tcp},     {"syslog", Carrier::both},
    {"ntp", Carrier::udp},  {"wireguard", Carrier::udp}, {"openvpn", Carrier::both}, {"ike", Carrier::udp},
};

}  // namespace

const std::vector<std::string_view>& spoken_protocols() {
    static const std::vector<std::string_view> words = [] {
        std::vector<std::string_view> list;
        for (const Row& row : rows) list.push_back(row.protocol);
        return list;
    }();
    return words;
}

Carrier carrier_of(std::string_view protocol) {
    const auto* row = std::find_if(std::begin(rows), std::end(rows), [protocol](const Row& r) { return r.protocol == protocol; });
    if (row == std::end(rows)) std::abort();
    return row->carrier;
}

std::string_view to_string(Carrier carrier) {
    constexpr std::string_view names[] = {"TCP", "UDP", "TCP or UDP"};
    return names[static_cast<std::size_t>(carrier)];
}

}  // namespace sw
