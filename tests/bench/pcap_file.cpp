#include "tests/bench/pcap_file.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace bench {
namespace {

constexpr std::size_t none = SIZE_MAX;
constexpr std::size_t least_frame = 60;

void put16(std::uint8_t* at, std::uint32_t v) {
    at[0] = static_cast<std::uint8_t>(v >> 8);
    at[1] = static_cast<std::uint8_t>(v);
}

void put32(std::uint8_t* at, std::uint32_t v) {
    put16(at, v >> 16);
    put16(at + 2, v & 0xffff);
}

std::uint64_t sum_of(const std::uint8_t* p, std::size_t n) {
    std::uint64_t sum = 0;
    for (; n >= 2; n -= 2, p += 2) sum += static_cast<std::uint32_t>(p[0] << 8 | p[1]);
    return n == 1 ? sum + static_cast<std::uint32_t>(p[0] << 8) : sum;
}

std::uint16_t checksum(std::uint64_t sum) {
    while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum);
}

void put_mac(std::uint8_t* at, std::uint32_t address) {
    at[0] = 0x02;
    at[1] = 0;
    put32(at + 2, address >> 8 == 0xc00002 ? address : 0xc0000201);  // the firewall stands for all others
}

[[noreturn]] void fail(const std::string& path) {
    std::perror(path.c_str());
    std::exit(3);
}

}  // namespace

PcapFile::PcapFile(const std::string& path) : file_(std::fopen(path.c_str(), "wb")), path_(path) {
    if (!file_) fail(path);
    std::setvbuf(file_.get(), nullptr, _IOFBF, std::size_t{1} << 20);
    const std::uint32_t header[6] = {0xa1b2c3d4, 2u | 4u << 16, 0, 0, 262'144, 1};
    if (std::fwrite(header, sizeof header, 1, file_.get()) != 1) fail(path);
}

PcapFile::~PcapFile() {
    if (std::fflush(file_.get()) != 0) fail(path_);
}

std::uint8_t* PcapFile::begin(std::uint8_t protocol, const End& from, const End& to) {
    std::uint8_t* f = frame_.data();
    put_mac(f, to.address);
    put_mac(f + 6, from.address);
    put16(f + 12, 0x0800);
    std::uint8_t* ip = f + link;
    put16(ip, 0x4500);
    put16(ip + 4, ++ip_id_);
    put16(ip + 6, 0x4000);
    ip[8] = 64;
    ip[9] = protocol;
    put16(ip + 10, 0);
    put32(ip + 12, from.address);
    put32(ip + 16, to.address);
    return f + transport;
}

void PcapFile::finish(std::size_t header, Payload payload, std::size_t checksum_offset, bool pseudo) {
    std::uint8_t* ip = frame_.data() + link;
    std::uint8_t* l4 = frame_.data() + transport;
    const std::size_t length = header + payload.size();
    std::copy(payload.begin(), payload.end(), l4 + header);
    put16(ip + 2, static_cast<std::uint32_t>(network + length));
    put16(ip + 10, checksum(sum_of(ip, network)));
    if (checksum_offset != none) {
        const std::uint64_t with = pseudo ? sum_of(ip + 12, 8) + ip[9] + length : 0;
        put16(l4 + checksum_offset, 0);
        const std::uint16_t sum = checksum(sum_of(l4, length) + with);
        put16(l4 + checksum_offset, sum == 0 && ip[9] == 17 ? 0xffff : sum);  // RFC 768: 0 means none
    }
    const std::size_t size = transport + length, padded = std::max(size, least_frame);
    std::fill(frame_.begin() + static_cast<std::ptrdiff_t>(size), frame_.begin() + static_cast<std::ptrdiff_t>(padded), std::uint8_t{0});
    write(padded);
}

void PcapFile::write(std::size_t size) {
    const auto n = static_cast<std::uint32_t>(size);
    const std::uint32_t record[4] = {static_cast<std::uint32_t>(now_us_ / 1'000'000), static_cast<std::uint32_t>(now_us_ % 1'000'000), n,
                                     n};
    if (std::fwrite(record, sizeof record, 1, file_.get()) != 1 || std::fwrite(frame_.data(), size, 1, file_.get()) != 1) fail(path_);
    ++packets_;
    octets_ += size;
}

void PcapFile::tcp(const End& from, const End& to, const Segment& s, Payload payload) {
    std::uint8_t* h = begin(6, from, to);
    const bool syn = (s.flags & flag::syn) != 0;
    const std::size_t header = syn ? 24 : 20;
    put16(h, from.port);
    put16(h + 2, to.port);
    put32(h + 4, s.seq);
    put32(h + 8, s.ack);
    h[12] = static_cast<std::uint8_t>(header / 4 << 4);
    h[13] = s.flags;
    put16(h + 14, 64'240);
    put16(h + 18, 0);
    if (syn) put32(h + 20, 0x020405b4);  // maximum segment size 1,460
    finish(header, payload, 16, true);
}

void PcapFile::udp(const End& from, const End& to, Payload payload) {
    std::uint8_t* h = begin(17, from, to);
    put16(h, from.port);
    put16(h + 2, to.port);
    put16(h + 4, static_cast<std::uint32_t>(8 + payload.size()));
    finish(8, payload, 6, true);
}

void PcapFile::icmp_echo(const End& from, const End& to, Payload payload) {
    std::uint8_t* h = begin(1, from, to);
    put16(h, 0x0800);
    put16(h + 4, from.port);
    put16(h + 6, to.port);
    finish(8, payload, 2, false);
}

void PcapFile::ip(std::uint8_t protocol, const End& from, const End& to, Payload payload) {
    begin(protocol, from, to);
    finish(0, payload, none, false);
}

}  // namespace bench
