#include "tests/support/pieces.hpp"

#include <algorithm>

namespace sw::craft {
namespace {

constexpr std::uint8_t hop_by_hop = 0, fragment = 44;

bool is_v6(const CraftedFrame& f) { return f.bytes.at(ip_at) >> 4 == 6; }

/// Behind the fixed header; behind hop-by-hop options, too, which every fragment bears (RFC 8200 4.5).
std::size_t fragmentable_at(const CraftedFrame& f) {
    if (!is_v6(f)) return ip_at + 20;
    const std::size_t behind = ip_at + 40;
    return f.bytes.at(ip_at + 6) == hop_by_hop ? behind + (f.bytes.at(behind + 1) + 1u) * 8 : behind;
}

CraftedFrame piece6(const CraftedFrame& whole, const Cut& cut, const Octets& payload, std::uint32_t id) {
    const std::size_t at = fragmentable_at(whole);
    const std::size_t next_at = at == ip_at + 40 ? ip_at + 6 : ip_at + 40;
    CraftedFrame f = whole;
    const std::uint8_t next = f.bytes.at(next_at);
    f.bytes.resize(at);
    f.bytes = f.bytes + Octets{next, 0} + be16(cut.begin | (cut.more ? 1u : 0u)) + be32(id) + payload;
    f.len = static_cast<std::uint32_t>(f.bytes.size());
    f.set8(next_at, fragment);
    return f.set16(ip_at + 4, static_cast<unsigned>(f.bytes.size() - ip_at - 40));
}

}  // namespace

std::uint32_t payload_size(const CraftedFrame& whole) { return static_cast<std::uint32_t>(whole.bytes.size() - fragmentable_at(whole)); }

CraftedFrame piece(const CraftedFrame& whole, const Cut& cut, std::uint32_t id) {
    const std::size_t at = fragmentable_at(whole);
    Octets payload(cut.end - cut.begin);
    for (std::size_t i = 0; i < payload.size(); ++i)
        if (at + cut.begin + i < whole.bytes.size()) payload[i] = whole.bytes[at + cut.begin + i];
    if (is_v6(whole)) return piece6(whole, cut, payload, id);
    CraftedFrame f = whole;
    f.bytes.resize(at);
    f.bytes = f.bytes + payload;
    f.len = static_cast<std::uint32_t>(f.bytes.size());
    f.set16(ip_at + 2, static_cast<unsigned>(20 + payload.size())).set16(ip_at + 4, id);
    return f.set16(ip_at + 6, cut.begin / 8 | (cut.more ? 0x2000u : 0u)).fix_ip();
}

Frames pieces(const CraftedFrame& whole, std::uint32_t size, std::uint32_t id) {
    Frames out;
    const std::uint32_t all = payload_size(whole);
    for (std::uint32_t begin = 0; begin < all; begin += size) {
        const std::uint32_t end = std::min(begin + size, all);
        out.push_back(piece(whole, {begin, end, end < all}, id).later(std::chrono::milliseconds(out.size())));
    }
    return out;
}

}  // namespace sw::craft
