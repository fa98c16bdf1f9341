#include <fmt/format.h>

#include <string_view>

#include "collector/dissect/packet_line.hpp"

namespace sw {
namespace {

struct Named {
    std::uint8_t type;
    std::string_view name;
};

constexpr Named of_v4[] = {
    {0, "echo reply"},         {3, "unreachable"},          {4, "source quench"},        {5, "redirect"},
    {8, "echo request"},       {9, "router advertisement"}, {10, "router solicitation"}, {11, "time exceeded"},
    {12, "parameter problem"}, {13, "timestamp request"},   {14, "timestamp reply"},     {17, "address mask request"},
    {18, "address mask reply"}};
constexpr Named of_v6[] = {{1, "unreachable"},
                           {2, "packet too big"},
                           {3, "time exceeded"},
                           {4, "parameter problem"},
                           {128, "echo request"},
                           {129, "echo reply"},
                           {130, "multicast listener query"},
                           {131, "multicast listener report"},
                           {132, "multicast listener done"},
                           {133, "router solicitation"},
                           {134, "router advertisement"},
                           {135, "neighbor solicitation"},
                           {136, "neighbor advertisement"},
                           {137, "redirect"},
                           {143, "multicast listener report v2"}};

std::string_view name_of_type(const Packet& p) {
    const auto look_up = [&](const auto& table) -> std::string_view {
        for (const Named& row : table)
            if (row.type == p.icmp_type) return row.name;
        return {};
    };
    return p.transport == Transport::icmp ? look_up(of_v4) : look_up(of_v6);
}

bool captured(const Packet& p, std::uint32_t octets) { return p.l4_offset != 0 && p.caplen >= p.l4_offset + octets; }

std::string end_of(const Address& a, std::uint16_t port) { return port == 0 ? to_string(a) : fmt::format("{}.{}", to_string(a), port); }

std::string quoted_words(const Quoted& q) {
    return fmt::format(", about {} {} > {}", protocol_name(q.tuple.proto), end_of(q.tuple.src, q.tuple.sport),
                       end_of(q.tuple.dst, q.tuple.dport));
}

}  // namespace

std::string icmp_words(const Packet& p) {
    const std::string_view family = p.transport == Transport::icmp ? "ICMP" : "ICMP6";
    const std::string_view name = name_of_type(p);
    std::string text =
        name.empty() ? fmt::format("{} type {} code {}", family, p.icmp_type, p.icmp_code) : fmt::format("{} {}", family, name);
    if ((p.is_echo_request() || p.is_echo_reply()) && captured(p, 8))
        return text + fmt::format(", id {}, seq {}", p.sport, load_be16(p.data + p.l4_offset + 6));
    if (!name.empty() && p.icmp_code != 0) text += fmt::format(" code {}", p.icmp_code);
    const bool neighbour = p.transport == Transport::icmp6 && (p.icmp_type == 135 || p.icmp_type == 136);
    if (neighbour && captured(p, 24)) text += ", target " + to_string(Address::v6(p.data + p.l4_offset + 8));
    if (p.is_icmp_error() && p.quoted.present) text += quoted_words(p.quoted);
    return text;
}

}  // namespace sw
