// What both systems do alike: making the socket, and taking it over.
#include "collector/sources/log_socket.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "collector/sources/socket_address.hpp"
#include "rules/base/text.hpp"

namespace sw {
namespace {

constexpr int first_passed = 3;  ///< source: sd_listen_fds(3)

struct Where {
    Address address;
    std::uint16_t port = 0;
};

std::optional<Where> parse_where(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    std::string_view host = text.substr(0, colon), digits = text.substr(colon + 1);
    const bool bracketed = host.starts_with('[') && host.ends_with(']');
    if (bracketed) host = host.substr(1, host.size() - 2);
    const auto address = parse_address(host);
    Where where;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), where.port);
    if (!address || (address->family == 6) != bracketed || error != std::errc{} || end != digits.data() + digits.size() || where.port == 0)
        return std::nullopt;
    where.address = *address;
    return where;
}

}  // namespace

bool Datagram::operator==(const Datagram& o) const {
    return source == o.source && port == o.port && received == o.received &&
           std::equal(octets.begin(), octets.end(), o.octets.begin(), o.octets.end());
}

SocketAddress to_socket(const Address& a, std::uint16_t port) {
    SocketAddress s;
    if (a.family == 4) {
        sockaddr_in in{};
        in.sin_family = AF_INET;
        in.sin_port = htons(port);
        std::memcpy(&in.sin_addr, a.octets.data(), 4);
        std::memcpy(&s.storage, &in, s.size = sizeof in);
    } else {
        sockaddr_in6 in{};
        in.sin6_family = AF_INET6;
        in.sin6_port = htons(port);
        std::memcpy(&in.sin6_addr, a.octets.data(), 16);
        std::memcpy(&s.storage, &in, s.size = sizeof in);
    }
    return s;
}

std::pair<Address, std::uint16_t> from_socket(const sockaddr_storage& s) {
    if (s.ss_family == AF_INET) {
        sockaddr_in in{};
        std::memcpy(&in, &s, sizeof in);
        return {Address::v4(reinterpret_cast<const std::uint8_t*>(&in.sin_addr)), ntohs(in.sin_port)};
    }
    if (s.ss_family != AF_INET6) return {};
    sockaddr_in6 in{};
    std::memcpy(&in, &s, sizeof in);
    const auto* octets = reinterpret_cast<const std::uint8_t*>(&in.sin6_addr);
    if (IN6_IS_ADDR_V4MAPPED(&in.sin6_addr)) return {Address::v4(octets + 12), ntohs(in.sin6_port)};
    return {Address::v6(octets), ntohs(in.sin6_port)};
}

Result<LogSocket> LogSocket::bind(const std::string& where) {
    const auto parsed = parse_where(where);
    if (!parsed) return unexpected(fmt::format("{}: an address and a port: 192.0.2.66:514, [2001:db8::66]:514", escape_for_display(where)));
    const SocketAddress to = to_socket(parsed->address, parsed->port);
    UniqueFd fd(::socket(to.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd || ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&to.storage), to.size) != 0)
        return unexpected(fmt::format("listen on {}: {}", escape_for_display(where), std::strerror(errno)), ExitCode::environment);
    LogSocket made(std::move(fd));
    if (auto done = made.prepare(); !done) return Unexpected{done.error()};
    return made;
}

Result<std::optional<LogSocket>> LogSocket::from_environment() {
    const char* pid = std::getenv("LISTEN_PID");
    const char* count = std::getenv("LISTEN_FDS");
    const bool ours = pid != nullptr && count != nullptr && std::strtol(pid, nullptr, 10) == ::getpid();
    const long passed = ours ? std::strtol(count, nullptr, 10) : 0;
    for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) ::unsetenv(name);
    if (passed <= 0) return std::optional<LogSocket>();
    if (passed > 1) return unexpected(fmt::format("{} sockets were handed over: one UDP socket is taken", passed));
    UniqueFd fd(first_passed);
    int type = 0;
    socklen_t size = sizeof type;
    const bool datagrams = ::getsockopt(fd.get(), SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_DGRAM;
    if (!datagrams) return unexpected("the socket that was handed over is no UDP socket");
    ::fcntl(fd.get(), F_SETFD, FD_CLOEXEC);
    ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
    LogSocket made(std::move(fd));
    if (auto done = made.prepare(); !done) return Unexpected{done.error()};
    return std::optional<LogSocket>(std::move(made));
}

}  // namespace sw
