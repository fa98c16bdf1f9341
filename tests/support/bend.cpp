/// Bending frames: plain octets, without libtins, so that nothing repairs what a test wants broken.
#include <algorithm>

#include "tests/support/craft.hpp"

namespace sw::craft {
namespace {

std::uint32_t sum16(const std::uint8_t* p, std::size_t n, std::uint32_t sum) {
    for (std::size_t i = 0; i < n; ++i) sum += i % 2 == 0 ? static_cast<std::uint32_t>(p[i]) << 8 : p[i];
    return sum;
}

unsigned folded(std::uint32_t sum) {
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    return ~sum & 0xffff;
}

unsigned load16(const Octets& bytes, std::size_t at) { return load_be16(bytes.data() + at); }

bool is_v6(const CraftedFrame& f) { return f.bytes.at(ip_at) >> 4 == 6; }

std::size_t transport_at(const CraftedFrame& f) { return is_v6(f) ? tcp6_at : ip_at + (f.bytes.at(ip_at) & 0x0fu) * 4u; }

/// Where the checksum of a protocol stands in its header; 0: it has none here.
std::size_t checksum_at(std::uint8_t proto) {
    switch (proto) {
        case 6:
            return 16;
        case 17:
            return 6;
        case 1:
        case 58:
            return 2;
        default:
            return 0;
    }
}

void grow_ip_length(CraftedFrame& f, std::size_t by) {
    const std::size_t at = is_v6(f) ? ip_at + 4 : ip_at + 2;
    f.set16(at, load16(f.bytes, at) + static_cast<unsigned>(by));
}

}  // namespace

Octets octets(std::string_view s) { return {s.begin(), s.end()}; }

Octets operator+(Octets a, const Octets& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

Octets be16(unsigned v) { return {static_cast<std::uint8_t>(v >> 8), static_cast<std::uint8_t>(v)}; }
Octets be32(std::uint32_t v) { return be16(v >> 16) + be16(v & 0xffff); }

Endpoint v4(const Host& host, std::uint16_t port) { return {std::string(host.mac), std::string(host.v4), port}; }
Endpoint v6(const Host& host, std::uint16_t port) { return {std::string(host.mac), std::string(host.v6), port}; }

CraftedFrame& CraftedFrame::at(Timestamp t) {
    ts = t;
    return *this;
}

CraftedFrame& CraftedFrame::later(Duration d) { return at(ts + d); }

CraftedFrame& CraftedFrame::set8(std::size_t offset, unsigned value) {
    bytes.at(offset) = static_cast<std::uint8_t>(value);
    return *this;
}

CraftedFrame& CraftedFrame::set16(std::size_t offset, unsigned value) { return overwrite(offset, be16(value)); }
CraftedFrame& CraftedFrame::set32(std::size_t offset, std::uint32_t value) { return overwrite(offset, be32(value)); }
CraftedFrame& CraftedFrame::flip(std::size_t offset, unsigned bits) { return set8(offset, bytes.at(offset) ^ bits); }

CraftedFrame& CraftedFrame::overwrite(std::size_t offset, const Octets& with) {
    for (std::size_t i = 0; i < with.size(); ++i) bytes.at(offset + i) = with[i];
    return *this;
}

CraftedFrame& CraftedFrame::insert(std::size_t offset, const Octets& more) {
    bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(offset), more.begin(), more.end());
    len += static_cast<std::uint32_t>(more.size());
    return *this;
}

CraftedFrame& CraftedFrame::erase(std::size_t offset, std::size_t count) {
    const auto from = bytes.begin() + static_cast<std::ptrdiff_t>(offset);
    bytes.erase(from, from + static_cast<std::ptrdiff_t>(count));
    len -= static_cast<std::uint32_t>(count);
    return *this;
}

CraftedFrame& CraftedFrame::trailer(const Octets& more) { return insert(bytes.size(), more); }

CraftedFrame& CraftedFrame::pad(std::size_t to) { return bytes.size() < to ? trailer(Octets(to - bytes.size())) : *this; }

CraftedFrame& CraftedFrame::cut(std::size_t count) {
    bytes.resize(std::min(bytes.size(), count));
    len = static_cast<std::uint32_t>(bytes.size());
    return *this;
}

CraftedFrame& CraftedFrame::snap(std::size_t count) {
    bytes.resize(std::min(bytes.size(), count));
    return *this;
}

CraftedFrame& CraftedFrame::fix() { return fix_ip().fix_transport(); }

CraftedFrame& CraftedFrame::fix_ip() {
    if (is_v6(*this)) return *this;
    set16(ip_at + 10, 0);
    const std::size_t header = std::min((bytes[ip_at] & 0x0fu) * std::size_t{4}, bytes.size() - ip_at);
    return set16(ip_at + 10, folded(sum16(bytes.data() + ip_at, header, 0)));
}

CraftedFrame& CraftedFrame::fix_transport() {
    const bool six = is_v6(*this);
    const std::uint8_t proto = bytes.at(six ? ip_at + 6 : ip_at + 9);
    const std::size_t start = transport_at(*this);
    const std::size_t end = six ? start + load16(bytes, ip_at + 4) : ip_at + load16(bytes, ip_at + 2);
    const std::size_t octets = std::min(end, bytes.size()) - start;
    if (checksum_at(proto) == 0 || octets < checksum_at(proto) + 2) return *this;
    std::uint32_t sum = 0;
    if (proto != 1) {
        sum = six ? sum16(bytes.data() + ip_at + 8, 32, sum) : sum16(bytes.data() + ip_at + 12, 8, sum);
        sum += proto + static_cast<std::uint32_t>(octets);
    }
    set16(start + checksum_at(proto), 0);
    const unsigned value = folded(sum16(bytes.data() + start, octets, sum));
    return set16(start + checksum_at(proto), value == 0 && proto == 17 ? 0xffff : value);
}

CraftedFrame& CraftedFrame::tag(unsigned tci, unsigned tpid) { return insert(ethertype_at, be16(tpid) + be16(tci)); }

CraftedFrame& CraftedFrame::ip_options(const Octets& options) {
    grow_ip_length(*this, options.size());
    flip(ip_at, (5u ^ (5u + static_cast<unsigned>(options.size() / 4))) & 0x0f);
    return insert(tcp4_at, options).fix_ip();
}

CraftedFrame& CraftedFrame::extension(std::uint8_t kind, Octets header) {
    header.at(0) = bytes.at(ip_at + 6);
    grow_ip_length(*this, header.size());
    return set8(ip_at + 6, kind).insert(tcp6_at, header);
}

CraftedFrame& CraftedFrame::tcp_options(const Octets& options) {
    grow_ip_length(*this, options.size());
    const std::size_t start = transport_at(*this);
    const std::size_t header = (bytes.at(start + 12) >> 4) * std::size_t{4};
    set8(start + 12, (bytes[start + 12] & 0x0fu) | static_cast<unsigned>((header + options.size()) / 4) << 4);
    return insert(start + header, options).fix();
}

CraftedFrame& CraftedFrame::relink(std::uint16_t to_linktype, const Octets& header) {
    linktype = to_linktype;
    return erase(0, ip_at).insert(0, header);
}

Octets CraftedFrame::packet() const { return {bytes.begin() + ip_at, bytes.end()}; }

}  // namespace sw::craft
