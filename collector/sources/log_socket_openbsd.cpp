// OpenBSD: datagrams are taken one by one. It has no way to look at several and leave them, so whoever dies between taking and
// keeping some loses them; and no count of those that the kernel dropped.
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <cstring>

#include "collector/sources/log_socket.hpp"
#include "collector/sources/socket_address.hpp"

namespace sw {

Result<Done> LogSocket::prepare() {
    const int fd = fd_.get();
    const int on = 1;
    for (int octets = buffer_octets; octets > 1 << 16; octets /= 2)
        if (::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &octets, sizeof octets) == 0) break;
    if (::setsockopt(fd, SOL_SOCKET, SO_TIMESTAMP, &on, sizeof on) != 0)
        return unexpected(fmt::format("syslog socket: set up: {}", std::strerror(errno)), ExitCode::environment);
    if (::shutdown(fd, SHUT_WR) != 0 && errno != ENOTCONN)
        return unexpected(fmt::format("syslog socket: shut the write side: {}", std::strerror(errno)), ExitCode::environment);
    sockaddr_storage own{};
    socklen_t size = sizeof own;
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&own), &size) != 0)
        return unexpected(fmt::format("syslog socket: ask its address: {}", std::strerror(errno)), ExitCode::environment);
    const auto [address, port] = from_socket(own);
    address_ = address;
    port_ = port;
    label_ =
        address.family == 6 ? fmt::format("udp [{}]:{}", to_string(address), port) : fmt::format("udp {}:{}", to_string(address), port);
    identity_ = label_;
    octets_.resize(batch * largest);
    peeked_.reserve(batch);
    return Done{};
}

Result<std::span<const Datagram>> LogSocket::peek() {
    peeked_.clear();
    while (peeked_.size() < batch) {
        std::uint8_t* to = octets_.data() + peeked_.size() * largest;
        sockaddr_storage from{};
        iovec piece{to, largest};
        alignas(cmsghdr) char control[64];
        msghdr h{};
        h.msg_name = &from;
        h.msg_namelen = sizeof from;
        h.msg_iov = &piece;
        h.msg_iovlen = 1;
        h.msg_control = control;
        h.msg_controllen = sizeof control;
        const ssize_t n = ::recvmsg(fd_.get(), &h, MSG_DONTWAIT);
        if (n < 0 && (errno == EAGAIN || errno == EINTR || errno == ECONNREFUSED)) break;
        if (n < 0) return unexpected(fmt::format("syslog socket: read: {}", std::strerror(errno)), ExitCode::environment);
        Timestamp received;
        for (cmsghdr* c = CMSG_FIRSTHDR(&h); c != nullptr; c = CMSG_NXTHDR(&h, c)) {
            if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMP) continue;
            timeval t{};
            std::memcpy(&t, CMSG_DATA(c), sizeof t);
            received = {static_cast<std::int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_usec * 1'000};
        }
        const auto [address, port] = from_socket(from);
        peeked_.push_back({address, port, received, {to, static_cast<std::size_t>(n)}});
    }
    return std::span<const Datagram>(peeked_);
}

Result<std::uint64_t> LogSocket::take(std::size_t) { return std::uint64_t{0}; }
std::optional<std::uint32_t> LogSocket::dropped() const { return std::nullopt; }

}  // namespace sw
