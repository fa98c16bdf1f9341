// Linux: datagrams are looked at in batches without being taken (SO_PEEK_OFF), so that whoever dies between keeping and taking them
// finds them again, and knows them by the time that the kernel stamped on each (SO_TIMESTAMPNS).
#include <fmt/format.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "collector/sources/log_socket.hpp"
#include "collector/sources/socket_address.hpp"

namespace sw {
namespace {

template <class T>
bool set(int fd, int option, T value) {
    return ::setsockopt(fd, SOL_SOCKET, option, &value, sizeof value) == 0;
}

Timestamp stamp_of(msghdr& header) {
    for (cmsghdr* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(&header, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS) continue;
        timespec t{};
        std::memcpy(&t, CMSG_DATA(c), sizeof t);
        return {static_cast<std::int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_nsec};
    }
    return {};
}

Unexpected cannot(const char* what) {
    return unexpected(fmt::format("syslog socket: {}: {}", what, std::strerror(errno)), ExitCode::environment);
}

/// One call's headers. octets: where the datagrams go, or nullptr: nowhere.
struct Batch {
    explicit Batch(std::uint8_t* octets, std::size_t n) {
        for (std::size_t i = 0; i < n; ++i) {
            pieces[i] = {octets == nullptr ? nullptr : octets + i * LogSocket::largest, octets == nullptr ? 0 : LogSocket::largest};
            msghdr& h = messages[i].msg_hdr;
            h.msg_name = &names[i];
            h.msg_namelen = sizeof names[i];
            h.msg_iov = &pieces[i];
            h.msg_iovlen = 1;
            h.msg_control = controls[i].data();
            h.msg_controllen = controls[i].size();
        }
    }
    std::array<mmsghdr, LogSocket::batch> messages{};
    std::array<iovec, LogSocket::batch> pieces{};
    std::array<sockaddr_storage, LogSocket::batch> names{};
    alignas(cmsghdr) std::array<std::array<char, 64>, LogSocket::batch> controls{};
};

/// How many came; 0: none waits.
Result<std::size_t> receive(int fd, Batch& b, std::size_t n, int flags) {
    const int got = ::recvmmsg(fd, b.messages.data(), static_cast<unsigned>(n), flags | MSG_DONTWAIT, nullptr);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno == EAGAIN || errno == EINTR || errno == ECONNREFUSED) return std::size_t{0};
    return cannot("read");
}

}  // namespace

/// The write side is shut for ever: sending fails with EPIPE, whatever else may be allowed. (shutdown says ENOTCONN and does it.)
Result<Done> LogSocket::prepare() {
    const int fd = fd_.get();
    if (!set(fd, SO_RCVBUFFORCE, buffer_octets)) set(fd, SO_RCVBUF, buffer_octets);
    const int on = 1, from_the_front = 0;
    if (!set(fd, SO_TIMESTAMPNS, on) || !set(fd, SO_PEEK_OFF, from_the_front)) return cannot("set up");
    if (::shutdown(fd, SHUT_WR) != 0 && errno != ENOTCONN) return cannot("shut the write side");
    sockaddr_storage own{};
    socklen_t size = sizeof own;
    std::uint64_t cookie = 0;
    socklen_t cookie_size = sizeof cookie;
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&own), &size) != 0) return cannot("ask its address");
    if (::getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &cookie_size) != 0) return cannot("ask its cookie");
    const auto [address, port] = from_socket(own);
    address_ = address;
    port_ = port;
    label_ =
        address.family == 6 ? fmt::format("udp [{}]:{}", to_string(address), port) : fmt::format("udp {}:{}", to_string(address), port);
    identity_ = fmt::format("{} {:016x}", label_, cookie);
    octets_.resize(batch * largest);
    peeked_.reserve(batch);
    return Done{};
}

Result<std::span<const Datagram>> LogSocket::peek() {
    peeked_.clear();
    Batch b(octets_.data(), batch);
    const auto n = receive(fd_.get(), b, batch, MSG_PEEK);
    if (!n) return Unexpected{n.error()};
    for (std::size_t i = 0; i < *n; ++i) {
        const auto [address, port] = from_socket(b.names[i]);
        peeked_.push_back({address, port, stamp_of(b.messages[i].msg_hdr), {octets_.data() + i * largest, b.messages[i].msg_len}});
    }
    return std::span<const Datagram>(peeked_);
}

/// Their octets are not asked for, only their lengths (MSG_TRUNC), which also brings the place that peeking goes on from back to the
/// front. An empty datagram that somebody has peeked at before is not seen again, but taken it is.
Result<std::uint64_t> LogSocket::take(std::size_t datagrams) {
    std::uint64_t unseen = 0;
    for (std::size_t taken = 0; taken < datagrams;) {
        Batch b(nullptr, datagrams - taken);
        const auto n = receive(fd_.get(), b, datagrams - taken, MSG_TRUNC);
        if (!n) return Unexpected{n.error()};
        if (*n == 0)
            return unexpected("syslog socket: datagrams that were seen are gone: does somebody else read it?", ExitCode::environment);
        for (std::size_t i = 0; i < *n; ++i) {
            const bool seen =
                b.messages[i].msg_len == peeked_[taken].octets.size() && stamp_of(b.messages[i].msg_hdr) == peeked_[taken].received;
            unseen += !seen;
            taken += seen;
        }
    }
    return unseen;
}

std::optional<std::uint32_t> LogSocket::dropped() const {
    std::array<std::uint32_t, SK_MEMINFO_VARS> info{};
    socklen_t size = sizeof info;
    if (::getsockopt(fd_.get(), SOL_SOCKET, SO_MEMINFO, info.data(), &size) != 0 || size <= SK_MEMINFO_DROPS * sizeof info[0])
        return std::nullopt;
    return info[SK_MEMINFO_DROPS];
}

}  // namespace sw
