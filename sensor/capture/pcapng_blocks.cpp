#include "sensor/capture/pcapng_blocks.hpp"

#include <algorithm>
#include <cstring>

namespace sw::pcapng {

std::string_view fitting(std::string_view comment) {
    constexpr std::size_t comment_octets = 65'000;
    if (comment.size() <= comment_octets) return comment;
    std::size_t n = comment_octets;
    const auto continues = [&](std::size_t at) { return (static_cast<unsigned char>(comment[at]) & 0xc0) == 0x80; };
    while (n > comment_octets - 4 && continues(n)) --n;
    return comment.substr(0, n);
}

void Blocks::begin(std::uint32_t type) {
    begun_ = octets_.size();
    put32(type);
    put32(0);
}

void Blocks::end() {
    const auto total = static_cast<std::uint32_t>(octets_.size() - begun_ + 4);
    put32(total);
    set32(begun_ + 4, total);
}

void Blocks::set32(std::size_t at, std::uint32_t v) {
    if (swapped_) v = __builtin_bswap32(v);
    std::memcpy(octets_.data() + at, &v, sizeof v);
}

void Blocks::put16(std::uint16_t v) {
    if (swapped_) v = __builtin_bswap16(v);
    const auto* p = reinterpret_cast<const std::uint8_t*>(&v);
    octets_.insert(octets_.end(), p, p + sizeof v);
}

void Blocks::put32(std::uint32_t v) {
    octets_.resize(octets_.size() + sizeof v);
    set32(octets_.size() - sizeof v, v);
}

void Blocks::put_time(Timestamp ts) {
    const auto ticks = static_cast<std::uint64_t>(std::max<std::int64_t>(ts.ns, 0));
    put32(static_cast<std::uint32_t>(ticks >> 32));
    put32(static_cast<std::uint32_t>(ticks & 0xffffffff));
}

void Blocks::put_padded(const void* data, std::size_t n) {
    const auto* p = static_cast<const std::uint8_t*>(data);
    octets_.insert(octets_.end(), p, p + n);
    octets_.resize(octets_.size() + (padded(n) - n));
}

void Blocks::put_option(std::uint16_t code, std::string_view value) {
    if (value.empty()) return;
    put16(code);
    put16(static_cast<std::uint16_t>(value.size()));
    put_padded(value.data(), value.size());
}

void Blocks::put_section(std::string_view comment, std::string_view application) {
    begin(section_header);
    put32(byte_order_magic);
    put16(1);
    put16(0);
    put32(0xffffffff);  // section length: not known
    put32(0xffffffff);
    put_option(opt_comment, comment);
    put_option(shb_userappl, application);
    put32(opt_end);
    end();
}

void Blocks::begin_packet(std::uint32_t interface, const Frame& frame) {
    begin(enhanced_packet);
    put32(interface);
    put_time(frame.ts);
    put32(frame.caplen);
    put32(frame.len);
    put_padded(frame.data, frame.caplen);
}

}  // namespace sw::pcapng
