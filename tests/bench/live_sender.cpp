// Sends the frames of a capture over an interface, round and round, as fast as it can, by sendmmsg on a packet socket.
//
// live_sender INTERFACE CAPTURE.pcap FRAMES
// Prints how many frames were sent and how many a second that is. For tests/bench/live_bench.sh; Linux only.
#include <net/if.h>
#include <netpacket/packet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <vector>

namespace {

using Octets = std::vector<char>;

/// Of a little-endian pcap file, those that an interface with an MTU of 1500 takes.
std::vector<Octets> frames_of(const char* path) {
    std::ifstream file(path, std::ios::binary);
    const Octets all{std::istreambuf_iterator<char>(file), {}};
    std::vector<Octets> frames;
    for (std::size_t at = 24; at + 16 <= all.size();) {
        std::uint32_t caplen = 0;
        std::memcpy(&caplen, all.data() + at + 8, sizeof caplen);
        at += 16;
        if (caplen > all.size() - at) break;
        const auto begin = all.begin() + static_cast<std::ptrdiff_t>(at);
        if (caplen >= 14 && caplen <= 1514) frames.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(caplen));
        at += caplen;
    }
    return frames;
}

int packet_socket(const char* interface) {
    const int fd = ::socket(AF_PACKET, SOCK_RAW, 0);
    sockaddr_ll to{};
    to.sll_family = AF_PACKET;
    to.sll_ifindex = static_cast<int>(::if_nametoindex(interface));
    const int on = 1;
    if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) return -1;
    static_cast<void>(::setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on));
    return fd;
}

/// How many were sent.
std::uint64_t send_all(int fd, std::vector<Octets>& frames, std::uint64_t count) {
    constexpr unsigned batch = 64;
    std::array<iovec, batch> parts{};
    std::array<mmsghdr, batch> messages{};
    std::uint64_t sent = 0;
    while (sent < count) {
        const unsigned n = static_cast<unsigned>(std::min<std::uint64_t>(batch, count - sent));
        for (unsigned i = 0; i < n; ++i) {
            Octets& f = frames[(sent + i) % frames.size()];
            parts[i] = {f.data(), f.size()};
            messages[i].msg_hdr.msg_iov = &parts[i];
            messages[i].msg_hdr.msg_iovlen = 1;
        }
        const int done = ::sendmmsg(fd, messages.data(), n, 0);
        if (done < 0 && errno != ENOBUFS && errno != EINTR) return sent;
        if (done > 0) sent += static_cast<std::uint64_t>(done);
    }
    return sent;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    std::vector<Octets> frames = frames_of(argv[2]);
    const int fd = packet_socket(argv[1]);
    if (fd < 0 || frames.empty()) return std::perror("live_sender"), 3;
    const auto began = std::chrono::steady_clock::now();
    const std::uint64_t sent = send_all(fd, frames, std::strtoull(argv[3], nullptr, 10));
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    std::printf("%llu %.0f\n", static_cast<unsigned long long>(sent), static_cast<double>(sent) / seconds);
    ::close(fd);
    return 0;
}
