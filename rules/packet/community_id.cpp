#include "rules/packet/community_id.hpp"

#include <sha1.h>

#include <cstring>
#include <tuple>

namespace sw {
namespace {

std::string base64(const std::uint8_t* data, std::size_t size) {
    constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < size; i += 3) {
        const std::size_t n = std::min<std::size_t>(3, size - i);
        std::uint32_t group = 0;
        for (std::size_t j = 0; j < 3; ++j) group = group << 8 | (j < n ? data[i + j] : 0u);
        for (std::size_t j = 0; j < 4; ++j) out += j <= n ? alphabet[group >> (18 - 6 * j) & 63] : '=';
    }
    return out;
}

/// The type that answers an ICMP type, as the specification pairs them; -1: one-way.
int counterpart(std::uint8_t proto, std::uint16_t type) {
    static constexpr std::uint8_t v4[][2] = {{8, 0}, {13, 14}, {15, 16}, {10, 9}, {17, 18}};
    static constexpr std::uint8_t v6[][2] = {{128, 129}, {133, 134}, {135, 136}, {130, 131}, {139, 140}, {144, 145}};
    const auto find = [type](auto& pairs) {
        for (const auto& p : pairs) {
            if (p[0] == type) return int{p[1]};
            if (p[1] == type) return int{p[0]};
        }
        return -1;
    };
    return proto == 1 ? find(v4) : find(v6);
}

bool ends_in_order(const FiveTuple& t, bool has_ports) {
    const int order = std::memcmp(t.src.octets.data(), t.dst.octets.data(), 16);
    return order < 0 || (order == 0 && (!has_ports || t.sport < t.dport));
}

}  // namespace

std::string community_id(const FiveTuple& tuple, bool has_ports, std::uint16_t seed) {
    FiveTuple t = tuple;
    bool one_way = false;
    if (has_ports && (t.proto == 1 || t.proto == 58)) {
        const int other = counterpart(t.proto, t.sport);
        one_way = other < 0;
        if (!one_way) t.dport = static_cast<std::uint16_t>(other);
    }
    if (!one_way && !ends_in_order(t, has_ports)) t = t.swapped();

    std::array<std::uint8_t, 40> message{};
    std::size_t n = 0;
    const auto put16 = [&](std::uint16_t v) {
        message[n++] = static_cast<std::uint8_t>(v >> 8);
        message[n++] = static_cast<std::uint8_t>(v);
    };
    const std::size_t address = t.src.family == 6 ? 16 : 4;
    put16(seed);
    for (const Address& a : {t.src, t.dst}) {
        std::memcpy(&message[n], a.octets.data(), address);
        n += address;
    }
    message[n++] = t.proto;
    message[n++] = 0;
    if (has_ports) {
        put16(t.sport);
        put16(t.dport);
    }
    SHA1_CTX context;
    std::uint8_t digest[SHA1_DIGEST_LENGTH];
    SHA1Init(&context);
    SHA1Update(&context, message.data(), n);
    SHA1Final(digest, &context);
    return "1:" + base64(digest, sizeof digest);
}

std::string community_id(const Packet& packet, std::uint16_t seed) {
    if (packet.ip_src == nullptr || packet.network == Network::arp) return {};
    FiveTuple t = packet.five_tuple();
    const bool icmp = packet.transport == Transport::icmp || packet.transport == Transport::icmp6;
    if (icmp) {
        t.sport = packet.icmp_type;
        t.dport = packet.icmp_code;
    }
    const std::uint32_t at = packet.l4_offset;
    const bool sctp = packet.ip_proto == 132 && at != 0 && packet.caplen >= at + 4 && !packet.later_fragment;
    if (sctp) {
        t.sport = load_be16(packet.data + at);
        t.dport = load_be16(packet.data + at + 2);
    }
    const bool has_ports = packet.transport != Transport::none || sctp;
    return community_id(t, has_ports, seed);
}

}  // namespace sw
