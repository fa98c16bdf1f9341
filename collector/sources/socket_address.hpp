#pragma once
/// Addresses as the system's calls take them. Private to this room.
#include <sys/socket.h>

#include <utility>

#include "rules/packet/address.hpp"

namespace sw {

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = 0;
};
SocketAddress to_socket(const Address& address, std::uint16_t port);
/// An IPv4 address that an IPv6 socket shows is an IPv4 address. Family 0: neither.
std::pair<Address, std::uint16_t> from_socket(const sockaddr_storage& s);

}  // namespace sw
