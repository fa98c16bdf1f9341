/// bench_read FILE: the limit. Reads a pcap file in 256 KiB pieces and walks its record headers, nothing else.
/// Prints the number of packets, so that the walk cannot be optimized away.
#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <vector>

namespace {

constexpr std::size_t piece = std::size_t{256} << 10;
constexpr std::size_t file_header = 24, record_header = 16;

/// Whole records in buffer[0, filled); the octets of those that were walked.
std::size_t walk(const std::vector<std::uint8_t>& buffer, std::size_t filled, std::uint64_t& packets) {
    std::size_t at = 0;
    while (filled - at >= record_header) {
        std::uint32_t caplen;
        std::memcpy(&caplen, buffer.data() + at + 8, sizeof caplen);
        if (filled - at - record_header < caplen) break;
        at += record_header + caplen;
        ++packets;
    }
    return at;
}

}  // namespace

int main(int argc, char** argv) {
    const int fd = argc == 2 ? ::open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0) {
        std::fputs("usage: bench_read FILE\n", stderr);
        return 2;
    }
    std::vector<std::uint8_t> buffer(2 * piece);
    std::uint64_t packets = 0;
    std::size_t kept = 0, skip = file_header;
    for (;;) {
        const ssize_t n = ::read(fd, buffer.data() + kept, piece);
        if (n <= 0) break;
        std::size_t filled = kept + static_cast<std::size_t>(n);
        if (skip != 0) std::memmove(buffer.data(), buffer.data() + skip, filled -= skip);
        skip = 0;
        const std::size_t walked = walk(buffer, filled, packets);
        kept = filled - walked;
        std::memmove(buffer.data(), buffer.data() + walked, kept);
    }
    std::printf("%llu\n", static_cast<unsigned long long>(packets));
    return 0;
}
