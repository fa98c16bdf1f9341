#include "rules/packet/checksum.hpp"
#include "rules/packet/common_frame.hpp"
#include "rules/packet/decode_internal.hpp"

namespace sw::decoding {
namespace {

constexpr std::uint32_t link_size = CommonFrame::l3_offset, ip_size = 20, l4_at = CommonFrame::l4_offset;

/// Neither "this network", loopback, multicast (as a source) nor reserved: what check_addresses_v4 has no word against.
bool ordinary(std::uint32_t address, std::uint32_t first_beyond) {
    const std::uint32_t top = address >> 24;
    return (top - 1 < first_beyond - 1) & (top != 127);
}

bool checksum_good(const std::uint8_t* ip, std::uint32_t l4_size, std::uint8_t proto) {
    const std::uint64_t sum = sum_small(ip + 12, 8) + sum_of(proto) + sum_of(static_cast<std::uint16_t>(l4_size));
    return sums_up(sum + (l4_size < 128 ? sum_from_8(ip + ip_size, l4_size) : sum_wide(ip + ip_size, l4_size)));
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

void set_layers(Packet& p, const CommonFrame& c, std::uint32_t len) {
    const std::uint32_t total = c.ip_len, payload = c.payload_len();
    p.layers[0] = {LayerKind::ethernet, 0, len, len};
    p.layers[1] = {LayerKind::ipv4, link_size, total, total};
    p.layers[2] = {c.proto == 6 ? LayerKind::tcp : LayerKind::udp, l4_at, total - ip_size, total - ip_size};
    p.layer_count = 3;
    if (payload > 0) p.layers[p.layer_count++] = {LayerKind::payload, c.payload_offset(), payload, payload};
    p.payload_offset = c.payload_offset();
    p.payload_len = p.payload_caplen = payload;
}

void set_tcp(Packet& p, const CommonFrame& c) {
    p.transport = Transport::tcp;
    p.tcp_seq = c.tcp_seq;
    p.tcp_ack = c.tcp_ack;
    p.tcp_flags = c.tcp_flags;
    p.tcp_window = c.tcp_window;
}

}  // namespace

}  // namespace sw::decoding

namespace sw {

bool read_common(const std::uint8_t* data, std::uint32_t len, CommonFrame& c) {
    using namespace decoding;
    if (len < l4_at + 8) return false;
    const std::uint8_t* ip = data + link_size;
    const std::uint32_t total = load_be16(ip + 2), src = load_be32(ip + 12), dst = load_be32(ip + 16), behind = len - link_size - total;
    const bool ipv4 = (load_be16(data + 12) == 0x0800) & (ip[0] == 0x45) & ((data[6] & 1) == 0);
    const bool whole = ((load_be16(ip + 6) & 0xbfff) == 0) & (ip[8] != 0) & (total >= ip_size + 8) & (total <= len - link_size);
    const bool honest = ordinary(src, 224) & ordinary(dst, 240) & (src != dst) & sums_up(sum_small(ip, ip_size));
    if (!(ipv4 & whole & honest)) return false;
    if (behind != 0 && (len > 60 || !all_zero(ip + total, behind))) return false;

    const std::uint8_t* h = ip + ip_size;
    const std::uint32_t size = total - ip_size;
    c.proto = ip[9];
    c.sport = load_be16(h);
    c.dport = load_be16(h + 2);
    const std::uint32_t header = c.proto == 6 ? common_tcp_header(h, size) : c.proto == 17 && common_udp(h, size) ? 8 : 0;
    if (!((header != 0) & (c.sport != 0) & (c.dport != 0)) || !checksum_good(ip, size, c.proto)) return false;

    c.data = data;
    c.src = src;
    c.dst = dst;
    c.ip_len = static_cast<std::uint16_t>(total);
    c.header_len = static_cast<std::uint8_t>(header);
    c.family = 4;
    c.nothing = 0;
    if (c.proto != 6) return true;
    c.tcp_seq = load_be32(h + 4);
    c.tcp_ack = load_be32(h + 8);
    c.tcp_offset = h[12];
    c.tcp_flags = h[13];
    c.tcp_window = load_be16(h + 14);
    return true;
}

void expand(const CommonFrame& c, std::uint32_t len, Datalink link, Packet& p) {
    using namespace decoding;
    begin(c.data, len, len, link, p);
    p.network = Network::ipv4;
    p.ip_proto = c.proto;
    p.plain = true;
    p.checksum = Checksum::good;
    p.ethertype = 0x0800;
    p.ttl = c.data[link_size + 8];
    p.mac_dst = c.data;
    p.mac_src = c.data + 6;
    p.ip_src = c.data + link_size + 12;
    p.ip_dst = c.data + link_size + 16;
    p.sport = c.sport;
    p.dport = c.dport;
    p.l3_offset = link_size;
    p.l4_offset = l4_at;
    p.transport = Transport::udp;
    if (c.proto == 6) set_tcp(p, c);
    set_layers(p, c, len);
}

}  // namespace sw
