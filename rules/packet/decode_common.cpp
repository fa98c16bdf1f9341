// The frame that nearly all frames are: Ethernet II, IPv4 without options or fragments, TCP in the middle of a
// connection or UDP, every check passed. Anything else, or any doubt, is left to the strict walk, which decides.
// The property test "both ways of decoding agree" holds the two together.
#include "rules/packet/checksum.hpp"
#include "rules/packet/decode_internal.hpp"

namespace sw::decoding {
namespace {

constexpr std::uint32_t link_size = 14, ip_size = 20, l4_at = link_size + ip_size;

/// Neither "this network", loopback, multicast (as a source) nor reserved: what check_addresses_v4 has no word against.
bool ordinary(std::uint32_t address, std::uint32_t first_beyond) {
    const std::uint32_t top = address >> 24;
    return top - 1 < first_beyond - 1 && top != 127;
}

bool all_zero(const std::uint8_t* at, std::uint32_t n) {
    std::uint64_t any = 0, w = 0;
    for (; n >= 8; at += 8, n -= 8) {
        std::memcpy(&w, at, 8);
        any |= w;
    }
    for (std::uint32_t i = 0; i < n; ++i) any |= at[i];
    return any == 0;
}

bool checksum_good(const std::uint8_t* ip, std::uint32_t l4_size, std::uint8_t proto) {
    const std::uint64_t sum = sum_small(ip + 12, 8) + sum_of(proto) + sum_of(static_cast<std::uint16_t>(l4_size));
    return sums_up(sum + sum_words(ip + ip_size, l4_size));
}

/// Length of a TCP header that needs no closer look: an acknowledgement, data or FIN, with no options or time stamps; else 0.
std::uint32_t common_tcp_header(const std::uint8_t* h, std::uint32_t size) {
    using namespace tcp_flag;
    if (size < 20 || (h[13] & ~(psh | fin | ece | cwr)) != ack || load_be16(h + 18) != 0) return 0;
    if (h[12] == 0x50) return 20;
    return h[12] == 0x80 && size >= 32 && load_be32(h + 20) == 0x0101080au ? 32 : 0;
}

bool common_udp(const std::uint8_t* h, std::uint32_t size) {
    const std::uint16_t to = load_be16(h + 2);
    return load_be16(h + 4) == size && load_be16(h + 6) != 0 && to != 4789 && to != 6081;
}

void set_layers(Packet& p, std::uint32_t len, std::uint32_t total, std::uint32_t header, LayerKind transport) {
    const std::uint32_t payload = total - ip_size - header;
    p.layers[0] = {LayerKind::ethernet, 0, len, len};
    p.layers[1] = {LayerKind::ipv4, link_size, total, total};
    p.layers[2] = {transport, l4_at, total - ip_size, total - ip_size};
    p.layer_count = 3;
    if (payload > 0) p.layers[p.layer_count++] = {LayerKind::payload, l4_at + header, payload, payload};
    p.payload_offset = l4_at + header;
    p.payload_len = p.payload_caplen = payload;
}

void set_tcp(Packet& p, const std::uint8_t* h) {
    p.transport = Transport::tcp;
    p.tcp_seq = load_be32(h + 4);
    p.tcp_ack = load_be32(h + 8);
    p.tcp_flags = h[13];
    p.tcp_window = load_be16(h + 14);
}

}  // namespace

bool decode_common(const std::uint8_t* data, std::uint32_t len, Packet& p) {
    if (len < l4_at + 8 || load_be16(data + 12) != 0x0800 || (data[6] & 1) != 0) return false;
    const std::uint8_t* ip = data + link_size;
    const std::uint32_t total = load_be16(ip + 2), src = load_be32(ip + 12), dst = load_be32(ip + 16);
    if (ip[0] != 0x45 || (load_be16(ip + 6) & 0xbfff) != 0 || ip[8] == 0 || total < ip_size + 8 || total > len - link_size) return false;
    if (!ordinary(src, 224) || !ordinary(dst, 240) || src == dst || !sums_up(sum_small(ip, ip_size))) return false;
    const std::uint32_t behind = len - link_size - total;
    if (behind != 0 && (len > 60 || !all_zero(ip + total, behind))) return false;

    const std::uint8_t* h = ip + ip_size;
    const std::uint8_t proto = ip[9];
    const std::uint32_t size = total - ip_size;
    const bool tcp = proto == 6;
    if (load_be16(h) == 0 || load_be16(h + 2) == 0) return false;
    const std::uint32_t header = tcp ? common_tcp_header(h, size) : proto == 17 && common_udp(h, size) ? 8 : 0;
    if (header == 0 || !checksum_good(ip, size, proto)) return false;

    p.network = Network::ipv4;
    p.ip_proto = proto;
    p.plain = true;
    p.checksum = Checksum::good;
    p.ethertype = 0x0800;
    p.ttl = ip[8];
    p.mac_dst = data;
    p.mac_src = data + 6;
    p.ip_src = ip + 12;
    p.ip_dst = ip + 16;
    p.sport = load_be16(h);
    p.dport = load_be16(h + 2);
    p.l3_offset = link_size;
    p.l4_offset = l4_at;
    p.transport = Transport::udp;
    if (tcp) set_tcp(p, h);
    set_layers(p, len, total, header, tcp ? LayerKind::tcp : LayerKind::udp);
    return true;
}

}  // namespace sw::decoding
